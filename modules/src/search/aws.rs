//! Search of Amazon OpenSearch Service, or on machines.

use provision_architecture::spec::SearchKind;
use serde::Serialize;

use super::Search;
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
    domain: Resource,
    logs: Resource,
    /// That the domain may write there.
    writer: Resource,
    version: String,
    machine_type: String,
    nodes: usize,
    masters: usize,
    zones: usize,
    subnets: Expr,
    security_groups: Expr,
    storage_gb: u64,
    address: Expr,
}

pub(crate) fn context(
    search: &Search,
    zones: &[String],
    places: &Places,
    region: &str,
    account: &Expr,
    naming: &Naming<'_>,
) -> Result<Context, RenderError> {
    if search.managed {
        let endpoint =
            Expr::joined("https://", &Expr::reference("aws_opensearch_domain.main.endpoint")?, ":443");
        return Ok(Context {
            managed: Some(managed(search, places, region, account, naming)?),
            nodes: Vec::new(),
            values: vec![parameter(naming, "search_addresses", "search/addresses", endpoint)?],
        });
    }
    let nodes = nodes::contexts(&search.nodes, Member::Search, zones, places, naming)?;
    let clients = nodes::addresses(&search.nodes, "search-data", "http://", search.client_port)?;
    let masters = if search.masters > 0 { "search-master" } else { "search-data" };
    let seeds = nodes::addresses(&search.nodes, masters, "", search.transport_port)?;
    Ok(Context {
        managed: None,
        nodes,
        values: vec![
            parameter(naming, "search_addresses", "search/addresses", clients)?,
            parameter(naming, "search_seeds", "search/seeds", seeds)?,
        ],
    })
}

fn managed(
    search: &Search,
    places: &Places,
    region: &str,
    account: &Expr,
    naming: &Naming<'_>,
) -> Result<Managed, RenderError> {
    debug_assert_eq!(search.kind, SearchKind::Opensearch, "nothing else is managed");
    let zones = places.private.len().min(3);
    if zones > 1 && !search.data_nodes.is_multiple_of(zones) {
        return Err(RenderError::impossible(
            "backends.search.nodes",
            format!("{} nodes can't be spread evenly over {zones} zones", search.data_nodes),
            format!("ask for a multiple of {zones}"),
        ));
    }
    if search.machine.as_ref().is_some_and(|machine| !machine.ends_with(".search")) {
        return Err(RenderError::impossible(
            "backends.search.machine",
            "Amazon OpenSearch Service has machine types of its own",
            "choose one like `m6g.large.search`, or set `managed: false`",
        ));
    }
    let domain = naming.resource("aws_opensearch_domain", "main", "")?;
    let address =
        Expr::joined(&format!("arn:aws:es:{region}:"), account, &format!(":domain/{}/*", domain.name()));
    Ok(Managed {
        domain,
        logs: naming.resource("aws_cloudwatch_log_group", "search", "search")?,
        writer: naming.resource("aws_cloudwatch_log_resource_policy", "search", "search")?,
        version: format!("OpenSearch_{}", search.version),
        machine_type: search.machine.clone().unwrap_or_else(|| "m6g.large.search".to_owned()),
        nodes: search.data_nodes,
        masters: search.masters,
        zones,
        subnets: Expr::list(places.private.iter().take(zones).cloned()),
        security_groups: Expr::list([crate::security::aws::group(Member::Search)?]),
        storage_gb: search.storage_gb,
        address,
    })
}
