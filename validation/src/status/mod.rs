//! What lives against what was promised: the documented architecture, the topology that it came to, and the plan.
//!
//! ```text
//! live facts (in no cloud's words) ──► judge ──► findings
//!          │                             ▲
//!          └──► survive::live ──► what it would not survive right now
//! ```
//!
//! Where the facts come from is not this crate's business; what isn't known is said, and counts neither way.

mod document;
mod facts;
mod judge;
mod text;

pub use document::{Component, Place, SCHEMA, Status, Survives, schema};
pub use facts::{Change, Disk, Facts, Group, Health, Lock, Member, Pool, Server};
pub use judge::{Finding, What, status};
