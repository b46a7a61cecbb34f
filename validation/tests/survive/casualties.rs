//! What each failure takes down, machine by machine, agrees with what the matrix says.

use provision_validation::survive::{Casualty, Overrides, Pictured, State, Timers, pictured, struck};

use crate::common::{in_zones, report, topology};

const HIGH: &str = "platform: kestra\nversion: \"1.3\"\nedition: enterprise\nsize: high-availability\n\
                    components: { worker: { replicas: 6 } }\n";

fn names(casualties: &[Casualty], failed: bool) -> Vec<&str> {
    casualties.iter().filter(|it| it.failed == failed).map(|it| it.name.as_str()).collect()
}

fn after(pictured: &Pictured, name: &str) -> State {
    let found = pictured.casualties.iter().find(|it| it.name == name);
    found.map_or(State::Running, |it| it.state)
}

fn strike(topology: &provision_architecture::Topology, words: &[&str]) -> Pictured {
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    struck(topology, &Timers::of(topology), &words).unwrap()
}

#[test]
fn the_rows_are_those_of_the_report() {
    for topology in [in_zones(3, HIGH), in_zones(1, "platform: kestra\nsize: medium\n")] {
        let report = report(&topology);
        let rows: Vec<_> = pictured(&topology, &Timers::of(&topology), &Overrides::new())
            .unwrap()
            .into_iter()
            .map(|it| it.row)
            .collect();
        let expected: Vec<_> =
            std::iter::once(report.nothing).chain(report.zone_losses).chain(report.singles).collect();
        assert_eq!(rows, expected);
    }
}

#[test]
fn a_lost_zone_takes_all_that_stands_in_it() {
    let topology = in_zones(3, HIGH);
    let lost = strike(&topology, &["zone=a"]);
    assert_eq!(lost.row.failures, ["zone eu-west-1a is lost"]);
    let failed = names(&lost.casualties, true);
    for name in ["zone-0", "webserver-0", "executor-0", "worker-0", "worker-3", "broker-0", "search-node-0"] {
        assert!(failed.contains(&name), "{name} in {failed:?}");
    }
    assert!(!failed.contains(&"worker-1"));
    assert_eq!(after(&lost, "worker-1"), State::Degraded, "four of six workers carry less");
    assert_eq!(after(&lost, "webserver-1"), State::Running);
    assert_eq!(after(&lost, "broker-1"), State::Running);
}

#[test]
fn who_waits_for_what_failed_is_told_from_what_failed() {
    let topology = in_zones(1, "platform: kestra\nsize: medium\n");
    let dead = strike(&topology, &["database"]);
    assert_eq!(names(&dead.casualties, true), ["database-0"]);
    let waiting = names(&dead.casualties, false);
    assert!(waiting.contains(&"webserver-0") && waiting.contains(&"executor-0"), "{waiting:?}");
    assert!(dead.casualties.iter().all(|it| it.state == State::Stopped));
    let balancer = strike(&topology, &["load-balancer"]);
    assert_eq!(after(&balancer, "load-balancer"), State::Stopped);
    assert_eq!(after(&balancer, "webserver-0"), State::Stopped);
    assert_eq!(after(&balancer, "executor-0"), State::Running);
}

#[test]
fn a_standby_takes_over_and_a_lost_one_is_marked() {
    let topology =
        in_zones(3, "platform: rudderstack\nsize: multi-zone\ncomponents: { server: { replicas: 3 } }\n");
    let lost = strike(&topology, &["eu-west-1a"]);
    assert_eq!(after(&lost, "database-0"), State::Stopped);
    assert_eq!(after(&lost, "database-0-standby"), State::Running);
    assert_eq!(after(&lost, "database-2-standby"), State::Stopped);
    assert_eq!(after(&lost, "database-2"), State::Running);
}

#[test]
fn failures_add_up_until_there_is_none_left() {
    let topology = in_zones(3, "platform: rudderstack\nsize: multi-zone\n");
    let count = |words: &[&str]| {
        names(&strike(&topology, words).casualties, true)
            .iter()
            .filter(|it| it.starts_with("transformer"))
            .count()
    };
    assert_eq!((count(&["transformer"]), count(&["transformer"; 2])), (1, 2));
    let gone = strike(&topology, &["transformer", "zone=a"]);
    let failed = names(&gone.casualties, true);
    assert!(failed.contains(&"transformer-0") && failed.contains(&"transformer-1"), "{failed:?}");
    for words in [vec!["transformer"; 99], vec!["transfomer"], vec!["zone=q"], vec!["zone"]] {
        let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
        assert!(struck(&topology, &Timers::of(&topology), &words).is_err(), "{words:?}");
    }
}

/// What the matrix calls stopped is stopped for something in the picture, and the other way round.
#[test]
fn the_picture_and_the_matrix_agree() {
    for fields in [
        HIGH,
        "platform: octopus\nsize: high-availability\nload_balancer: { hostname: a.example.com }\n",
        "platform: rudderstack\nsize: multi-zone\n",
        "platform: event-platform\nsize: high-availability\ncomponents: { execution: { image: \"r.example.com/a:1\" }, job: { image: \"r.example.com/a:1\" } }\n",
    ] {
        let topology =
            topology(&format!("cloud: {{ provider: aws, region: eu-west-1, zones: 2 }}\n{fields}"));
        for pictured in pictured(&topology, &Timers::of(&topology), &Overrides::new()).unwrap() {
            let worst = pictured.row.effects.iter().map(|effect| effect.standing).max().unwrap();
            if worst >= State::Stopped && !pictured.row.failures.is_empty() {
                assert!(
                    pictured.casualties.iter().any(|it| it.state >= State::Stopped),
                    "{:?} stops something, but nothing is marked",
                    pictured.row.failures
                );
            }
            if pictured.row.failures.is_empty() {
                assert!(pictured.casualties.iter().all(|it| !it.failed), "nothing has failed");
            }
        }
    }
}
