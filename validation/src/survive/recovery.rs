//! How long a recovery takes: named steps, one after the other, side by side, or whichever ends first.

use provision_architecture::recovery::Knowledge;
use provision_architecture::values::Duration;
use serde::Serialize;

/// Which kernel parameters the hosts have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tuning {
    /// The ones that the spec comes to.
    Tuned,
    /// The kernel's own.
    Kernel,
}

/// One step of a recovery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The name by which it can be set to another value.
    pub name: String,
    pub about: String,
    /// What it takes on tuned hosts.
    pub tuned: Duration,
    /// What it takes on hosts that nobody tuned.
    pub kernel: Duration,
    pub evidence: Knowledge,
    /// The key of the place where it is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Whether the value was set by the user.
    pub set: bool,
    /// Whether the spec, or the documented size that it names, says otherwise than the source.
    pub from_spec: bool,
}

/// How something comes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recovery {
    Step(Step),
    /// One after the other: the times add up.
    Serial(Vec<Recovery>),
    /// Side by side: the longest counts.
    Parallel(Vec<Recovery>),
    /// Whichever comes first ends it: the shortest counts.
    First(Vec<Recovery>),
    /// Not by itself; until what.
    Never(String),
}

impl Recovery {
    /// Nothing to wait for.
    pub const fn instant() -> Self {
        Self::Serial(Vec::new())
    }

    /// How long it takes; nothing, where it does not happen by itself.
    pub fn time(&self, tuning: Tuning) -> Option<Duration> {
        let milliseconds = |parts: &[Self], fold: fn(u64, u64) -> u64| {
            parts
                .iter()
                .map(|part| part.time(tuning).map(Duration::milliseconds))
                .try_fold(0, |total, part| part.map(|part| fold(total, part)))
                .map(Duration::from_milliseconds)
        };
        match self {
            Self::Step(step) => Some(match tuning {
                Tuning::Tuned => step.tuned,
                Tuning::Kernel => step.kernel,
            }),
            Self::Serial(parts) => milliseconds(parts, u64::saturating_add),
            Self::Parallel(parts) => milliseconds(parts, u64::max),
            Self::First(parts) => parts.iter().filter_map(|part| part.time(tuning)).min(),
            Self::Never(_) => None,
        }
    }

    /// What it waits for, where it does not happen by itself.
    pub fn waits_for(&self) -> Option<&str> {
        match self {
            Self::Step(_) => None,
            Self::Never(what) => Some(what),
            Self::Serial(parts) | Self::Parallel(parts) => parts.iter().find_map(Self::waits_for),
            Self::First(parts) => {
                let waiting = parts.iter().all(|part| part.waits_for().is_some());
                parts.first().filter(|_| waiting).and_then(Self::waits_for)
            }
        }
    }

    /// Every step in it, in order.
    pub fn steps(&self) -> Vec<&Step> {
        match self {
            Self::Step(step) => vec![step],
            Self::Serial(parts) | Self::Parallel(parts) | Self::First(parts) => {
                parts.iter().flat_map(Self::steps).collect()
            }
            Self::Never(_) => Vec::new(),
        }
    }

    /// Both, side by side.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Parallel(mut parts), other) => {
                if !parts.contains(&other) {
                    parts.push(other);
                }
                Self::Parallel(parts)
            }
            (one, other) if one == other => one,
            (one, other) => Self::Parallel(vec![one, other]),
        }
    }

    /// The steps as a sum that can be read: `detection + launch + start`.
    pub fn formula(&self) -> String {
        let joined = |parts: &[Self], sign: &str| {
            parts.iter().map(Self::formula_of_part).collect::<Vec<_>>().join(sign)
        };
        match self {
            Self::Step(step) => step.name.clone(),
            Self::Serial(parts) => joined(parts, " + "),
            Self::Parallel(parts) => {
                format!("max({})", parts.iter().map(Self::formula).collect::<Vec<_>>().join(", "))
            }
            Self::First(parts) => {
                format!("min({})", parts.iter().map(Self::formula).collect::<Vec<_>>().join(", "))
            }
            Self::Never(what) => format!("until {what}"),
        }
    }

    fn formula_of_part(&self) -> String {
        match self {
            Self::Serial(parts) if parts.len() > 1 => format!("({})", self.formula()),
            _ => self.formula(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(name: &str, tuned: u64, kernel: u64) -> Recovery {
        Recovery::Step(Step {
            name: name.to_owned(),
            about: String::new(),
            tuned: Duration::from_seconds(tuned),
            kernel: Duration::from_seconds(kernel),
            evidence: Knowledge::Assumed,
            source: None,
            set: false,
            from_spec: false,
        })
    }

    fn seconds(recovery: &Recovery, tuning: Tuning) -> Option<u64> {
        recovery.time(tuning).map(|time| time.milliseconds() / 1_000)
    }

    #[test]
    fn serial_steps_add_and_parallel_ones_take_the_maximum() {
        let both = || vec![step("a", 60, 60), step("b", 14, 940)];
        assert_eq!(seconds(&Recovery::Serial(both()), Tuning::Tuned), Some(74));
        assert_eq!(seconds(&Recovery::Parallel(both()), Tuning::Tuned), Some(60));
        assert_eq!(seconds(&Recovery::Parallel(both()), Tuning::Kernel), Some(940));
        assert_eq!(seconds(&Recovery::First(both()), Tuning::Kernel), Some(60));
        assert_eq!(seconds(&Recovery::instant(), Tuning::Kernel), Some(0));
    }

    #[test]
    fn one_step_that_never_ends_holds_up_the_rest() {
        let never = || Recovery::Never("the zone returns".to_owned());
        let serial = Recovery::Serial(vec![step("a", 1, 1), never()]);
        assert_eq!(serial.time(Tuning::Tuned), None);
        assert_eq!(serial.waits_for(), Some("the zone returns"));
        assert_eq!(Recovery::Parallel(vec![never(), step("a", 1, 1)]).time(Tuning::Tuned), None);
        let first = Recovery::First(vec![never(), step("a", 1, 1)]);
        assert_eq!(seconds(&first, Tuning::Tuned), Some(1));
        assert_eq!(first.waits_for(), None);
    }

    #[test]
    fn formulas_read_like_sums() {
        let chain = Recovery::Serial(vec![step("detection", 1, 1), step("launch", 2, 2)]);
        let parallel = Recovery::Parallel(vec![chain.clone(), step("failover", 3, 3)]);
        assert_eq!(parallel.formula(), "max(detection + launch, failover)");
        assert_eq!(Recovery::Serial(vec![parallel]).formula(), "max(detection + launch, failover)");
    }
}
