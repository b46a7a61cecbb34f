//! Kafka of Amazon MSK, or on machines.

use serde::Serialize;

use super::Kafka;
use crate::RenderError;
use crate::aws::nodes::{self, NodeContext};
use crate::aws::{Parameter, parameter};
use crate::naming::{Naming, Resource};
use crate::network::aws::Places;
use crate::security::Member;
use crate::text::Expr;

#[derive(Serialize)]
pub(crate) struct Context {
    managed: Option<Managed>,
    nodes: Vec<NodeContext>,
    values: Vec<Parameter>,
}

#[derive(Serialize)]
struct Managed {
    cluster: Resource,
    configuration: Resource,
    logs: Resource,
    version: String,
    machine_type: String,
    brokers: usize,
    subnets: Expr,
    security_groups: Expr,
    storage_gb: u64,
    settings: Vec<Setting>,
}

#[derive(Serialize)]
struct Setting {
    key: &'static str,
    value: String,
}

pub(crate) fn context(
    kafka: &Kafka,
    zones: &[String],
    places: &Places,
    naming: &Naming<'_>,
) -> Result<Context, RenderError> {
    if kafka.managed {
        return Ok(Context {
            managed: Some(managed(kafka, places, naming)?),
            nodes: Vec::new(),
            values: vec![parameter(
                naming,
                "kafka_brokers",
                "kafka/brokers",
                Expr::reference("aws_msk_cluster.main.bootstrap_brokers_tls")?,
            )?],
        });
    }
    let nodes = nodes::contexts(&kafka.nodes, Member::Kafka, zones, places, naming)?;
    let brokers = nodes::addresses(&kafka.nodes, "kafka-broker", "", kafka.client_port)?;
    let mut values = vec![parameter(naming, "kafka_brokers", "kafka/brokers", brokers)?];
    let controllers = if kafka.nodes.iter().any(|node| node.role == "kafka-controller") {
        nodes::addresses(&kafka.nodes, "kafka-controller", "", kafka.controller_port)?
    } else {
        nodes::addresses(&kafka.nodes, "kafka-broker", "", kafka.controller_port)?
    };
    values.push(parameter(naming, "kafka_controllers", "kafka/controllers", controllers)?);
    Ok(Context { managed: None, nodes, values })
}

fn managed(kafka: &Kafka, places: &Places, naming: &Naming<'_>) -> Result<Managed, RenderError> {
    let zones = places.private.len();
    if zones < 2 || !kafka.brokers.len().is_multiple_of(zones) {
        return Err(RenderError::impossible(
            "backends.queue.brokers",
            format!(
                "Amazon MSK puts the same number of brokers into each of at least two zones; {} brokers don't fit {zones}",
                kafka.brokers.len()
            ),
            format!("ask for a multiple of {}, or set `managed: false`", zones.max(2)),
        ));
    }
    if kafka
        .machine
        .as_ref()
        .is_some_and(|machine| !machine.starts_with("kafka.") && !machine.starts_with("express."))
    {
        return Err(RenderError::impossible(
            "backends.queue.machine",
            "Amazon MSK has machine types of its own",
            "choose one like `kafka.m7g.large`, or set `managed: false`",
        ));
    }
    Ok(Managed {
        cluster: naming.resource("aws_msk_cluster", "main", "")?,
        configuration: naming.resource("aws_msk_configuration", "main", "")?,
        logs: naming.resource("aws_cloudwatch_log_group", "kafka", "kafka")?,
        version: service_version(&kafka.version),
        machine_type: kafka.machine.clone().unwrap_or_else(|| "kafka.m7g.large".to_owned()),
        brokers: kafka.brokers.len(),
        subnets: Expr::list(places.private.iter().cloned()),
        security_groups: Expr::list([crate::security::aws::group(Member::Kafka)?]),
        storage_gb: kafka.storage_gb,
        settings: kafka.settings.iter().map(|(key, value)| Setting { key, value: value.clone() }).collect(),
    })
}

/// MSK calls the newest patch of a release `3.9.x`, which keeps its metadata in ZooKeeper, and `3.9.x.kraft` where
/// brokers keep it themselves; from 4.0 on there is only the latter ("Supported Apache Kafka versions" and "Metadata
/// management" in MSK's developer guide; `KafkaVersion` of the AWS CDK). Whole versions are taken as they are.
fn service_version(version: &str) -> String {
    if version.matches('.').count() == 1 { format!("{version}.x.kraft") } else { version.to_owned() }
}
