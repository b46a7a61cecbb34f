//! Reads a rendered directory, plans what makes the live estate match it, and does so through a [`Driver`].
//!
//! Knows no platform and no cloud: kinds' facts come as data, clouds behind the trait, the directory is plain Terraform.

mod address;
pub mod evaluate;
pub mod graph;
pub mod load;
pub mod problem;
mod value;

pub use address::{Address, NotAnAddress};
pub use value::{Attributes, Secret, Value};
