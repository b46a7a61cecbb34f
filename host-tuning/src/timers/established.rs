//! An established connection whose data is not acknowledged: `tcp_retransmit_timer` and `tcp_write_timeout`.

use std::time::Duration;

use super::runs::{Run, Runs};
use super::settings::{Path, Settings};
use super::span::Span;
use super::wheel::{Hz, fires_at, phases};

/// The base of the kernel's own model is this constant: neither the connection's timeout nor `tcp_rto_min_us`.
const MODEL_BASE: Duration = Duration::from_millis(200);

/// The number of backoffs that stand for `tcp_orphan_retries = 0`.
const ORPHAN_RETRIES: u8 = 8;

/// The tail loss probe. It goes out before the first retransmission, and the retransmission timer starts anew
/// behind it, so a single segment that gets lost costs one more timeout than the textbook says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TailProbe {
    /// `tcp_early_retrans = 0`, or the peer doesn't do selective acknowledgements.
    Off,
    /// One segment is outstanding: the probe allows for a delayed acknowledgement.
    OneSegment,
    /// More are outstanding: the probe goes out after two round trips.
    ManySegments,
}

impl TailProbe {
    const ALL: [Self; 3] = [Self::Off, Self::OneSegment, Self::ManySegments];

    fn delay(self, rtt: Duration, rto_min: Duration, hz: Hz) -> Option<u64> {
        match self {
            Self::Off => None,
            Self::OneSegment => Some(hz.jiffies(2 * rtt + rto_min).min(first_timeout(rtt, rto_min, hz))),
            Self::ManySegments => Some(hz.jiffies(2 * rtt) + 2),
        }
    }
}

/// The limit that the kernel computes for a number of retries: what documentation calls the timeout, and the lower
/// bound of the real one (`tcp_model_timeout`).
pub fn documented(retries: u8, rto_max: Duration) -> Duration {
    model_timeout(retries, MODEL_BASE, rto_max)
}

pub(super) fn model_timeout(retries: u8, base: Duration, max: Duration) -> Duration {
    let doublings = (max.as_micros() / base.as_micros()).max(1).ilog2();
    let retries = u32::from(retries);
    if retries <= doublings {
        base * ((2 << retries) - 1)
    } else {
        base * ((2 << doublings) - 1) + max * (retries - doublings)
    }
}

/// How long until an established connection with data in flight notices that its peer is silent, whatever the tail
/// loss probe does.
pub fn established(settings: &Settings, path: &Path) -> Span {
    Span::around(TailProbe::ALL.map(|probe| established_with(settings, path, probe)))
}

/// The same, for one behaviour of the tail loss probe.
pub fn established_with(settings: &Settings, path: &Path, probe: TailProbe) -> Span {
    let limit = settings.user_timeout.unwrap_or_else(|| documented(settings.retries2, settings.rto_max));
    give_up(settings, path, probe, limit)
}

/// How long `TCP_USER_TIMEOUT` takes: counted from the first retransmission, not from the first transmission.
pub fn user_timeout(timeout: Duration, path: &Path) -> Span {
    established(&Settings { user_timeout: Some(timeout), ..Settings::KERNEL }, path)
}

/// How long a connection that the application has closed keeps trying to get rid of its last data.
pub fn orphaned(settings: &Settings, path: &Path) -> Span {
    let retries = if settings.orphan_retries == 0 { ORPHAN_RETRIES } else { settings.orphan_retries };
    established(&Settings { retries2: retries, ..settings.clone() }, path)
}

/// Bounds for a peer whose neighbour entry fails or for which a router answers "unreachable": each such message
/// takes the backoff back, so the algorithm's run can't be predicted, but its ends can. The error is then
/// `EHOSTUNREACH` instead of `ETIMEDOUT`.
pub fn unreachable(settings: &Settings, path: &Path) -> Span {
    let limit = settings.user_timeout.unwrap_or_else(|| documented(settings.retries2, settings.rto_max));
    let slowest = path.ticks.rates().into_iter().map(|hz| {
        let first = hz.time(first_timeout(*path.rtt.end(), settings.rto_min, hz));
        let last_step = (limit + first).min(settings.rto_max);
        let slack = hz.time(phases(hz.jiffies(last_step)));
        // Two first timeouts: the tail loss probe may cost one more.
        2 * first + limit + last_step + slack
    });
    let worst = slowest.max().expect("there is a tick rate");
    let lower = *path.rtt.start() + settings.rto_min + limit;
    Span { lower, typical: (lower + worst) / 2, worst }
}

/// The connection's real first timeout: the smoothed round trip plus the variance, which has a floor. The kernel
/// keeps that floor in whole ticks.
pub(super) fn first_timeout(rtt: Duration, rto_min: Duration, hz: Hz) -> u64 {
    hz.jiffies(rtt + hz.time(hz.jiffies(rto_min)))
}

fn give_up(settings: &Settings, path: &Path, probe: TailProbe, limit: Duration) -> Span {
    let spans = path.ticks.rates().into_iter().map(|hz| {
        let connections = distinct_rtts(path, settings.rto_min, hz).into_iter().map(|rtt| Connection {
            probe: probe.delay(rtt, settings.rto_min, hz),
            first: first_timeout(rtt, settings.rto_min, hz),
            max: hz.jiffies(settings.rto_max),
            limit: hz.jiffies(limit),
            clamped: settings.user_timeout.is_some(),
        });
        connections.map(|connection| connection.run_all()).sum::<Runs>().span(hz)
    });
    Span::around(spans)
}

/// One round-trip time for each number of ticks that the first timeout may take.
pub(super) fn distinct_rtts(path: &Path, rto_min: Duration, hz: Hz) -> Vec<Duration> {
    let shortest = first_timeout(*path.rtt.start(), rto_min, hz);
    let longest = first_timeout(*path.rtt.end(), rto_min, hz);
    let floor = hz.time(hz.jiffies(rto_min));
    let whole_ticks =
        (shortest..longest).map(|ticks| hz.time(ticks).saturating_sub(floor).max(*path.rtt.start()));
    whole_ticks.chain([*path.rtt.end()]).collect()
}

/// All in ticks.
struct Connection {
    probe: Option<u64>,
    first: u64,
    max: u64,
    limit: u64,
    /// A user timeout shortens the last wait; `tcp_retries2` doesn't.
    clamped: bool,
}

impl Connection {
    /// An upper bound for any wait: the one that crosses the limit is at most as long as all before it and one more.
    fn longest_delay(&self) -> u64 {
        (2 * (self.limit + self.first)).min(self.max).max(self.first)
    }

    /// From the transmission to the error, for every tick of the wheel that the transmission may fall on.
    fn run_all(&self) -> Runs {
        let phases = phases(self.longest_delay());
        // A wait that is cut short is not the same in each run.
        if self.clamped {
            return Runs::of_each(phases, &|phase| self.run(phase));
        }
        Runs::of(phases, self.limit, &|phase| self.run(phase))
    }

    fn run(&self, phase: u64) -> Run {
        let timer_starts = self.probe.map_or(phase, |delay| fires_at(phase, delay));
        let first_retransmission = fires_at(timer_starts, self.first);
        let (mut now, mut timeout, mut firings) = (first_retransmission, self.first, 0);
        loop {
            firings += 1;
            timeout = (2 * timeout).min(self.max);
            let left = self.limit.saturating_sub(now - first_retransmission).max(1);
            let before = now;
            now = fires_at(now, if self.clamped { timeout.min(left) } else { timeout });
            if now - first_retransmission >= self.limit {
                return Run { firings, before, end: now, since: first_retransmission };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_runs_together_are_each_run_by_itself() {
        // Four retries without a cap end soon or late, by the phase: the runs that differ most from their neighbours.
        for (retries, hz) in (3..=8).flat_map(|retries| [Hz::HZ_100, Hz::HZ_1000].map(|hz| (retries, hz))) {
            for (rtt, max) in [0, 1, 7, 60].into_iter().flat_map(|rtt| [1, 5, 120].map(|max| (rtt, max))) {
                let (rtt, rto_max) = (Duration::from_millis(rtt), Duration::from_secs(max));
                let rto_min = Settings::KERNEL.rto_min;
                for probe in TailProbe::ALL {
                    let connection = Connection {
                        probe: probe.delay(rtt, rto_min, hz),
                        first: first_timeout(rtt, rto_min, hz),
                        max: hz.jiffies(rto_max),
                        limit: hz.jiffies(documented(retries, rto_max)),
                        clamped: false,
                    };
                    let each =
                        Runs::of_each(phases(connection.longest_delay()), &|phase| connection.run(phase));
                    assert_eq!(connection.run_all(), each, "{retries} {hz:?} {rtt:?} {rto_max:?} {probe:?}");
                }
            }
        }
    }
}
