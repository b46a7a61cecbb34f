//! The prediction, put to the test on the spot: a real connection, inside a fresh user and network namespace, whose
//! peer suddenly drops everything. Needs no root, touches nothing of the host.
//!
//! Only a process with a single thread can enter a new user namespace. So [`measure`] starts one child for each
//! experiment, by a command that its caller gives; that command's whole task is to call [`child`].

mod black_hole;
mod child;
pub mod namespace;
mod parent;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::timers::{Path, Settings, Span, TailProbe, TickRate, established_with};

pub use child::child;
pub use parent::{LONGEST, MeasureError, measure};

/// What the connection's namespace is set to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Experiment {
    pub retries2: u8,
    /// Only kernels that have it take it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rto_max_ms: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_timeout_ms: Option<u32>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    pub seconds: Seconds,
    /// `ETIMEDOUT`, `EHOSTUNREACH` or `ECONNRESET`: all of them mean dead.
    pub error: String,
}

/// In milliseconds inside, in seconds outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "f64", from = "f64")]
pub struct Seconds(pub Duration);

impl From<Seconds> for f64 {
    fn from(seconds: Seconds) -> Self {
        (seconds.0.as_secs_f64() * 1000.0).round() / 1000.0
    }
}

impl From<f64> for Seconds {
    fn from(seconds: f64) -> Self {
        Self(Duration::try_from_secs_f64(seconds).unwrap_or_default())
    }
}

/// Prediction and measurement side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    pub experiment: Experiment,
    pub predicted: Span,
    pub observed: Observation,
    pub agrees: bool,
}

/// A process that isn't scheduled at once reads the clock late, whatever the kernel's timer did.
const SCHEDULING: Duration = Duration::from_millis(50);

impl Experiment {
    pub fn retries(retries2: u8) -> Self {
        Self { retries2, rto_max_ms: None, user_timeout_ms: None }
    }

    /// Over loopback, with one segment outstanding.
    pub fn predicted(&self, ticks: TickRate) -> Span {
        let cap = self.rto_max_ms.map(|cap| Duration::from_millis(u64::from(cap)));
        let settings = Settings {
            retries2: self.retries2,
            rto_max: cap.unwrap_or(Settings::KERNEL.rto_max),
            user_timeout: self.user_timeout_ms.map(|timeout| Duration::from_millis(u64::from(timeout))),
            ..Settings::KERNEL
        };
        let path = Path { rtt: Duration::from_micros(10)..=Duration::from_micros(500), ticks };
        established_with(&settings, &path, TailProbe::OneSegment)
    }

    fn compared(self, observed: Observation, ticks: TickRate) -> Outcome {
        let predicted = self.predicted(ticks);
        let tolerance = SCHEDULING.max(predicted.worst * 3 / 100);
        let time = observed.seconds.0;
        let agrees = predicted.lower.saturating_sub(tolerance) <= time && time <= predicted.worst + tolerance;
        Outcome { experiment: self, predicted, observed, agrees }
    }
}
