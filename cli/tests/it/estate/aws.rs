//! The embedded engine on AWS, as people run it, against an AWS beside it.

pub(crate) mod account;
mod agreement;
mod handover;
mod passage;
mod refusals;
mod secrets;
mod whole;
