//! The other timer of the kernel: it counts probes instead of measuring time. It runs where data waits to be sent
//! but nothing is in flight: the peer's window is closed, or this host itself refuses to send.

use super::established::{distinct_rtts, first_timeout};
use super::runs::{Run, Runs};
use super::settings::{Path, Settings};
use super::span::Span;
use super::wheel::{Hz, fires_at, phases};

/// How long until data that never leaves this host (no route, link down, a local firewall's drop) gives an error.
pub fn queued_locally(settings: &Settings, path: &Path) -> Span {
    let count = u32::from(settings.retries2);
    probing(settings, path, |timeout, max, hz| {
        let phases = phases(backed_off(timeout, count, max));
        let end = |phase| (0..=count).fold(phase, |now, i| fires_at(now, backed_off(timeout, i, max)));
        Runs::of(phases, u64::MAX, &|phase| Run::counted(count + 1, end(phase))).span(hz)
    })
}

/// How long until a peer that had closed its window, and then died, gives an error. The probes are as far apart by
/// then as they get, and death falls anywhere between two. A peer that keeps answering is never given up on.
pub fn zero_window_then_dead(settings: &Settings, path: &Path) -> Span {
    let count = u64::from(settings.retries2);
    probing(settings, path, |timeout, max, hz| {
        let interval = backed_off(timeout, u32::from(settings.retries2), max);
        let with_slack = interval + phases(interval);
        Span {
            lower: hz.time(interval * count),
            typical: hz.time((interval + with_slack) * (2 * count + 1) / 4),
            worst: hz.time(with_slack * (count + 1)),
        }
    })
}

fn probing(settings: &Settings, path: &Path, span: impl Fn(u64, u64, Hz) -> Span) -> Span {
    let rates = path.ticks.rates().into_iter();
    let spans = rates.flat_map(|hz| {
        let rtts = distinct_rtts(path, settings.rto_min, hz);
        rtts.into_iter().map(move |rtt| (first_timeout(rtt, settings.rto_min, hz), hz))
    });
    // The probe timer never runs faster than the constant minimum, whatever `tcp_rto_min_us` says.
    let minimum = Settings::KERNEL.rto_min;
    let spans =
        spans.map(|(timeout, hz)| span(timeout.max(hz.jiffies(minimum)), hz.jiffies(settings.rto_max), hz));
    Span::around(spans)
}

fn backed_off(timeout: u64, doublings: u32, max: u64) -> u64 {
    timeout.saturating_mul(1 << doublings.min(32)).min(max)
}
