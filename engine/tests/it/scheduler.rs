//! How close an apply comes to the shortest time that is possible, with a cloud in which every call takes one second.

use std::time::Duration;

use provision_engine::apply::{Interrupt, Settings, Tools, Unguarded, apply};
use provision_engine::clock::{Clock, VirtualClock};
use provision_engine::plan::Options;

use crate::graphs::{Even, Needs, critical_path, directory, random, wide, work};
use crate::support::World;

/// How many seconds applying it takes.
fn makespan(needs: &Needs, parallelism: usize) -> f64 {
    let prepared = World::prepare(&directory(needs));
    let clock = VirtualClock::default();
    let driver = Even { clock: &clock, latency: Duration::from_secs(1) };
    let planned = prepared.plan(&[], "even", "d", &Options::default()).unwrap();
    let interrupt = Interrupt::default();
    let tools =
        Tools { driver: &driver, clock: &clock, guard: &Unguarded, interrupt: &interrupt, events: &|_| () };
    let settings = Settings { parallelism, ..Settings::default() };
    let report = clock.run(apply(&planned, &tools, &settings)).unwrap();
    assert!(report.is_complete() && report.done.len() == needs.len());
    clock.now().as_secs_f64()
}

#[test]
fn with_room_for_all_it_takes_the_critical_path() {
    for seed in 0..20 {
        let needs = random(150, 40, seed);
        let (took, least) = (makespan(&needs, 200), critical_path(&needs));
        assert!(least > 5.0 && took <= 1.05 * least, "seed {seed}: {took} s for a path of {least} s");
    }
}

#[test]
fn with_little_room_nobody_waits_idly() {
    for seed in 0..10 {
        let wide = wide(seed);
        let (took, least) = (makespan(&wide, 16), work(&wide, 16));
        assert!(critical_path(&wide) < least / 2.0);
        assert!(took <= 1.1 * least, "seed {seed}: {took} s for {least} s of work");
    }
}

#[test]
fn a_long_chain_is_not_kept_waiting_by_what_nobody_needs() {
    // Three hundred that nobody waits for stand before a chain of fifty.
    let loose = std::iter::repeat_n(Vec::new(), 300);
    let chain = (300..350).map(|index| if index == 300 { Vec::new() } else { vec![index - 1] });
    let needs: Needs = loose.chain(chain).collect();
    let (took, least) = (makespan(&needs, 6), work(&needs, 6).max(critical_path(&needs)));
    assert!(took <= 1.1 * least, "{took} s, where {least} s are possible");
}
