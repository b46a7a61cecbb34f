//! Who watches, what is watched, and who is told: Prometheus and Alertmanager on machines of their own, in two zones
//! where the deployment is highly available, so that the loss of a zone doesn't go unnoticed.

pub(crate) mod aws;
pub(crate) mod azure;
mod files;
pub(crate) mod google;
mod receivers;
mod watched;

use provision_architecture::Topology;
use provision_architecture::spec::{AlertSender, Runtime};

use crate::kafka::{Node, machine_for};
use crate::security::{End, Member};
use crate::{Blocks, RenderError};

pub(crate) use files::files;
pub(crate) use receivers::Receivers;
pub(crate) use watched::{Drift, Watched, drifts, watched};

/// The role of the machines that watch.
pub(crate) const MONITORING: &str = "monitoring";

#[derive(Debug, Clone)]
pub(crate) struct Alerting {
    /// Empty where components run in a cluster: there what watches runs in it, too.
    pub(crate) nodes: Vec<Node>,
    pub(crate) receivers: Receivers,
}

/// What the programs on the machines listen on: each program's own default.
pub(crate) mod port {
    pub(crate) const PROMETHEUS: u16 = 9_090;
    pub(crate) const ALERTMANAGER: u16 = 9_093;
    /// Between the Alertmanagers, so that an alert is sent once.
    pub(crate) const ALERTMANAGER_PEERS: u16 = 9_094;
    /// On every machine.
    pub(crate) const NODE_EXPORTER: u16 = 9_100;
    /// RudderStack's own metrics, where its configuration puts them.
    pub(crate) const RUDDERSTACK: u16 = 9_102;
}

/// The programs, each by a release.
pub(crate) mod image {
    pub(crate) const PROMETHEUS: &str = "prom/prometheus:v3.5.0";
    pub(crate) const ALERTMANAGER: &str = "prom/alertmanager:v0.28.1";
    pub(crate) const NODE_EXPORTER: &str = "prom/node-exporter:v1.9.1";
    pub(crate) const BLACKBOX: &str = "prom/blackbox-exporter:v0.27.0";
    pub(crate) const KAFKA_EXPORTER: &str = "danielqsj/kafka-exporter:v1.9.0";
    /// In clusters only.
    pub(crate) const STATE: &str = "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.15.0";
    pub(crate) const SEARCH_EXPORTER: &str = "quay.io/prometheuscommunity/elasticsearch-exporter:v1.9.0";
}

const HTTPS: u16 = 443;
/// Two weeks of metrics of a hundred machines come to a tenth of this.
const STORAGE_GB: u64 = 50;

pub(crate) fn decide(topology: &Topology) -> Result<Option<Alerting>, RenderError> {
    let Some(spec) = &topology.spec.alerting else { return Ok(None) };
    if spec.sender == Some(AlertSender::Product) {
        return Ok(None);
    }
    let receivers = Receivers::of(spec)?;
    let nodes = if topology.runtime == Runtime::Machines { nodes(topology)? } else { Vec::new() };
    Ok(Some(Alerting { nodes, receivers }))
}

fn nodes(topology: &Topology) -> Result<Vec<Node>, RenderError> {
    let machine = machine_for(topology, 4.0)?;
    let count = if topology.highly_available { 2.min(topology.zones.len()) } else { 1 };
    let node = |number| Node {
        role: MONITORING,
        number,
        zone: number,
        machine: machine.clone(),
        storage_gb: STORAGE_GB,
    };
    Ok((0..count).map(node).collect())
}

impl Alerting {
    /// Whom the machines that watch connect to, and why.
    pub(crate) fn connections(&self, topology: &Topology, blocks: &Blocks) -> Vec<(End, u16, &'static str)> {
        let mut connections = Vec::new();
        let mut add = |to: Member, port, why| connections.push((End::Member(to), port, why));
        for group in &topology.groups {
            let member = Member::Component(group.component);
            add(member, port::NODE_EXPORTER, "the machines' own metrics");
            let watched = watched(topology, group);
            if let Some(health) = watched.health {
                add(member, health.port, "health checks");
            }
            if let Some(metrics) = watched.metrics {
                add(member, metrics.port, "the component's metrics");
            }
        }
        if let Some(kafka) = &blocks.kafka {
            add(Member::Kafka, kafka.client_port, "copies and backlog of each topic");
            if !kafka.nodes.is_empty() {
                add(Member::Kafka, port::NODE_EXPORTER, "the machines' own metrics");
            }
        }
        if let Some(search) = &blocks.search {
            add(Member::Search, search.client_port, "the cluster's health");
            if !search.nodes.is_empty() {
                add(Member::Search, port::NODE_EXPORTER, "the machines' own metrics");
            }
        }
        if let Some(database) = &blocks.database {
            add(Member::Database, database.port, "whether it answers");
        }
        for (port, why) in [
            (port::NODE_EXPORTER, "the machines' own metrics"),
            (port::PROMETHEUS, "each watches the other"),
            (port::ALERTMANAGER, "alerts go to both"),
            (port::ALERTMANAGER_PEERS, "so that an alert is sent once"),
        ] {
            add(Member::Monitoring, port, why);
        }
        connections.push((End::Anywhere, HTTPS, "the image registry, the cloud's own services, who is told"));
        if let Some(email) = &self.receivers.email {
            connections.push((End::Anywhere, email.port, "mail"));
        }
        connections
    }
}
