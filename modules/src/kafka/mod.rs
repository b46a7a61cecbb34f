//! Kafka: run by the cloud, or brokers and KRaft controllers on machines of our own, one zone's disk each.

pub(crate) mod aws;
pub(crate) mod azure;
pub(crate) mod google;

use provision_architecture::Topology;
use provision_architecture::spec::QueueKind;

use crate::RenderError;

#[derive(Debug, Clone)]
pub(crate) struct Kafka {
    pub(crate) managed: bool,
    pub(crate) version: String,
    pub(crate) machine: Option<String>,
    /// The zone of each broker.
    pub(crate) brokers: Vec<usize>,
    /// Machines of our own; empty where the cloud runs it.
    pub(crate) nodes: Vec<Node>,
    pub(crate) storage_gb: u64,
    pub(crate) settings: Vec<(&'static str, String)>,
    /// Where clients connect to.
    pub(crate) client_port: u16,
    pub(crate) controller_port: u16,
}

/// A machine with an identity of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) role: &'static str,
    pub(crate) number: usize,
    pub(crate) zone: usize,
    pub(crate) machine: String,
    pub(crate) storage_gb: u64,
}

impl Node {
    /// `kafka-broker-0`.
    pub(crate) fn name(&self) -> String {
        format!("{}-{}", self.role, self.number)
    }
}

impl Kafka {
    pub(crate) fn ports_between_nodes(&self) -> Vec<u16> {
        if self.managed { vec![self.client_port] } else { vec![self.client_port, self.controller_port] }
    }
}

/// What a managed broker listens on with TLS; the product's own number is for plain text.
const MANAGED_TLS_PORT: u16 = 9_094;

pub(crate) fn decide(topology: &Topology) -> Result<Option<Kafka>, RenderError> {
    let Some(tier) = &topology.queue else { return Ok(None) };
    if tier.kind != QueueKind::Kafka {
        return Err(RenderError::impossible(
            "backends.queue.kind",
            format!("a queue of kind `{}` is not rendered", tier.kind),
            "choose `kafka`, or `database` where the platform can use it",
        ));
    }
    if tier.brokers.is_empty() {
        return Err(RenderError::impossible("backends.queue.brokers", "there are none", "ask for three"));
    }
    let machine = tier.machine.name.as_ref().map(ToString::to_string);
    let (port, controller_port) = (tier.port.unwrap_or(9_092), tier.controller_port.unwrap_or(9_093));
    let storage_gb = tier.storage_gb.unwrap_or(500);
    let mut kafka = Kafka {
        managed: tier.managed,
        version: tier.version.as_ref().map(ToString::to_string).unwrap_or_default(),
        brokers: tier.brokers.clone(),
        nodes: Vec::new(),
        storage_gb,
        settings: settings(topology),
        client_port: if tier.managed { MANAGED_TLS_PORT } else { port },
        controller_port,
        machine,
    };
    if !kafka.managed {
        let broker = kafka.machine.clone().map_or_else(|| machine_for(topology, 8.0), Ok)?;
        // 4 GB of memory and 64 GB of disk are the documented least.
        let controller = machine_for(topology, 4.0)?;
        let node = |role, machine: &str, storage_gb| {
            let machine = machine.to_owned();
            move |(number, zone): (usize, &usize)| Node {
                role,
                number,
                zone: *zone,
                machine: machine.clone(),
                storage_gb,
            }
        };
        kafka.nodes.extend(tier.brokers.iter().enumerate().map(node("kafka-broker", &broker, storage_gb)));
        kafka.nodes.extend(tier.controllers.iter().enumerate().map(node(
            "kafka-controller",
            &controller,
            64,
        )));
    }
    Ok(Some(kafka))
}

/// The cloud's usual machine of two processors and so much memory, for a node whose spec names none.
pub(crate) fn machine_for(topology: &Topology, memory_gib: f64) -> Result<String, RenderError> {
    let machine = provision_architecture::complete::choose_machine(topology.provider, 2.0, memory_gib);
    machine.map(|machine| machine.to_string()).ok_or_else(|| {
        RenderError::impossible(
            "backends",
            format!("no machine type with {memory_gib} GiB is known for {}", topology.provider),
            "name the backend's `machine`",
        )
    })
}

/// The settings that the rules ask for; a broker's own defaults lose messages.
fn settings(topology: &Topology) -> Vec<(&'static str, String)> {
    let tier = topology.queue.as_ref();
    let copies = tier.and_then(|tier| tier.replication_factor).unwrap_or(3).to_string();
    let in_sync = tier.and_then(|tier| tier.min_insync_replicas).unwrap_or(2).to_string();
    let partitions = tier.and_then(|tier| tier.partitions).unwrap_or(16).to_string();
    vec![
        ("auto.create.topics.enable", "false".to_owned()),
        ("default.replication.factor", copies.clone()),
        ("min.insync.replicas", in_sync.clone()),
        ("num.partitions", partitions),
        ("offsets.topic.replication.factor", copies.clone()),
        ("transaction.state.log.min.isr", in_sync),
        ("transaction.state.log.replication.factor", copies),
        ("unclean.leader.election.enable", "false".to_owned()),
    ]
}
