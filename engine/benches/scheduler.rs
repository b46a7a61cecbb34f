//! How close an apply comes to the shortest time that is possible, on a real clock, with a cloud in which every call
//! takes as long: what the scheduler itself costs is in it. Figures stand in `docs/benchmarks.md`.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints what it measured, and reports by panicking"
)]

#[path = "../tests/it/graphs.rs"]
mod graphs;

use std::time::Duration;

use graphs::{Even, Needs, critical_path, directory, random, wide, work};
use provision_engine::apply::{Interrupt, Settings, Tools, Unguarded, apply};
use provision_engine::clock::{Clock as _, RealClock};
use provision_engine::evaluate::Given;
use provision_engine::load::Files;
use provision_engine::plan::Options;
use provision_engine::session::Prepared;

const LATENCY: Duration = Duration::from_millis(100);

/// How many calls long it lasts.
fn lasts(needs: &Needs, parallelism: usize) -> f64 {
    let prepared = Prepared::new(Files::in_memory(directory(needs)), &Given::default()).unwrap();
    let planned = prepared.plan(&[], "even", "d", &Options::default()).unwrap();
    let clock = RealClock::new(0);
    let driver = Even { clock: &clock, latency: LATENCY };
    let interrupt = Interrupt::default();
    let tools =
        Tools { driver: &driver, clock: &clock, guard: &Unguarded, interrupt: &interrupt, events: &|_| () };
    let settings = Settings { parallelism, ..Settings::default() };
    let started = clock.now();
    let report = clock.run(apply(&planned, &tools, &settings));
    assert!(report.is_complete() && report.done.len() == needs.len());
    (clock.now() - started).as_secs_f64() / LATENCY.as_secs_f64()
}

fn row(what: &str, needs: &Needs, parallelism: usize, least: f64) {
    let took = lasts(needs, parallelism);
    println!("| {what} | {} | {parallelism} | {least:.0} | {took:.1} | {:.3} |", needs.len(), took / least);
}

fn main() {
    // `cargo test --benches` wants to know that it builds, not how fast it is.
    if std::env::args().any(|argument| argument == "--test" || argument == "--list") {
        return;
    }
    println!("| graph | resources | at once | least possible, in calls | took, in calls | ratio |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: |");
    for seed in 0..3 {
        let needs = random(150, 40, seed);
        row("random, room for all", &needs, 200, critical_path(&needs));
    }
    let large = random(5000, 400, 3);
    row("random, room for all", &large, 5000, critical_path(&large));
    for seed in 0..3 {
        let needs = wide(seed);
        row("wide, little room", &needs, 16, work(&needs, 16));
    }
    let loose = std::iter::repeat_n(Vec::new(), 300);
    let chain = (300..350).map(|index| if index == 300 { Vec::new() } else { vec![index - 1] });
    let needs: Needs = loose.chain(chain).collect();
    row("a chain behind what nobody needs", &needs, 6, work(&needs, 6).max(critical_path(&needs)));
}
