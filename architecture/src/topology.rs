//! What a spec comes to: every instance with its zone, every backend with its nodes, and who needs whom.

use serde::Serialize;

use crate::documented::{Health, Party, Protocol};
use crate::spec::{
    Autoscale, ComponentName, DatabaseKind, Edition, LoadBalancerKind, OperatingSystem, Platform, Provider,
    QueueKind, Redundancy, Runtime, SearchKind, Size, Spec, StorageKind,
};
use crate::values::{DeploymentName, Duration, ImageReference, MachineType, Port, Region, Version, ZoneName};

/// A whole deployment.
#[derive(Debug, Clone, Serialize)]
pub struct Topology {
    pub deployment: DeploymentName,
    pub platform: Platform,
    pub version: Version,
    pub edition: Option<Edition>,
    pub size: Size,
    /// Whether the document calls this size highly available.
    pub highly_available: bool,
    pub runtime: Runtime,
    pub os: OperatingSystem,
    pub provider: Provider,
    pub region: Region,
    /// The zones in their order; everything else names them by index.
    pub zones: Vec<ZoneName>,
    pub groups: Vec<Group>,
    pub database: Option<DatabaseTier>,
    pub queue: Option<QueueTier>,
    pub search: Option<SearchTier>,
    pub storage: StorageKind,
    pub load_balancer: Option<LoadBalancerKind>,
    /// Who connects to whom. A port is open only because an arrow needs it.
    pub arrows: Vec<Arrow>,
    /// The completed spec, for what has no shape of its own here.
    #[serde(skip)]
    pub spec: Spec,
}

/// The index of a zone in `Topology::zones`.
pub type Zone = usize;

/// All instances of one component.
#[derive(Debug, Clone, Serialize)]
pub struct Group {
    pub component: ComponentName,
    /// The zone of each instance; the instance's number is its place here.
    pub instances: Vec<Zone>,
    pub autoscale: Option<Autoscale>,
    pub machine: Host,
    pub image: Option<ImageReference>,
    pub health: Option<Health>,
    pub needs: Vec<Party>,
    /// Connections that one process opens to the database.
    pub connections: Option<u64>,
    pub threads: Option<u64>,
    pub task_cap: Option<u64>,
    pub drain: Option<Duration>,
    pub grace_period: Option<Duration>,
    pub ports: Vec<OpenPort>,
}

impl Group {
    /// At least this many, whatever the load.
    pub fn least(&self) -> u64 {
        self.autoscale.as_ref().map_or(self.instances.len() as u64, |autoscale| autoscale.min.get())
    }

    /// At most this many, whatever the load.
    pub fn most(&self) -> u64 {
        self.autoscale.as_ref().map_or(self.instances.len() as u64, |autoscale| autoscale.max.get())
    }

    pub fn instance_name(&self, number: usize) -> String {
        format!("{}-{number}", self.component)
    }
}

/// A machine type, with what we know of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Host {
    pub name: Option<MachineType>,
    pub cpus: Option<f64>,
    pub memory_gib: Option<f64>,
}

/// A port that a group listens on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OpenPort {
    pub name: String,
    pub port: Port,
    pub protocol: Protocol,
    pub from: Vec<Party>,
}

/// One way that connections take.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Arrow {
    pub from: Party,
    pub to: Party,
    pub port: Port,
    pub protocol: Protocol,
    pub purpose: String,
}

/// The database servers.
#[derive(Debug, Clone, Serialize)]
pub struct DatabaseTier {
    pub kind: DatabaseKind,
    pub version: Option<Version>,
    pub managed: bool,
    pub redundancy: Redundancy,
    /// Every server; more than one only where each belongs to one instance of a component.
    pub servers: Vec<DatabaseServer>,
    pub machine: Host,
    pub max_connections: Option<u64>,
    pub storage_gb: Option<u64>,
    pub port: Option<Port>,
}

impl DatabaseTier {
    /// Whether another server takes over when one is lost with its zone.
    pub fn is_redundant(&self) -> bool {
        matches!(
            self.redundancy,
            Redundancy::ManagedMultiZone | Redundancy::AvailabilityGroup | Redundancy::FailoverCluster
        )
    }
}

/// One database server, and its standby where it has one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DatabaseServer {
    pub zone: Zone,
    pub standby: Option<Zone>,
}

/// The queue's nodes.
#[derive(Debug, Clone, Serialize)]
pub struct QueueTier {
    pub kind: QueueKind,
    pub version: Option<Version>,
    pub managed: bool,
    pub brokers: Vec<Zone>,
    /// The controllers; empty where the brokers are controllers too.
    pub controllers: Vec<Zone>,
    /// Whether brokers know their zone.
    pub racks: bool,
    pub machine: Host,
    pub storage_gb: Option<u64>,
    pub replication_factor: Option<u64>,
    pub min_insync_replicas: Option<u64>,
    pub partitions: Option<u64>,
    pub port: Option<Port>,
    pub controller_port: Option<Port>,
}

/// The search cluster's nodes.
#[derive(Debug, Clone, Serialize)]
pub struct SearchTier {
    pub kind: SearchKind,
    pub version: Option<Version>,
    pub managed: bool,
    pub nodes: Vec<Zone>,
    /// The nodes that may become master; empty where the data nodes may.
    pub masters: Vec<Zone>,
    /// Copies of each shard beside the first.
    pub replicas: u64,
    pub machine: Host,
    pub storage_gb: Option<u64>,
    pub port: Port,
    pub transport_port: Port,
}

impl Topology {
    pub fn group(&self, component: ComponentName) -> Option<&Group> {
        self.groups.iter().find(|group| group.component == component)
    }

    /// How many machines run components.
    pub fn hosts(&self) -> usize {
        self.groups.iter().map(|group| group.instances.len()).sum()
    }

    /// How many of these stand in the fullest zone.
    pub fn fullest_zone(&self, zones: &[Zone]) -> usize {
        let mut counts = vec![0usize; self.zones.len()];
        for zone in zones {
            counts[*zone] += 1;
        }
        counts.into_iter().max().unwrap_or(0)
    }
}
