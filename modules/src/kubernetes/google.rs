//! Google Kubernetes Engine, with a pool of nodes of each kind in each zone.

use provision_architecture::Topology;
use provision_architecture::spec::StorageKind;
use serde::Serialize;

use super::{Cluster, Parameter, Pool, VERSION};
use crate::RenderError;
use crate::google::disk_type;
use crate::load_balancer::LoadBalancer;
use crate::naming::{Naming, Resource, underscored};
use crate::network::google::Places;
use crate::security::google::nodes;
use crate::text::Expr;

#[derive(Serialize)]
pub(crate) struct Context {
    cluster: Resource,
    version: &'static str,
    project: Expr,
    identities: Expr,
    /// The region, or the zone where there is one only.
    location: String,
    /// Of a key that encrypts a cluster: the region, also for a cluster of one zone.
    key_location: String,
    first_account: Expr,
    zones: Option<Expr>,
    network: Expr,
    subnet: Expr,
    pods_range: Expr,
    services_range: Expr,
    /// The driver of the shared files.
    shared_files: bool,
    key_ring: Resource,
    key: Resource,
    accounts: Vec<Account>,
    pools: Vec<PoolContext>,
    parameters: Expr,
    ports: Vec<Port>,
}

/// What nodes act as.
#[derive(Serialize)]
struct Account {
    pool: String,
    account: Resource,
    grants: Vec<Grant>,
}

#[derive(Serialize)]
struct Grant {
    local: String,
    role: &'static str,
    why: &'static str,
}

#[derive(Serialize)]
struct PoolContext {
    pool: String,
    account: Expr,
    machine_type: String,
    disk_type: &'static str,
    allowed: Option<Expr>,
    nodes: u64,
    most: u64,
    tainted: bool,
    tags: Expr,
    groups: Vec<Group>,
}

#[derive(Serialize)]
struct Group {
    zone: String,
    pool: Resource,
}

/// A port of the nodes, by the name under which the load balancer knows it.
#[derive(Serialize)]
struct Port {
    local: String,
    group: Expr,
    zone: String,
    name: String,
    port: u16,
}

/// The parameters of a node that the cloud sets by itself, by its documentation of the system configuration of nodes:
/// they hold from the first moment on, before anything runs in the cluster.
const PARAMETERS: [&str; 6] = [
    "fs.inotify.max_user_instances",
    "fs.inotify.max_user_watches",
    "kernel.softlockup_panic",
    "vm.max_map_count",
    "vm.overcommit_memory",
    "vm.swappiness",
];

pub(crate) fn context(
    cluster: &Cluster,
    topology: &Topology,
    balancer: Option<&LoadBalancer>,
    places: &Places,
    suffixes: &[String],
    naming: &Naming<'_>,
) -> Result<Context, RenderError> {
    if !places.holds_pods {
        return Err(RenderError::impossible(
            "cloud.network.cidr",
            "each pod of the cluster has an address of the network, and it is too small for them",
            "choose a range of /17 or larger, like 10.0.0.0/16",
        ));
    }
    let zones: Vec<String> = topology.zones.iter().map(ToString::to_string).collect();
    let accounts = cluster.pools.iter().map(|pool| account(pool, naming));
    let pools = cluster.pools.iter().map(|it| pool(it, &zones, suffixes, naming));
    Ok(Context {
        cluster: naming.resource("google_container_cluster", "main", "")?,
        version: VERSION,
        identities: Expr::joined("", &project(cluster)?, ".svc.id.goog"),
        project: project(cluster)?,
        location: location(topology),
        key_location: topology.region.to_string(),
        first_account: Expr::reference(format!("{}.email", first_account(cluster)))?,
        zones: (zones.len() > 1).then(|| Expr::list(zones.iter().map(|zone| Expr::text(zone)))),
        network: places.network.clone(),
        subnet: places.private.clone(),
        pods_range: places.pods_range.clone(),
        services_range: places.services_range.clone(),
        shared_files: topology.storage == StorageKind::SharedFiles,
        key_ring: naming.resource("google_kms_key_ring", "cluster", "cluster")?,
        key: naming.resource("google_kms_crypto_key", "cluster", "cluster")?,
        accounts: accounts.collect::<Result<_, RenderError>>()?,
        pools: pools.collect::<Result<_, RenderError>>()?,
        parameters: Expr::object(
            cluster
                .parameters
                .iter()
                .filter(|it| PARAMETERS.contains(&it.key.as_str()))
                .map(|Parameter { key, value }| (key.as_str(), value.as_str())),
        ),
        ports: ports(cluster, balancer, &zones, suffixes)?,
    })
}

/// A cluster of one zone belongs to it; one of several to their region.
pub(crate) fn location(topology: &Topology) -> String {
    match topology.zones.as_slice() {
        [zone] => zone.to_string(),
        _ => topology.region.to_string(),
    }
}

/// The project, from an object that every cluster has.
pub(crate) fn project(cluster: &Cluster) -> Result<Expr, RenderError> {
    Ok(Expr::reference(format!("{}.project", first_account(cluster)))?)
}

fn first_account(cluster: &Cluster) -> String {
    let first = cluster.pools.first().map(|pool| underscored(nodes(pool.name))).unwrap_or_default();
    format!("google_service_account.{first}")
}

fn account(pool: &Pool, naming: &Naming<'_>) -> Result<Account, RenderError> {
    let name = nodes(pool.name);
    let local = underscored(name);
    let grant = |what: &str, role, why| Grant { local: format!("{local}_{what}"), role, why };
    Ok(Account {
        pool: pool.name.to_string(),
        account: naming.resource("google_service_account", &local, name)?,
        grants: vec![
            grant("run", "roles/container.defaultNodeServiceAccount", "Logs and figures of the node"),
            grant("pull", "roles/artifactregistry.reader", "Images of the project's own registry"),
        ],
    })
}

fn pool(
    pool: &Pool,
    zones: &[String],
    suffixes: &[String],
    naming: &Naming<'_>,
) -> Result<PoolContext, RenderError> {
    let account = underscored(nodes(pool.name));
    let groups = zones.iter().zip(suffixes).map(|(zone, suffix)| {
        let name = format!("{}-{suffix}", pool.name);
        let pool = naming.resource("google_container_node_pool", &underscored(&name), &name)?;
        Ok(Group { zone: zone.clone(), pool })
    });
    let allowed = pool.allowed_sysctls.iter().map(|key| Expr::text(key));
    Ok(PoolContext {
        account: Expr::reference(format!("google_service_account.{account}.email"))?,
        machine_type: pool.machine.clone(),
        disk_type: disk_type(&pool.machine),
        allowed: (!pool.allowed_sysctls.is_empty()).then(|| Expr::list(allowed)),
        nodes: pool.nodes,
        // Room for the new node of an upgrade before the old one goes.
        most: pool.nodes + 1,
        tainted: pool.tainted,
        tags: naming.machine_tags(nodes(pool.name), nodes(pool.name), None)?,
        groups: groups.collect::<Result<_, RenderError>>()?,
        pool: pool.name.to_string(),
    })
}

fn ports(
    cluster: &Cluster,
    balancer: Option<&LoadBalancer>,
    zones: &[String],
    suffixes: &[String],
) -> Result<Vec<Port>, RenderError> {
    let mut ports = Vec::new();
    for target in balancer.iter().flat_map(|balancer| &balancer.targets) {
        let (Some(pool), Some(port)) = (cluster.pool_of(target.component), target.node_port) else {
            continue;
        };
        for (zone, suffix) in zones.iter().zip(suffixes) {
            let nodes = underscored(&format!("{pool}-{suffix}"));
            ports.push(Port {
                local: underscored(&format!("{}-{nodes}", target.purpose)),
                group: Expr::reference(format!("google_container_node_pool.{nodes}.instance_group_urls[0]"))?,
                zone: zone.clone(),
                name: target.purpose.clone(),
                port,
            });
        }
    }
    Ok(ports)
}
