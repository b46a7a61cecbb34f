//! The embedded engine on AWS, as people run it, against an AWS beside it.

mod account;
mod agreement;
mod handover;
mod passage;
mod refusals;
mod secrets;
mod whole;
