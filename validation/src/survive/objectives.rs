//! What must hold when something fails, and whether it does.

use provision_architecture::diagnostic::did_you_mean;
use provision_architecture::values::{Demand, DemandedState, Objective};
use serde::Serialize;

use super::effect::{Effect, State};
use super::model::Model;
use super::recovery::Tuning;
use super::words::{percent, spoken};

/// An objective that speaks of something that is not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ObjectiveProblem {
    #[error("in the objective `{objective}`, nothing is called `{name}` ({hint})")]
    UnknownFailure { objective: String, name: String, hint: String },
    #[error("in the objective `{objective}`, `{name}` is no capability ({hint})")]
    UnknownCapability { objective: String, name: String, hint: String },
}

impl ObjectiveProblem {
    /// The objective, as it is written.
    pub fn objective(&self) -> &str {
        match self {
            Self::UnknownFailure { objective, .. } | Self::UnknownCapability { objective, .. } => objective,
        }
    }

    /// What is wrong, without the objective and without the hint.
    pub fn message(&self) -> String {
        match self {
            Self::UnknownFailure { name, .. } => format!("nothing here that could fail is called `{name}`"),
            Self::UnknownCapability { name, .. } => format!("`{name}` is no capability"),
        }
    }

    pub fn hint(&self) -> &str {
        match self {
            Self::UnknownFailure { hint, .. } | Self::UnknownCapability { hint, .. } => hint,
        }
    }
}

/// One objective, judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    pub objective: String,
    pub met: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub misses: Vec<Miss>,
    /// What happens all the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub caveats: Vec<String>,
}

/// A failure after which a demand does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Miss {
    pub failure: String,
    pub capability: String,
    pub found: String,
}

impl Model<'_> {
    pub(super) fn check_objectives(&self, objectives: &[&Objective]) -> Result<Vec<Check>, ObjectiveProblem> {
        objectives.iter().map(|objective| self.check_objective(objective)).collect()
    }

    fn check_objective(&self, objective: &Objective) -> Result<Check, ObjectiveProblem> {
        let failures = self.failures_called(objective.failure());
        if failures.is_empty() {
            let words = self.failure_words();
            let name = objective.failure().to_owned();
            let hint = did_you_mean(&name, words.iter().map(String::as_str));
            return Err(ObjectiveProblem::UnknownFailure { objective: objective.to_string(), name, hint });
        }
        let (mut misses, mut caveats) = (Vec::new(), Vec::new());
        for demand in objective.demands() {
            let capability = self.demanded(objective, demand)?;
            for damage in &failures {
                let effect = self.effect(capability, damage);
                for given_up in effect.delays.iter().filter(|delay| delay.cancels) {
                    if !caveats.contains(&given_up.what) {
                        caveats.push(given_up.what.clone());
                    }
                }
                if let Some(found) = missed(&effect, demand.state) {
                    let names: Vec<String> = self.names(damage).into_iter().map(|name| name.says).collect();
                    let capability = self.capabilities[capability].documented.name.clone();
                    let miss = Miss { failure: names.join(" and "), capability, found };
                    if !misses.contains(&miss) {
                        misses.push(miss);
                    }
                }
            }
        }
        Ok(Check { objective: objective.to_string(), met: misses.is_empty(), misses, caveats })
    }

    fn demanded(&self, objective: &Objective, demand: &Demand) -> Result<usize, ObjectiveProblem> {
        let found = self.documented.capability(&demand.capability);
        let index = found.and_then(|found| {
            self.capabilities.iter().position(|capability| capability.documented.name == found.name)
        });
        index.ok_or_else(|| {
            let known = self.capabilities.iter().map(|capability| capability.documented);
            let names = known.flat_map(|it| std::iter::once(&it.name).chain(&it.aliases)).map(String::as_str);
            ObjectiveProblem::UnknownCapability {
                objective: objective.to_string(),
                name: demand.capability.clone(),
                hint: did_you_mean(&demand.capability, names),
            }
        })
    }
}

/// What was found in place of what is demanded; nothing, where the demand holds.
fn missed(effect: &Effect, demanded: DemandedState) -> Option<String> {
    match demanded {
        DemandedState::Running if effect.state > State::Running => Some(found(effect)),
        DemandedState::Degraded if effect.state > State::Degraded => Some(found(effect)),
        DemandedState::Running | DemandedState::Degraded => None,
        DemandedState::Within(_) if effect.state == State::Lost => Some(found(effect)),
        DemandedState::Within(limit) => match effect.interruption(Tuning::Tuned) {
            Some(time) if time < limit => None,
            Some(time) => Some(format!("{} until everything goes on", spoken(time))),
            None => Some(found(effect)),
        },
    }
}

fn found(effect: &Effect) -> String {
    let until = effect.stop.as_ref().and_then(|stop| stop.waits_for());
    let time = effect.stop.as_ref().and_then(|stop| stop.time(Tuning::Tuned));
    match (effect.state, effect.share) {
        (State::Stopped, _) => match (time, until) {
            (Some(time), _) => format!("stopped for {}", spoken(time)),
            (None, Some(until)) => format!("stopped until {until}"),
            (None, None) => "stopped".to_owned(),
        },
        (State::Degraded, Some(share)) => format!("degraded to {}", percent(share)),
        (State::Running, _) => {
            let late = effect.delays.iter().find(|delay| delay.until.time(Tuning::Tuned).is_none());
            late.map_or_else(|| "running".to_owned(), |late| format!("{}: never by itself", late.what))
        }
        (state, _) => state.word().to_owned(),
    }
}
