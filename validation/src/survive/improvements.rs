//! Which single change of the spec would remove the most cut sets: each candidate is resolved and analysed like the
//! spec itself, so that nothing is promised that the design would not do.

use provision_architecture::documented;
use provision_architecture::resolve;
use provision_architecture::spec::{LoadBalancer, Number, QueueKind, Replicas, Size, Spec, Zones};
use serde::Serialize;

use super::damage::Damage;
use super::model::Model;
use super::timers::Timers;
use super::timings::{Overrides, Timings};

/// A change of the spec and what it does to the cut sets of order 1 and 2, over all capabilities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Improvement {
    /// The change, as one would write it.
    pub change: String,
    pub singles_before: u64,
    pub singles_after: u64,
    pub pairs_before: u64,
    pub pairs_after: u64,
}

impl Improvement {
    /// How many cut sets of one failure, then of two, it removes.
    fn gain(&self) -> (i128, i128) {
        let gain = |before: u64, after: u64| i128::from(before) - i128::from(after);
        (gain(self.singles_before, self.singles_after), gain(self.pairs_before, self.pairs_after))
    }
}

/// The changes that remove cut sets, the best first.
pub(super) fn improvements(model: &Model<'_>, timers: &Timers, set: &Overrides) -> Vec<Improvement> {
    let (singles_before, pairs_before) = model.cut_counts();
    let before = model.broken();
    let mut found = Vec::new();
    for (change, spec) in candidates(&model.topology.spec) {
        let Ok(topology) = resolve(&spec) else { continue };
        let Ok(timings) = Timings::new(&topology, timers.clone(), set.clone()) else { continue };
        let changed = Model::new(&topology, timings);
        // A change that breaks something although nothing has failed is no improvement.
        if changed.broken() > before {
            continue;
        }
        let (singles_after, pairs_after) = changed.cut_counts();
        found.push(Improvement { change, singles_before, singles_after, pairs_before, pairs_after });
    }
    found.retain(|improvement| improvement.gain() > (0, 0));
    found.sort_by_key(|improvement| std::cmp::Reverse(improvement.gain()));
    found
}

impl Model<'_> {
    /// How many cut sets of order 1 and 2 there are, without those of services that everything in the region shares.
    fn cut_counts(&self) -> (u64, u64) {
        let mut counts = (0u64, 0u64);
        for capability in 0..self.capabilities.len() {
            for (order, cut) in self.minimal_cuts(capability, 2) {
                if cut.damage.balancer || cut.damage.files || cut.damage.crash {
                    continue;
                }
                let counter = if order == 1 { &mut counts.0 } else { &mut counts.1 };
                *counter = counter.saturating_add(cut.count);
            }
        }
        counts
    }

    /// How badly everything stands when nothing has failed.
    fn broken(&self) -> Vec<super::effect::State> {
        let nothing = Damage::default();
        let mut states: Vec<_> = (0..self.capabilities.len()).map(|it| self.standing(it, &nothing)).collect();
        states.sort_unstable_by(|a, b| b.cmp(a));
        states
    }
}

type Candidate = (String, Spec);

fn candidates(spec: &Spec) -> Vec<Candidate> {
    let mut candidates = replica_candidates(spec);
    candidates.extend(zone_candidate(spec));
    candidates.extend(database_candidate(spec));
    candidates.extend(queue_candidates(spec));
    candidates.extend(search_candidates(spec));
    candidates.extend(size_candidate(spec));
    candidates
}

fn replica_candidates(spec: &Spec) -> Vec<Candidate> {
    let more = |name: &provision_architecture::spec::ComponentName| {
        let mut changed = spec.clone();
        let component = changed.components.get_mut(name)?;
        let replicas = component.replicas.map_or(1, Number::get);
        if replicas == 0 {
            return None;
        }
        component.replicas = Some(Replicas::clamped(replicas + 1));
        // Each instance of a paired component gets a database of its own.
        if let Some(database) = changed.backends.as_mut().and_then(|it| it.database.as_mut())
            && is_paired(spec, *name)
        {
            database.instances = None;
        }
        Some((format!("components.{name}.replicas: {}", replicas + 1), changed))
    };
    spec.components.keys().filter_map(more).collect()
}

fn is_paired(spec: &Spec, name: provision_architecture::spec::ComponentName) -> bool {
    let components = &documented::architecture(spec.platform).components;
    components.get(&name).is_some_and(|it| it.scaling == documented::Scaling::Paired)
}

fn zone_candidate(spec: &Spec) -> Option<Candidate> {
    let zones = spec.cloud.zones.as_ref().map_or(1, Zones::count) as u64 + 1;
    let mut changed = spec.clone();
    changed.cloud.zones = Some(Zones::Count(Number::clamped(zones)));
    (zones <= 6).then(|| (format!("cloud.zones: {zones}"), changed))
}

fn database_candidate(spec: &Spec) -> Option<Candidate> {
    let mut changed = spec.clone();
    let database = changed.backends.as_mut()?.database.as_mut()?;
    if database.multi_zone == Some(true) || database.managed != Some(true) {
        return None;
    }
    (database.multi_zone, database.redundancy) = (Some(true), None);
    Some(("backends.database.multi_zone: true".to_owned(), changed))
}

fn queue_candidates(spec: &Spec) -> Vec<Candidate> {
    let Some(queue) = spec.backends.as_ref().and_then(|backends| backends.queue.as_ref()) else {
        return Vec::new();
    };
    if queue.kind != Some(QueueKind::Kafka) {
        return Vec::new();
    }
    let with = |what: String, change: &dyn Fn(&mut provision_architecture::spec::Queue)| {
        let mut changed = spec.clone();
        if let Some(queue) = changed.backends.as_mut().and_then(|backends| backends.queue.as_mut()) {
            change(queue);
        }
        (format!("backends.queue.{what}"), changed)
    };
    let zones = spec.cloud.zones.as_ref().map_or(1, Zones::count) as u64;
    let brokers = queue.brokers.map_or(1, Number::get) + zones;
    let mut candidates =
        vec![with(format!("brokers: {brokers}"), &|queue| queue.brokers = Some(Replicas::clamped(brokers)))];
    if queue.racks != Some(true) {
        candidates.push(with("racks: true".to_owned(), &|queue| queue.racks = Some(true)));
    }
    if queue.managed != Some(true) {
        // The next odd number: an even one bears no more failures than the odd one below it.
        let controllers = (queue.controllers.map_or(0, Number::get) + 1).max(3) | 1;
        candidates.push(with(format!("controllers: {controllers}"), &|queue| {
            queue.controllers = Some(Replicas::clamped(controllers));
        }));
    }
    candidates
}

fn search_candidates(spec: &Spec) -> Vec<Candidate> {
    let Some(search) = spec.backends.as_ref().and_then(|backends| backends.search.as_ref()) else {
        return Vec::new();
    };
    let (Some(nodes), Some(copies)) = (search.nodes, search.replicas) else { return Vec::new() };
    let with = |what: String, nodes: u64, copies: u64, masters: Option<Replicas>| {
        let mut changed = spec.clone();
        if let Some(search) = changed.backends.as_mut().and_then(|backends| backends.search.as_mut()) {
            search.nodes = Some(Replicas::clamped(nodes));
            search.replicas = Some(Replicas::clamped(copies));
            search.masters = masters;
        }
        (format!("backends.search.{what}"), changed)
    };
    let (nodes, copies) = (nodes.get(), copies.get());
    let mut candidates = vec![
        with(format!("nodes: {}", nodes + 1), nodes + 1, copies, search.masters),
        with(format!("replicas: {}", copies + 1), nodes, copies + 1, search.masters),
    ];
    if search.masters.is_none_or(|masters| masters.get() < 3) {
        candidates.push(with("masters: 3".to_owned(), nodes, copies, Some(Replicas::clamped(3))));
    }
    candidates
}

/// The next size that the documents call highly available, as it is documented: what the spec says about the present
/// size's components and backends is left behind.
fn size_candidate(spec: &Spec) -> Option<Candidate> {
    let architecture = documented::architecture(spec.platform);
    let version = spec.version.as_ref().unwrap_or(&architecture.default_version);
    let better = architecture.sizes.iter().rev().find(|size| {
        size.highly_available
            && size.versions.as_ref().is_none_or(|range| range.contains(version))
            && is_larger(size.name, spec.size)
    })?;
    let mut changed = spec.clone();
    changed.size = better.name;
    changed.edition = None;
    changed.cloud.zones = None;
    changed.cloud.network = None;
    changed.components.clear();
    changed.backends = None;
    changed.storage = None;
    changed.liveness = None;
    changed.load_balancer = changed.load_balancer.map(|balancer| LoadBalancer { kind: None, ..balancer });
    Some((format!("size: {}", better.name), changed))
}

fn is_larger(one: Size, other: Size) -> bool {
    let place = |size: Size| Size::ALL.iter().position(|known| *known == size);
    place(one) > place(other)
}
