//! Components as pods of a cluster that the cloud runs: its pools of nodes, and the pods of each component.

pub(crate) mod aws;
pub(crate) mod azure;
mod chart;
pub(crate) mod files;
pub(crate) mod google;
mod monitoring;
mod pods;
mod policies;
mod pools;
mod renewal;
mod secrets;
mod words;

use std::fmt;

use provision_architecture::Topology;
use provision_architecture::documented::{self, Scaling};
use provision_architecture::spec::{ComponentName, Platform, Provider, Runtime};
use provision_host_tuning::profile::{Profile, Request, Role};
use provision_host_tuning::render::node_settings;

use crate::RenderError;
use crate::load_balancer::LoadBalancer;

pub(crate) use pods::{Autoscale, Sysctl, Workload};
pub(crate) use words::{Place, Words, identity_place};

/// A cluster, decided in no cloud's words.
#[derive(Debug, Clone)]
pub(crate) struct Cluster {
    pub(crate) pools: Vec<Pool>,
    pub(crate) workloads: Vec<Workload>,
    /// What a node has for all of its pods.
    pub(crate) parameters: Vec<Parameter>,
}

/// A kernel parameter of a node.
#[derive(Debug, Clone)]
pub(crate) struct Parameter {
    pub(crate) key: String,
    pub(crate) value: String,
}

/// Nodes of one kind, as many in each zone.
#[derive(Debug, Clone)]
pub(crate) struct Pool {
    pub(crate) name: PoolName,
    pub(crate) machine: String,
    /// In each zone.
    pub(crate) nodes: u64,
    /// What the kubelet has to allow by name.
    pub(crate) allowed_sysctls: Vec<String>,
    /// Whether only pods that ask for it are placed here.
    pub(crate) tainted: bool,
}

/// Which pods share nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PoolName {
    Components,
    /// Apart, so that a heavy job disturbs nobody (EVT-05).
    Jobs,
}

impl fmt::Display for PoolName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Components => "components",
            Self::Jobs => "jobs",
        })
    }
}

impl PoolName {
    /// Where a component's pods run.
    pub(crate) fn of(platform: Platform, component: ComponentName) -> Self {
        if platform == Platform::EventPlatform && component == ComponentName::Job {
            Self::Jobs
        } else {
            Self::Components
        }
    }
}

impl Cluster {
    /// The machine type that a component's pods run on.
    pub(crate) fn machine_of(&self, component: ComponentName) -> &str {
        let pool = self.pools.iter().find(|it| Some(it.name) == self.pool_of(component));
        pool.map_or("", |pool| pool.machine.as_str())
    }

    /// Where a component's pods run.
    pub(crate) fn pool_of(&self, component: ComponentName) -> Option<PoolName> {
        self.workloads.iter().find(|it| it.component == component).map(|it| it.pool)
    }

    /// As what a component's pods ask the cloud for something; the chart gives all of its pods one.
    pub(crate) fn service_account(platform: Platform, component: ComponentName) -> String {
        if platform == Platform::Kestra { "kestra".to_owned() } else { component.to_string() }
    }
}

/// Kubernetes' own release, the same in every cloud that asks for one.
pub(crate) const VERSION: &str = "1.35";
/// The first port of nodes that the load balancer sends to.
const FIRST_NODE_PORT: u16 = 30_080;

/// None where components run on machines.
pub(crate) fn decide(topology: &Topology) -> Result<Option<Cluster>, RenderError> {
    if topology.runtime != Runtime::Kubernetes {
        return Ok(None);
    }
    // The other clouds' clusters stand in one as well.
    if topology.provider == Provider::Aws && topology.zones.len() < 2 {
        return Err(RenderError::impossible(
            "cloud.zones",
            "Amazon EKS stands in two zones at least",
            "set `cloud.zones` to 2 or more, or choose `runtime: machines`",
        ));
    }
    let workloads = pods::workloads(topology)?;
    if topology.platform == Platform::Kestra {
        chart::check(&workloads)?;
    }
    let nodes = node_profile()?;
    let parameters = node_settings(&nodes).map(|setting| Parameter {
        key: setting.parameter.key.to_string(),
        value: setting.value.to_string(),
    });
    Ok(Some(Cluster {
        pools: pools::decide(topology, &workloads)?,
        workloads,
        parameters: parameters.collect(),
    }))
}

/// What a node has for all of its pods: the node's own, and what the components ask of their host.
pub(crate) fn node_profile() -> Result<Profile, RenderError> {
    let failed = |source: Box<dyn std::error::Error + Send + Sync>| RenderError::Tuning {
        role: "the cluster's nodes".to_owned(),
        source,
    };
    let node = Role::named("kubernetes-node").map_err(|error| failed(error.into()))?;
    Request::for_role(node).compose().map_err(|error| failed(error.into()))
}

/// Whether each instance is a thing of its own.
fn is_paired(topology: &Topology, component: ComponentName) -> bool {
    let architecture = documented::architecture(topology.platform);
    architecture.components.get(&component).is_some_and(|it| it.scaling == Scaling::Paired)
}

/// Whether a pod keeps its name when it starts again: a node of Octopus is known to its database by name.
fn keeps_names(topology: &Topology) -> bool {
    topology.platform == Platform::Octopus
}

/// The load balancer sends to ports of the nodes, which pass it on to whichever pod is ready.
pub(crate) fn on_node_ports(balancer: &mut LoadBalancer) {
    let mut next = FIRST_NODE_PORT;
    for target in &mut balancer.targets {
        target.node_port = Some(next);
        next += 1;
        if target.health.port == target.port {
            target.health.node_port = target.node_port;
        } else {
            target.health.node_port = Some(next);
            next += 1;
        }
    }
}
