//! Search on machines: Google Cloud runs neither of the two as a service.

use serde::Serialize;

use super::Search;
use crate::RenderError;
use crate::google::BootValue;
use crate::google::nodes::{self, NodeContext};
use crate::naming::Naming;
use crate::network::google::Places;
use crate::text::Expr;

#[derive(Serialize)]
pub(crate) struct Context {
    nodes: Vec<NodeContext>,
}

/// Where clients connect to.
pub(crate) fn addresses(search: &Search) -> Result<Expr, RenderError> {
    nodes::addresses(&search.nodes, "search-data", "http://", search.client_port)
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
            "Google Cloud does not run OpenSearch as a service",
            "set `managed: false`: it is rendered on machines, in every zone",
        ));
    }
    let masters = if search.masters > 0 { "search-master" } else { "search-data" };
    let seeds = nodes::addresses(&search.nodes, masters, "", search.transport_port)?;
    let values = [BootValue::new("search/seeds", seeds)];
    Ok(Context { nodes: nodes::contexts(&search.nodes, zones, places, &values, naming)? })
}
