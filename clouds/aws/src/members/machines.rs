//! Machines: those of groups and those that stand alone.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_autoscaling::types::{Instance, LifecycleState};
use aws_sdk_ec2::types::{InstanceStateName, InstanceStatus, SummaryStatus};
use provision_engine::driver::{Failure, Health, Live, Member, Role};

use super::NODES;
use crate::connection::Cloud;
use crate::{autoscaling, eks};

/// A machine as its group sees it.
pub(super) struct Grouped {
    pub(super) id: String,
    zone: Option<String>,
    version: Option<String>,
    /// None while it is in service: then its own state counts.
    health: Option<(Health, String)>,
}

/// A machine's own state.
pub(super) struct State {
    pub(super) zone: Option<String>,
    gone: bool,
    health: Health,
    reason: Option<String>,
}

/// The members of each owner's groups, by the owner's id.
pub(super) async fn groups(
    cloud: &Cloud,
    owners: &[Live],
) -> Result<BTreeMap<String, Vec<Grouped>>, Failure> {
    let mut names: BTreeMap<String, &str> = BTreeMap::new();
    for owner in owners {
        if owner.kind == NODES {
            names.extend(eks::groups_of(&owner.computed).into_iter().map(|name| (name, owner.id.as_str())));
        } else {
            names.insert(owner.id.clone(), &owner.id);
        }
    }
    let all: Vec<String> = names.keys().cloned().collect();
    let mut found: BTreeMap<String, Vec<Grouped>> = BTreeMap::new();
    for group in autoscaling::named(cloud, &all).await? {
        let owner = group.auto_scaling_group_name.as_ref().and_then(|name| names.get(name));
        let machines = group.instances.unwrap_or_default().into_iter().filter_map(grouped);
        if let Some(owner) = owner {
            found.entry((*owner).to_owned()).or_default().extend(machines);
        }
    }
    Ok(found)
}

/// https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html. Those of a warm pool don't serve.
fn grouped(instance: Instance) -> Option<Grouped> {
    let lifecycle = instance.lifecycle_state.unwrap_or(LifecycleState::Pending);
    let word = lifecycle.as_str().to_owned();
    let health = match word.as_str() {
        warm if warm.starts_with("Warmed") => return None,
        "Terminated" | "Detached" => return None,
        coming if coming.starts_with("Pending") => Some((Health::Starting, word)),
        going if going.starts_with("Terminating") || going == "Detaching" => Some((Health::Leaving, word)),
        "InService" if instance.health_status.as_deref() == Some("Unhealthy") => {
            Some((Health::Unhealthy, "its group calls it unhealthy and replaces it".to_owned()))
        }
        "InService" => None,
        _ => Some((Health::Unhealthy, format!("it is out of service: {word}"))),
    };
    Some(Grouped {
        id: instance.instance_id.unwrap_or_default(),
        zone: instance.availability_zone,
        version: instance.launch_template.and_then(|template| template.version),
        health,
    })
}

impl Grouped {
    /// None when it is gone, although its group hasn't noticed yet.
    pub(super) fn member(&self, states: &BTreeMap<String, State>) -> Option<Member> {
        let mut member = states.get(&self.id)?.member(&self.id)?;
        member.zone = self.zone.clone().or(member.zone);
        member.version.clone_from(&self.version);
        if let Some((health, reason)) = &self.health {
            member.health = *health;
            member.reason = Some(reason.clone());
        }
        Some(member)
    }
}

/// The most that one call tells of
/// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceStatus.html).
const AT_ONCE: usize = 100;

/// How machines are, by their ids. One that the service doesn't know any more has no state.
pub(super) async fn states(cloud: &Cloud, ids: BTreeSet<String>) -> Result<BTreeMap<String, State>, Failure> {
    let ids: Vec<String> = ids.into_iter().collect();
    let mut all = BTreeMap::new();
    for some in ids.chunks(AT_ONCE) {
        let told = match asked(cloud, some).await {
            // One of them is gone for good, and the service tells nothing of the others then.
            Err(failed) if failed.is_gone() => {
                let mut told = Vec::new();
                for id in some {
                    match asked(cloud, std::slice::from_ref(id)).await {
                        Err(failed) if failed.is_gone() => {}
                        result => told.extend(result?),
                    }
                }
                told
            }
            result => result?,
        };
        all.extend(told.into_iter().filter_map(|told| Some((told.instance_id.clone()?, state(&told)))));
    }
    Ok(all)
}

async fn asked(cloud: &Cloud, ids: &[String]) -> Result<Vec<InstanceStatus>, crate::failure::Failed> {
    let ask = cloud.ec2.describe_instance_status().include_all_instances(true);
    let sent = ask.set_instance_ids(Some(ids.to_vec())).send();
    Ok(cloud.call("ec2", "DescribeInstanceStatus", sent).await?.instance_statuses.unwrap_or_default())
}

/// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-system-instance-status-check.html
fn state(told: &InstanceStatus) -> State {
    let name = told.instance_state.as_ref().and_then(|state| state.name.clone());
    let name = name.unwrap_or(InstanceStateName::Pending);
    let word = name.as_str().to_owned();
    let (health, reason) = match name {
        InstanceStateName::Running => checked(told),
        InstanceStateName::Pending => (Health::Starting, Some(word)),
        InstanceStateName::ShuttingDown => (Health::Leaving, Some(word)),
        _ => (Health::Unhealthy, Some(format!("the machine is {word}"))),
    };
    let gone = name == InstanceStateName::Terminated;
    State { zone: told.availability_zone.clone(), gone, health, reason }
}

fn checked(told: &InstanceStatus) -> (Health, Option<String>) {
    let status = |summary: Option<&aws_sdk_ec2::types::InstanceStatusSummary>| {
        summary.and_then(|summary| summary.status.clone()).unwrap_or(SummaryStatus::Initializing)
    };
    let checks = [
        ("system", status(told.system_status.as_ref())),
        ("instance", status(told.instance_status.as_ref())),
    ];
    if let Some((name, _)) = checks.iter().find(|(_, status)| *status == SummaryStatus::Impaired) {
        return (Health::Unhealthy, Some(format!("it fails its {name} status check")));
    }
    match checks.iter().find(|(_, status)| *status != SummaryStatus::Ok) {
        Some((name, status)) => {
            (Health::Starting, Some(format!("its {name} status check says {}", status.as_str())))
        }
        None => (Health::Healthy, None),
    }
}

impl State {
    /// None when it is gone.
    pub(super) fn member(&self, id: &str) -> Option<Member> {
        (!self.gone).then(|| Member {
            id: id.to_owned(),
            role: Role::Machine,
            zone: self.zone.clone(),
            health: self.health,
            reason: self.reason.clone(),
            version: None,
        })
    }
}
