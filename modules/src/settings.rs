//! Versions, variables and outputs, in no cloud's words.

use provision_architecture::Topology;
use provision_architecture::spec::LoadBalancerKind;
use serde::Serialize;

use crate::Blocks;
use crate::load_balancer::Action;
use crate::network::Network;

#[derive(Serialize)]
pub(crate) struct Versions {
    deployment: String,
    region: String,
}

pub(crate) fn versions(topology: &Topology) -> Versions {
    Versions { deployment: topology.deployment.to_string(), region: topology.region.to_string() }
}

#[derive(Serialize)]
pub(crate) struct Variables {
    has_clients: bool,
    public: bool,
    clients: String,
    holds_data: bool,
    has_logs: bool,
    cluster: bool,
}

pub(crate) fn variables(blocks: &Blocks) -> Variables {
    let balancer = blocks.load_balancer.as_ref();
    let public = balancer.is_some_and(|balancer| !balancer.internal);
    Variables {
        has_clients: balancer.is_some(),
        public,
        clients: match &blocks.network {
            _ if public => "0.0.0.0/0".to_owned(),
            Network::New { range, .. } => range.to_string(),
            // The range of an existing network is not known here; this one holds most private networks.
            Network::Existing { .. } => "10.0.0.0/8".to_owned(),
        },
        cluster: blocks.cluster.is_some(),
        holds_data: balancer.is_some() || blocks.database.is_some() || blocks.cluster.is_some(),
        has_logs: matches!(blocks.network, Network::New { .. })
            || blocks.cluster.is_some()
            || blocks.kafka.as_ref().is_some_and(|kafka| kafka.managed)
            || blocks.search.as_ref().is_some_and(|search| search.managed),
    }
}

#[derive(Serialize)]
pub(crate) struct Outputs {
    balancer: bool,
    application: bool,
    pub(crate) scheme: &'static str,
    hostname: Option<String>,
    database_servers: Vec<String>,
    kafka: bool,
    search: bool,
    storage: bool,
    shared_files: bool,
    cluster: bool,
}

pub(crate) fn outputs(blocks: &Blocks) -> Outputs {
    let balancer = blocks.load_balancer.as_ref();
    let tls = balancer.is_some_and(|balancer| {
        balancer.entries.iter().any(|entry| matches!(entry.action, Action::EndTls { .. }))
    });
    Outputs {
        balancer: balancer.is_some(),
        application: balancer.is_some_and(|balancer| balancer.kind == LoadBalancerKind::Application),
        scheme: if tls { "https" } else { "http" },
        hostname: balancer
            .and_then(|balancer| balancer.hostname.clone().filter(|_| balancer.dns_zone.is_some())),
        database_servers: blocks
            .database
            .iter()
            .flat_map(|database| (0..database.servers).map(|number| database.local(number)))
            .collect(),
        kafka: blocks.kafka.is_some(),
        search: blocks.search.is_some(),
        storage: blocks.object_storage.is_some(),
        shared_files: blocks.shared_files.is_some(),
        cluster: blocks.cluster.is_some(),
    }
}
