//! What is in the picture, before anything has a place: tiers from the outside to the data, their members, and who
//! connects to whom.

use provision_architecture::documented;
use provision_architecture::spec::Platform;

use crate::deployment::{Database, Deployment, Group, Queue, Search};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scene {
    /// The deployment's name.
    pub name: String,
    /// `Kestra 1.3.15, high-availability`
    pub title: String,
    /// `aws eu-west-1`
    pub region: String,
    pub zones: Vec<String>,
    /// From the outside to the data.
    pub tiers: Vec<Tier>,
    pub edges: Vec<Edge>,
}

/// A row of the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tier {
    /// A component's name, `database`, `broker`…
    pub id: String,
    pub name: String,
    pub detail: String,
    pub place: Place,
    /// In the order of their numbers; of a tier outside of the zones there is none.
    pub members: Vec<Member>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Who uses the deployment.
    Outside,
    /// A service of the whole region, before the machines.
    RegionFront,
    /// Machines in zones.
    Component,
    /// Nodes in zones that keep data.
    Backend,
    /// A service of the whole region, behind the machines.
    RegionBack,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The name by which marks speak of it: `worker-3`, `database-0-standby`.
    pub id: String,
    pub label: String,
    pub detail: String,
    pub zone: usize,
    pub standby: bool,
}

/// Everybody in one tier connects to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    pub from: usize,
    pub to: usize,
    pub ports: Vec<u16>,
}

impl Scene {
    pub(crate) fn of(deployment: &Deployment) -> Self {
        let tiers = tiers(deployment);
        let edges = edges(deployment, &tiers);
        let platform = Platform::from_word(&deployment.platform);
        let title =
            platform.map_or(deployment.platform.clone(), |it| documented::architecture(it).title.clone());
        Self {
            name: deployment.deployment.clone(),
            title: format!("{title} {}, {}", deployment.version, deployment.size),
            region: format!("{} {}", deployment.provider, deployment.region),
            zones: deployment.zones.clone(),
            tiers,
            edges,
        }
    }

    /// The whole picture in sentences, for those who don't see it.
    pub fn description(&self) -> String {
        let mut said =
            format!("{} is {} in {}, zones {}.", self.name, self.title, self.region, self.zones.join(", "));
        for tier in self.tiers.iter().filter(|tier| tier.place != Place::Outside) {
            said += &format!(" {}", self.tier_in_words(tier));
        }
        for edge in &self.edges {
            let ports: Vec<String> = edge.ports.iter().map(u16::to_string).collect();
            let ports =
                if ports.is_empty() { String::new() } else { format!(" on port {}", ports.join(" and ")) };
            said +=
                &format!(" {} connects to {}{ports}.", self.tiers[edge.from].name, self.tiers[edge.to].name);
        }
        said
    }

    fn tier_in_words(&self, tier: &Tier) -> String {
        let detail = if tier.detail.is_empty() { String::new() } else { format!(" ({})", tier.detail) };
        if tier.members.is_empty() {
            return format!("{}{detail} serves the whole region.", tier.name);
        }
        let in_zone = |zone: usize| {
            let (own, standby): (Vec<&Member>, Vec<&Member>) =
                tier.members.iter().filter(|it| it.zone == zone).partition(|it| !it.standby);
            let counts = [(own.len(), ""), (standby.len(), " standby")];
            let counts = counts.iter().filter(|(count, _)| *count > 0);
            let said: Vec<String> = counts.map(|(count, what)| format!("{count}{what}")).collect();
            (!said.is_empty()).then(|| format!("{} in {}", said.join(" and "), self.zones[zone]))
        };
        let zones: Vec<String> = (0..self.zones.len()).filter_map(in_zone).collect();
        format!("{}{detail}: {}.", tier.name, zones.join(", "))
    }
}

fn tiers(deployment: &Deployment) -> Vec<Tier> {
    let mut tiers = Vec::new();
    let service = |id: &str, name: &str, detail: &str, place| Tier {
        id: id.to_owned(),
        name: name.to_owned(),
        detail: detail.to_owned(),
        place,
        members: Vec::new(),
    };
    if deployment.load_balancer.is_some() {
        tiers.push(service("users", "users", "", Place::Outside));
    }
    if deployment.arrows.iter().any(|arrow| arrow.from == "agents") {
        tiers.push(service("agents", "agents", "", Place::Outside));
    }
    if let Some(kind) = &deployment.load_balancer {
        tiers.push(service("load-balancer", "load balancer", kind, Place::RegionFront));
    }
    tiers.extend(deployment.groups.iter().filter(|group| !group.instances.is_empty()).map(component));
    tiers.extend(deployment.queue.iter().flat_map(queue));
    tiers.extend(deployment.search.iter().flat_map(search));
    tiers.extend(deployment.database.iter().filter(|it| !it.servers.is_empty()).map(database));
    match deployment.storage.as_str() {
        "object" => tiers.push(service("storage", "object storage", "", Place::RegionBack)),
        "shared-files" => tiers.push(service("storage", "shared files", "", Place::RegionBack)),
        _ => {}
    }
    tiers
}

fn component(group: &Group) -> Tier {
    let count = group.instances.len();
    let detail = match &group.machine.name {
        Some(machine) => format!("{count} × {machine}"),
        None => format!("× {count}"),
    };
    Tier {
        id: group.component.clone(),
        name: group.component.clone(),
        detail,
        place: Place::Component,
        members: nodes(&group.component, &group.instances),
    }
}

fn nodes(word: &str, zones: &[usize]) -> Vec<Member> {
    let member = |(number, zone): (usize, &usize)| {
        let id = format!("{word}-{number}");
        Member { label: id.clone(), id, detail: String::new(), zone: *zone, standby: false }
    };
    zones.iter().enumerate().map(member).collect()
}

/// `PostgreSQL 16, managed`
fn product(kind: &str, version: Option<&String>, managed: bool) -> String {
    let name = match kind {
        "postgres" => "PostgreSQL",
        "mysql" => "MySQL",
        "h2" => "H2",
        "sqlserver" => "SQL Server",
        "azure-sql" => "Azure SQL",
        "kafka" => "Kafka",
        "amqp" => "AMQP",
        "redis" => "Redis",
        "pubsub" => "Pub/Sub",
        "elasticsearch" => "Elasticsearch",
        "opensearch" => "OpenSearch",
        other => other,
    };
    let version = version.map_or_else(String::new, |version| format!(" {version}"));
    format!("{name}{version}{}", if managed { ", managed" } else { "" })
}

fn backend(id: &str, name: &str, detail: String, members: Vec<Member>) -> Tier {
    Tier { id: id.to_owned(), name: name.to_owned(), detail, place: Place::Backend, members }
}

fn queue(queue: &Queue) -> Vec<Tier> {
    let detail = product(&queue.kind, queue.version.as_ref(), queue.managed);
    // Google's own queue has no brokers that anybody would see.
    if queue.kind == "pubsub" || queue.brokers.is_empty() {
        let place = Place::RegionBack;
        return vec![Tier {
            id: "queue".to_owned(),
            name: "queue".to_owned(),
            detail,
            place,
            members: Vec::new(),
        }];
    }
    let mut tiers = vec![backend("broker", "queue", detail, nodes("broker", &queue.brokers))];
    if !queue.controllers.is_empty() {
        let members = nodes("queue-controller", &queue.controllers);
        tiers.push(backend("queue-controller", "queue controllers", String::new(), members));
    }
    tiers
}

fn search(search: &Search) -> Vec<Tier> {
    let detail = product(&search.kind, search.version.as_ref(), search.managed);
    let mut tiers = vec![backend("search-node", "search", detail, nodes("search-node", &search.nodes))];
    if !search.masters.is_empty() {
        let members = nodes("search-master", &search.masters);
        tiers.push(backend("search-master", "search masters", String::new(), members));
    }
    tiers
}

fn database(database: &Database) -> Tier {
    let mut members = Vec::new();
    for (number, server) in database.servers.iter().enumerate() {
        let name = format!("database-{number}");
        let detail = if server.standby.is_some() { "primary" } else { "" };
        members.push(Member {
            id: name.clone(),
            label: name.clone(),
            detail: detail.to_owned(),
            zone: server.zone,
            standby: false,
        });
        members.extend(server.standby.map(|zone| Member {
            id: format!("{name}-standby"),
            label: name,
            detail: "standby".to_owned(),
            zone,
            standby: true,
        }));
    }
    let detail = product(&database.kind, database.version.as_ref(), database.managed);
    backend("database", "database", detail, members)
}

fn edges(deployment: &Deployment, tiers: &[Tier]) -> Vec<Edge> {
    let mut edges: Vec<Edge> = Vec::new();
    let tier = |id: &str| tiers.iter().position(|tier| tier.id == id);
    let mut add = |from: Option<usize>, to: Option<usize>, port: Option<u16>| {
        let (Some(from), Some(to)) = (from, to) else { return };
        match edges.iter_mut().find(|edge| (edge.from, edge.to) == (from, to)) {
            Some(edge) => edge.ports.extend(port.filter(|port| !edge.ports.contains(port))),
            None => edges.push(Edge { from, to, ports: port.into_iter().collect() }),
        }
    };
    add(tier("users"), tier("load-balancer"), None);
    for arrow in &deployment.arrows {
        add(tier(tier_of(&arrow.from)), tier(tier_of(&arrow.to)), Some(arrow.port));
    }
    // What a component needs without a port of ours: services of the cloud.
    for group in &deployment.groups {
        for need in &group.needs {
            add(tier(&group.component), tier(tier_of(need)), None);
        }
    }
    if let Some(queue) = &deployment.queue {
        add(tier("broker"), tier("queue-controller"), queue.controller_port);
    }
    if let Some(search) = &deployment.search {
        add(tier("search-node"), tier("search-master"), Some(search.transport_port));
    }
    edges.sort_by_key(|edge| (edge.from, edge.to));
    edges
}

/// The tier that a party of an arrow stands in. What watches over the deployment is not drawn: it would connect to
/// everything.
fn tier_of(party: &str) -> &str {
    match party {
        "queue" => "broker",
        "search" => "search-node",
        other => other,
    }
}
