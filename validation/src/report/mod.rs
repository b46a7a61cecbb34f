//! Verdicts in the formats that people and tools read.

mod json;
mod junit;
mod sarif;
mod text;
mod unreadable;

pub use json::json;
pub use junit::junit;
pub use sarif::sarif;
pub use text::{Style, diagnostics, text};
pub use unreadable::{Problem, Unreadable};
