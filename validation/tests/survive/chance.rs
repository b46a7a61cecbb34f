//! Against chance: deployments with too many states to go through are sampled.

use std::collections::BTreeSet;

use provision_validation::survive::{Timers, survive};

use super::brute::{Naive, Thing, away, bad_times};
use super::common::*;

/// SplitMix64: the same sequence everywhere, for ever.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

const SAMPLES: u32 = 8_000;
/// A right answer lies this many standard errors off once in 15,000 runs; the seed is fixed, so it is off or not.
const STANDARD_ERRORS: f64 = 4.0;

fn agrees_with_chance(zones: u8, fields: &str) {
    let topology = in_zones(zones, fields);
    let naive = Naive::new(&topology);
    let report = survive(&topology, &Timers::of(&topology), &bad_times(&topology, 1)).unwrap();
    let mut dice = Dice(20_261_120);
    let mut stood = vec![0u32; report.capabilities.len()];
    for _ in 0..SAMPLES {
        let dead: BTreeSet<Thing> =
            naive.things.iter().copied().filter(|thing| dice.roll() < away(*thing)).collect();
        for (capability, stood) in report.capabilities.iter().zip(&mut stood) {
            *stood += u32::from(naive.stands(&capability.name, &|thing| dead.contains(&thing)));
        }
    }
    for (availability, stood) in report.availability.iter().zip(stood) {
        let (exact, sampled) = (availability.available, f64::from(stood) / f64::from(SAMPLES));
        let error = (exact * (1.0 - exact) / f64::from(SAMPLES)).sqrt();
        assert!(
            (exact - sampled).abs() <= STANDARD_ERRORS * error + 1e-9,
            "{}: exact {exact}, sampled {sampled} ± {error}",
            availability.capability
        );
    }
}

#[test]
fn a_large_kestra_over_kafka() {
    agrees_with_chance(
        3,
        "platform: kestra\nversion: \"1.3\"\nsize: high-availability\n\
         components: { webserver: { replicas: 2 }, executor: { replicas: 3 }, scheduler: { replicas: 2 }, \
         indexer: { replicas: 2 }, worker: { replicas: 250 } }\n\
         backends: { queue: { brokers: 9, controllers: 5, managed: false }, search: { nodes: 6, masters: 3 } }\n",
    );
}

#[test]
fn many_rudderstack_servers_with_volumes() {
    agrees_with_chance(
        3,
        "platform: rudderstack\nsize: multi-zone\ncomponents: { server: { replicas: 7 }, transformer: { replicas: 3 } }\n\
         backends: { database: { managed: false, multi_zone: false } }\n",
    );
}

#[test]
fn rudderstack_servers_with_standbys_in_the_next_zone() {
    agrees_with_chance(
        3,
        "platform: rudderstack\nsize: multi-zone\ncomponents: { server: { replicas: 30 }, transformer: { replicas: 3 } }\n",
    );
}

#[test]
fn an_event_platform_whose_brokers_are_controllers_too() {
    agrees_with_chance(
        3,
        "platform: event-platform\nsize: high-availability\ncomponents: { execution: { replicas: 120 } }\n\
         backends: { queue: { brokers: 11, controllers: 0, managed: false, racks: true } }\n",
    );
}
