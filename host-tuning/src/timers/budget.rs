//! From a time to values: "a dead peer is noticed within 15 s".

use std::fmt;
use std::time::Duration;

use serde::Serialize;
use thiserror::Error;

use super::detection::Detection;
use super::established::{documented, established, unreachable};
use super::settings::{Path, Settings};
use super::span::Span;
use super::{connecting, idle};

/// A dead peer has to be noticed within this time, in the worst phase of the kernel's timers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    pub detect_within: Duration,
    pub path: Path,
    pub kernel: KernelFeatures,
}

/// What the kernel offers beyond `tcp_retries2`. Where the kernel isn't known, the default is the safe assumption.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KernelFeatures {
    /// `net.ipv4.tcp_rto_max_ms` exists: the finest control, because no step is longer than the cap.
    pub rto_max: bool,
}

/// The values that fit, and what they do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fitted {
    pub settings: Settings,
    pub detection: Detection,
    pub caveats: Vec<Caveat>,
}

/// What a fitted budget does not promise, or what it costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "caveat")]
pub enum Caveat {
    /// The internet's host requirements ask for at least 100 s.
    BelowRfc1122 { in_flight: Span },
    /// The same document asks for three minutes before `connect` gives up.
    ConnectBelowRfc1122 { connect: Span },
    /// A peer that keeps answering window probes is alive to the kernel.
    ZeroWindow,
    /// `TCP_USER_TIMEOUT` replaces all of this, in both directions.
    UserTimeout,
    /// Idle connections of an application that doesn't ask for keepalive.
    NoKeepalive,
}

impl fmt::Display for Caveat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BelowRfc1122 { in_flight } => write!(
                f,
                "a connection with data in flight is given up after {in_flight}, below the 100 s that RFC 1122 \
                 (4.2.3.5) asks for: right between machines of one site that can fail over, wrong for peers across \
                 the internet or for anything that has no second instance"
            ),
            Self::ConnectBelowRfc1122 { connect } => write!(
                f,
                "connect gives up after {connect}, below the 3 minutes that RFC 1122 asks for: right where the \
                 client tries another address, wrong where it doesn't try again"
            ),
            Self::ZeroWindow => write!(
                f,
                "not covered: a peer that closed its window and still answers probes is never timed out; only a \
                 timeout in the application, or TCP_USER_TIMEOUT, ends that"
            ),
            Self::UserTimeout => write!(
                f,
                "not covered: connections on which the application sets TCP_USER_TIMEOUT follow that value alone, \
                 whether it is shorter or longer"
            ),
            Self::NoKeepalive => write!(
                f,
                "not covered: idle connections of applications that don't ask for keepalive (SO_KEEPALIVE) never \
                 notice anything"
            ),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BudgetError {
    #[error(
        "a dead peer can't be noticed within {:.1} s: the shortest that is safe here is {:.1} s ({limit}); give \
         {:.0}s or more, or set a shorter timeout in the application",
        asked.as_secs_f64(), shortest.as_secs_f64(), shortest.as_secs_f64().ceil()
    )]
    TooShort { asked: Duration, shortest: Duration, limit: &'static str },
}

/// Fewer retries fail connections in a load peak.
const FEWEST_RETRIES: u8 = 3;
/// Without a cap, 4 gives the time of 3 or the time of 5, depending on the phase: nothing to promise.
const BISTABLE_RETRIES: u8 = 4;
const KERNEL_RETRIES: u8 = Settings::KERNEL.retries2;
/// With a cap, many retries are cheap; more than this is no longer a backoff.
const MOST_CAPPED_RETRIES: u8 = 60;
const CAPS: [u64; 6] = [1, 2, 5, 10, 30, 60];
const KEEPALIVE_PROBES: u8 = 3;
const KEEPALIVE_INTERVALS: [u32; 6] = [15, 10, 5, 3, 2, 1];
/// Shorter than the idle limit of every cloud's load balancer.
const LONGEST_KEEPALIVE_TIME: u32 = 120;
const RFC1122_ESTABLISHED: Duration = Duration::from_secs(100);
const RFC1122_CONNECT: Duration = Duration::from_secs(180);

impl Budget {
    /// The most patient values whose worst case fits.
    pub fn fit(&self) -> Result<Fitted, BudgetError> {
        let mut settings = self.fit_established()?;
        self.fit_connect(&mut settings)?;
        self.fit_idle(&mut settings)?;
        let detection = Detection::of(&settings, &self.path);
        let caveats = self.caveats(&detection);
        Ok(Fitted { settings, detection, caveats })
    }

    fn fit_established(&self) -> Result<Settings, BudgetError> {
        let caps = CAPS.iter().filter(|_| self.kernel.rto_max).map(|cap| Duration::from_secs(*cap));
        let candidates = caps.chain([Settings::KERNEL.rto_max]).filter_map(|cap| self.most_patient(cap));
        // On a tie the longer cap wins: fewer retransmissions.
        candidates.max_by_key(|(worst, settings)| (*worst, settings.rto_max)).map_or_else(
            || {
                let cap =
                    if self.kernel.rto_max { Duration::from_secs(CAPS[0]) } else { Settings::KERNEL.rto_max };
                let fewest = Settings { retries2: FEWEST_RETRIES, rto_max: cap, ..Settings::KERNEL };
                let shortest = self.worst(&fewest);
                Err(self.too_short(shortest, "established connections, tcp_retries2 = 3"))
            },
            |(_, settings)| Ok(settings),
        )
    }

    /// For one cap of the backoff, the highest number of retries that fits.
    fn most_patient(&self, cap: Duration) -> Option<(Duration, Settings)> {
        let capped = cap < Settings::KERNEL.rto_max;
        let most = if capped { MOST_CAPPED_RETRIES } else { KERNEL_RETRIES };
        (FEWEST_RETRIES..=most)
            .rev()
            .filter(|retries| capped || *retries != BISTABLE_RETRIES)
            .filter(|retries| documented(*retries, cap) < self.detect_within)
            .map(|retries2| Settings { retries2, rto_max: cap, ..Settings::KERNEL })
            .map(|settings| (self.worst(&settings), settings))
            .find(|(worst, _)| *worst <= self.detect_within)
    }

    /// The worst that a connection with data in flight can meet: a peer that is silent, or a network that reports it
    /// as unreachable and so takes the kernel's backoff back.
    fn worst(&self, settings: &Settings) -> Duration {
        established(settings, &self.path).worst.max(unreachable(settings, &self.path).worst)
    }

    fn fit_connect(&self, settings: &mut Settings) -> Result<(), BudgetError> {
        for retries in (1..=Settings::KERNEL.syn_retries).rev() {
            settings.syn_retries = retries;
            if connecting(settings, &self.path).worst <= self.detect_within {
                return Ok(());
            }
        }
        Err(self.too_short(connecting(settings, &self.path).worst, "connecting, tcp_syn_retries = 1"))
    }

    fn fit_idle(&self, settings: &mut Settings) -> Result<(), BudgetError> {
        settings.keepalive_probes = KEEPALIVE_PROBES;
        let whole_seconds = u32::try_from(self.detect_within.as_secs()).unwrap_or(u32::MAX);
        for interval in KEEPALIVE_INTERVALS {
            settings.keepalive_interval = interval;
            let probing = interval * u32::from(KEEPALIVE_PROBES);
            // Probing takes half of the time at most, or the first probe would come too often.
            if interval > 1 && 2 * probing > whole_seconds {
                continue;
            }
            for time in (1..=whole_seconds.saturating_sub(probing).min(LONGEST_KEEPALIVE_TIME)).rev() {
                settings.keepalive_time = time;
                if idle(settings, &self.path).worst <= self.detect_within {
                    return Ok(());
                }
            }
        }
        let shortest = Settings { keepalive_time: 1, keepalive_interval: 1, ..settings.clone() };
        Err(self
            .too_short(idle(&shortest, &self.path).worst, "idle connections, 3 keepalive probes 1 s apart"))
    }

    fn too_short(&self, shortest: Duration, limit: &'static str) -> BudgetError {
        BudgetError::TooShort { asked: self.detect_within, shortest, limit }
    }

    fn caveats(&self, detection: &Detection) -> Vec<Caveat> {
        let mut caveats = Vec::new();
        if detection.in_flight.lower < RFC1122_ESTABLISHED {
            caveats.push(Caveat::BelowRfc1122 { in_flight: detection.in_flight });
        }
        if detection.connect.lower < RFC1122_CONNECT
            && detection.connect.worst < self.detect_within.max(RFC1122_CONNECT)
        {
            caveats.push(Caveat::ConnectBelowRfc1122 { connect: detection.connect });
        }
        caveats.extend([Caveat::ZeroWindow, Caveat::UserTimeout, Caveat::NoKeepalive]);
        caveats
    }
}
