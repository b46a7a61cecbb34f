//! The kernel as part of the availability budget: which parameters a host needs, what they do to the time in which
//! a dead peer is noticed, and how to set them, check them, take them back and measure them.

pub mod catalogue;
pub mod change;
pub mod host;
pub mod measure;
pub mod profile;
pub mod render;
pub mod timers;
pub mod value;
