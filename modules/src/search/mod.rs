//! The search cluster: run by the cloud where it can, or nodes on machines of our own.

pub(crate) mod aws;
pub(crate) mod azure;
pub(crate) mod google;

use provision_architecture::Topology;
use provision_architecture::spec::SearchKind;

use crate::RenderError;
use crate::kafka::{Node, machine_for};

#[derive(Debug, Clone)]
pub(crate) struct Search {
    pub(crate) kind: SearchKind,
    pub(crate) managed: bool,
    pub(crate) version: String,
    pub(crate) machine: Option<String>,
    pub(crate) data_nodes: usize,
    pub(crate) masters: usize,
    /// Machines of our own; empty where the cloud runs it.
    pub(crate) nodes: Vec<Node>,
    pub(crate) storage_gb: u64,
    pub(crate) client_port: u16,
    pub(crate) transport_port: u16,
}

impl Search {
    /// The machines that elect a master; none where the cloud runs them.
    pub(crate) fn electing_role(&self) -> Option<&'static str> {
        let role = if self.masters > 0 { "search-master" } else { "search-data" };
        (!self.managed).then_some(role)
    }

    pub(crate) fn ports_between_nodes(&self) -> Vec<u16> {
        if self.managed { Vec::new() } else { vec![self.client_port, self.transport_port] }
    }
}

pub(crate) fn decide(topology: &Topology) -> Result<Option<Search>, RenderError> {
    let Some(tier) = &topology.search else { return Ok(None) };
    if tier.managed && tier.kind == SearchKind::Elasticsearch {
        return Err(RenderError::impossible(
            "backends.search.managed",
            "no cloud runs Elasticsearch as a service of its own",
            "choose `kind: opensearch`, or `managed: false`",
        ));
    }
    let storage_gb = tier.storage_gb.unwrap_or(200);
    let machine = tier.machine.name.as_ref().map(ToString::to_string);
    let mut nodes = Vec::new();
    if !tier.managed {
        let data = machine.clone().map_or_else(|| machine_for(topology, 8.0), Ok)?;
        let master = machine_for(topology, 4.0)?;
        let node = |role, machine: &str, storage_gb| {
            let machine = machine.to_owned();
            move |(number, zone): (usize, &usize)| Node {
                role,
                number,
                zone: *zone,
                machine: machine.clone(),
                storage_gb,
            }
        };
        nodes.extend(tier.nodes.iter().enumerate().map(node("search-data", &data, storage_gb)));
        nodes.extend(tier.masters.iter().enumerate().map(node("search-master", &master, 20)));
    }
    Ok(Some(Search {
        kind: tier.kind,
        managed: tier.managed,
        version: tier.version.as_ref().map(ToString::to_string).unwrap_or_default(),
        machine,
        data_nodes: tier.nodes.len(),
        masters: tier.masters.len(),
        nodes,
        storage_gb,
        // A managed cluster answers over TLS on the port of the web.
        client_port: if tier.managed { 443 } else { tier.port },
        transport_port: tier.transport_port,
    }))
}
