//! Bringing a host to a profile, looking whether it is there, and taking it back.
//!
//! [`Plan::of`] only reads. [`Plan::apply`] writes: originals first and durably, then one value at a time, each read
//! back, then the drop-in. Killed at any instant it leaves whole files and a record from which [`revert`] finds the
//! way back.

mod apply;
mod check;
pub(crate) mod drop_in;
mod journal;
mod plan;
mod revert;

pub use apply::{Applied, ApplyError};
pub use check::{Check, CheckError, Finding, Overridden, Verdict, check};
pub use journal::JournalError;
pub use plan::{Plan, PlanError, State, Step};
pub use revert::{RevertError, Reverted, Taken, revert};
