//! Connections on which nothing is in flight.

use std::time::Duration;

use super::runs::{Run, Runs};
use super::settings::{Path, Settings};
use super::span::Span;
use super::wheel::{Hz, fires_at, phases};

/// How long a closed connection stays in TIME_WAIT: a constant that no parameter moves (not verified by us).
pub const TIME_WAIT: Duration = Duration::from_secs(60);

/// How long an idle connection takes to notice that its peer is gone, where the application asked for keepalive
/// (`SO_KEEPALIVE`): without it, never. Data in flight stops the probes.
pub fn idle(settings: &Settings, path: &Path) -> Span {
    let (first, interval, probes) = schedule(settings);
    each_rate(path, |hz| {
        let (first, interval) = (hz.jiffies(first), hz.jiffies(interval));
        if probes > 1000 || phases(first) > 1 << 12 {
            // Hours and thousands of probes: the phases are too many to run, their ends are plain.
            return bounds(first, interval, u64::from(probes), hz);
        }
        let end = |phase| (0..probes).fold(fires_at(phase, first), |now, _| fires_at(now, interval));
        let phases = phases(first.max(interval));
        Runs::of(phases, u64::MAX, &|phase| Run::counted(probes + 1, end(phase))).span(hz)
    })
}

/// How long an orphan waits in FIN_WAIT2 for the peer's own close.
pub fn lingering(settings: &Settings, path: &Path) -> Span {
    each_rate(path, |hz| bounds(hz.jiffies(seconds(settings.fin_timeout)), 0, 0, hz))
}

fn each_rate(path: &Path, span: impl Fn(Hz) -> Span) -> Span {
    Span::around(path.ticks.rates().into_iter().map(span))
}

/// The time to the first probe, between probes, and how many go unanswered. A user timeout replaces the count by
/// its own time, checked whenever a probe would be due.
fn schedule(settings: &Settings) -> (Duration, Duration, u32) {
    let (first, interval) = (seconds(settings.keepalive_time), seconds(settings.keepalive_interval));
    let probes = match settings.user_timeout {
        None => u32::from(settings.keepalive_probes),
        Some(timeout) => {
            let beyond = timeout.saturating_sub(first).as_millis().div_ceil(interval.as_millis().max(1));
            u32::try_from(beyond).unwrap_or(u32::MAX).max(1)
        }
    };
    (first, interval, probes)
}

fn bounds(first: u64, interval: u64, count: u64, hz: Hz) -> Span {
    let exact = first + interval * count;
    let slack = phases(first) + count * phases(interval);
    Span { lower: hz.time(exact), typical: hz.time(exact + slack / 2), worst: hz.time(exact + slack + 1) }
}

fn seconds(seconds: u32) -> Duration {
    Duration::from_secs(u64::from(seconds))
}
