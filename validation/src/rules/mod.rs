//! The rules engine: documented rules, applied to a topology.

pub mod catalogue;
mod check;
pub mod evaluate;
pub mod explain;
pub mod expression;
mod finding;
mod host;
mod objectives;
mod own;
pub mod template;
pub mod value;
pub mod vocabulary;
mod waivers;

pub use check::check;
pub(crate) use check::{close, judge_all as judge};
pub use finding::{Finding, Formula, Quote, Undecided, Verdict, Waived};
pub use own::OwnRule;
