//! Reads a rendered directory, plans what makes the live estate match it, and does so through a [`Driver`].
//!
//! Knows no platform and no cloud: kinds' facts come as data, clouds behind the trait, the directory is plain Terraform.

mod address;
pub mod apply;
pub mod boundary;
pub mod clock;
pub mod diff;
pub mod driver;
pub mod durable;
pub mod evaluate;
pub mod graph;
pub mod handover;
pub mod ledger;
pub mod load;
pub mod meaning;
pub mod members;
pub mod owner;
pub mod plan;
pub mod problem;
pub mod random;
mod redact;
pub mod sandbox;
pub mod session;
pub mod survey;
pub mod terraform;
mod value;

pub use address::{Address, NotAnAddress};
pub use value::{Attributes, Secret, Value};
