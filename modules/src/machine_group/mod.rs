//! Groups of machines that are replaced when they die: one for each component, or one for each of its instances where
//! each is paired with a database of its own.

pub(crate) mod aws;
pub(crate) mod azure;
pub(crate) mod google;

use provision_architecture::Topology;
use provision_architecture::documented::{self, Scaling};
use provision_architecture::spec::ComponentName;
use provision_architecture::topology::Group;

use crate::cloud::Cloud;
use crate::inner_balancer::InnerBalancer;
use crate::load_balancer::LoadBalancer;
use crate::{RenderError, hosts};

#[derive(Debug, Clone)]
pub(crate) struct MachineGroup {
    pub(crate) component: ComponentName,
    /// Which instance it holds, where each has a group of its own.
    pub(crate) number: Option<usize>,
    pub(crate) machine: String,
    pub(crate) least: u64,
    pub(crate) most: u64,
    /// None where the load decides.
    pub(crate) fixed: Option<u64>,
    /// The processor load to aim at, in percent, where the load decides.
    pub(crate) aim_at_load: Option<u64>,
    pub(crate) health: GroupHealth,
    /// How long a new machine is left alone, in seconds.
    pub(crate) start: u64,
    /// How long a machine may finish its work, in seconds.
    pub(crate) finish: u64,
    pub(crate) replacement: Replacement,
    pub(crate) disk_gb: u64,
}

/// Who says that a machine is dead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GroupHealth {
    LoadBalancer,
    /// The cloud, and the machine itself: it looks after what runs on it and tells when it has to be replaced.
    Machine,
}

/// In which order machines are replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Replacement {
    /// The new one first: capacity never falls.
    NewFirst,
    /// The old one first: two of them must never be there at once.
    OldFirst,
}

impl MachineGroup {
    /// How long a cloud that asks the machine itself lets it try, in seconds.
    pub(crate) fn left_alone(&self) -> u64 {
        match self.health {
            GroupHealth::LoadBalancer => self.start,
            GroupHealth::Machine => hosts::patience(self.start),
        }
    }

    /// `worker`, or `server-0`.
    pub(crate) fn name(&self) -> String {
        match self.number {
            Some(number) => format!("{}-{number}", self.component),
            None => self.component.to_string(),
        }
    }
}

/// Ours: what a process may take until it answers, with image pull, Java start and migrations of the database.
const START: u64 = 300;
/// Ours: until the machine notices that it leaves (it looks every 5 s), and for the last word to the group.
const NOTICE: u64 = 30;
/// Ours: system, images and logs; data lies elsewhere.
const DISK_GB: u64 = 50;

/// Where a machine that looks after itself answers a cloud that asks; ours, and nobody else's on these machines.
pub(crate) const ALIVE: u16 = 9_099;
/// How often a cloud asks there, in seconds, and how many times in vain: a start's time, so that a reboot is no death.
pub(crate) const ALIVE_INTERVAL: u64 = 30;
pub(crate) const ALIVE_FAILURES: u64 = START / ALIVE_INTERVAL;

pub(crate) fn decide(
    topology: &Topology,
    balancer: Option<&LoadBalancer>,
    inner: &[InnerBalancer],
) -> Result<Vec<MachineGroup>, RenderError> {
    let architecture = documented::architecture(topology.platform);
    let mut groups = Vec::new();
    for group in &topology.groups {
        let paired = architecture
            .components
            .get(&group.component)
            .is_some_and(|component| component.scaling == Scaling::Paired);
        let numbers: Vec<Option<usize>> =
            if paired { (0..group.instances.len()).map(Some).collect() } else { vec![None] };
        if paired && group.autoscale.is_some() {
            return Err(RenderError::impossible(
                "components.server.autoscale",
                "each server has a database of its own, so their number can't follow the load",
                "name `replicas` instead",
            ));
        }
        for number in numbers {
            groups.push(machine_group(group, number, balancer, inner)?);
        }
    }
    Ok(groups)
}

/// Refuses work that the cloud would cut short without a word: a shorter time is the owner's to choose.
pub(crate) fn refuse_what_is_cut(
    topology: &Topology,
    groups: &[MachineGroup],
    has_balancer: impl Fn(ComponentName) -> bool,
    cloud: &dyn Cloud,
) -> Result<(), RenderError> {
    for group in groups {
        let Some(wait) = cloud.longest_wait(has_balancer(group.component)) else { continue };
        let Some(asked) = topology.group(group.component).filter(|_| group.finish > wait.seconds) else {
            continue;
        };
        let (field, time) = match (asked.drain, asked.grace_period) {
            (Some(drain), grace)
                if grace.is_none_or(|grace| drain.milliseconds() >= grace.milliseconds()) =>
            {
                ("drain", drain.to_string())
            }
            (_, grace) => ("grace_period", grace.map(|grace| grace.to_string()).unwrap_or_default()),
        };
        let longest = (wait.seconds - NOTICE) / 60;
        return Err(RenderError::impossible(
            format!("components.{}.{field}", group.component),
            format!(
                "on {} {}, {NOTICE} s of them to notice it, and {time} is longer",
                topology.provider, wait.what
            ),
            format!("choose {longest}m or less for `drain` and `grace_period`"),
        ));
    }
    Ok(())
}

fn machine_group(
    group: &Group,
    number: Option<usize>,
    balancer: Option<&LoadBalancer>,
    inner: &[InnerBalancer],
) -> Result<MachineGroup, RenderError> {
    let machine = group.machine.name.as_ref().ok_or_else(|| {
        RenderError::impossible(
            "components",
            format!("no machine type that we know is large enough for `{}`", group.component),
            format!("name one: `components: {{ {}: {{ machine: … }} }}`", group.component),
        )
    })?;
    let balanced = balancer
        .is_some_and(|balancer| balancer.targets.iter().any(|target| target.component == group.component))
        || inner.iter().any(|inner| inner.component == group.component);
    // A load balancer takes a node that finishes its work for dead; replacing it would end that work (OCT-16).
    let drains = group.health.as_ref().is_some_and(|health| health.draining_status.is_some());
    let (least, most) = if number.is_some() { (1, 1) } else { (group.least(), group.most()) };
    let seconds = |duration: Option<provision_architecture::values::Duration>| {
        duration.map_or(0, |duration| duration.milliseconds().div_ceil(1_000))
    };
    Ok(MachineGroup {
        component: group.component,
        number,
        machine: machine.to_string(),
        least,
        most,
        fixed: group.autoscale.is_none().then_some(most),
        aim_at_load: group
            .autoscale
            .as_ref()
            .map(|autoscale| autoscale.cpu.map_or(60, provision_architecture::spec::Percent::get)),
        health: if balanced && !drains { GroupHealth::LoadBalancer } else { GroupHealth::Machine },
        start: START,
        finish: seconds(group.grace_period).max(seconds(group.drain)).max(60) + NOTICE,
        replacement: if number.is_some() { Replacement::OldFirst } else { Replacement::NewFirst },
        disk_gb: DISK_GB,
    })
}
