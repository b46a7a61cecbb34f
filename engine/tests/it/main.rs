//! The engine on whole directories, with the sandbox as the cloud.
#![expect(clippy::unwrap_used, reason = "tests report by panicking")]

mod edits;
mod estates;
mod faults;
mod rendered;
mod support;
