//! The documented architectures as data, the spec, and the way from one through the other to a topology.
//!
//! ```text
//! text ──► yaml (tree with positions) ──► spec (types, every problem at once)
//!                                           │
//! documented/*.yaml ──► documented ─────────┴──► complete ──► topology
//! ```

pub mod diagnostic;
pub mod documented;
pub mod source;
pub mod spec;
pub mod values;
mod yaml;

pub use diagnostic::{Diagnostic, Diagnostics};
pub use source::{Position, Source, Span};
pub use spec::{Spec, SpecFile};
