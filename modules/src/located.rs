//! Which resource is which instance of which component, for tools that read the rendered directory.

use provision_architecture::Topology;
use serde::Serialize;

use crate::Blocks;
use crate::naming::underscored;

/// Which instances of which component a resource is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Located {
    #[serde(skip)]
    pub(crate) address: String,
    pub(crate) component: String,
    pub(crate) role: &'static str,
    /// The instances' numbers.
    pub(crate) instances: Vec<usize>,
    /// The zones they may stand in.
    pub(crate) zones: Vec<String>,
}

/// How a cloud calls what stands for instances.
pub(crate) struct Kinds {
    /// Machines that are replaced when they die.
    pub(crate) group: &'static str,
    /// Nodes of a cluster, in one zone.
    pub(crate) pool: &'static str,
    /// A machine with an identity of its own.
    pub(crate) node: &'static str,
    pub(crate) database: &'static str,
    /// The managed services; none where the cloud has none.
    pub(crate) kafka: Option<&'static str>,
    pub(crate) search: Option<&'static str>,
}

/// Every resource that is an instance of something, or several.
pub(crate) fn located(topology: &Topology, blocks: &Blocks, kinds: &Kinds) -> Vec<Located> {
    let zone_names: Vec<String> = topology.zones.iter().map(ToString::to_string).collect();
    let zone = |zone: usize| zone_names.get(zone).cloned().into_iter().collect::<Vec<_>>();
    let mut located = Vec::new();
    for group in &blocks.machine_groups {
        let all = topology.group(group.component).map_or(0, |it| it.instances.len());
        located.push(Located {
            address: format!("{}.{}", kinds.group, underscored(&group.name())),
            component: group.component.to_string(),
            role: "component",
            instances: group.number.map_or_else(|| (0..all).collect(), |number| vec![number]),
            zones: zone_names.clone(),
        });
    }
    for pool in blocks.cluster.iter().flat_map(|cluster| &cluster.pools) {
        for name in &zone_names {
            let suffix = crate::network::suffix(topology.region.as_str(), name);
            located.push(Located {
                address: format!("{}.{}", kinds.pool, underscored(&format!("{}-{suffix}", pool.name))),
                component: pool.name.to_string(),
                role: "nodes",
                instances: (0..usize::try_from(pool.nodes).unwrap_or_default()).collect(),
                zones: vec![name.clone()],
            });
        }
    }
    for node in blocks.nodes() {
        let address = format!("{}.{}", kinds.node, underscored(&node.name()));
        located.push(backend(address, node.role, vec![node.number], zone(node.zone)));
    }
    if let Some(database) = &blocks.database {
        for number in 0..database.servers {
            let zones = match database.zones.get(number) {
                Some(first) if !database.standby => zone(*first),
                _ => zone_names.clone(),
            };
            let address = format!("{}.{}", kinds.database, database.local(number));
            located.push(backend(address, "database", vec![number], zones));
        }
    }
    if let (Some(kafka), Some(kind)) = (blocks.kafka.as_ref().filter(|kafka| kafka.managed), kinds.kafka) {
        let brokers = (0..kafka.brokers.len()).collect();
        located.push(backend(format!("{kind}.main"), "queue", brokers, zone_names.clone()));
    }
    if let (Some(search), Some(kind)) = (blocks.search.as_ref().filter(|it| it.managed), kinds.search) {
        let nodes = (0..search.data_nodes).collect();
        located.push(backend(format!("{kind}.main"), "search", nodes, zone_names.clone()));
    }
    located
}

fn backend(address: String, component: &str, instances: Vec<usize>, zones: Vec<String>) -> Located {
    Located { address, component: component.to_owned(), role: "backend", instances, zones }
}
