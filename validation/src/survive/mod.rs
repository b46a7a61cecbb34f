//! The failure analysis: what breaks when something breaks, for how long, and what would have to break together.

mod analysis;
mod availability;
mod cutsets;
mod damage;
mod effect;
mod effects;
mod failures;
mod improvements;
mod model;
mod objectives;
mod placement;
mod recovery;
mod report;
mod structure;
mod timers;
mod timings;
mod words;

pub use analysis::{
    CapabilityReport, Options, Report, Row, SurviveError, UpgradeReport, UpgradeRows, survive,
};
pub use availability::Availability;
pub use cutsets::{CutSet, CutSets};
pub use effect::{Delay, Effect, State};
pub use improvements::Improvement;
pub use objectives::{Check, Miss, ObjectiveProblem};
pub use recovery::{Recovery, Step, Tuning};
pub use report::Format;
pub use timers::Timers;
pub use timings::{Overrides, UnknownTiming, names as timing_names};
