//! The network on Google Cloud: subnets belong to a region, and so reach into every zone of it.

use ipnet::Ipv4Net;
use serde::Serialize;

use super::Network;
use crate::naming::{Naming, Resource};
use crate::text::Expr;
use crate::{Blocks, RenderError};

/// What the other blocks refer to.
pub(crate) struct Places {
    pub(crate) network: Expr,
    /// None where the network is in the deployment's own project.
    pub(crate) network_project: Option<String>,
    pub(crate) private: Expr,
    /// Where machines stand.
    pub(crate) machines: Vec<Expr>,
    /// Where pods of a cluster have their addresses, and what the subnet calls their range and that of services.
    pub(crate) pods: Vec<Expr>,
    pub(crate) pods_range: Expr,
    pub(crate) services_range: Expr,
    /// Whether a cluster has room there.
    pub(crate) holds_pods: bool,
    /// Where the cloud's own services stand: databases, shared files.
    pub(crate) services: Vec<Expr>,
    /// Where internal load balancers connect from.
    pub(crate) proxies: Expr,
    /// What has to be there before a service of the cloud can have an address in the network.
    pub(crate) peering: Option<Expr>,
    /// Whether the network is made here.
    pub(crate) is_new: bool,
}

#[derive(Serialize)]
pub(crate) struct Context {
    network: Resource,
    subnet: Resource,
    subnet_range: String,
    /// Of a cluster's pods and services.
    pods: Option<String>,
    cluster_services: String,
    proxies: Option<Resource>,
    proxies_range: String,
    services: Option<Resource>,
    services_address: String,
    services_length: u8,
    peering: Resource,
    router: Resource,
    exit: Resource,
}

/// The private half, and the parts of the other: for proxies, for the cloud's own services, for pods, and for the
/// services of a cluster.
struct Parts {
    private: Ipv4Net,
    proxies: Ipv4Net,
    services: Ipv4Net,
    pods: Ipv4Net,
    cluster_services: Ipv4Net,
}

fn parts(range: Ipv4Net) -> Result<Parts, RenderError> {
    let small = || {
        RenderError::impossible(
            "cloud.network.cidr",
            format!("{range} is too small for machines, proxies and the cloud's own services"),
            "choose a range of /20 or larger, like 10.0.0.0/16",
        )
    };
    if range.prefix_len() > 20 {
        return Err(small());
    }
    let mut halves = range.subnets(range.prefix_len() + 1).map_err(|_| small())?;
    let (private, other) = halves.next().zip(halves.next()).ok_or_else(small)?;
    let mut quarters = other.subnets(range.prefix_len() + 3).map_err(|_| small())?;
    let mut next = || quarters.next().ok_or_else(small);
    let (proxies, services, pods, cluster_services) = (next()?, next()?, next()?, next()?);
    Ok(Parts { private, proxies, services, pods, cluster_services })
}

/// What the subnet calls the ranges of a cluster.
const PODS: &str = "pods";
const CLUSTER_SERVICES: &str = "services";
/// An eighth of it holds the pods of 32 nodes, 64 addresses and as many in reserve for each.
const SHORTEST_FOR_PODS: u8 = 17;

/// What private networks may hold, where the range of one that exists is not known here.
const PRIVATE_RANGES: [&str; 3] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

pub(crate) fn places(network: &Network) -> Result<Places, RenderError> {
    match network {
        Network::New { range, .. } => {
            let parts = parts(*range)?;
            Ok(Places {
                network: Expr::reference("google_compute_network.main.id")?,
                network_project: None,
                private: Expr::reference("google_compute_subnetwork.private.id")?,
                machines: vec![Expr::text(&parts.private.to_string())],
                pods: vec![Expr::text(&parts.pods.to_string())],
                pods_range: Expr::text(PODS),
                services_range: Expr::text(CLUSTER_SERVICES),
                holds_pods: range.prefix_len() <= SHORTEST_FOR_PODS,
                services: vec![Expr::text(&parts.services.to_string())],
                proxies: Expr::text(&parts.proxies.to_string()),
                peering: Some(Expr::reference("google_service_networking_connection.services")?),
                is_new: true,
            })
        }
        Network::Existing { id, zones } => {
            let first = zones.first().map(|zone| zone.private.as_str()).unwrap_or_default();
            if zones.iter().any(|zone| zone.private != first) {
                return Err(RenderError::impossible(
                    "cloud.network.subnets",
                    "a subnet of Google Cloud reaches into every zone of its region, and a group of machines stands in one",
                    "name the same `private` subnet for every zone",
                ));
            }
            let ranges: Vec<Expr> = PRIVATE_RANGES.iter().map(|range| Expr::text(range)).collect();
            let project = id.strip_prefix("projects/").and_then(|rest| rest.split('/').next());
            Ok(Places {
                network: Expr::text(id),
                network_project: project.map(str::to_owned),
                private: Expr::text(first),
                machines: ranges.clone(),
                pods: Vec::new(),
                pods_range: Expr::reference("var.pods_range")?,
                services_range: Expr::reference("var.services_range")?,
                holds_pods: true,
                services: ranges,
                proxies: Expr::reference("var.proxy_range")?,
                peering: None,
                is_new: false,
            })
        }
    }
}

/// Nothing to render where the network exists.
pub(crate) fn context(
    network: &Network,
    blocks: &Blocks,
    naming: &Naming<'_>,
) -> Result<Option<Context>, RenderError> {
    let Network::New { range, .. } = network else { return Ok(None) };
    let parts = parts(*range)?;
    let balanced_inside = blocks.load_balancer.as_ref().is_some_and(|balancer| balancer.internal);
    let has_services = blocks.database.is_some() || blocks.shared_files.is_some();
    let resource = |kind: &str, what: &str| naming.resource(kind, what, what);
    Ok(Some(Context {
        network: naming.resource("google_compute_network", "main", "")?,
        subnet: resource("google_compute_subnetwork", "private")?,
        subnet_range: parts.private.to_string(),
        pods: blocks.cluster.as_ref().map(|_| parts.pods.to_string()),
        cluster_services: parts.cluster_services.to_string(),
        proxies: balanced_inside.then(|| resource("google_compute_subnetwork", "proxies")).transpose()?,
        proxies_range: parts.proxies.to_string(),
        services: has_services.then(|| resource("google_compute_global_address", "services")).transpose()?,
        services_address: parts.services.addr().to_string(),
        services_length: parts.services.prefix_len(),
        peering: resource("google_service_networking_connection", "services")?,
        router: naming.resource("google_compute_router", "main", "")?,
        exit: naming.resource("google_compute_router_nat", "exit", "exit")?,
    }))
}
