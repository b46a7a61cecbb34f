//! Who may connect to whom: only what an arrow of the topology needs, and what a backend's nodes say to each other.

pub(crate) mod aws;
pub(crate) mod azure;
pub(crate) mod google;

use std::collections::BTreeSet;
use std::fmt;

use provision_architecture::Topology;
use provision_architecture::documented::Party;
use provision_architecture::spec::{ComponentName, LoadBalancerKind, Platform, StorageKind};

use crate::Blocks;
use crate::kubernetes::PoolName;

/// Something that has a list of allowed connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Member {
    LoadBalancer,
    Component(ComponentName),
    /// In front of a component that others connect to.
    InnerBalancer(ComponentName),
    /// The nodes of a pool of a cluster.
    Nodes(PoolName),
    /// The cluster's own interfaces in the network.
    ControlPlane,
    Database,
    Kafka,
    Search,
    SharedFiles,
    Monitoring,
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InnerBalancer(component) => return write!(f, "{component}-balancer"),
            Self::Nodes(pool) => return write!(f, "{pool}-nodes"),
            Self::ControlPlane => "control-plane",
            Self::LoadBalancer => "load-balancer",
            Self::Component(component) => component.word(),
            Self::Database => "database",
            Self::Kafka => "kafka",
            Self::Search => "search",
            Self::SharedFiles => "shared-files",
            Self::Monitoring => "monitoring",
        })
    }
}

/// One end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum End {
    Member(Member),
    /// Those who use the deployment.
    Clients,
    Anywhere,
}

/// A connection that is allowed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Flow {
    pub(crate) from: End,
    pub(crate) to: End,
    /// None: all of them.
    pub(crate) port: Option<u16>,
    pub(crate) why: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Security {
    pub(crate) members: Vec<Member>,
    pub(crate) flows: Vec<Flow>,
}

const HTTPS: u16 = 443;
const NFS: u16 = 2049;
/// Where the metrics server of the cluster listens.
const METRICS: u16 = 10_251;

pub(crate) fn decide(topology: &Topology, blocks: &Blocks) -> Security {
    let mut flows: Vec<Flow> = Vec::new();
    let mut add = |from: End, to: End, port: Option<u16>, why: String| {
        let known = |flow: &Flow| flow.from == from && flow.to == to && flow.port == port;
        let among_nodes = matches!(from, End::Member(Member::Nodes(_)));
        if !flows.iter().any(known) && (from != to || port.is_some() || among_nodes) {
            flows.push(Flow { from, to, port, why });
        }
    };
    for arrow in &topology.arrows {
        let ends = (member(topology, blocks, arrow.from), member(topology, blocks, arrow.to));
        let (Some(from), Some(to)) = ends else { continue };
        if let (Member::Nodes(_) | Member::LoadBalancer, Member::Nodes(_)) = (from, to) {
            // Among pods the cluster decides; what the load balancer sends to follows below.
            continue;
        }
        if let (Member::Component(_), Member::Component(to)) = (from, to) {
            let balancer = End::Member(Member::InnerBalancer(to));
            add(End::Member(from), balancer, Some(arrow.port), arrow.purpose.clone());
            add(balancer, End::Member(Member::Component(to)), Some(arrow.port), arrow.purpose.clone());
            continue;
        }
        let Some(port) = actual_port(blocks, to, arrow.port) else { continue };
        if from == Member::LoadBalancer && !is_balanced(blocks, port) {
            continue;
        }
        add(End::Member(from), End::Member(to), Some(port), arrow.purpose.clone());
    }
    if let Some(balancer) = &blocks.load_balancer {
        for entry in &balancer.entries {
            add(End::Clients, End::Member(Member::LoadBalancer), Some(entry.port), "users".to_owned());
        }
    }
    for inner in &blocks.inner_balancers {
        let balancer = End::Member(Member::InnerBalancer(inner.component));
        let component = End::Member(Member::Component(inner.component));
        add(balancer, component, Some(inner.health.port), "health checks".to_owned());
    }
    if blocks.cluster.is_some() {
        cluster_flows(topology, blocks, &mut add);
    }
    if let Some(kafka) = &blocks.kafka {
        for port in kafka.ports_between_nodes() {
            add(
                End::Member(Member::Kafka),
                End::Member(Member::Kafka),
                Some(port),
                "brokers and controllers".to_owned(),
            );
        }
    }
    if let Some(search) = &blocks.search {
        for port in search.ports_between_nodes() {
            add(
                End::Member(Member::Search),
                End::Member(Member::Search),
                Some(port),
                "nodes of the cluster".to_owned(),
            );
        }
    }
    for group in &topology.groups {
        let member = End::Member(home(topology, blocks, group.component));
        if topology.storage == StorageKind::SharedFiles && group.needs.contains(&Party::Storage) {
            add(member, End::Member(Member::SharedFiles), Some(NFS), "the shared files".to_owned());
        }
        let (port, why) = outward(topology.platform, group.component);
        add(member, End::Anywhere, port, why.to_owned());
    }
    for (member, machines) in [
        (Member::Kafka, blocks.kafka.as_ref().is_some_and(|kafka| !kafka.nodes.is_empty())),
        (Member::Search, blocks.search.as_ref().is_some_and(|search| !search.nodes.is_empty())),
    ] {
        if machines {
            add(
                End::Member(member),
                End::Anywhere,
                Some(HTTPS),
                "the image registry and the cloud's own services".to_owned(),
            );
        }
    }
    if let Some(alerting) = blocks.alerting.as_ref().filter(|alerting| !alerting.nodes.is_empty()) {
        for (to, port, why) in alerting.connections(topology, blocks) {
            add(End::Member(Member::Monitoring), to, Some(port), why.to_owned());
        }
    }
    if let (Some(alerting), true) = (&blocks.alerting, blocks.cluster.is_some()) {
        let nodes = End::Member(Member::Nodes(PoolName::Components));
        add(nodes, End::Anywhere, Some(HTTPS), "who is told".to_owned());
        if let Some(email) = &alerting.receivers.email {
            add(nodes, End::Anywhere, Some(email.port), "mail".to_owned());
        }
    }
    let members = members(topology, blocks);
    Security { members, flows }
}

/// Components whose work is to reach other people's systems may; the others reach registry and cloud.
fn outward(platform: Platform, component: ComponentName) -> (Option<u16>, &'static str) {
    use ComponentName::{Job, Server, Standalone, Worker};
    match (platform, component) {
        (Platform::Kestra, Worker | Standalone) => (None, "tasks reach whatever system they are written for"),
        (Platform::Octopus, Server) => {
            (None, "deployments reach their targets on ports of the targets' choice")
        }
        (Platform::Rudderstack, Server) => (None, "events go to whatever destinations are set up"),
        (Platform::EventPlatform, Job) => (None, "jobs reach whatever system they are written for"),
        _ => (Some(HTTPS), "the image registry and the cloud's own services"),
    }
}

fn member(topology: &Topology, blocks: &Blocks, party: Party) -> Option<Member> {
    match party {
        Party::LoadBalancer => Some(Member::LoadBalancer),
        Party::Database => Some(Member::Database),
        Party::Queue => Some(Member::Kafka),
        Party::Search => Some(Member::Search),
        // Agents come through the load balancer; storage is reached as a service; who watches says by itself whom.
        Party::Agents | Party::Monitoring | Party::Storage => None,
        _ => party.component().map(|component| home(topology, blocks, component)),
    }
}

/// What a component's connections come from: its own machines, or the nodes that its pods share with others.
fn home(topology: &Topology, blocks: &Blocks, component: ComponentName) -> Member {
    match &blocks.cluster {
        None => Member::Component(component),
        Some(_) => Member::Nodes(PoolName::of(topology.platform, component)),
    }
}

/// The kubelet, and what the control plane calls in the cluster, both on the kubelet's port.
const KUBELET: u16 = 10_250;

/// Between the nodes and what runs them, and from the load balancer to the nodes' ports.
fn cluster_flows(topology: &Topology, blocks: &Blocks, add: &mut impl FnMut(End, End, Option<u16>, String)) {
    let pools: Vec<Member> = blocks
        .cluster
        .iter()
        .flat_map(|cluster| &cluster.pools)
        .map(|pool| Member::Nodes(pool.name))
        .collect();
    let control_plane = End::Member(Member::ControlPlane);
    for pool in &pools {
        add(End::Member(*pool), control_plane, Some(HTTPS), "the cluster's interface".to_owned());
        add(control_plane, End::Member(*pool), Some(KUBELET), "kubelet and admission".to_owned());
        add(control_plane, End::Member(*pool), Some(METRICS), "the pods' load".to_owned());
        for other in &pools {
            let why = "pods; who may connect to whom stands in the cluster's network policies";
            add(End::Member(*pool), End::Member(*other), None, why.to_owned());
        }
    }
    for target in blocks.load_balancer.iter().flat_map(|balancer| &balancer.targets) {
        let nodes = End::Member(home(topology, blocks, target.component));
        for (port, why) in [(target.node_port, &*target.purpose), (target.health.node_port, "health checks")]
        {
            add(End::Member(Member::LoadBalancer), nodes, port, why.to_owned());
        }
    }
}

/// A managed service may listen elsewhere than the product does.
fn actual_port(blocks: &Blocks, to: Member, documented: u16) -> Option<u16> {
    match to {
        Member::Database => blocks.database.as_ref().map(|database| database.port),
        Member::Kafka => blocks.kafka.as_ref().map(|kafka| kafka.client_port),
        Member::Search => blocks.search.as_ref().map(|search| search.client_port),
        _ => Some(documented),
    }
}

/// Whether the load balancer really sends to this port, for traffic or for health checks.
fn is_balanced(blocks: &Blocks, port: u16) -> bool {
    blocks.load_balancer.as_ref().is_some_and(|balancer| {
        balancer.targets.iter().any(|target| target.port == port || target.health.port == port)
    })
}

fn members(topology: &Topology, blocks: &Blocks) -> Vec<Member> {
    let mut members = BTreeSet::new();
    members.extend(topology.groups.iter().map(|group| home(topology, blocks, group.component)));
    members.extend(blocks.cluster.iter().map(|_| Member::ControlPlane));
    members.extend(blocks.inner_balancers.iter().map(|inner| Member::InnerBalancer(inner.component)));
    let has_group =
        blocks.load_balancer.as_ref().is_some_and(|balancer| balancer.kind != LoadBalancerKind::None);
    members.extend(has_group.then_some(Member::LoadBalancer));
    members.extend(blocks.database.as_ref().map(|_| Member::Database));
    members.extend(blocks.kafka.as_ref().map(|_| Member::Kafka));
    members.extend(blocks.search.as_ref().map(|_| Member::Search));
    members.extend(blocks.shared_files.as_ref().map(|_| Member::SharedFiles));
    let watches = blocks.alerting.as_ref().is_some_and(|alerting| !alerting.nodes.is_empty());
    members.extend(watches.then_some(Member::Monitoring));
    members.into_iter().collect()
}
