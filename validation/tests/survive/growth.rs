//! More of something helps where that is true, and ten thousand machines are no more work than ten.

use std::collections::BTreeMap;

use provision_validation::survive::{Options, Report, State};

use super::common::*;

/// Groups that nothing limits: no quorum, no pairing, no singleton.
const STATELESS: [(&str, &str, u8); 5] = [
    ("platform: kestra\nversion: \"2.0\"\nsize: high-availability\n", "webserver", 3),
    ("platform: kestra\nversion: \"2.0\"\nsize: high-availability\n", "worker", 3),
    ("platform: kestra\nversion: \"2.0\"\nsize: medium\n", "scheduler", 2),
    ("platform: octopus\nedition: enterprise\nsize: high-availability\n", "server", 2),
    ("platform: event-platform\nsize: high-availability\n", "execution", 3),
];

/// The worst state of each capability after each kind of failure, wherever it happens; zones one by one.
fn worst(report: &Report) -> BTreeMap<String, Vec<State>> {
    let rows = std::iter::once(&report.nothing).chain(&report.zone_losses).chain(&report.singles);
    let kind = |says: &String| {
        let plain = says.split(" (").next().unwrap_or(says);
        plain.replace("both", "one").replace("the ", "one ")
    };
    let mut worst: BTreeMap<String, Vec<State>> = BTreeMap::new();
    for row in rows {
        let name = row.failures.iter().map(kind).collect::<Vec<_>>().join(" and ");
        let states: Vec<State> = row.effects.iter().map(|effect| effect.state).collect();
        let known = worst.entry(name).or_insert_with(|| states.clone());
        known.iter_mut().zip(states).for_each(|(known, state)| *known = state.max(*known));
    }
    worst
}

#[test]
fn another_replica_of_a_stateless_group_never_makes_an_effect_worse() {
    for (platform, component, zones) in STATELESS {
        let with = |replicas: u8| {
            let fields = format!(
                "{platform}components: {{ {component}: {{ replicas: {replicas} }} }}\n\
                 traffic: {{ peak_messages_per_minute: 60000, messages_per_second_per_replica: 400 }}\n"
            );
            worst(&report(&in_zones(zones, &fields)))
        };
        let mut before = with(1);
        for replicas in 2..=8 {
            let after = with(replicas);
            for (failure, states) in &before {
                for (was, is) in states.iter().zip(&after[failure]) {
                    assert!(is <= was, "{component} {replicas}: {failure}: {was:?} became {is:?}");
                }
            }
            before = after;
        }
    }
}

fn many(machines: u32) -> Report {
    let fields = format!(
        "platform: kestra\nversion: \"2.0\"\nsize: high-availability\ncomponents: {{ worker: {{ replicas: {machines} }} }}\n"
    );
    report_with(&in_zones(3, &fields), &Options { pairs: true, improvements: false, ..Options::default() })
}

#[test]
fn ten_thousand_machines_are_as_many_rows_as_ten() {
    let (few, lots) = (many(10), many(10_000));
    assert_eq!(few.singles.len(), lots.singles.len());
    assert_eq!(few.pairs.as_ref().unwrap().len(), lots.pairs.as_ref().unwrap().len());
    assert_eq!(row(&lots.singles, "worker machine").count, 10_000);
    let both = lots.pairs.iter().flatten().find(|row| row.failures == ["2 worker machines die"]).unwrap();
    assert_eq!(both.count, 10_000 * 9_999 / 2);
}

/// Every pair is counted once: of n things that fail by themselves, n (n - 1) / 2, less those in a zone lost with it.
#[test]
fn every_pair_is_counted_once() {
    let report = report_with(
        &in_zones(
            3,
            "platform: event-platform\nsize: high-availability\nbackends: { queue: { managed: false } }\n",
        ),
        &Options { pairs: true, improvements: false, ..Options::default() },
    );
    let things: u64 = report.singles.iter().map(|row| row.count).sum();
    let pairs: u64 = report.pairs.iter().flatten().map(|row| row.count).sum();
    let zones = 3;
    let zone_pairs = 3;
    // 3 executions, 2 jobs, 3 brokers and 3 controllers, each in one of the three zones.
    assert_eq!(things, 11);
    assert_eq!(pairs, things * (things - 1) / 2 + zone_pairs + zones * things - things);
}
