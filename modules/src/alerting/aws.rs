//! The machines that watch, on AWS.

use serde::Serialize;

use super::Alerting;
use crate::RenderError;
use crate::alerting::{MONITORING, port};
use crate::aws::nodes::{self, NodeContext};
use crate::aws::{Parameter, parameter};
use crate::naming::Naming;
use crate::network::aws::Places;
use crate::security::Member;

#[derive(Serialize)]
pub(crate) struct Context {
    nodes: Vec<NodeContext>,
    values: Vec<Parameter>,
}

pub(crate) fn context(
    alerting: &Alerting,
    zones: &[String],
    places: &Places,
    naming: &Naming<'_>,
) -> Result<Context, RenderError> {
    let peers = nodes::addresses(&alerting.nodes, MONITORING, "", port::ALERTMANAGER_PEERS)?;
    Ok(Context {
        nodes: nodes::contexts(&alerting.nodes, Member::Monitoring, zones, places, naming)?,
        values: vec![parameter(naming, "alerting_peers", "alerting/peers", peers)?],
    })
}
