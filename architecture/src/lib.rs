//! The documented architectures as data, the spec, and the way from one through the other to a topology.
//!
//! ```text
//! text ──► yaml (tree with positions) ──► spec (types, every problem at once)
//!                                           │
//! documented/*.yaml ──► documented ─────────┴──► complete ──► topology
//! ```

pub mod complete;
pub mod diagnostic;
pub mod documented;
mod packed;
pub mod recovery;
pub mod resolve;
pub mod source;
pub mod spec;
pub mod starter;
pub mod topology;
pub mod values;
pub mod wrap;
mod yaml;

pub use complete::{Problem, complete};
pub use diagnostic::{Diagnostic, Diagnostics};
pub use resolve::{machine, resolve};
pub use source::{Position, Source, Span};
pub use spec::{Spec, SpecFile};
pub use topology::Topology;
