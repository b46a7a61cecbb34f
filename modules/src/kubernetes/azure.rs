//! Azure Kubernetes Service, with a pool of nodes of each kind in each zone.

use provision_architecture::Topology;
use provision_architecture::complete::choose_machine;
use provision_architecture::spec::{Provider, StorageKind};
use serde::Serialize;

use super::{Cluster, Pool, VERSION};
use crate::load_balancer::azure::shape;
use crate::naming::{Naming, Resource, underscored};
use crate::network::azure::Places;
use crate::security::Member;
use crate::text::Expr;
use crate::{Blocks, RenderError};

#[derive(Serialize)]
pub(crate) struct Context {
    cluster: Resource,
    version: &'static str,
    identity: Resource,
    grants: Vec<Grant>,
    operator: Resource,
    subnet: Expr,
    zones: Expr,
    /// Of what the cluster itself consists of: one in each zone.
    system_machine: String,
    system_nodes: usize,
    shared_files: bool,
    grace: u64,
    parameters: Vec<ParameterContext>,
    pools: Vec<PoolContext>,
}

/// What the cluster may do outside of itself.
#[derive(Serialize)]
struct Grant {
    assignment: Resource,
    scope: Expr,
    why: &'static str,
}

#[derive(Serialize)]
struct ParameterContext {
    argument: String,
    value: u64,
}

#[derive(Serialize)]
struct PoolContext {
    pool: String,
    machine_type: String,
    member: Expr,
    allowed: Option<Expr>,
    nodes: u64,
    most: u64,
    tainted: bool,
    groups: Vec<Group>,
}

#[derive(Serialize)]
struct Group {
    zone: String,
    pool: Resource,
    /// What takes its place while it is made anew.
    rotation: String,
}

/// The parameters of a node that the cloud sets by itself, each with the least that it takes, by its documentation of
/// the configuration of nodes.
const PARAMETERS: [(&str, u64); 6] = [
    ("fs.inotify.max_user_watches", 781_250),
    ("net.ipv4.neigh.default.gc_thresh1", 128),
    ("net.ipv4.neigh.default.gc_thresh2", 512),
    ("net.ipv4.neigh.default.gc_thresh3", 1_024),
    ("vm.max_map_count", 65_530),
    ("vm.swappiness", 0),
];

/// What the cluster's own pods need of a machine.
const SYSTEM: (f64, f64) = (2.0, 8.0);

pub(crate) fn context(
    cluster: &Cluster,
    topology: &Topology,
    blocks: &Blocks,
    places: &Places,
    naming: &Naming<'_>,
) -> Result<Context, RenderError> {
    let zones: Vec<String> = topology.zones.iter().map(ToString::to_string).collect();
    let pools = cluster.pools.iter().map(|it| pool(it, topology, naming));
    let grace = cluster.workloads.iter().map(|workload| workload.grace).max().unwrap_or(600);
    let system = choose_machine(Provider::Azure, SYSTEM.0, SYSTEM.1);
    Ok(Context {
        cluster: naming.resource("azurerm_kubernetes_cluster", "main", "")?,
        version: VERSION,
        identity: naming.resource("azurerm_user_assigned_identity", "cluster", "cluster")?,
        grants: grants(blocks, places, naming)?,
        operator: naming.resource("azurerm_role_assignment", "operator_cluster", "operator-cluster")?,
        subnet: places.machines.clone(),
        system_nodes: zones.len(),
        system_machine: system.map_or_else(String::new, |machine| machine.to_string()),
        zones: Expr::list(zones.iter().map(|zone| Expr::text(zone))),
        shared_files: topology.storage == StorageKind::SharedFiles,
        grace: grace.div_ceil(60).max(30),
        parameters: parameters(cluster),
        pools: pools.collect::<Result<_, RenderError>>()?,
    })
}

fn grants(blocks: &Blocks, places: &Places, naming: &Naming<'_>) -> Result<Vec<Grant>, RenderError> {
    let grant = |what: &str, scope, why| {
        let what = format!("cluster-{what}");
        let assignment = naming.resource("azurerm_role_assignment", &underscored(&what), &what)?;
        Ok::<_, RenderError>(Grant { assignment, scope, why })
    };
    let mut grants =
        vec![grant("network", places.machines.clone(), "Puts nodes and its load balancer there")?];
    let public = blocks
        .load_balancer
        .as_ref()
        .filter(|balancer| !balancer.internal && !shape(balancer).passed.is_empty());
    if public.is_some() {
        let address = Expr::reference("azurerm_public_ip.main.id")?;
        grants.push(grant("address", address, "Answers at the public address")?);
    }
    Ok(grants)
}

fn parameters(cluster: &Cluster) -> Vec<ParameterContext> {
    let known = PARAMETERS.iter().filter_map(|(key, least)| {
        let wanted = cluster.parameters.iter().find(|it| it.key == *key)?;
        let value: u64 = wanted.value.parse().ok()?;
        Some(ParameterContext { argument: key.replace('.', "_"), value: value.max(*least) })
    });
    known.collect()
}

fn pool(pool: &Pool, topology: &Topology, naming: &Naming<'_>) -> Result<PoolContext, RenderError> {
    let groups = topology.zones.iter().map(|zone| {
        let suffix = crate::network::suffix(topology.region.as_str(), zone.as_str());
        let local = underscored(&format!("{}-{suffix}", pool.name));
        let mut resource = naming.resource("azurerm_kubernetes_cluster_node_pool", &local, &local)?;
        // Twelve letters and digits, and the cluster's own: no deployment's name fits in.
        resource.rename(format!("{}{suffix}", pool.name));
        let short: String = pool.name.to_string().chars().take(5).collect();
        Ok(Group { zone: zone.to_string(), pool: resource, rotation: format!("new{short}{suffix}") })
    });
    let allowed = pool.allowed_sysctls.iter().map(|key| Expr::text(key));
    Ok(PoolContext {
        pool: pool.name.to_string(),
        machine_type: pool.machine.clone(),
        member: crate::security::azure::group(Member::Nodes(pool.name))?,
        allowed: (!pool.allowed_sysctls.is_empty()).then(|| Expr::list(allowed)),
        nodes: pool.nodes,
        // Room for the new node of an upgrade before the old one goes.
        most: pool.nodes + 1,
        tainted: pool.tainted,
        groups: groups.collect::<Result<_, RenderError>>()?,
    })
}
