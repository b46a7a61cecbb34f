use provision_architecture::Topology;
use serde::Serialize;

use super::underscored;
use crate::Blocks;

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

/// Every resource that is an instance of something, or several.
pub(crate) fn located(topology: &Topology, blocks: &Blocks) -> Vec<Located> {
    let zone_names: Vec<String> = topology.zones.iter().map(ToString::to_string).collect();
    let zone = |zone: usize| zone_names.get(zone).cloned().into_iter().collect::<Vec<_>>();
    let mut located = Vec::new();
    for group in &blocks.machine_groups {
        let all = topology.group(group.component).map_or(0, |it| it.instances.len());
        located.push(Located {
            address: format!("aws_autoscaling_group.{}", underscored(&group.name())),
            component: group.component.to_string(),
            role: "component",
            instances: group.number.map_or_else(|| (0..all).collect(), |number| vec![number]),
            zones: zone_names.clone(),
        });
    }
    let nodes = blocks.kafka.iter().flat_map(|kafka| &kafka.nodes);
    for node in nodes.chain(blocks.search.iter().flat_map(|search| &search.nodes)) {
        located.push(Located {
            address: format!("aws_instance.{}", underscored(&format!("{}-{}", node.role, node.number))),
            component: node.role.to_owned(),
            role: "backend",
            instances: vec![node.number],
            zones: zone(node.zone),
        });
    }
    if let Some(database) = &blocks.database {
        for number in 0..database.servers {
            let local = if database.servers > 1 { format!("server_{number}") } else { "main".to_owned() };
            let zones = match database.zones.get(number) {
                Some(first) if !database.standby => zone(*first),
                _ => zone_names.clone(),
            };
            located.push(backend(format!("aws_db_instance.{local}"), "database", vec![number], zones));
        }
    }
    if let Some(kafka) = blocks.kafka.as_ref().filter(|kafka| kafka.managed) {
        let brokers = (0..kafka.brokers.len()).collect();
        located.push(backend("aws_msk_cluster.main".to_owned(), "queue", brokers, zone_names.clone()));
    }
    if let Some(search) = blocks.search.as_ref().filter(|search| search.managed) {
        let nodes = (0..search.data_nodes).collect();
        located.push(backend("aws_opensearch_domain.main".to_owned(), "search", nodes, zone_names.clone()));
    }
    located
}

fn backend(address: String, component: &str, instances: Vec<usize>, zones: Vec<String>) -> Located {
    Located { address, component: component.to_owned(), role: "backend", instances, zones }
}
