//! Kafka on machines: Azure runs none.

use serde::Serialize;

use super::Kafka;
use crate::RenderError;
use crate::azure::nodes::{self, NodeContext};
use crate::azure::{Value, value};
use crate::naming::Naming;
use crate::network::azure::Places;
use crate::security::Member;

#[derive(Serialize)]
pub(crate) struct Context {
    nodes: Vec<NodeContext>,
    values: Vec<Value>,
}

pub(crate) fn context(
    kafka: &Kafka,
    zones: &[String],
    places: &Places,
    naming: &Naming<'_>,
) -> Result<Context, RenderError> {
    if kafka.managed {
        return Err(RenderError::impossible(
            "backends.queue.managed",
            "Azure runs no Kafka: Event Hubs speaks a part of its protocol only",
            "set `managed: false`, for brokers on machines in each zone",
        ));
    }
    let nodes = nodes::contexts(&kafka.nodes, Member::Kafka, zones, places, naming)?;
    let brokers = nodes::addresses(&kafka.nodes, "kafka-broker", "", kafka.client_port)?;
    let apart = kafka.nodes.iter().any(|node| node.role == "kafka-controller");
    let role = if apart { "kafka-controller" } else { "kafka-broker" };
    let controllers = nodes::addresses(&kafka.nodes, role, "", kafka.controller_port)?;
    let values = vec![
        value(naming, "kafka_brokers", "kafka/brokers", brokers)?,
        value(naming, "kafka_controllers", "kafka/controllers", controllers)?,
    ];
    Ok(Context { nodes, values })
}
