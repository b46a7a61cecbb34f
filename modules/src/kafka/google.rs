//! Kafka of Google's Managed Service for Apache Kafka, or on machines.

use provision_architecture::Topology;
use provision_architecture::spec::Platform;
use serde::Serialize;

use super::Kafka;
use crate::RenderError;
use crate::google::BootValue;
use crate::google::nodes::{self, NodeContext};
use crate::naming::{Naming, Resource};
use crate::network::google::Places;
use crate::text::Expr;

#[derive(Serialize)]
pub(crate) struct Context {
    managed: Option<Managed>,
    nodes: Vec<NodeContext>,
}

#[derive(Serialize)]
struct Managed {
    cluster: Resource,
    region: String,
    processors: usize,
    memory_bytes: u64,
    subnet: Expr,
}

/// Where clients begin.
pub(crate) fn brokers(
    kafka: &Kafka,
    region: &str,
    project: &Expr,
    naming: &Naming<'_>,
) -> Result<Expr, RenderError> {
    if !kafka.managed {
        return nodes::addresses(&kafka.nodes, "kafka-broker", "", kafka.client_port);
    }
    let cluster = naming.resource("google_managed_kafka_cluster", "main", "")?;
    let before = format!("bootstrap.{}.{region}.managedkafka.", cluster.name());
    Ok(Expr::joined(&before, project, ".cloud.goog:9092"))
}

pub(crate) fn context(
    kafka: &Kafka,
    topology: &Topology,
    zones: &[String],
    places: &Places,
    region: &str,
    naming: &Naming<'_>,
) -> Result<Context, RenderError> {
    if kafka.managed {
        return Ok(Context {
            managed: Some(managed(kafka, topology, places, region, naming)?),
            nodes: Vec::new(),
        });
    }
    let apart = kafka.nodes.iter().any(|node| node.role == "kafka-controller");
    let role = if apart { "kafka-controller" } else { "kafka-broker" };
    let controllers = nodes::addresses(&kafka.nodes, role, "", kafka.controller_port)?;
    let values = [BootValue::new("kafka/controllers", controllers)];
    Ok(Context { managed: None, nodes: nodes::contexts(&kafka.nodes, zones, places, &values, naming)? })
}

/// The service lets only those in who log in with an identity of Google's, which programs of one's own can do.
fn managed(
    kafka: &Kafka,
    topology: &Topology,
    places: &Places,
    region: &str,
    naming: &Naming<'_>,
) -> Result<Managed, RenderError> {
    if topology.platform != Platform::EventPlatform {
        return Err(RenderError::impossible(
            "backends.queue.managed",
            "Google's Managed Service for Apache Kafka asks its clients for tokens of Google's, and this platform's client can't get them",
            "set `managed: false`: Kafka is rendered on machines, a broker and a controller in each zone",
        ));
    }
    let processors = kafka.brokers.len().max(3);
    Ok(Managed {
        cluster: naming.resource("google_managed_kafka_cluster", "main", "")?,
        region: region.to_owned(),
        processors,
        memory_bytes: processors as u64 * 4 * 1_024 * 1_024 * 1_024,
        subnet: places.private.clone(),
    })
}
