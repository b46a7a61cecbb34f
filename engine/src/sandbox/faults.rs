//! What goes wrong on purpose.

use std::collections::BTreeSet;

use crate::Address;
use crate::driver::{Class, Failure};
use crate::random::Random;

/// How likely each thing is, per call. The default is a cloud without faults.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    pub throttled: f64,
    /// What was made a moment ago isn't known yet where it is used.
    pub not_yet_consistent: f64,
    /// The call has its effect, the reply is lost.
    pub reply_lost: f64,
    pub fatal: f64,
    /// The call takes ten times as long.
    pub slow: f64,
    /// Lists leave out what is younger than the time in which lists settle, and who asks for it is told that it isn't there.
    pub stale_lists: bool,
    /// What is refused for good, whatever the chances say.
    pub refused: BTreeSet<Address>,
    /// What names something that isn't there: the cloud says each time that it doesn't know it yet.
    pub unknown: BTreeSet<Address>,
}

impl Faults {
    /// About a fifth of all calls go wrong somehow, none for good.
    pub fn many() -> Self {
        Faults {
            throttled: 0.08,
            not_yet_consistent: 0.06,
            reply_lost: 0.06,
            fatal: 0.0,
            slow: 0.05,
            stale_lists: true,
            refused: BTreeSet::new(),
            unknown: BTreeSet::new(),
        }
    }

    pub(super) fn before(&self, random: &Random, what: &str) -> Result<(), Failure> {
        let object = what.rsplit(' ').next().unwrap_or_default();
        if random.happens(self.fatal) || self.refused.iter().any(|address| address.as_str() == object) {
            return Err(Failure::new(
                Class::Fatal,
                format!("the sandbox refuses to {what}, as it was told to"),
            ));
        }
        if self.unknown.iter().any(|address| address.as_str() == object) {
            return Err(Failure::new(Class::NotYetConsistent, format!("to {what} names what isn't known")));
        }
        self.crowded(random)
    }

    /// What may happen to whoever only looks.
    pub(super) fn crowded(&self, random: &Random) -> Result<(), Failure> {
        if random.happens(self.throttled) {
            return Err(Failure::new(Class::Throttled, "too many requests"));
        }
        Ok(())
    }

    pub(super) fn after(&self, random: &Random) -> Result<(), Failure> {
        if random.happens(self.reply_lost) {
            return Err(Failure::new(Class::Unanswered, "the connection was cut before the reply"));
        }
        Ok(())
    }
}
