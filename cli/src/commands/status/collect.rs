//! From what the engine saw to what validation judges: the two know nothing of each other.

use std::collections::{BTreeMap, BTreeSet};

use provision_architecture::Topology;
use provision_architecture::spec::Runtime;
use provision_engine::clock::RealClock;
use provision_engine::driver::{self, Role, State};
use provision_engine::ledger::{self, Record};
use provision_engine::plan::Plan;
use provision_engine::survey::Survey;
use provision_validation::status::{
    self, Change, Disk, Facts, Group, Health, Lock, Member, Pool, Server, Status,
};
use serde::Deserialize;
use serde_json::Value;

use crate::clock;
use crate::commands::estate::Stage;
use crate::failure::Failure;
use crate::input;
use crate::output::Output;

/// Which instances of which component a resource is, as `topology.json` says it.
#[derive(Debug, Clone, Deserialize)]
struct Located {
    component: String,
    instances: Vec<usize>,
    zones: Vec<String>,
}

/// One look at the estate, judged.
pub fn look(stage: &Stage, output: &Output) -> Result<Status, Failure> {
    let record = RealClock::new(clock::seconds())
        .run(ledger::look(stage.located.store()?))
        .map_err(|error| Failure::because("the ledger can't be read", &error))?;
    let (plan, survey) = stage.survey(record.as_ref(), output)?;
    let document = stage.located.described()?.unwrap_or_default();
    let topology = match &stage.located.described {
        Some(described) => Some(described.topology.clone()),
        None => input::resolve_described(&document, "topology.json", output)?,
    };
    let seen = Seen { located: located(&document)?, topology: topology.as_ref(), plan: &plan };
    let facts = seen.facts(survey.as_ref(), record.as_ref());
    Ok(status::status(topology.as_ref(), facts))
}

/// The engines see nodes, not pods.
fn in_the_cluster(record: Option<&Record>) -> String {
    match record.and_then(|record| record.not_installed.as_deref()) {
        Some(why) => format!(
            "the workload is not installed, unless somebody did it by hand since: the last `provision apply` left it out, \
             because {why}; `provision apply` does it, or kubernetes/install.sh"
        ),
        None => "what runs in the cluster: from here its nodes are seen, not its pods; `kubectl get pods -A` shows \
                 whether the workload is well"
            .to_owned(),
    }
}

fn located(document: &Value) -> Result<BTreeMap<String, Located>, Failure> {
    match document.get("resources") {
        Some(resources) => BTreeMap::deserialize(resources)
            .map_err(|error| Failure::because("its topology.json can't be read", &error)),
        None => Ok(BTreeMap::new()),
    }
}

struct Seen<'a> {
    located: BTreeMap<String, Located>,
    topology: Option<&'a Topology>,
    plan: &'a Plan,
}

impl Seen<'_> {
    fn facts(&self, survey: Option<&Survey>, record: Option<&Record>) -> Facts {
        let mut facts = Facts {
            deployment: self.plan.deployment.clone(),
            engine: self.plan.engine.clone(),
            changes: changes(self.plan),
            unchanged: self.plan.unchanged,
            lock: record.and_then(|record| record.holder.as_ref()).map(lock),
            ..Facts::default()
        };
        match survey {
            Some(survey) => {
                facts.groups = self.groups(survey);
                facts.servers = self.servers(survey);
                facts.pools = self.pools(survey);
                facts.disks = disks(survey);
                let unknown = survey.unknown.iter();
                facts.unknown.extend(unknown.map(|address| format!("how {address} is: the engine can't tell")));
            }
            None => facts.unknown.push(format!(
                "how the machines, targets and databases are: {} can tell only what differs from the directory",
                self.plan.engine
            )),
        }
        if self.topology.is_none() {
            facts.unknown.push(
                "what was promised: the directory keeps no spec; render it again with this version"
                    .to_owned(),
            );
        }
        if self.topology.is_some_and(|topology| topology.runtime == Runtime::Kubernetes) {
            facts.unknown.push(in_the_cluster(record));
        }
        facts
    }

    /// Every resource that stands for machines; one that doesn't live has none.
    fn groups(&self, survey: &Survey) -> Vec<Group> {
        let unknown: BTreeSet<String> = survey.unknown.iter().map(ToString::to_string).collect();
        let machines: BTreeMap<String, &provision_engine::survey::Group> =
            survey.machines.iter().map(|(address, group)| (address.to_string(), group)).collect();
        let servers: BTreeSet<String> = survey.servers.keys().map(ToString::to_string).collect();
        let group = |(address, located): (&String, &Located)| {
            let seen = machines.get(address);
            let members = seen.map(|group| group.members.iter().map(member).collect());
            let missing = (!unknown.contains(address)).then(Vec::new);
            Group {
                address: address.clone(),
                component: located.component.clone(),
                instances: located.instances.clone(),
                zones: located.zones.clone(),
                members: members.or(missing),
                newest: seen.and_then(|group| group.newest.clone()),
            }
        };
        let is_machines = |(address, located): &(&String, &Located)| {
            located.component != "database" && !servers.contains(*address)
        };
        self.located.iter().filter(is_machines).map(group).collect()
    }

    fn servers(&self, survey: &Survey) -> Vec<Server> {
        let standby_promised = self
            .topology
            .and_then(|topology| topology.database.as_ref())
            .is_some_and(provision_architecture::topology::DatabaseTier::is_redundant);
        let server = |(address, group): (&provision_engine::Address, &provision_engine::survey::Group)| {
            let located = self.located.get(&address.to_string())?;
            let of = |role| group.members.iter().find(|it| it.role == role).map(member);
            Some(Server {
                address: address.to_string(),
                number: located.instances.first().copied().unwrap_or(0),
                primary: of(Role::Primary),
                standby: of(Role::Standby),
                standby_promised,
            })
        };
        survey.servers.iter().filter_map(server).collect()
    }

    fn pools(&self, survey: &Survey) -> Vec<Pool> {
        let pool = |(address, pool): (&provision_engine::Address, &provision_engine::survey::Pool)| {
            let targets: BTreeSet<&str> = pool.targets.iter().map(|target| target.id.as_str()).collect();
            let machines = pool.sends_to.iter().filter_map(|it| survey.machines.get(it));
            let healthy = machines
                .flat_map(|group| &group.members)
                .filter(|machine| machine.health == driver::Health::Healthy);
            let left_out = healthy.filter(|machine| !targets.contains(machine.id.as_str()));
            let components: BTreeSet<&String> = pool
                .sends_to
                .iter()
                .filter_map(|address| self.located.get(&address.to_string()))
                .map(|located| &located.component)
                .collect();
            Pool {
                address: address.to_string(),
                sends_to: components.into_iter().cloned().collect(),
                targets: pool.targets.iter().map(member).collect(),
                left_out: left_out.map(|machine| machine.id.clone()).collect(),
            }
        };
        survey.pools.iter().map(pool).collect()
    }
}

fn member(member: &driver::Member) -> Member {
    Member {
        id: member.id.clone(),
        zone: member.zone.clone(),
        health: match member.health {
            driver::Health::Healthy => Health::Healthy,
            driver::Health::Starting => Health::Starting,
            driver::Health::Unhealthy => Health::Unhealthy,
            driver::Health::Leaving => Health::Leaving,
        },
        reason: member.reason.clone(),
        version: member.version.clone(),
    }
}

fn disks(survey: &Survey) -> Vec<Disk> {
    let disk = |(address, disk): (&provision_engine::Address, &provision_engine::survey::Disk)| Disk {
        address: address.to_string(),
        ready: disk.state == State::Ready,
        attached: disk.attached,
    };
    survey.disks.iter().map(disk).collect()
}

fn changes(plan: &Plan) -> Vec<Change> {
    let change = |action: &provision_engine::plan::Action| Change {
        address: action.address.to_string(),
        verb: action.verb.word().to_owned(),
        drift: action.drift,
        fields: action.changes.iter().map(|change| change.field.clone()).collect(),
        reason: action.reason.clone(),
    };
    plan.actions.iter().map(change).collect()
}

fn lock(holder: &ledger::Holder) -> Lock {
    Lock {
        who: holder.who.clone(),
        command: holder.command.clone(),
        since: clock::shown(holder.since),
        lease_seconds: holder.lease_seconds,
    }
}
