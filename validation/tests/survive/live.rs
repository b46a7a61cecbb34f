//! The analysis of what lives: what is missing, what stands elsewhere, and what that costs.

use provision_architecture::Topology;
use provision_validation::survive::{Facts, Live, Node, Nodes, Server, State, Timers, live};

use crate::common::in_zones;

const HIGH: &str = "platform: kestra\nversion: \"1.3\"\nedition: enterprise\nsize: high-availability\n\
                    components: { worker: { replicas: 6 } }\n";
const PAIRED: &str = "platform: rudderstack\nsize: multi-zone\ncomponents: { server: { replicas: 3 } }\n\
                      backends: { database: { multi_zone: true, instances: 3 } }\n\
                      traffic: { order: any }\n";

fn at(zone: usize) -> Node {
    Node { number: None, zone: Some(zone), works: true }
}

fn nodes(of: &str, nodes: &[Node]) -> Facts {
    Facts { nodes: vec![Nodes { of: of.to_owned(), nodes: nodes.to_vec() }], servers: Vec::new() }
}

fn seen(topology: &Topology, facts: &Facts) -> Live {
    live(topology, &Timers::of(topology), facts)
}

fn now(live: &Live, capability: &str) -> State {
    live.now.iter().find(|it| it.capability == capability).unwrap().state
}

/// What stops when this fails.
fn stops<'l>(live: &'l Live, failure: &str) -> Vec<&'l str> {
    let exposure = live.exposures.iter().find(|it| it.failure.contains(failure));
    exposure.iter().flat_map(|it| &it.stops).map(|stop| stop.capability.as_str()).collect()
}

#[test]
fn what_nobody_knows_counts_as_promised() {
    let single = "platform: kestra\nsize: medium\n";
    for topology in [in_zones(3, HIGH), in_zones(3, PAIRED), in_zones(1, single)] {
        let live = seen(&topology, &Facts::default());
        assert!(live.exposures.is_empty() && live.casualties.is_empty(), "{:?}", live.exposures);
        assert!(live.now.iter().all(|it| it.state == State::Running), "{:?}", live.now);
        let json = |topology: &Topology| serde_json::to_value(topology).unwrap();
        assert_eq!(json(&live.topology), json(&topology));
    }
}

#[test]
fn two_in_one_zone_are_not_what_was_promised() {
    let topology = in_zones(3, HIGH);
    let apart = seen(&topology, &nodes("webserver", &[at(2), at(1)]));
    assert!(apart.exposures.is_empty(), "{:?}", apart.exposures);
    let together = seen(&topology, &nodes("webserver", &[at(1), at(1)]));
    assert_eq!(now(&together, "ui"), State::Running);
    assert!(stops(&together, "zone eu-west-1b").contains(&"ui"), "{:?}", together.exposures);
    assert!(stops(&together, "zone eu-west-1a").is_empty());
    assert!(stops(&together, "one webserver").is_empty());
}

#[test]
fn what_is_missing_hurts_now_and_leaves_no_second_one() {
    let topology = in_zones(3, HIGH);
    let down = Node { works: false, ..at(0) };
    let one = seen(&topology, &nodes("webserver", &[down, at(1)]));
    assert_eq!(now(&one, "ui"), State::Running, "one is enough");
    assert!(stops(&one, "webserver machine").contains(&"ui"), "{:?}", one.exposures);
    assert!(stops(&one, "zone eu-west-1a").is_empty(), "it is the other one's zone that counts");
    assert_eq!(one.casualties.len(), 1);
    assert_eq!(one.casualties[0].name, "webserver-0");

    let none = seen(&topology, &nodes("webserver", &[down]));
    assert_eq!(now(&none, "ui"), State::Stopped);
    assert!(stops(&none, "zone").iter().all(|it| *it != "ui"), "what is stopped can't stop");

    let fewer = seen(&topology, &nodes("worker", &[at(0), at(1), at(2)]));
    assert_eq!(now(&fewer, "execution"), State::Degraded);
}

#[test]
fn without_its_standby_a_database_is_one_failure_away() {
    let topology = in_zones(3, PAIRED);
    let server = |number, standby| Server { number, zone: Some(number), works: true, standby };
    let standby = |number: usize| Some(at((number + 1) % 3));
    let whole = Facts { servers: (0..3).map(|it| server(it, standby(it))).collect(), ..Facts::default() };
    assert!(seen(&topology, &whole).exposures.is_empty());
    let mut exposed = whole.clone();
    exposed.servers[1].standby = None;
    let live = seen(&topology, &exposed);
    assert!(!stops(&live, "database server dies").is_empty(), "{:?}", live.exposures);
    let casualties: Vec<&str> = live.casualties.iter().map(|it| it.name.as_str()).collect();
    assert!(casualties.contains(&"database-1-standby"), "{casualties:?}");
    // With the zone of its instance lost, the copy that took over is the only one.
    let mut lost = whole.clone();
    let down = Node { works: false, ..at(0) };
    lost.servers[2] =
        Server { number: 2, zone: Some(0), works: true, standby: Some(Node { zone: Some(2), ..down }) };
    let live = seen(&topology, &lost);
    assert!(!stops(&live, "database").is_empty(), "{:?}", live.exposures);
    // Failed over: the two have changed places, and nothing is missing.
    let mut swapped = whole;
    swapped.servers[0] = Server { number: 0, zone: Some(1), works: true, standby: Some(at(0)) };
    assert!(seen(&topology, &swapped).exposures.is_empty());
}

#[test]
fn what_was_never_promised_is_no_news() {
    let topology = in_zones(1, "platform: kestra\nsize: medium\n");
    let words: Vec<String> = topology.groups.iter().map(|it| it.component.to_string()).collect();
    for word in words {
        let live = seen(&topology, &nodes(&word, &[]));
        assert!(live.now.iter().any(|it| it.state != State::Running), "{word}");
        assert!(live.exposures.iter().flat_map(|it| &it.stops).all(|stop| stop.promised < stop.state));
    }
}
