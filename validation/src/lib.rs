//! Verdicts on a topology: the documented rules, and the formats they are reported in.
//!
//! Everything here is a pure function of the topology: no network, no clock, nothing printed.

pub mod directory;
pub mod report;
pub mod rules;
pub mod status;
pub mod survive;
