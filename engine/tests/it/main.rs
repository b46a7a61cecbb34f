//! The engine on whole directories, with the sandbox as the cloud.
#![expect(clippy::unwrap_used, reason = "tests report by panicking")]

mod doubles;
mod edits;
mod estates;
mod faults;
mod forgotten;
mod graphs;
mod handover;
mod hostile;
mod members;
mod outages;
mod plans;
mod rendered;
mod scheduler;
mod shuffle;
mod support;
