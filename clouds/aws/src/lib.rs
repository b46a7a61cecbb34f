//! The AWS driver: the estate that a rendered directory describes, made through the cloud's own SDK.
//!
//! `connection` is the only place that sends anything. A kind of resource is a file with one type that implements
//! `kind::Kind`; `driver` puts them behind the engine's `Driver`.
//! `store`, which needs none of it, is S3 as the place of a shared ledger, and secrets.

#[cfg(feature = "driver")]
mod again;
#[cfg(feature = "driver")]
mod alarms;
#[cfg(feature = "driver")]
mod attempt;
#[cfg(feature = "driver")]
mod attributes;
#[cfg(feature = "driver")]
mod autoscaling;
#[cfg(feature = "driver")]
mod belonging;
#[cfg(feature = "driver")]
mod connection;
#[cfg(feature = "driver")]
mod driver;
#[cfg(feature = "driver")]
mod ec2;
#[cfg(feature = "driver")]
mod efs;
#[cfg(feature = "driver")]
mod eks;
#[cfg(feature = "driver")]
mod failure;
#[cfg(feature = "driver")]
mod iam;
#[cfg(feature = "driver")]
mod kafka;
#[cfg(feature = "driver")]
mod kind;
#[cfg(feature = "driver")]
mod kms;
#[cfg(feature = "driver")]
mod leftovers;
#[cfg(feature = "driver")]
mod load_balancing;
#[cfg(feature = "driver")]
mod logs;
#[cfg(feature = "driver")]
mod members;
#[cfg(feature = "driver")]
mod pace;
pub mod permissions;
#[cfg(feature = "driver")]
mod preflight;
#[cfg(feature = "driver")]
mod rds;
#[cfg(feature = "driver")]
mod registry;
#[cfg(feature = "driver")]
mod route53;
#[cfg(feature = "driver")]
mod s3;
#[cfg(feature = "driver")]
mod search;
#[cfg(feature = "driver")]
mod secrets;
#[cfg(feature = "driver")]
mod sns;
#[cfg(feature = "driver")]
mod ssm;
pub mod store;
#[cfg(feature = "driver")]
mod tags;

#[cfg(feature = "driver")]
pub use connection::{Calls, Settings};
#[cfg(feature = "driver")]
pub use driver::{Aws, Opened};
#[cfg(feature = "driver")]
pub use preflight::{Foreseen, Wanted};
#[cfg(feature = "driver")]
pub use registry::{check, knows};
