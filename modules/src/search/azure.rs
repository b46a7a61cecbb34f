//! Search on machines: Azure runs none.

use serde::Serialize;

use super::Search;
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
    search: &Search,
    zones: &[String],
    places: &Places,
    naming: &Naming<'_>,
) -> Result<Context, RenderError> {
    if search.managed {
        return Err(RenderError::impossible(
            "backends.search.managed",
            "Azure runs neither OpenSearch nor Elasticsearch",
            "set `managed: false`, for nodes on machines in each zone",
        ));
    }
    let nodes = nodes::contexts(&search.nodes, Member::Search, zones, places, naming)?;
    let clients = nodes::addresses(&search.nodes, "search-data", "http://", search.client_port)?;
    let masters = if search.masters > 0 { "search-master" } else { "search-data" };
    let seeds = nodes::addresses(&search.nodes, masters, "", search.transport_port)?;
    Ok(Context {
        nodes,
        values: vec![
            value(naming, "search_addresses", "search/addresses", clients)?,
            value(naming, "search_seeds", "search/seeds", seeds)?,
        ],
    })
}
