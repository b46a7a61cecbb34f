//! What the pods of a component are.

use provision_architecture::Topology;
use provision_architecture::documented;
use provision_architecture::spec::{ComponentName, Percent};
use provision_architecture::topology::Group;
use provision_host_tuning::catalogue::PodClass;
use provision_host_tuning::render::pod_settings;
use provision_host_tuning::timers::Fitted;

use super::{PoolName, is_paired};
use crate::RenderError;

/// All pods of a component, or of one of its instances where each has a database of its own.
#[derive(Debug, Clone)]
pub(crate) struct Workload {
    pub(crate) component: ComponentName,
    pub(crate) number: Option<usize>,
    pub(crate) pool: PoolName,
    pub(crate) image: String,
    pub(crate) replicas: u64,
    pub(crate) autoscale: Option<Autoscale>,
    /// What a pod is promised: thousandths of a processor, and MiB.
    pub(crate) millicpus: u64,
    pub(crate) memory_mib: u64,
    /// How long it may finish its work, in seconds.
    pub(crate) grace: u64,
    /// How long it waits for its tasks before that, in seconds.
    pub(crate) drain: Option<u64>,
    pub(crate) sysctls: Vec<Sysctl>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Autoscale {
    pub(crate) least: u64,
    pub(crate) most: u64,
    /// In percent of what a pod is promised.
    pub(crate) cpu: u64,
}

/// A kernel parameter of the pod's own namespaces: those begin with the kernel's defaults, whatever the node has.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Sysctl {
    pub(crate) key: String,
    pub(crate) value: String,
    pub(crate) why: String,
    /// Whether the kubelet allows it only by name.
    pub(crate) by_name: bool,
}

impl Workload {
    /// `worker`, or `server-0`.
    pub(crate) fn name(&self) -> String {
        match self.number {
            Some(number) => format!("{}-{number}", self.component),
            None => self.component.to_string(),
        }
    }

    /// At most so many pods, whatever the load.
    pub(crate) fn most(&self) -> u64 {
        self.autoscale.map_or(self.replicas, |autoscale| autoscale.most)
    }
}

pub(super) fn workloads(topology: &Topology) -> Result<Vec<Workload>, RenderError> {
    let mut workloads = Vec::new();
    let budget = crate::hosts::budget(topology)?;
    for group in &topology.groups {
        let paired = is_paired(topology, group.component);
        if paired && group.autoscale.is_some() {
            return Err(RenderError::impossible(
                "components.server.autoscale",
                "each server has a database of its own, so their number can't follow the load",
                "name `replicas` instead",
            ));
        }
        let numbers: Vec<Option<usize>> =
            if paired { (0..group.instances.len()).map(Some).collect() } else { vec![None] };
        for number in numbers {
            workloads.push(workload(topology, group, number, budget.as_ref())?);
        }
    }
    Ok(workloads)
}

fn workload(
    topology: &Topology,
    group: &Group,
    number: Option<usize>,
    budget: Option<&Fitted>,
) -> Result<Workload, RenderError> {
    let (cpus, memory_gib) = needs(topology, group);
    let seconds = |duration: Option<provision_architecture::values::Duration>| {
        duration.map(|it| it.milliseconds().div_ceil(1_000))
    };
    let drain = seconds(group.drain);
    let profile = crate::hosts::profile(group.component.word(), topology, budget)?;
    let sysctls = pod_settings(&profile).map(|setting| Sysctl {
        key: setting.parameter.key.to_string(),
        value: setting.value.to_string(),
        why: setting.why.clone(),
        by_name: setting.parameter.pod != PodClass::Safe,
    });
    Ok(Workload {
        component: group.component,
        number,
        pool: PoolName::of(topology.platform, group.component),
        image: crate::hosts::pinned_image(group)?.to_string(),
        replicas: if number.is_some() { 1 } else { group.least() },
        autoscale: group.autoscale.as_ref().map(|it| Autoscale {
            least: it.min.get(),
            most: it.max.get(),
            cpu: it.cpu.map_or(60, Percent::get),
        }),
        // A machine of the documented size would keep about as much for itself.
        millicpus: whole(cpus * 950.0),
        memory_mib: whole(memory_gib * 1_024.0),
        // A little longer than the drain, so that the drain ends by itself (OCT-24).
        grace: seconds(group.grace_period).unwrap_or(60).max(drain.map_or(0, |drain| drain + 30)),
        drain,
        sysctls: sysctls.collect(),
    })
}

/// What the documents give one process: by the sizing table where there is one for its load.
fn needs(topology: &Topology, group: &Group) -> (f64, f64) {
    let architecture = documented::architecture(topology.platform);
    let row = architecture
        .sizing
        .as_ref()
        .zip(group.task_cap)
        .and_then(|(sizing, tasks)| sizing.hosts.iter().find(|row| row.tasks.get() >= tasks));
    if let Some(row) = row {
        return (row.cpus, row.memory_gib);
    }
    let documented = architecture.components.get(&group.component);
    documented.map_or((1.0, 2.0), |it| (it.cpus, it.memory_gib))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "what a process needs is a small positive number"
)]
fn whole(number: f64) -> u64 {
    number.ceil() as u64
}
