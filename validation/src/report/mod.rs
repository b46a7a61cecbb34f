//! Verdicts in the formats that people and tools read.

mod json;
mod junit;
mod sarif;
mod text;

pub use json::json;
pub use junit::junit;
pub use sarif::sarif;
pub use text::{Style, diagnostics, text};
