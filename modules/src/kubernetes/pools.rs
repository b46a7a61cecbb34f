//! How many nodes of which machine type hold the pods. There is room for all pods while a zone is lost: no autoscaler has
//! to find machines at the moment when everybody looks for some.

use std::collections::BTreeSet;

use provision_architecture::Topology;
use provision_architecture::complete::choose_machine;
use provision_architecture::documented;

use super::{Pool, PoolName, Workload};
use crate::RenderError;

/// A machine type that nodes may have.
struct Machine {
    name: String,
    millicpus: u64,
    memory_mib: u64,
}

/// What a node keeps for itself, the kubelet and the cluster's own pods: our assumption.
const KEPT_MILLICPUS: u64 = 300;
const KEPT_MEMORY_MIB: u64 = 2_048;
/// What watches: Prometheus, Alertmanager, and what asks others for them. Two of each at most.
const WATCHING: [(u64, u64); 5] = [(200, 1_024), (50, 160), (20, 128), (20, 128), (20, 128)];
/// Smaller ones have room for too few pods.
const LEAST_MEMORY_GIB: f64 = 8.0;

pub(super) fn decide(topology: &Topology, workloads: &[Workload]) -> Result<Vec<Pool>, RenderError> {
    let names: BTreeSet<PoolName> = workloads.iter().map(|workload| workload.pool).collect();
    names.into_iter().map(|name| pool(topology, workloads, name)).collect()
}

fn pool(topology: &Topology, workloads: &[Workload], name: PoolName) -> Result<Pool, RenderError> {
    let own: Vec<&Workload> = workloads.iter().filter(|workload| workload.pool == name).collect();
    let mut pods: Vec<(u64, u64)> = Vec::new();
    for workload in &own {
        pods.extend((0..workload.most()).map(|_| (workload.millicpus, workload.memory_mib)));
    }
    if name == PoolName::Components && topology.spec.alerting.is_some() {
        pods.extend(WATCHING.iter().flat_map(|pod| [*pod; 2]));
    }
    pods.sort_unstable_by(|one, other| other.cmp(one));
    let zones = topology.zones.len() as u64;
    // One zone fewer where the loss of one must stop nothing.
    let left = if topology.highly_available && zones > 1 { zones - 1 } else { zones };
    let mut best: Option<(u64, Machine, u64)> = None;
    for machine in machines(topology, &own)? {
        let Some(all) = nodes(&pods, &machine) else { continue };
        let nodes = all.div_ceil(left);
        let cost = nodes * zones * machine.millicpus;
        if best.as_ref().is_none_or(|(cheapest, ..)| cost < *cheapest) {
            best = Some((cost, machine, nodes));
        }
    }
    let (_, machine, nodes) = best.ok_or_else(|| {
        RenderError::impossible(
            "components",
            format!("no machine type that we know holds the pods of the pool `{name}`"),
            "name a larger `machine` for its components",
        )
    })?;
    let allowed: BTreeSet<&str> = own
        .iter()
        .flat_map(|workload| &workload.sysctls)
        .filter(|sysctl| sysctl.by_name)
        .map(|sysctl| sysctl.key.as_str())
        .collect();
    Ok(Pool {
        name,
        machine: machine.name,
        nodes,
        allowed_sysctls: allowed.into_iter().map(str::to_owned).collect(),
        tainted: name != PoolName::Components,
    })
}

/// The one that the spec names; else all that are usual.
fn machines(topology: &Topology, workloads: &[&Workload]) -> Result<Vec<Machine>, RenderError> {
    let mut named: BTreeSet<String> = BTreeSet::new();
    for group in
        topology.groups.iter().filter(|group| workloads.iter().any(|it| it.component == group.component))
    {
        let usual = default_machine(topology, group);
        if let Some(name) = group.machine.name.as_ref().filter(|name| Some(name.as_str()) != usual.as_deref())
        {
            named.insert(name.to_string());
        }
    }
    if named.len() > 1 {
        let names: Vec<String> = named.into_iter().collect();
        return Err(RenderError::impossible(
            "components",
            format!("components that share nodes name different machine types: {}", names.join(", ")),
            "name one machine type for all of them",
        ));
    }
    let known = &documented::clouds()[&topology.provider].machines;
    let usable = known.iter().filter(|machine| match named.first() {
        Some(name) => machine.name.as_str() == name,
        None => machine.choose == Some(true) && machine.memory_gib >= LEAST_MEMORY_GIB,
    });
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a machine's size is a small positive number"
    )]
    let machine = |machine: &documented::Machine| Machine {
        name: machine.name.to_string(),
        millicpus: (machine.cpus * 1_000.0) as u64,
        memory_mib: (machine.memory_gib * 1_024.0) as u64,
    };
    Ok(usable.map(machine).collect())
}

/// What completion would have chosen for a machine of its own.
fn default_machine(topology: &Topology, group: &provision_architecture::topology::Group) -> Option<String> {
    let architecture = documented::architecture(topology.platform);
    let row = architecture
        .sizing
        .as_ref()
        .zip(group.task_cap)
        .and_then(|(sizing, tasks)| sizing.hosts.iter().find(|row| row.tasks.get() >= tasks));
    let documented = architecture.components.get(&group.component)?;
    let (cpus, memory) =
        row.map_or((documented.cpus, documented.memory_gib + 1.0), |row| (row.cpus, row.memory_gib));
    choose_machine(topology.provider, cpus, memory).map(|machine| machine.to_string())
}

/// How many machines hold the pods, the largest first; none where one of them fits into no machine.
fn nodes(pods: &[(u64, u64)], machine: &Machine) -> Option<u64> {
    let room =
        (machine.millicpus.checked_sub(KEPT_MILLICPUS)?, machine.memory_mib.checked_sub(KEPT_MEMORY_MIB)?);
    let mut nodes: Vec<(u64, u64)> = Vec::new();
    for (cpus, memory) in pods {
        if *cpus > room.0 || *memory > room.1 {
            return None;
        }
        match nodes.iter_mut().find(|node| node.0 >= *cpus && node.1 >= *memory) {
            Some(node) => *node = (node.0 - cpus, node.1 - memory),
            None => nodes.push((room.0 - cpus, room.1 - memory)),
        }
    }
    Some(nodes.len().max(1) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pods_are_packed_into_what_a_node_leaves() {
        let machine = Machine { name: "m".to_owned(), millicpus: 4_000, memory_mib: 16_384 };
        assert_eq!(nodes(&[(1_900, 4_096), (1_800, 4_096)], &machine), Some(1));
        assert_eq!(nodes(&[(1_900, 4_096), (1_900, 4_096)], &machine), Some(2));
        assert_eq!(nodes(&[(3_800, 4_096)], &machine), None);
        assert_eq!(nodes(&[(100, 14_336), (100, 14_336)], &machine), Some(2));
    }
}
