//! A zone or a machine fails, and groups heal on the clock.

use std::collections::BTreeMap;
use std::path::Path;

use provision_engine::sandbox::{Estate, Machine, MachineState, Part, running};

use crate::support::{World, directory, read_directory};

const MINUTE: u64 = 60_000;
const GROUP: &str = "aws_autoscaling_group/web";
/// As the facts of the kind say: when it is noticed, and how long one takes to start.
const NOTICED: u64 = 120_000;
const START: u64 = 90_000;

/// The directory `web` applied, a while ago: a group of three machines in three zones.
fn built() -> (Estate, u64) {
    let world = World::perfect();
    world.applied(&directory("web"));
    let estate = world.estate();
    let now = estate.clock + 60 * MINUTE;
    (estate, now)
}

fn zones(estate: &Estate, now: u64) -> BTreeMap<String, usize> {
    running(&estate.machines(now), GROUP)
}

fn total(estate: &Estate, now: u64) -> usize {
    zones(estate, now).values().sum()
}

#[test]
fn a_group_stands_in_all_its_zones() {
    let (estate, now) = built();
    let found = zones(&estate, now);
    assert_eq!(found.len(), 3);
    assert!(found.values().all(|count| *count == 1), "{found:?}");
    let made = estate.objects[GROUP].created_at;
    assert!(estate.machines(made + 1).iter().all(|machine| machine.state == MachineState::Starting));
}

#[test]
fn a_lost_zone_is_made_up_for_in_the_others() {
    let (mut estate, now) = built();
    let lost = zones(&estate, now).into_keys().next().unwrap();
    estate.fail(Part::Zone(lost.clone()), now);
    let survivors: Vec<Machine> = running_ones(&estate, now);
    assert_eq!(survivors.len(), 2);
    assert_eq!(total(&estate, now + NOTICED + START - 1), 2, "not before it was noticed and one has started");
    let healed = zones(&estate, now + NOTICED + START);
    assert_eq!((healed.values().sum::<usize>(), healed.get(&lost)), (3, None), "{healed:?}");
    let after = running_ones(&estate, now + NOTICED + START);
    assert!(survivors.iter().all(|machine| after.contains(machine)), "who survived is untouched");
    // When the zone is back the group spreads again, the new one first.
    let back = now + 30 * MINUTE;
    estate.recover(&Part::Zone(lost.clone()), back);
    assert_eq!(running_ones(&estate, back + START - 1), after);
    let spread = zones(&estate, back + START);
    assert!(spread.len() == 3 && spread.values().all(|count| *count == 1), "{spread:?}");
    let moved = running_ones(&estate, back + START);
    assert!(survivors.iter().all(|machine| moved.contains(machine)), "who stood right is untouched");
}

fn running_ones(estate: &Estate, now: u64) -> Vec<Machine> {
    let machines = estate.machines(now).into_iter();
    machines.filter(|machine| machine.owner == GROUP && machine.state == MachineState::Running).collect()
}

#[test]
fn a_machine_that_dies_is_replaced() {
    let (mut estate, now) = built();
    let victim = running_ones(&estate, now)[0].id.clone();
    estate.fail(Part::Machine(victim.clone()), now);
    assert_eq!(total(&estate, now), 2);
    assert_eq!(total(&estate, now + NOTICED + START), 3);
    assert!(running_ones(&estate, now + 60 * MINUTE).iter().all(|machine| machine.id != victim));
}

#[test]
fn with_every_zone_down_it_heals_when_one_is_back() {
    let (mut estate, now) = built();
    let all: Vec<String> = zones(&estate, now).into_keys().collect();
    all.iter().for_each(|zone| estate.fail(Part::Zone(zone.clone()), now));
    assert_eq!(total(&estate, now + 60 * MINUTE), 0);
    let back = now + 60 * MINUTE;
    estate.recover(&Part::Zone(all[1].clone()), back);
    assert_eq!(total(&estate, back + START - 1), 0);
    assert_eq!(zones(&estate, back + START), BTreeMap::from([(all[1].clone(), 3)]));
    // It fails again while they run, and another comes back.
    let again = back + 10 * MINUTE;
    estate.fail(Part::Zone(all[1].clone()), again);
    estate.recover(&Part::Zone(all[0].clone()), again);
    assert_eq!(zones(&estate, again + NOTICED + START), BTreeMap::from([(all[0].clone(), 3)]));
}

#[test]
fn a_machine_without_a_group_comes_back_with_its_zone_only() {
    let golden = provision_testing::workspace_root().join("modules/tests/golden/kestra-high-availability");
    let world = World::perfect();
    world.applied(&read_directory(Path::new(&golden)));
    let mut estate = world.estate();
    let now = estate.clock + 60 * MINUTE;
    let alone = |estate: &Estate, at: u64| -> Vec<Machine> {
        estate.machines(at).into_iter().filter(|machine| machine.owner.starts_with("aws_instance/")).collect()
    };
    let before = alone(&estate, now);
    assert!(before.len() > 2 && before.iter().all(|machine| machine.state == MachineState::Running));
    let zone = before[0].zone.clone();
    estate.fail(Part::Zone(zone.clone()), now);
    let down = |machines: &[Machine]| machines.iter().filter(|m| m.state == MachineState::Failed).count();
    let hit = before.iter().filter(|machine| machine.zone == zone).count();
    assert_eq!(down(&alone(&estate, now + 600 * MINUTE)), hit);
    estate.recover(&Part::Zone(zone), now + 601 * MINUTE);
    assert_eq!(down(&alone(&estate, now + 602 * MINUTE)), 0);
}

#[test]
fn outages_are_kept_with_the_estate() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("estate.json");
    let place = provision_engine::sandbox::Place::file(path.clone());
    place.change(|estate| estate.clock = 5).unwrap();
    place.change(|estate| estate.fail(Part::Zone("a".to_owned()), 5)).unwrap();
    let read = || provision_engine::sandbox::Place::file(path.clone()).read().unwrap().outages.len();
    assert_eq!(read(), 1);
    place.change(|estate| estate.clock = 6).unwrap();
    place.fold(&provision_engine::boundary::Unwatched).unwrap();
    assert_eq!(read(), 1);
}
