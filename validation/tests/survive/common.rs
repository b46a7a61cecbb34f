//! Specs and reports for the tests.

use std::time::Duration as Time;

use provision_architecture::values::Duration;
use provision_architecture::{Source, SpecFile, Topology, resolve};
use provision_host_tuning::timers::{Hz, Path, TickRate};
use provision_validation::survive::{Effect, Options, Recovery, Report, Row, Timers, Tuning, survive};

/// A topology from the fields of a spec below its name, cloud and region.
pub(crate) fn topology(fields: &str) -> Topology {
    let text = format!("deployment: test\n{fields}");
    let file = SpecFile::parse(Source::new("test.yaml", &text))
        .unwrap_or_else(|problems| panic!("{:?}\n{text}", problems.list));
    resolve(&file.spec).unwrap_or_else(|problems| panic!("{problems:?}\n{text}"))
}

/// In one zone or several of a region that has three.
pub(crate) fn in_zones(zones: u8, fields: &str) -> Topology {
    topology(&format!("cloud: {{ provider: aws, region: eu-west-1, zones: {zones} }}\n{fields}"))
}

/// Hosts as they were measured: 250 Hz, a round trip of 0.1 ms.
pub(crate) fn measured_timers(topology: &Topology) -> Timers {
    Timers::over(topology, &measured_path(Time::from_micros(100)))
}

pub(crate) fn measured_path(rtt: Time) -> Path {
    Path { rtt: rtt..=rtt, ticks: TickRate::Known(Hz::try_from(250).unwrap()) }
}

pub(crate) fn report(topology: &Topology) -> Report {
    report_with(topology, &Options { improvements: false, ..Options::default() })
}

pub(crate) fn report_with(topology: &Topology, options: &Options) -> Report {
    survive(topology, &Timers::of(topology), options).unwrap()
}

pub(crate) fn setting(times: &[(&str, u64)]) -> Options {
    let set = times.iter().map(|(name, seconds)| ((*name).to_owned(), Duration::from_seconds(*seconds)));
    Options { set: set.collect(), improvements: false, ..Options::default() }
}

/// The row whose failure contains this text.
pub(crate) fn row<'r>(rows: &'r [Row], failure: &str) -> &'r Row {
    let found = rows.iter().find(|row| row.failures.iter().any(|says| says.contains(failure)));
    found.unwrap_or_else(|| {
        panic!("no row `{failure}` in {:#?}", rows.iter().map(|row| &row.failures).collect::<Vec<_>>())
    })
}

impl Lookup for Report {
    fn effect<'r>(&'r self, row: &'r Row, capability: &str) -> &'r Effect {
        &row.effects[self.capability(capability).unwrap_or_else(|| panic!("no capability {capability}"))]
    }
}

pub(crate) trait Lookup {
    fn effect<'r>(&'r self, row: &'r Row, capability: &str) -> &'r Effect;
}

pub(crate) fn seconds(recovery: &Recovery) -> Option<f64> {
    recovery.time(Tuning::Tuned).map(Duration::seconds)
}

pub(crate) fn kernel_seconds(recovery: &Recovery) -> Option<f64> {
    recovery.time(Tuning::Kernel).map(Duration::seconds)
}

/// How long until what a delay speaks of goes on.
pub(crate) fn delay<'e>(effect: &'e Effect, what: &str) -> &'e Recovery {
    let found = effect.delays.iter().find(|delay| delay.what.contains(what));
    &found.unwrap_or_else(|| panic!("no delay `{what}` in {effect:#?}")).until
}

pub(crate) fn says(effect: &Effect, text: &str) -> bool {
    effect.reasons.iter().any(|reason| reason.contains(text))
}
