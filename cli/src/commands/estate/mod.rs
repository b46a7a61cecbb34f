//! What the commands share that look at an estate or change it: which directory, which engine, where things are kept.

mod by_terraform;
mod consent;
mod engine;
pub mod imports;
#[cfg(feature = "embedded")]
mod in_aws;
#[cfg(not(feature = "embedded"))]
#[path = "no_aws.rs"]
mod in_aws;
mod in_sandbox;
mod line;
mod nothing;
mod pace;
mod progress;
mod sandbox;
mod saved;
mod show;
mod signals;
mod stage;
mod stats;
mod story;
mod target;
mod workload;

pub use consent::{addresses, confirm};
pub use engine::Engine;
pub use line::CommandLine;
pub use nothing::plan_from_nothing;
pub use pace::Pace;
pub use progress::{Begun, Progress};
pub use sandbox::Faulty;
pub use saved::SavedPlan;
pub use show::{Shown, refuse_blocked};
pub use signals::Signals;
pub use stage::Handed;
pub use stage::{Looked, Order, Outcome, Stage};
pub use story::{after, before};
pub use target::{Target, ledger_place};
pub use workload::Installation;
