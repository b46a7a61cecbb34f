//! MSK: Kafka clusters that the service runs, and the settings of their brokers.

mod changes;
mod cluster;
mod configuration;
mod described;
mod ordered;

use crate::kind::{AnyKind, implemented};

pub(crate) fn kinds() -> Vec<Box<dyn AnyKind>> {
    vec![implemented::<cluster::Cluster>(), implemented::<configuration::Configuration>()]
}

const SERVICE: &str = "kafka";
