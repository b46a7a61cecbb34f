//! What is not as it was promised.

use std::collections::BTreeMap;

use provision_architecture::Topology;
use provision_architecture::topology::Zone;
use serde::Serialize;

use super::document::{Component, Place, SCHEMA, Status, Survives};
use super::facts::{Facts, Group, Health, Member, Pool, Server};
use crate::survive::{self, Timers};

/// Something that is not as promised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub what: What,
    /// The resource, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    pub says: String,
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// Too few are healthy.
    Instances,
    /// They stand closer together than promised.
    Spread,
    /// The load balancer has too few to send to.
    Targets,
    /// A database's server or its standby.
    Database,
    Disk,
    /// Started from an older version.
    Version,
    /// The world moved away from the configuration.
    Drift,
    /// The configuration has not been applied.
    Pending,
    /// A failure that was to be survived would not be.
    Survival,
}

/// Judges what lives. Without a topology there is only what the plan and the resources themselves say.
pub fn status(topology: Option<&Topology>, facts: Facts) -> Status {
    let components = components(&facts.groups);
    let mut findings = Vec::new();
    // What never lived needs no list of all that is missing in it.
    let nothing_lives = facts.unchanged == 0
        && !facts.changes.is_empty()
        && facts.changes.iter().all(|change| change.verb == "create");
    if nothing_lives {
        findings.push(Finding {
            what: What::Pending,
            address: None,
            component: None,
            says: format!("nothing of it lives: {} to create", counted(facts.changes.len(), "resource")),
        });
    } else {
        components.iter().for_each(|component| judge_component(component, &mut findings));
        facts.groups.iter().for_each(|group| judge_versions(group, &mut findings));
        facts.pools.iter().for_each(|pool| judge_pool(pool, &mut findings));
        facts.servers.iter().for_each(|server| judge_server(server, &mut findings));
        judge_disks(&facts, &mut findings);
        judge_changes(&facts, &mut findings);
    }
    let live = topology
        .filter(|_| !nothing_lives)
        .map(|topology| survive::live(topology, &Timers::of(topology), &survive_facts(topology, &facts)));
    for exposure in live.iter().flat_map(|live| &live.exposures) {
        let stops: Vec<String> =
            exposure.stops.iter().map(|stop| format!("{} {}", stop.capability, stop.says)).collect();
        findings.push(Finding {
            what: What::Survival,
            address: None,
            component: None,
            says: format!("if {} now: {}", exposure.failure, stops.join(", ")),
        });
    }
    let (drawn, survives) = match live {
        Some(live) => {
            let survives = Survives { now: live.now, exposures: live.exposures };
            (Some((live.topology, live.casualties)), Some(survives))
        }
        None => (None, None),
    };
    Status {
        schema: SCHEMA,
        as_promised: findings.is_empty(),
        about: topology.map(|it| format!("{} {}, {}", it.platform, it.version, it.size.word())),
        facts,
        components,
        nothing_lives,
        findings,
        survives,
        drawn,
    }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// The groups of one name together, with what was promised of each zone.
fn components(groups: &[Group]) -> Vec<Component> {
    let mut components: Vec<Component> = Vec::new();
    for group in groups {
        let known = components.iter().position(|it| it.name == group.component);
        let at = known.unwrap_or_else(|| {
            components.push(Component { name: group.component.clone(), ..Component::default() });
            components.len() - 1
        });
        components[at].add(group);
    }
    components
}

impl Component {
    fn add(&mut self, group: &Group) {
        self.promised += group.instances.len();
        for number in &group.instances {
            // One after the other over the zones, as the topology places them.
            if let Some(zone) = group.zones.get(number % group.zones.len().max(1)) {
                self.place(zone).promised += 1;
            }
        }
        let Some(members) = &group.members else {
            self.known = false;
            return;
        };
        for member in members {
            let healthy = usize::from(member.health == Health::Healthy);
            self.healthy += healthy;
            if let Some(zone) = &member.zone {
                self.place(zone).healthy += healthy;
            }
        }
        self.members.extend(members.iter().cloned());
    }

    fn place(&mut self, zone: &str) -> &mut Place {
        let at = self.zones.iter().position(|place| place.zone == zone);
        let at = at.unwrap_or_else(|| {
            self.zones.push(Place { zone: zone.to_owned(), promised: 0, healthy: 0 });
            self.zones.sort_by(|one, other| one.zone.cmp(&other.zone));
            self.zones.iter().position(|place| place.zone == zone).unwrap_or(0)
        });
        &mut self.zones[at]
    }
}

fn judge_component(component: &Component, findings: &mut Vec<Finding>) {
    if !component.known {
        return;
    }
    let mut find = |what, says| {
        findings.push(Finding { what, address: None, component: Some(component.name.clone()), says });
    };
    if component.healthy < component.promised {
        let others = component.members.iter().filter(|member| member.health != Health::Healthy);
        let others: Vec<String> = others.map(described).collect();
        let why = if others.is_empty() { String::new() } else { format!("; {}", others.join("; ")) };
        find(
            What::Instances,
            format!("{}: {} of {} healthy{why}", component.name, component.healthy, component.promised),
        );
    }
    if let Some(says) = unevenly(component) {
        find(What::Spread, says);
    }
}

/// `i-… in eu-west-1b: unhealthy, the machine is down`
fn described(member: &Member) -> String {
    let zone = member.zone.as_ref().map_or(String::new(), |zone| format!(" in {zone}"));
    let reason = member.reason.as_ref().map_or(String::new(), |reason| format!(", {reason}"));
    format!("{}{zone}: {}{reason}", member.id, member.health.word())
}

/// Whether they stand in fewer zones than promised, or more of them in one. Who stands there but isn't healthy is
/// another matter.
fn unevenly(component: &Component) -> Option<String> {
    let mut lives: BTreeMap<&str, usize> = BTreeMap::new();
    let staying = component.members.iter().filter(|member| member.health != Health::Leaving);
    for zone in staying.filter_map(|member| member.zone.as_deref()) {
        *lives.entry(zone).or_default() += 1;
    }
    let promised: BTreeMap<&str, usize> = component
        .zones
        .iter()
        .filter(|place| place.promised > 0)
        .map(|place| (place.zone.as_str(), place.promised))
        .collect();
    let placed: usize = lives.values().sum();
    let fullest = |zones: &BTreeMap<&str, usize>| zones.values().copied().max().unwrap_or(0);
    // More than promised, as of a group that has grown, may fill the zones evenly.
    let most = fullest(&promised).max(placed.div_ceil(promised.len().max(1)));
    // Who is missing is named already; what is left is not spread any worse by that.
    let fewer = lives.len() < promised.len().min(placed);
    (placed > 0 && (fewer || fullest(&lives) > most)).then(|| {
        let named = |zones: &BTreeMap<&str, usize>| {
            zones.iter().map(|(zone, count)| format!("{count} in {zone}")).collect::<Vec<_>>().join(", ")
        };
        format!("{}: stands {}; promised were {}", component.name, named(&lives), named(&promised))
    })
}

fn judge_versions(group: &Group, findings: &mut Vec<Finding>) {
    let Some(newest) = &group.newest else { return };
    let versions = group.members.iter().flatten().filter_map(|member| member.version.as_ref());
    let (older, all) = versions.fold((0, 0), |(older, all), it| (older + usize::from(it != newest), all + 1));
    if older > 0 {
        findings.push(Finding {
            what: What::Version,
            address: Some(group.address.clone()),
            component: Some(group.component.clone()),
            says: format!(
                "{}: {older} of {all} were started from an older version than {newest}; each becomes new when it is replaced",
                group.component
            ),
        });
    }
}

fn judge_pool(pool: &Pool, findings: &mut Vec<Finding>) {
    let mut find = |says| {
        findings.push(Finding {
            what: What::Targets,
            address: Some(pool.address.clone()),
            component: (pool.sends_to.len() == 1).then(|| pool.sends_to[0].clone()),
            says,
        });
    };
    let healthy = pool.targets.iter().filter(|target| target.health == Health::Healthy).count();
    if healthy == 0 {
        find(format!("{}: no healthy target: who comes by the load balancer gets no answer", pool.address));
    }
    for target in pool.targets.iter().filter(|target| target.health != Health::Healthy) {
        find(format!("{}: the target {}", pool.address, described(target)));
    }
    for machine in &pool.left_out {
        find(format!("{}: {machine} runs, but is not behind the load balancer", pool.address));
    }
}

fn judge_server(server: &Server, findings: &mut Vec<Finding>) {
    let mut find = |says| {
        findings.push(Finding {
            what: What::Database,
            address: Some(server.address.clone()),
            component: Some("database".to_owned()),
            says,
        });
    };
    let Some(primary) = &server.primary else { return };
    if primary.health != Health::Healthy {
        find(format!("{}: the server {}", server.address, described(primary)));
    }
    match &server.standby {
        None if server.standby_promised => {
            find(format!("{}: there is no standby to take over", server.address));
        }
        Some(standby) if standby.health != Health::Healthy => {
            find(format!("{}: the standby {}", server.address, described(standby)));
        }
        _ => {}
    }
}

fn judge_disks(facts: &Facts, findings: &mut Vec<Finding>) {
    for disk in facts.disks.iter().filter(|disk| !disk.ready || !disk.attached) {
        let what = if disk.ready { "is attached to nothing" } else { "is not ready" };
        findings.push(Finding {
            what: What::Disk,
            address: Some(disk.address.clone()),
            component: None,
            says: format!("{}: the disk {what}", disk.address),
        });
    }
}

fn judge_changes(facts: &Facts, findings: &mut Vec<Finding>) {
    for change in &facts.changes {
        let fields = change.fields.join(", ");
        let says = match (change.drift, change.verb.as_str()) {
            (true, "create") => "it is gone, and nobody of us deleted it".to_owned(),
            (true, _) if fields.is_empty() => format!("to {}, and nobody of us changed it", change.verb),
            (true, _) => format!("{fields} changed by somebody else"),
            (false, "wait for") => "it is not ready yet".to_owned(),
            (false, verb) if fields.is_empty() => format!("to {verb}: it is not yet as the directory says"),
            (false, verb) => format!("to {verb} ({fields}): it is not yet as the directory says"),
        };
        findings.push(Finding {
            what: if change.drift { What::Drift } else { What::Pending },
            address: Some(change.address.clone()),
            component: None,
            says: format!("{}: {says}", change.address),
        });
    }
}

/// The failure analysis' words for what a directory calls its nodes.
const NODES: [(&str, &str); 6] = [
    ("kafka-broker", "broker"),
    ("queue", "broker"),
    ("kafka-controller", "queue-controller"),
    ("search-data", "search-node"),
    ("search", "search-node"),
    ("search-master", "search-master"),
];

fn survive_facts(topology: &Topology, facts: &Facts) -> survive::Facts {
    let zone = |name: &Option<String>| -> Option<Zone> {
        topology.zones.iter().position(|zone| Some(zone.as_str()) == name.as_deref())
    };
    let works = |member: &Member| member.health == Health::Healthy;
    let mut nodes: BTreeMap<&str, Vec<survive::Node>> = BTreeMap::new();
    for group in &facts.groups {
        let Some(members) = &group.members else { continue };
        let word = NODES.iter().find(|(theirs, _)| *theirs == group.component);
        let known = nodes.entry(word.map_or(group.component.as_str(), |(_, ours)| ours)).or_default();
        // A resource that stands for one instance says which one it is.
        let number = group.instances.first().copied().filter(|_| group.instances.len() == 1);
        known.extend(members.iter().map(|member| survive::Node {
            number,
            zone: zone(&member.zone),
            works: works(member),
        }));
    }
    let server = |server: &Server| {
        let primary = server.primary.as_ref()?;
        let standby = server.standby.as_ref().map(|it| survive::Node {
            number: None,
            zone: zone(&it.zone),
            works: works(it),
        });
        let (zone, works) = (zone(&primary.zone), works(primary));
        Some(survive::Server { number: server.number, zone, works, standby })
    };
    survive::Facts {
        nodes: nodes.into_iter().map(|(of, nodes)| survive::Nodes { of: of.to_owned(), nodes }).collect(),
        servers: facts.servers.iter().filter_map(server).collect(),
    }
}
