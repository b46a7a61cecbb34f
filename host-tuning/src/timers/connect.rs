//! A connection that isn't established yet.

use std::time::Duration;

use super::established::model_timeout;
use super::runs::{Run, Runs};
use super::settings::{Path, Settings};
use super::span::Span;
use super::wheel::{Hz, fires_at, phases};

/// The first timeout, before any round-trip time is known.
const INITIAL: Duration = Duration::from_secs(1);

/// How long `connect` takes to fail when nothing answers.
pub fn connecting(settings: &Settings, path: &Path) -> Span {
    over_all_phases(settings, path, |phases, hz| connect_runs(settings, phases, hz))
}

/// How long a listener keeps a half-open connection whose last handshake segment never comes.
pub fn accepting(settings: &Settings, path: &Path) -> Span {
    over_all_phases(settings, path, |phases, hz| {
        Runs::of(phases, u64::MAX, &|phase| accept_run(settings, phase, hz))
    })
}

fn over_all_phases(settings: &Settings, path: &Path, runs: impl Fn(u64, Hz) -> Runs) -> Span {
    let each = |hz: Hz| runs(phases(hz.jiffies(settings.rto_max)), hz).span(hz);
    Span::around(path.ticks.rates().into_iter().map(each))
}

fn connect_runs(settings: &Settings, phases: u64, hz: Hz) -> Runs {
    let model = || model_timeout(settings.syn_retries, INITIAL, settings.rto_max);
    let limit = hz.jiffies(settings.user_timeout.unwrap_or_else(model));
    let run = |phase| connect_run(settings, limit, phase, hz);
    // A wait that is cut short is not the same in each run.
    if settings.user_timeout.is_some() { Runs::of_each(phases, &run) } else { Runs::of(phases, limit, &run) }
}

/// Both a count and a time end it, whichever comes first. The first few timeouts don't back off.
fn connect_run(settings: &Settings, limit: u64, phase: u64, hz: Hz) -> Run {
    let max = hz.jiffies(settings.rto_max);
    let most = u32::from(settings.syn_retries) + u32::from(settings.syn_linear_timeouts);
    let mut timeout = hz.jiffies(INITIAL);
    let mut now = phase;
    let mut retransmissions = 0;
    loop {
        let left = limit.saturating_sub(now - phase).max(1);
        let clamped = settings.user_timeout.is_some() && retransmissions > 0;
        let before = now;
        now = fires_at(now, if clamped { timeout.min(left) } else { timeout });
        if retransmissions >= most || (retransmissions >= 1 && now - phase >= limit) {
            return Run { firings: retransmissions + 1, before, end: now, since: phase };
        }
        retransmissions += 1;
        if retransmissions > u32::from(settings.syn_linear_timeouts) {
            timeout = (2 * timeout).min(max);
        }
    }
}

fn accept_run(settings: &Settings, phase: u64, hz: Hz) -> Run {
    let max = hz.jiffies(settings.rto_max);
    let mut timeout = hz.jiffies(INITIAL);
    let mut now = phase;
    for _ in 0..=settings.synack_retries {
        now = fires_at(now, timeout);
        timeout = (2 * timeout).min(max);
    }
    Run::counted(u32::from(settings.synack_retries) + 1, now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_runs_together_are_each_run_by_itself() {
        for (retries, linear) in (1..=6).flat_map(|retries| [0, 2, 4].map(|linear| (retries, linear))) {
            for (max, hz) in
                [1, 2, 120].into_iter().flat_map(|max| [Hz::HZ_100, Hz::HZ_250].map(|hz| (max, hz)))
            {
                let settings = Settings {
                    syn_retries: retries,
                    syn_linear_timeouts: linear,
                    rto_max: Duration::from_secs(max),
                    ..Settings::KERNEL
                };
                let phases = phases(hz.jiffies(settings.rto_max));
                let limit = hz.jiffies(model_timeout(retries, INITIAL, settings.rto_max));
                let each = Runs::of_each(phases, &|phase| connect_run(&settings, limit, phase, hz));
                assert_eq!(connect_runs(&settings, phases, hz), each, "{retries} {linear} {max} {hz:?}");
            }
        }
    }
}
