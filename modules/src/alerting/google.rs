//! The machines that watch, on Google Cloud.

use serde::Serialize;

use super::Alerting;
use crate::RenderError;
use crate::alerting::{MONITORING, port};
use crate::google::BootValue;
use crate::google::nodes::{self, NodeContext};
use crate::naming::Naming;
use crate::network::google::Places;

#[derive(Serialize)]
pub(crate) struct Context {
    nodes: Vec<NodeContext>,
}

/// They read the addresses that all machines read, and each other's.
pub(crate) fn context(
    alerting: &Alerting,
    zones: &[String],
    places: &Places,
    mut values: Vec<BootValue>,
    naming: &Naming<'_>,
) -> Result<Context, RenderError> {
    let peers = nodes::addresses(&alerting.nodes, MONITORING, "", port::ALERTMANAGER_PEERS)?;
    values.push(BootValue::new("alerting/peers", peers));
    Ok(Context { nodes: nodes::contexts(&alerting.nodes, zones, places, &values, naming)? })
}
