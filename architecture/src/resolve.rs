//! From a completed spec to the topology.

use crate::complete::{Problem, complete};
use crate::documented::{self, Architecture, DocumentedComponent, Party, Protocol};
use crate::spec::{
    Component, ComponentName, Count, Database, LoadBalancerKind, Platform, Provider, Queue, QueueKind,
    Replicas, Runtime, Search, Spec, Zones,
};
use crate::topology::{
    Arrow, DatabaseServer, DatabaseTier, Group, Host, OpenPort, QueueTier, SearchTier, Topology, Zone,
};
use crate::values::{MachineType, Port, Version, ZoneName};

/// Completes a spec and builds its topology.
pub fn resolve(spec: &Spec) -> Result<Topology, Vec<Problem>> {
    Ok(build(complete(spec)?))
}

fn build(spec: Spec) -> Topology {
    let architecture = documented::architecture(spec.platform);
    let version = spec.version.clone().unwrap_or_else(|| architecture.default_version.clone());
    let zones = match &spec.cloud.zones {
        Some(Zones::Named(names)) => names.clone(),
        _ => Vec::new(),
    };
    let size = architecture.size(spec.size, &version);
    let groups = groups(&spec, architecture, &version, &zones);
    let backends = spec.backends.as_ref();
    let database =
        backends.and_then(|backends| backends.database.as_ref()).and_then(|it| database(it, &spec, &zones));
    let queue = backends.and_then(|backends| backends.queue.as_ref()).and_then(|it| queue(it, &spec, &zones));
    let search =
        backends.and_then(|backends| backends.search.as_ref()).and_then(|it| search(it, &spec, &zones));
    let load_balancer = spec
        .load_balancer
        .as_ref()
        .and_then(|balancer| balancer.kind)
        .filter(|kind| *kind != LoadBalancerKind::None);
    let mut topology = Topology {
        deployment: spec.deployment.clone(),
        platform: spec.platform,
        version,
        edition: spec.edition,
        size: spec.size,
        highly_available: size.is_some_and(|size| size.highly_available),
        runtime: spec.runtime.unwrap_or(Runtime::Machines),
        os: spec.os.unwrap_or(crate::spec::OperatingSystem::Linux),
        provider: spec.cloud.provider,
        region: spec.cloud.region.clone(),
        zones,
        groups,
        database,
        queue,
        search,
        storage: spec
            .storage
            .as_ref()
            .and_then(|storage| storage.kind)
            .unwrap_or(crate::spec::StorageKind::Local),
        load_balancer,
        arrows: Vec::new(),
        spec,
    };
    topology.arrows = arrows(&topology);
    topology
}

/// One after the other over the zones: as even as it can be, and the same every time.
fn spread(count: u64, zones: usize) -> Vec<Zone> {
    (0..usize::try_from(count).unwrap_or(usize::MAX)).map(|number| number % zones.max(1)).collect()
}

fn groups(spec: &Spec, architecture: &Architecture, version: &Version, zones: &[ZoneName]) -> Vec<Group> {
    let present = |(name, component): (&ComponentName, &Component)| {
        let documented = architecture.components.get(name)?;
        let replicas = component.replicas.map_or(0, Replicas::get);
        (replicas > 0).then(|| group(*name, component, documented, replicas, spec, version, zones))
    };
    spec.components.iter().filter_map(present).collect()
}

fn group(
    name: ComponentName,
    component: &Component,
    documented: &DocumentedComponent,
    replicas: u64,
    spec: &Spec,
    version: &Version,
    zones: &[ZoneName],
) -> Group {
    let machine = machine(component.machine.as_ref(), spec.cloud.provider);
    let threads = component.threads.map(Count::get).or_else(|| {
        let per_cpu = documented.threads_per_cpu?.get();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a machine's processors are few"
        )]
        machine.cpus.map(|cpus| per_cpu * cpus.max(1.0) as u64)
    });
    let ports = documented
        .ports
        .iter()
        .filter(|port| port.versions.as_ref().is_none_or(|range| range.contains(version)))
        .map(|port| OpenPort {
            name: port.name.clone(),
            port: port_number(port.port),
            protocol: port.protocol,
            from: port.from.clone(),
        })
        .collect();
    Group {
        component: name,
        instances: spread(replicas, zones.len()),
        autoscale: component.autoscale.clone(),
        machine,
        image: component.image.clone(),
        health: documented.health.clone(),
        needs: documented.needs_in(version).to_vec(),
        connections: component.connections.map(Count::get),
        threads,
        task_cap: component.task_cap.map(Count::get),
        drain: component.drain,
        grace_period: component.grace_period,
        ports,
    }
}

fn port_number(port: Count) -> Port {
    Port::try_from(port.get()).unwrap_or(Port::MAX)
}

/// What we know of a machine type; nothing, where we don't know it.
pub fn machine(name: Option<&MachineType>, provider: Provider) -> Host {
    let machines = &documented::clouds()[&provider].machines;
    let known = name.and_then(|name| machines.iter().find(|machine| machine.name == *name));
    Host {
        name: name.cloned(),
        cpus: known.map(|machine| machine.cpus),
        memory_gib: known.map(|machine| machine.memory_gib),
    }
}

fn database(database: &Database, spec: &Spec, zones: &[ZoneName]) -> Option<DatabaseTier> {
    let kind = database.kind?;
    let documented = documented::backends().databases.get(&kind);
    let redundancy = database.redundancy.unwrap_or(crate::spec::Redundancy::None);
    let mut tier = DatabaseTier {
        kind,
        version: database.version.clone(),
        managed: database.managed.unwrap_or(false),
        redundancy,
        servers: Vec::new(),
        machine: machine(database.machine.as_ref(), spec.cloud.provider),
        max_connections: database
            .max_connections
            .or_else(|| documented.and_then(|documented| documented.product_max_connections))
            .map(Count::get),
        storage_gb: database.storage_gb.map(Count::get),
        port: documented.and_then(|documented| documented.port).map(port_number),
    };
    let redundant = tier.is_redundant();
    let standby = |zone: Zone| redundant.then_some((zone + 1) % zones.len().max(1));
    tier.servers = spread(database.instances.map_or(1, Replicas::get), zones.len())
        .into_iter()
        .map(|zone| DatabaseServer { zone, standby: standby(zone) })
        .collect();
    Some(tier)
}

fn queue(queue: &Queue, spec: &Spec, zones: &[ZoneName]) -> Option<QueueTier> {
    let kind = queue.kind.filter(|kind| *kind != QueueKind::Database)?;
    let documented = documented::backends().queues.get(&kind);
    let nodes =
        |count: Option<Replicas>, missing: u64| spread(count.map_or(missing, Replicas::get), zones.len());
    let managed = queue.managed.unwrap_or(false);
    Some(QueueTier {
        kind,
        version: queue.version.clone(),
        managed,
        brokers: nodes(queue.brokers, 1),
        // A managed queue's controllers are the cloud's business.
        controllers: if managed { Vec::new() } else { nodes(queue.controllers, 0) },
        racks: queue.racks.unwrap_or(false),
        machine: machine(queue.machine.as_ref(), spec.cloud.provider),
        storage_gb: queue.storage_gb.map(Count::get),
        replication_factor: queue.replication_factor.map(Replicas::get),
        min_insync_replicas: queue.min_insync_replicas.map(Replicas::get),
        partitions: queue.partitions.map(Count::get),
        port: documented.and_then(|documented| documented.port).map(port_number),
        controller_port: documented.and_then(|documented| documented.controller_port).map(port_number),
    })
}

fn search(search: &Search, spec: &Spec, zones: &[ZoneName]) -> Option<SearchTier> {
    let kind = search.kind?;
    let documented = documented::backends().searches.get(&kind)?;
    let nodes = search.nodes.map_or(0, Replicas::get);
    (nodes > 0).then(|| SearchTier {
        kind,
        version: search.version.clone(),
        managed: search.managed.unwrap_or(false),
        nodes: spread(nodes, zones.len()),
        masters: spread(search.masters.map_or(0, Replicas::get), zones.len()),
        replicas: search.replicas.map_or(0, Replicas::get),
        machine: machine(search.machine.as_ref(), spec.cloud.provider),
        storage_gb: search.storage_gb.map(Count::get),
        port: port_number(documented.port),
        transport_port: port_number(documented.transport_port),
    })
}

/// Every connection of the deployment: to the components' ports, and from the components to what they need.
fn arrows(topology: &Topology) -> Vec<Arrow> {
    let mut arrows = Vec::new();
    for group in &topology.groups {
        let to = party(group.component);
        for port in &group.ports {
            for from in port.from.iter().filter(|from| is_present(topology, **from)) {
                let arrow = Arrow {
                    from: *from,
                    to,
                    port: port.port,
                    protocol: port.protocol,
                    purpose: port.name.clone(),
                };
                arrows.push(arrow);
            }
        }
        for need in &group.needs {
            if let Some(port) = backend_port(topology, *need) {
                let purpose = format!("{} to {need}", group.component);
                arrows.push(Arrow { from: to, to: *need, port, protocol: Protocol::Tcp, purpose });
            }
        }
    }
    arrows
}

fn party(component: ComponentName) -> Party {
    Party::from_word(component.word()).unwrap_or(Party::Server)
}

fn is_present(topology: &Topology, party: Party) -> bool {
    match party {
        Party::LoadBalancer => topology.load_balancer.is_some(),
        Party::Database => topology.database.is_some(),
        Party::Queue => topology.queue.is_some(),
        Party::Search => topology.search.is_some(),
        Party::Agents => {
            topology.platform != Platform::Octopus
                || topology.spec.polling_targets.is_some_and(|targets| targets.get() > 0)
        }
        Party::Storage | Party::Monitoring => true,
        _ => party.component().is_some_and(|component| topology.group(component).is_some()),
    }
}

fn backend_port(topology: &Topology, need: Party) -> Option<Port> {
    match need {
        Party::Database => topology.database.as_ref()?.port,
        Party::Queue => topology.queue.as_ref()?.port,
        Party::Search => topology.search.as_ref().map(|search| search.port),
        _ => None,
    }
}
