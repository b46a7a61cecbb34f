//! Improvements, upgrades, names one by one, and the data that it all rests on.

use provision_architecture::recovery;
use provision_architecture::spec::Platform;
use provision_validation::survive::{Options, State, Timers, survive, timing_names};

use super::common::*;

fn improvements(zones: u8, fields: &str) -> Vec<provision_validation::survive::Improvement> {
    report_with(&in_zones(zones, fields), &Options::default()).improvements
}

/// The next size of the documents is what medium needs; a second scheduler up to 0.19 is not offered (KES-04).
#[test]
fn the_best_change_of_medium_is_the_next_size() {
    let found = improvements(1, "platform: kestra\nversion: \"0.18\"\nsize: medium\n");
    assert_eq!(found[0].change, "size: high-availability");
    assert_eq!(found[0].singles_after, 0);
    assert!(found.iter().all(|it| !it.change.contains("scheduler")), "{found:?}");
    assert!(found.iter().any(|it| it.change == "backends.database.multi_zone: true"));
    let newer = improvements(1, "platform: kestra\nversion: \"1.3\"\nsize: medium\n");
    assert!(newer.iter().any(|it| it.change == "components.scheduler.replicas: 2"));
}

/// Two zones can't hold a majority of controllers: the third zone is what helps, not a fourth controller.
#[test]
fn a_third_zone_helps_kafka_over_two() {
    let queue = "backends: { queue: { managed: false, brokers: 6, controllers: 3, racks: true } }\n";
    let found = improvements(2, &format!("platform: event-platform\nsize: high-availability\n{queue}"));
    assert_eq!(found[0].change, "cloud.zones: 3", "{found:?}");
    assert_eq!(found[0].singles_after, 0);
}

#[test]
fn racks_help_where_brokers_know_none() {
    let queue = "backends: { queue: { managed: false, brokers: 6, controllers: 3, racks: false } }\n";
    let found = improvements(3, &format!("platform: event-platform\nsize: high-availability\n{queue}"));
    assert_eq!(found[0].change, "backends.queue.racks: true", "{found:?}");
}

/// A second RudderStack server gets a database of its own, or it would be a crash loop.
#[test]
fn a_second_rudderstack_server_gets_its_own_database() {
    let found = improvements(1, "platform: rudderstack\nsize: single-zone\n");
    assert!(
        found.iter().all(|it| it.change != "components.server.replicas: 2"),
        "it breaks the order: {found:?}"
    );
    assert!(found.iter().any(|it| it.change == "size: multi-zone"), "{found:?}");
}

#[test]
fn every_set_can_be_named() {
    let topology = in_zones(3, "platform: event-platform\nsize: high-availability\n");
    let options = Options { pairs: true, enumerate: true, improvements: false, ..Options::default() };
    let report = report_with(&topology, &options);
    for row in report.singles.iter().chain(&report.zone_losses).chain(report.pairs.as_ref().unwrap()) {
        assert_eq!(row.members.len() as u64, row.count, "{:?} {:?}", row.failures, row.members);
    }
    let executions = row(&report.singles, "execution machine");
    assert_eq!(executions.members, [["execution-0"], ["execution-1"], ["execution-2"]]);
    let mut pairs: Vec<_> = report.pairs.iter().flatten().flat_map(|row| row.members.clone()).collect();
    let all = pairs.len();
    pairs.iter_mut().for_each(|pair| pair.sort());
    pairs.sort();
    pairs.dedup();
    assert_eq!(pairs.len(), all, "no pair twice");
}

#[test]
fn millions_of_sets_are_not_named_one_by_one() {
    let topology = in_zones(
        3,
        "platform: kestra\nversion: \"2.0\"\nsize: high-availability\ncomponents: { worker: { replicas: 5000 } }\n",
    );
    let options = Options { pairs: true, enumerate: true, improvements: false, ..Options::default() };
    let error = survive(&topology, &Timers::of(&topology), &options).unwrap_err().to_string();
    assert!(error.contains("would be named one by one"), "{error}");
}

/// Every time, capability and behaviour names a place that is known, and assumptions name none.
#[test]
fn every_fact_names_its_place() {
    use provision_architecture::recovery::Knowledge;
    for platform in Platform::ALL {
        let documented = recovery::of(*platform);
        let timings =
            documented.timings.iter().chain(&provision_architecture::documented::backends_recovery().timings);
        for timing in timings {
            assert_eq!(timing.source.is_none(), timing.evidence == Knowledge::Assumed, "{}", timing.name);
        }
        let keys = documented.capabilities.iter().map(|it| &it.source);
        let keys = keys.chain(documented.timings.iter().filter_map(|it| it.source.as_ref()));
        let keys = keys.chain(documented.delays.iter().map(|it| &it.source));
        let keys = keys.chain(documented.crashes.iter().map(|it| &it.source));
        let keys =
            keys.chain(documented.crashes.iter().filter_map(|it| it.threshold.as_ref()).map(|it| &it.source));
        let keys = keys.chain(documented.singletons.iter().map(|it| &it.source));
        let keys = keys.chain(documented.upgrades.iter().map(|it| &it.source));
        let keys = keys.chain(documented.reruns.iter().map(|it| &it.source));
        for key in keys.chain(documented.pairing.iter().map(|it| &it.source)) {
            assert!(recovery::source(key).is_some(), "{platform}: `{key}` is in no file of sources");
        }
        for delay in &documented.delays {
            assert!(documented.capability(&delay.capability).is_some());
            assert!(documented.timings.iter().any(|timing| timing.name == delay.timing));
        }
        for stopped in documented.crashes.iter().flat_map(|crash| &crash.stops) {
            assert!(documented.capability(stopped).is_some(), "{stopped}");
        }
    }
}

/// Every time of the report can be set by its name.
#[test]
fn every_time_of_a_report_can_be_set() {
    let topology = in_zones(3, "platform: kestra\nversion: \"1.3\"\nsize: high-availability\n");
    let names = timing_names(&topology);
    for step in &report(&topology).times {
        assert!(names.contains(step.name.as_str()), "{}", step.name);
        let changed = report_with(&topology, &setting(&[(&step.name, 77)]));
        let now = changed.times.iter().find(|now| now.name == step.name).unwrap();
        assert!(now.set && now.tuned.seconds() == 77.0, "{now:?}");
    }
}

/// KAF-03: of three brokers one may be away, but then no zone may be lost; with six and three zones neither.
#[test]
fn a_broker_away_for_an_upgrade_leaves_nothing_to_spare() {
    let topology = in_zones(3, "platform: event-platform\nsize: high-availability\n");
    let options = Options { during_upgrade: true, improvements: false, ..Options::default() };
    let report = report_with(&topology, &options);
    let upgrade = report.upgrade.as_ref().unwrap();
    let broker = upgrade.components.iter().find(|rows| rows.component == "broker").unwrap();
    let input = report.capability("input").unwrap();
    assert_eq!(broker.away.effects[input].state, State::Running);
    assert!(broker.away.effects[input].delays.is_empty(), "it was stopped, not killed");
    assert!(
        broker
            .then
            .iter()
            .any(|row| row.failures == ["one broker dies"] && row.effects[input].state == State::Stopped)
    );
    assert!(broker.then.iter().any(|row| row.failures[0].starts_with("zone")));
}
