//! A connection that isn't established yet.

use std::time::Duration;

use super::established::model_timeout;
use super::settings::{Path, Settings};
use super::span::{Runs, Span};
use super::wheel::{Hz, fires_at, phases};

/// The first timeout, before any round-trip time is known.
const INITIAL: Duration = Duration::from_secs(1);

/// How long `connect` takes to fail when nothing answers.
pub fn connecting(settings: &Settings, path: &Path) -> Span {
    over_all_phases(settings, path, |phase, hz| connect_run(settings, phase, hz))
}

/// How long a listener keeps a half-open connection whose last handshake segment never comes.
pub fn accepting(settings: &Settings, path: &Path) -> Span {
    over_all_phases(settings, path, |phase, hz| accept_run(settings, phase, hz))
}

fn over_all_phases(settings: &Settings, path: &Path, run: impl Fn(u64, Hz) -> u64) -> Span {
    let spans = path.ticks.rates().into_iter().map(|hz| {
        let mut runs = Runs::default();
        (0..phases(hz.jiffies(settings.rto_max))).for_each(|phase| runs.add(run(phase, hz)));
        runs.span(hz)
    });
    Span::around(spans)
}

/// Both a count and a time end it, whichever comes first. The first few timeouts don't back off.
fn connect_run(settings: &Settings, phase: u64, hz: Hz) -> u64 {
    let max = hz.jiffies(settings.rto_max);
    let limit = settings
        .user_timeout
        .unwrap_or_else(|| model_timeout(settings.syn_retries, INITIAL, settings.rto_max));
    let limit = hz.jiffies(limit);
    let most = u32::from(settings.syn_retries) + u32::from(settings.syn_linear_timeouts);
    let mut timeout = hz.jiffies(INITIAL);
    let mut now = phase;
    let mut retransmissions = 0;
    loop {
        let left = limit.saturating_sub(now - phase).max(1);
        let clamped = settings.user_timeout.is_some() && retransmissions > 0;
        now = fires_at(now, if clamped { timeout.min(left) } else { timeout });
        if retransmissions >= most || (retransmissions >= 1 && now - phase >= limit) {
            return now - phase;
        }
        retransmissions += 1;
        if retransmissions > u32::from(settings.syn_linear_timeouts) {
            timeout = (2 * timeout).min(max);
        }
    }
}

fn accept_run(settings: &Settings, phase: u64, hz: Hz) -> u64 {
    let max = hz.jiffies(settings.rto_max);
    let mut timeout = hz.jiffies(INITIAL);
    let mut now = phase;
    for _ in 0..=settings.synack_retries {
        now = fires_at(now, timeout);
        timeout = (2 * timeout).min(max);
    }
    now - phase
}
