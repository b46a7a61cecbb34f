//! Terraform as the engine: the real one with stand-ins for its providers, and one of our own that goes wrong.

mod errors;
mod examples;
pub(crate) mod fake;
mod ledgers;
mod plans;
#[cfg(all(feature = "embedded", feature = "google", feature = "azure"))]
mod shared;
pub(crate) mod stub;
mod told;
mod workloads;
