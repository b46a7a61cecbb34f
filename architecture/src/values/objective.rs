use std::fmt;

use super::{Duration, Refusal, read_by_try_from};
use crate::diagnostic::quoted;

/// What must hold when something fails, as `zone: ui running, execution < 60s`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objective {
    failure: String,
    demands: Vec<Demand>,
}

/// What is asked of one capability.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    pub capability: String,
    pub state: DemandedState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DemandedState {
    /// At full strength.
    Running,
    /// Running or degraded.
    Degraded,
    /// Back within this time.
    Within(Duration),
}

impl Objective {
    /// The failure: `machine`, `zone`, or the name of something in the deployment.
    pub fn failure(&self) -> &str {
        &self.failure
    }

    pub fn demands(&self) -> &[Demand] {
        &self.demands
    }
}

impl TryFrom<&str> for Objective {
    type Error = Refusal;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        let (failure, demands) = text
            .split_once(':')
            .ok_or_else(|| "an objective is written like `zone: ui running, execution < 60s`".to_owned())?;
        let failure = failure.trim();
        if !is_name(failure) {
            return Err("before the colon stands what fails, like `machine`, `zone` or `database`".to_owned());
        }
        let demands =
            demands.split(',').map(|demand| parse_demand(demand.trim())).collect::<Result<_, _>>()?;
        Ok(Self { failure: failure.to_owned(), demands })
    }
}

fn parse_demand(text: &str) -> Result<Demand, Refusal> {
    if let Some((capability, limit)) = text.split_once('<') {
        let limit =
            Duration::try_from(limit.trim()).map_err(|refusal| format!("in {}, {refusal}", quoted(text)))?;
        return demand(capability.trim(), DemandedState::Within(limit), text);
    }
    let (capability, state) = text.rsplit_once(' ').unwrap_or((text, ""));
    let state = match state {
        "running" => DemandedState::Running,
        "degraded" => DemandedState::Degraded,
        _ => return Err(format!("in {}, say `running`, `degraded` or a time like `< 60s`", quoted(text))),
    };
    demand(capability.trim(), state, text)
}

fn demand(capability: &str, state: DemandedState, text: &str) -> Result<Demand, Refusal> {
    if is_name(capability) {
        Ok(Demand { capability: capability.to_owned(), state })
    } else {
        Err(format!("{} names no capability", quoted(text)))
    }
}

fn is_name(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

impl fmt::Display for Objective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.failure)?;
        for (at, demand) in self.demands.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            write!(f, "{comma}{}", demand.capability)?;
            match demand.state {
                DemandedState::Running => f.write_str(" running")?,
                DemandedState::Degraded => f.write_str(" degraded")?,
                DemandedState::Within(limit) => write!(f, " < {limit}")?,
            }
        }
        Ok(())
    }
}

impl serde::Serialize for Objective {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

read_by_try_from!(
    Objective,
    "What must hold when something fails.",
    None,
    &["zone: ui running, execution < 60s"]
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes() {
        let text = "zone: ui running, execution < 1m, logs degraded";
        let objective = Objective::try_from(text).expect(text);
        assert_eq!(objective.failure(), "zone");
        assert_eq!(objective.demands()[1].state, DemandedState::Within(Duration::from_seconds(60)));
        assert_eq!(objective.to_string(), text);
    }

    #[test]
    fn refuses_with_a_reason() {
        for bad in [
            "",
            "zone",
            "zone:",
            ": ui running",
            "zone: ui",
            "zone: ui dancing",
            "zone: ui < soon",
            "Zone: ui running",
            "zone: ui running,",
        ] {
            assert!(Objective::try_from(bad).is_err(), "{bad}");
        }
    }
}
