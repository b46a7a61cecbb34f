//! What an expert would not forgive, said once for every cloud; how each cloud's plan is read stands in its own file.

mod aws;
mod azure;
mod google;

use std::collections::BTreeMap;

use provision_architecture::Topology;
use provision_architecture::documented::Party;
use provision_architecture::spec::{Provider, QueueKind, Runtime};

use super::plan::{Plan, Resource};

/// Reads one cloud's plan.
trait Cloud {
    /// Groups of machines that are replaced when they die; node pools, in a cluster.
    fn groups(&self, plan: &Plan) -> Vec<Group>;
    /// The load balancers of users and of components.
    fn balancers(&self, plan: &Plan) -> Vec<Balancer>;
    /// A load balancer stands in no fewer zones, even if its machines do.
    fn least_zones_of_balancers(&self) -> usize {
        1
    }
    /// Ways out to the internet; none where one of them serves every zone.
    fn ways_out(&self, plan: &Plan) -> Option<usize>;
    fn databases(&self, plan: &Plan) -> Vec<Database>;
    /// Machines that are members of a cluster, each with its disk: name, zone.
    fn nodes(&self, plan: &Plan) -> BTreeMap<String, String>;
    /// Ports that anybody on the internet may connect to.
    fn open_ports(&self, plan: &Plan) -> Vec<u64>;
    /// Its tags or labels.
    fn tags(&self, resource: &Resource) -> BTreeMap<String, String>;
    /// The tag that holds the deployment's name, and the one that holds the address, where there is one.
    fn tag_names(&self) -> (&'static str, Option<&'static str>);
    /// What only this cloud can get wrong.
    fn own(&self, plan: &Plan, topology: &Topology) -> Vec<String>;
}

struct Group {
    name: String,
    zones: usize,
    private: bool,
    /// Whether the load balancer sends to it.
    balanced: bool,
    /// Whether a machine that does not answer its users is replaced.
    replaced_when_sick: bool,
}

struct Balancer {
    name: String,
    /// None where it is in every zone of the region by nature.
    zones: Option<usize>,
    public: bool,
}

struct Database {
    name: String,
    /// In another zone, and takes over.
    standby: bool,
    protected: bool,
    backup_days: u64,
    encrypted: bool,
    public: bool,
    /// Whether the password stands in the Terraform.
    password_known: bool,
}

fn cloud(provider: Provider) -> &'static dyn Cloud {
    match provider {
        Provider::Aws => &aws::Aws,
        Provider::Google => &google::Google,
        Provider::Azure => &azure::Azure,
    }
}

/// Everything that is wrong with a plan.
pub(super) fn problems(plan: &Plan, topology: &Topology) -> Vec<String> {
    let cloud = cloud(topology.provider);
    let mut problems = Problems(Vec::new());
    groups(cloud, plan, topology, &mut problems);
    balancers(cloud, plan, topology, &mut problems);
    databases(cloud, plan, topology, &mut problems);
    nodes(cloud, plan, topology, &mut problems);
    tags(cloud, plan, topology, &mut problems);
    problems.0.extend(cloud.own(plan, topology));
    problems.0
}

struct Problems(Vec<String>);

impl Problems {
    fn expect(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.0.push(what());
        }
    }
}

fn network_exists(topology: &Topology) -> bool {
    topology.spec.cloud.network.as_ref().is_some_and(|network| network.id.is_some())
}

fn groups(cloud: &dyn Cloud, plan: &Plan, topology: &Topology, problems: &mut Problems) {
    let (groups, zones) = (cloud.groups(plan), topology.zones.len());
    // A load balancer takes a draining node for dead (OCT-16): such machines look after themselves.
    let drain = |group: &provision_architecture::topology::Group| {
        group.health.as_ref().is_some_and(|health| health.draining_status.is_some())
    };
    let drains = topology.groups.iter().any(drain);
    for group in &groups {
        problems
            .expect(group.zones == zones, || format!("{}: {} zones, not {zones}", group.name, group.zones));
        problems.expect(group.private, || format!("{}: its machines are not private", group.name));
        problems.expect(!group.balanced || drains || group.replaced_when_sick, || {
            format!("{}: a machine that does not answer stays", group.name)
        });
    }
    if topology.runtime == Runtime::Kubernetes {
        problems.expect(!groups.is_empty(), || "no nodes".to_owned());
        return;
    }
    for component in &topology.groups {
        let word = component.component.to_string();
        let its: Vec<&Group> =
            groups.iter().filter(|group| group.name.replace('_', "-").contains(&word)).collect();
        problems.expect(!its.is_empty(), || format!("{word}: no group of machines"));
        let serves = component.ports.iter().any(|port| port.from.contains(&Party::LoadBalancer));
        problems.expect(
            !serves || topology.load_balancer.is_none() || its.iter().all(|group| group.balanced),
            || format!("{word}: the load balancer does not send to every machine of it"),
        );
    }
}

/// The same zones as the groups; nothing is public but a load balancer, and that one only where it may.
fn balancers(cloud: &dyn Cloud, plan: &Plan, topology: &Topology, problems: &mut Problems) {
    let (balancers, zones) = (cloud.balancers(plan), topology.zones.len());
    let wanted = zones.max(cloud.least_zones_of_balancers());
    for balancer in &balancers {
        problems.expect(balancer.zones.is_none_or(|its| its == wanted), || {
            format!("{}: {:?} zones, not {wanted}", balancer.name, balancer.zones)
        });
    }
    let spec = topology.spec.load_balancer.as_ref();
    let may = spec.is_some_and(|spec| spec.certificate.is_some() && !spec.internal.unwrap_or(false));
    let public = balancers.iter().filter(|balancer| balancer.public).count();
    if topology.runtime == Runtime::Machines {
        problems.expect(public == usize::from(may && topology.load_balancer.is_some()), || {
            format!("{public} load balancers are public")
        });
    }
    for port in cloud.open_ports(plan) {
        problems
            .expect(may && matches!(port, 80 | 443 | 10_943), || format!("port {port} is open to the world"));
    }
    if let (false, Some(ways)) = (network_exists(topology), cloud.ways_out(plan)) {
        let wanted = if topology.highly_available { zones } else { 1 };
        problems.expect(ways == wanted, || format!("{ways} ways out, not {wanted}"));
    }
}

fn databases(cloud: &dyn Cloud, plan: &Plan, topology: &Topology, problems: &mut Problems) {
    let databases = cloud.databases(plan);
    if let Some(tier) = &topology.database
        && tier.managed
    {
        let servers = tier.servers.len();
        problems
            .expect(databases.len() == servers, || format!("{} databases, not {servers}", databases.len()));
        for database in &databases {
            problems.expect(database.standby == tier.is_redundant(), || {
                format!("{}: a standby where none is asked for, or the other way round", database.name)
            });
        }
    }
    for database in &databases {
        let name = &database.name;
        problems.expect(database.protected, || format!("{name}: may be deleted"));
        problems.expect(database.backup_days >= 7, || {
            format!("{name}: {} days of backups", database.backup_days)
        });
        problems.expect(database.encrypted, || format!("{name}: not encrypted"));
        problems.expect(!database.public, || format!("{name}: public"));
        problems.expect(!database.password_known, || format!("{name}: its password stands in the Terraform"));
    }
}

/// Each member of a cluster on machines stands in the zone that the topology says.
fn nodes(cloud: &dyn Cloud, plan: &Plan, topology: &Topology, problems: &mut Problems) {
    if topology.runtime == Runtime::Kubernetes {
        return;
    }
    let nodes = cloud.nodes(plan);
    let mut expected = BTreeMap::new();
    let mut add = |role: &str, zones: &[usize]| {
        for (number, zone) in zones.iter().enumerate() {
            expected.insert(format!("{role}_{number}"), topology.zones[*zone].to_string());
        }
    };
    if let Some(queue) = topology.queue.as_ref().filter(|it| !it.managed && it.kind == QueueKind::Kafka) {
        add("kafka_broker", &queue.brokers);
        add("kafka_controller", &queue.controllers);
    }
    if let Some(search) = topology.search.as_ref().filter(|it| !it.managed) {
        add("search_data", &search.nodes);
        add("search_master", &search.masters);
    }
    if topology.spec.alerting.is_some() {
        // The loss of a zone has to be told by somebody in another.
        let count = if topology.highly_available { topology.zones.len().min(2) } else { 1 };
        let watching: Vec<usize> = (0..count).collect();
        add("monitoring", &watching);
    }
    problems.expect(nodes == expected, || format!("nodes in {nodes:?}, not in {expected:?}"));
}

/// Every resource that can have tags carries the deployment's name and its own address.
fn tags(cloud: &dyn Cloud, plan: &Plan, topology: &Topology, problems: &mut Problems) {
    let (deployment, address) = cloud.tag_names();
    for resource in plan.resources() {
        let Some(facts) = provision_kinds::kind(&resource.kind) else {
            problems.0.push(format!("{}: no facts of its kind", resource.address()));
            continue;
        };
        if facts.tags.is_none() {
            continue;
        }
        let tags = cloud.tags(resource);
        let named = tags.get(deployment).is_some_and(|value| value == topology.deployment.as_str());
        let addressed = address.is_none_or(|address| tags.get(address) == Some(&resource.address()));
        problems.expect(named && addressed, || {
            format!("{} does not carry its tags: {tags:?}", resource.address())
        });
    }
}
