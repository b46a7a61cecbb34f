//! What a failure does to a capability.

use provision_architecture::values::Duration;
use serde::Serialize;

use super::recovery::{Recovery, Tuning};

/// How a capability is, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// At full strength.
    Running,
    /// With less than it needs.
    Degraded,
    /// Not at all, until it recovers.
    Stopped,
    /// Acknowledged data is gone.
    Lost,
}

impl State {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Degraded => "degraded",
            Self::Stopped => "stopped",
            Self::Lost => "lost",
        }
    }
}

/// Something that was under way when it failed, and how long it takes until it goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delay {
    /// What is late.
    pub what: String,
    pub until: Recovery,
    /// Whether that work is given up instead, and never done again.
    pub cancels: bool,
}

/// What a failure does to one capability.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Effect {
    /// The worst of it.
    pub state: State,
    /// What stays once failover is over and until what failed is replaced.
    pub standing: State,
    /// How much of what is needed is left, where that is less than all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// How long it is stopped, where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop: Option<Recovery>,
    /// What else is late meanwhile.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub delays: Vec<Delay>,
    /// How long until what died is replaced and what piled up is worked off. Not counting copies and standbys that
    /// nobody misses until the next failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full: Option<Recovery>,
    /// Work that is given up and never done again. Not data, so not "lost".
    pub cancels_work: bool,
    /// Acknowledged data is lost if what failed never returns.
    pub data_at_risk: bool,
    /// Why, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
}

impl Effect {
    pub fn none() -> Self {
        Self {
            state: State::Running,
            standing: State::Running,
            share: None,
            stop: None,
            delays: Vec::new(),
            full: None,
            cancels_work: false,
            data_at_risk: false,
            reasons: Vec::new(),
        }
    }

    /// Everything that must be over before nobody waits any more: the stop and whatever is late. `None`: never.
    /// Nobody waits for work that is given up.
    pub fn interruption(&self, tuning: Tuning) -> Option<Duration> {
        let delays = self.delays.iter().filter(|delay| !delay.cancels).map(|delay| &delay.until);
        self.stop
            .iter()
            .chain(delays)
            .map(|recovery| recovery.time(tuning))
            .try_fold(Duration::from_seconds(0), |longest, time| time.map(|time| longest.max(time)))
    }

    /// Whether it passes by itself without anything being replaced: something took over.
    pub fn fails_over(&self) -> bool {
        self.state >= State::Stopped && self.standing < State::Stopped
    }

    pub(super) fn worsen(&mut self, state: State) {
        self.state = self.state.max(state);
        self.standing = self.standing.max(state);
    }

    pub(super) fn because(&mut self, reason: impl Into<String>) {
        let reason = reason.into();
        if !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
    }

    pub(super) fn stops_for(&mut self, recovery: Recovery) {
        self.state = self.state.max(State::Stopped);
        self.stop = Some(match self.stop.take() {
            Some(other) => other.and(recovery),
            None => recovery,
        });
    }

    pub(super) fn full_after(&mut self, recovery: Recovery) {
        self.full = Some(match self.full.take() {
            Some(other) => other.and(recovery),
            None => recovery,
        });
    }

    pub(super) fn share_of(&mut self, share: f64) {
        self.share = Some(self.share.map_or(share, |other| other.min(share)));
    }

    pub(super) fn delays(&mut self, what: &str, until: Recovery, cancels: bool) {
        let delay = Delay { what: what.to_owned(), until, cancels };
        self.cancels_work |= cancels;
        if !self.delays.contains(&delay) {
            self.delays.push(delay);
        }
    }
}
