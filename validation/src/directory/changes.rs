//! Where a directory says something else than the topology that it was rendered from.

use std::collections::BTreeSet;

use provision_architecture::spec::{Autoscale, ComponentName, Redundancy, Replicas};
use provision_architecture::topology::{Group, Topology, Zone};
use provision_architecture::values::MachineType;

use super::{Meaning, Reading, Said};

/// One difference.
pub(super) struct Change<'a> {
    /// The field of the spec that would say the same.
    pub(super) path: String,
    /// What the directory says now.
    pub(super) now: String,
    /// Who says so; nobody, where something is gone.
    pub(super) said: Option<&'a Said>,
    pub(super) apply: Apply<'a>,
}

type Apply<'a> = Box<dyn Fn(&mut Topology) + 'a>;

/// Every difference that a rule could look at.
pub(super) fn changes<'a>(topology: &Topology, reading: &'a Reading) -> Vec<Change<'a>> {
    let mut changes = Vec::new();
    for group in &topology.groups {
        changes.extend(instances(topology, group, reading));
        changes.extend(machine(group, reading));
    }
    changes.extend(database(topology, reading));
    changes.extend(queue(topology, reading));
    changes.extend(search(topology, reading));
    changes
}

/// One after the other over the zones, as they are placed.
fn spread(count: u64, zones: &[Zone]) -> Vec<Zone> {
    zones.iter().copied().cycle().take(usize::try_from(count).unwrap_or(usize::MAX)).collect()
}

/// The zones that are said, as the topology counts them.
fn zones_of(said: &Said, topology: &Topology) -> Vec<Zone> {
    let names = said.value.list().unwrap_or_default();
    let index = |name: &String| topology.zones.iter().position(|zone| zone.as_str() == name);
    names.iter().filter_map(index).collect()
}

/// How many instances of a component there are, and where.
fn instances<'a>(topology: &Topology, group: &Group, reading: &'a Reading) -> Option<Change<'a>> {
    let component = group.component.word();
    let rendered: Vec<_> =
        reading.rendered(component).filter(|(_, located)| located.role == "component").collect();
    if rendered.is_empty() {
        return None;
    }
    let share = rendered.len() as u64;
    let (usual_least, usual_most) = (group.least() / share, group.most() / share);
    let (mut least, mut most, mut by, mut zones) = (0, 0, None, BTreeSet::new());
    for (address, located) in reading.present(component) {
        let one = |meaning| reading.of(address, meaning).find_map(|said| Some((said, said.value.count()?)));
        let count = one(Meaning::Count);
        let low = one(Meaning::Least).or(count);
        let high = one(Meaning::Most).or(count);
        least += low.map_or(usual_least, |(_, number)| number);
        most += high.map_or(usual_most, |(_, number)| number);
        by = by.or_else(|| low.filter(|(_, number)| *number != usual_least));
        by = by.or_else(|| high.filter(|(_, number)| *number != usual_most));
        for said in reading.of(address, Meaning::Zones) {
            zones.extend(zones_of(said, topology));
            let moved = said.value.list().is_some_and(|now| now.len() < located.zones.len());
            by = by.or_else(|| moved.then_some((said, 0)));
        }
    }
    let zones: Vec<Zone> =
        if zones.is_empty() { zones_in_use(topology) } else { zones.into_iter().collect() };
    let same_zones = zones.len() >= topology.zones.len();
    if least == group.least() && most == group.most() && same_zones {
        return None;
    }
    let standing = if least == group.least() { group.instances.len() as u64 } else { least };
    let (name, placed) = (group.component, spread(standing, &zones));
    let autoscale = (least != most).then(|| Autoscale {
        min: Replicas::clamped(least),
        max: Replicas::clamped(most),
        cpu: group.autoscale.as_ref().and_then(|autoscale| autoscale.cpu),
    });
    let range = if least == most { least.to_string() } else { format!("{least} to {most}") };
    Some(Change {
        path: format!("components.{component}.replicas"),
        now: format!("{range} in {} zone{}", zones.len(), if zones.len() == 1 { "" } else { "s" }),
        said: by.map(|(said, _)| said),
        apply: Box::new(move |topology| {
            if let Some(group) = group_of(topology, name) {
                group.instances.clone_from(&placed);
                group.autoscale.clone_from(&autoscale);
            }
        }),
    })
}

fn zones_in_use(topology: &Topology) -> Vec<Zone> {
    (0..topology.zones.len()).collect()
}

fn group_of(topology: &mut Topology, name: ComponentName) -> Option<&mut Group> {
    topology.groups.iter_mut().find(|group| group.component == name)
}

/// What its machines are, where the spec says it.
fn machine<'a>(group: &Group, reading: &'a Reading) -> Option<Change<'a>> {
    let was = group.machine.name.clone()?;
    let (name, component) = (group.component, group.component.word());
    let mut all = reading.rendered(component).flat_map(|(address, _)| reading.of(address, Meaning::Machine));
    let (said, now) = all.find_map(|said| other_machine(said, &was))?;
    Some(Change {
        path: format!("components.{component}.machine"),
        now: now.to_string(),
        said: Some(said),
        apply: Box::new(move |topology| {
            let provider = topology.provider;
            if let Some(group) = group_of(topology, name) {
                group.machine = provision_architecture::machine(Some(&now), provider);
            }
        }),
    })
}

fn other_machine<'a>(said: &'a Said, was: &MachineType) -> Option<(&'a Said, MachineType)> {
    let now = MachineType::try_from(said.value.text()?).ok()?;
    (now != *was).then_some((said, now))
}

fn database<'a>(topology: &Topology, reading: &'a Reading) -> Vec<Change<'a>> {
    let Some(database) = &topology.database else { return Vec::new() };
    let mut changes = Vec::new();
    let (rendered, present) = (reading.rendered("database").count(), reading.present("database").count());
    if present < rendered {
        changes.push(Change {
            path: "backends.database".to_owned(),
            now: format!("{present} of {rendered} databases"),
            said: None,
            apply: Box::new(move |topology| {
                if let Some(database) = &mut topology.database {
                    database.servers.truncate(present);
                }
            }),
        });
    }
    let mut of_all = reading.rendered("database").flat_map(|(address, _)| {
        reading.of(address, Meaning::Standby).filter(|said| said.value.flag() == Some(false))
    });
    if database.redundancy == Redundancy::ManagedMultiZone
        && let Some(said) = of_all.next()
    {
        changes.push(Change {
            path: "backends.database".to_owned(),
            now: "no standby in another zone".to_owned(),
            said: Some(said),
            apply: Box::new(|topology| {
                if let Some(database) = &mut topology.database {
                    database.redundancy = Redundancy::None;
                    database.servers.iter_mut().for_each(|server| server.standby = None);
                }
            }),
        });
    }
    if let Some(was) = &database.machine.name {
        let mut of_all =
            reading.rendered("database").flat_map(|(address, _)| reading.of(address, Meaning::Machine));
        if let Some((said, now)) = of_all.find_map(|said| other_machine(said, was)) {
            changes.push(Change {
                path: "backends.database.machine".to_owned(),
                now: now.to_string(),
                said: Some(said),
                apply: Box::new(move |topology| {
                    let provider = topology.provider;
                    if let Some(database) = &mut topology.database {
                        database.machine = provision_architecture::machine(Some(&now), provider);
                    }
                }),
            });
        }
    }
    changes.extend(number(reading, "database", Meaning::DiskGb, database.storage_gb).map(|(said, now)| {
        Change {
            path: "backends.database.storage_gb".to_owned(),
            now: now.to_string(),
            said: Some(said),
            apply: Box::new(move |topology| {
                if let Some(database) = &mut topology.database {
                    database.storage_gb = Some(now);
                }
            }),
        }
    }));
    changes
}

/// A number that is said and is another one.
fn number<'a>(
    reading: &'a Reading,
    component: &'a str,
    meaning: Meaning,
    was: Option<u64>,
) -> Option<(&'a Said, u64)> {
    let was = was?;
    let mut all = reading.rendered(component).flat_map(|(address, _)| reading.of(address, meaning));
    all.find_map(|said| said.value.count().filter(|now| *now != was).map(|now| (said, now)))
}

/// Where the nodes of a cluster stand, when that is not where they were rendered to stand.
struct Nodes<'a> {
    zones: Vec<Zone>,
    said: Option<&'a Said>,
}

/// Nodes that are machines of ours: one resource each.
fn own_nodes<'a>(
    topology: &Topology,
    reading: &'a Reading,
    component: &'a str,
    was: &[Zone],
) -> Option<Nodes<'a>> {
    reading.rendered(component).next()?;
    let (mut zones, mut by) = (Vec::new(), None);
    for (address, located) in reading.present(component) {
        let said = reading.of(address, Meaning::Zones).find(|said| said.value.list().is_some());
        let names = said.and_then(|said| said.value.list()).unwrap_or(&located.zones);
        if names != located.zones {
            by = by.or(said);
        }
        let zone = names.first().and_then(|name| topology.zones.iter().position(|it| it.as_str() == name));
        zones.push(zone.unwrap_or_default());
    }
    let sorted = |zones: &[Zone]| {
        let mut zones = zones.to_vec();
        zones.sort_unstable();
        zones
    };
    (sorted(&zones) != sorted(was)).then_some(Nodes { zones, said: by })
}

/// Nodes of a service: a number, and the zones that they are spread over.
fn service_nodes<'a>(
    topology: &Topology,
    reading: &'a Reading,
    component: &'a str,
    was: &[Zone],
) -> Option<Nodes<'a>> {
    let (address, located) = reading.present(component).next()?;
    let count = reading.of(address, Meaning::Nodes).find_map(|said| Some((said, said.value.count()?)));
    let spread_over = reading.of(address, Meaning::Zones).find(|said| said.value.list().is_some());
    let zones = spread_over.map_or_else(|| zones_in_use(topology), |said| zones_of(said, topology));
    let other_count = count.filter(|(_, now)| *now != was.len() as u64);
    let fewer_zones = spread_over.filter(|_| zones.len() < located.zones.len());
    let said = other_count.map(|(said, _)| said).or(fewer_zones)?;
    let nodes = other_count.map_or(was.len() as u64, |(_, now)| now);
    Some(Nodes { zones: spread(nodes, &zones), said: Some(said) })
}

/// A field of the queue, what says it, what it was, and how it is set.
type Numbered = (&'static str, Meaning, Option<u64>, fn(&mut Topology, u64));

fn queue<'a>(topology: &Topology, reading: &'a Reading) -> Vec<Change<'a>> {
    let Some(queue) = &topology.queue else { return Vec::new() };
    let mut changes = Vec::new();
    let brokers = service_nodes(topology, reading, "queue", &queue.brokers)
        .or_else(|| own_nodes(topology, reading, "kafka-broker", &queue.brokers));
    if let Some(Nodes { zones, said }) = brokers {
        changes.push(Change {
            path: "backends.queue.brokers".to_owned(),
            now: format!("{} brokers", zones.len()),
            said,
            apply: Box::new(move |topology| {
                if let Some(queue) = &mut topology.queue {
                    queue.brokers.clone_from(&zones);
                }
            }),
        });
    }
    if let Some(Nodes { zones, said }) = own_nodes(topology, reading, "kafka-controller", &queue.controllers)
    {
        changes.push(Change {
            path: "backends.queue.controllers".to_owned(),
            now: format!("{} controllers", zones.len()),
            said,
            apply: Box::new(move |topology| {
                if let Some(queue) = &mut topology.queue {
                    queue.controllers.clone_from(&zones);
                }
            }),
        });
    }
    let numbers: [Numbered; 4] = [
        ("replication_factor", Meaning::ReplicationFactor, queue.replication_factor, |topology, now| {
            if let Some(queue) = &mut topology.queue {
                queue.replication_factor = Some(now);
            }
        }),
        ("min_insync_replicas", Meaning::MinInsyncReplicas, queue.min_insync_replicas, |topology, now| {
            if let Some(queue) = &mut topology.queue {
                queue.min_insync_replicas = Some(now);
            }
        }),
        ("partitions", Meaning::Partitions, queue.partitions, |topology, now| {
            if let Some(queue) = &mut topology.queue {
                queue.partitions = Some(now);
            }
        }),
        ("storage_gb", Meaning::DiskGb, queue.storage_gb, |topology, now| {
            if let Some(queue) = &mut topology.queue {
                queue.storage_gb = Some(now);
            }
        }),
    ];
    for (field, meaning, was, set) in numbers {
        let found = ["queue", "kafka-broker"]
            .into_iter()
            .find_map(|component| number(reading, component, meaning, was));
        changes.extend(found.map(|(said, now)| Change {
            path: format!("backends.queue.{field}"),
            now: now.to_string(),
            said: Some(said),
            apply: Box::new(move |topology| set(topology, now)),
        }));
    }
    changes
}

fn search<'a>(topology: &Topology, reading: &'a Reading) -> Vec<Change<'a>> {
    let Some(search) = &topology.search else { return Vec::new() };
    let mut changes = Vec::new();
    let nodes = service_nodes(topology, reading, "search", &search.nodes)
        .or_else(|| own_nodes(topology, reading, "search-data", &search.nodes));
    if let Some(Nodes { zones, said }) = nodes {
        changes.push(Change {
            path: "backends.search.nodes".to_owned(),
            now: format!("{} data nodes", zones.len()),
            said,
            apply: Box::new(move |topology| {
                if let Some(search) = &mut topology.search {
                    search.nodes.clone_from(&zones);
                }
            }),
        });
    }
    if let Some(Nodes { zones, said }) = own_nodes(topology, reading, "search-master", &search.masters) {
        changes.push(Change {
            path: "backends.search.masters".to_owned(),
            now: format!("{} masters", zones.len()),
            said,
            apply: Box::new(move |topology| {
                if let Some(search) = &mut topology.search {
                    search.masters.clone_from(&zones);
                }
            }),
        });
    }
    changes
}
