//! The deployment as the failure analysis sees it: what can fail, how much of it there is, and what each capability
//! needs. Built from the topology and the recovery data, never written by hand.
//!
//! Instances of one component in one zone are interchangeable, so they are counted, not listed: ten thousand machines
//! in three zones are as few classes as three are.

use std::collections::BTreeMap;

use provision_architecture::documented::{self, Party, Scaling};
use provision_architecture::recovery::{self, Amount, Capability, Recovery as Documented, Singleton};
use provision_architecture::spec::{
    ComponentName, DatabaseKind, EventOrder, Provider, QueueKind, StorageKind,
};
use provision_architecture::topology::{DatabaseTier, Topology, Zone};

use super::placement::{Placement, number};
use super::timings::Timings;

/// A part of a cell that fails by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Part {
    /// The machine (or pod) of an instance or a node.
    Machine,
    /// The database's server.
    Primary,
    /// The database's standby.
    Standby,
    /// The volume that holds the database, where no standby has a copy.
    Volume,
}

/// What a pool is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum PoolKind {
    /// Instances of a component.
    Group(ComponentName),
    /// Instances of a component, each with a database of its own.
    Shards(ComponentName),
    /// Database servers that all components share.
    Database,
    Brokers,
    Controllers,
    SearchNodes,
    SearchMasters,
}

/// Cells that nothing tells apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Class {
    pub(super) zone: Zone,
    /// The zone of the database's standby.
    pub(super) standby: Option<Zone>,
    pub(super) parts: Vec<Part>,
    pub(super) count: u64,
}

#[derive(Debug, Clone)]
pub(super) struct Pool {
    pub(super) kind: PoolKind,
    pub(super) classes: Vec<Class>,
}

impl Pool {
    pub(super) fn total(&self) -> u64 {
        self.classes.iter().map(|class| class.count).sum()
    }

    pub(super) fn by_zone(&self, zones: usize) -> Vec<u64> {
        let mut counts = vec![0; zones];
        for class in &self.classes {
            counts[class.zone] += class.count;
        }
        counts
    }
}

/// What everything in the region shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Parent {
    LoadBalancer,
    SharedFiles,
}

/// Something that a capability needs.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Need {
    /// Enough instances of a component.
    Group {
        pool: usize,
        component: ComponentName,
        amount: Amount,
        outbound: bool,
    },
    /// The database.
    Database {
        pool: usize,
    },
    /// A copy of every partition that may be written to.
    Brokers {
        pool: usize,
    },
    /// A majority.
    Majority {
        pool: usize,
    },
    /// Any one.
    AnyOf {
        pool: usize,
    },
    /// A copy of every shard.
    Shards {
        pool: usize,
    },
    Parent(Parent),
    /// It can't be had at all, and why.
    Missing(String),
}

/// A capability with all it needs.
#[derive(Debug, Clone)]
pub(super) struct CapabilityModel {
    pub(super) documented: &'static Capability,
    pub(super) needs: Vec<Need>,
}

/// The whole deployment.
#[derive(Debug, Clone)]
pub(super) struct Model<'t> {
    pub(super) topology: &'t Topology,
    pub(super) documented: &'static Documented,
    pub(super) timings: Timings<'t>,
    pub(super) pools: Vec<Pool>,
    pub(super) parents: Vec<Parent>,
    pub(super) capabilities: Vec<CapabilityModel>,
    /// How the queue's partitions and the search cluster's shards are placed.
    pub(super) partitions: Option<Placement>,
    pub(super) shards: Option<Placement>,
    pub(super) demand: Option<Demand>,
}

/// What has to be carried, and what one replica carries, in messages per second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Demand {
    pub(super) peak: f64,
    pub(super) per_replica: f64,
}

impl<'t> Model<'t> {
    pub(super) fn new(topology: &'t Topology, timings: Timings<'t>) -> Self {
        let documented = recovery::of(topology.platform);
        let pools = pools(topology);
        let mut model = Self {
            topology,
            documented,
            timings,
            parents: parents(topology),
            partitions: partitions(topology, &pools),
            shards: shards(topology, &pools),
            demand: demand(topology),
            pools,
            capabilities: Vec::new(),
        };
        let wanted = documented.capabilities.iter().filter(|capability| is_wanted(capability, topology));
        model.capabilities = wanted.map(|capability| model.capability(capability)).collect();
        model
    }

    pub(super) fn zones(&self) -> usize {
        self.topology.zones.len().max(1)
    }

    pub(super) fn pool(&self, kind: PoolKind) -> Option<usize> {
        self.pools.iter().position(|pool| pool.kind == kind)
    }

    /// The pool that does a component's work: its own, or that of the component that hosts it or stands in for it.
    fn working_pool(&self, component: ComponentName) -> Option<(usize, ComponentName)> {
        let own = |component| {
            self.pool(PoolKind::Group(component)).or_else(|| self.pool(PoolKind::Shards(component)))
        };
        let candidates = [Some(component), self.documented.host_of(component), self.documented.stand_in];
        candidates.into_iter().flatten().find_map(|component| own(component).map(|pool| (pool, component)))
    }

    pub(super) fn singleton(&self, component: ComponentName) -> Option<&'static Singleton> {
        let queue = self.topology.queue.as_ref().map_or(QueueKind::Database, |queue| queue.kind);
        self.documented.singletons.iter().find(|singleton| {
            singleton.component == component
                && singleton.queue == queue
                && singleton.versions.contains(&self.topology.version)
        })
    }

    fn capability(&self, documented: &'static Capability) -> CapabilityModel {
        let mut needs = Vec::new();
        let mut add = |need: Need| {
            if !needs.contains(&need) {
                needs.push(need);
            }
        };
        if documented.load_balancer == Some(true) && self.topology.load_balancer.is_some() {
            add(Need::Parent(Parent::LoadBalancer));
        }
        for needed in &documented.components {
            self.component_needs(needed, &documented.goes_on_without, &mut add);
        }
        for party in &documented.also {
            self.backend_needs(*party, &mut add);
        }
        CapabilityModel { documented, needs }
    }

    fn component_needs(
        &self,
        needed: &recovery::ComponentNeed,
        spared: &[Party],
        add: &mut impl FnMut(Need),
    ) {
        let component = needed.component;
        if !self.exists(component) {
            return;
        }
        let Some((pool, component)) = self.working_pool(component) else {
            add(Need::Missing(format!("there is no {component}, and nothing that does its work")));
            return;
        };
        if let Some(why) = self.unpaired(pool) {
            add(Need::Missing(why));
        }
        // Google's way out of a network is a service of the region; elsewhere each zone has its own.
        let zonal = self.topology.provider != Provider::Google;
        let outbound = zonal && needed.outbound.unwrap_or(false);
        add(Need::Group { pool, component, amount: needed.amount, outbound });
        let needs = self.topology.group(component).map(|group| group.needs.as_slice()).unwrap_or_default();
        for party in needs.iter().filter(|party| !spared.contains(party)) {
            self.backend_needs(*party, add);
        }
    }

    /// Instances that each need a database of their own, and have fewer.
    fn unpaired(&self, pool: usize) -> Option<String> {
        let pairing = self.documented.pairing.as_ref()?;
        let databases = self.topology.database.as_ref().map_or(0, |database| database.servers.len());
        let instances = self.pools[pool].total();
        let paired = self.pools[pool].kind == PoolKind::Shards(pairing.component);
        (paired && instances > databases as u64).then(|| {
            format!(
                "crash loop: {instances} of {} share {databases} databases; {}",
                pairing.component, pairing.says
            )
        })
    }

    /// Whether this version has such a component, and whether this deployment could have left it out: run-time jobs
    /// of the event platform are there only where somebody wants them.
    fn exists(&self, component: ComponentName) -> bool {
        let architecture = documented::architecture(self.topology.platform);
        let documented = architecture.components.get(&component);
        documented.is_some_and(|documented| documented.exists_in(&self.topology.version))
            && (component != ComponentName::Job || self.topology.group(component).is_some())
    }

    fn backend_needs(&self, party: Party, add: &mut impl FnMut(Need)) {
        match party {
            Party::Database => {
                if let Some(pool) = self.pool(PoolKind::Database) {
                    if self.pools[pool].total() == 0 {
                        add(Need::Missing("the database has no server".to_owned()));
                    }
                    add(Need::Database { pool });
                }
            }
            Party::Queue => self.queue_needs(add),
            Party::Search => self.search_needs(add),
            Party::Storage if self.parents.contains(&Parent::SharedFiles) => {
                add(Need::Parent(Parent::SharedFiles));
            }
            _ => {}
        }
    }

    fn queue_needs(&self, add: &mut impl FnMut(Need)) {
        let Some(queue) = &self.topology.queue else { return };
        let Some(pool) = self.pool(PoolKind::Brokers) else {
            // Google's own queue has no broker that we would know of.
            if queue.kind != QueueKind::Pubsub {
                add(Need::Missing("the queue has no broker".to_owned()));
            }
            return;
        };
        match queue.kind {
            QueueKind::Kafka => {
                if let Some(why) =
                    impossible_copies(queue.replication_factor, queue.min_insync_replicas, &self.pools[pool])
                {
                    add(Need::Missing(why));
                }
                add(Need::Brokers { pool });
                match self.pool(PoolKind::Controllers) {
                    Some(pool) => add(Need::Majority { pool }),
                    // A managed queue's controllers are the cloud's business; otherwise the brokers are controllers.
                    None if !queue.managed => add(Need::Majority { pool }),
                    None => {}
                }
            }
            QueueKind::Amqp => add(Need::Majority { pool }),
            QueueKind::Redis => add(Need::AnyOf { pool }),
            // Google's own service, and the database: nothing of ours that could fail.
            QueueKind::Pubsub | QueueKind::Database => {}
        }
    }

    fn search_needs(&self, add: &mut impl FnMut(Need)) {
        let Some(nodes) = self.pool(PoolKind::SearchNodes) else { return };
        add(Need::Shards { pool: nodes });
        add(Need::Majority { pool: self.pool(PoolKind::SearchMasters).unwrap_or(nodes) });
    }
}

/// Nobody misses an order of events that the spec says nobody needs.
fn is_wanted(capability: &Capability, topology: &Topology) -> bool {
    let order = topology.spec.traffic.as_ref().and_then(|traffic| traffic.order);
    capability.alone.is_none() || order != Some(EventOrder::Any)
}

fn impossible_copies(factor: Option<u64>, in_sync: Option<u64>, brokers: &Pool) -> Option<String> {
    let (factor, in_sync, brokers) = (factor.unwrap_or(1), in_sync.unwrap_or(1), brokers.total());
    if factor == 0 {
        return Some("no copy of a partition is kept".to_owned());
    }
    if factor > brokers {
        return Some(format!("{factor} copies of each partition need {factor} brokers; there are {brokers}"));
    }
    (in_sync > factor).then(|| format!("{in_sync} copies must have a write, but there are only {factor}"))
}

fn parents(topology: &Topology) -> Vec<Parent> {
    let balancer = topology.load_balancer.map(|_| Parent::LoadBalancer);
    let files = (topology.storage == StorageKind::SharedFiles).then_some(Parent::SharedFiles);
    balancer.into_iter().chain(files).collect()
}

fn demand(topology: &Topology) -> Option<Demand> {
    let traffic = topology.spec.traffic.as_ref()?;
    Some(Demand {
        peak: number(traffic.peak_messages_per_minute?.get()) / 60.0,
        per_replica: number(traffic.messages_per_second_per_replica?.get()),
    })
}

fn partitions(topology: &Topology, pools: &[Pool]) -> Option<Placement> {
    let queue = topology.queue.as_ref().filter(|queue| queue.kind == QueueKind::Kafka)?;
    let brokers = pools.iter().find(|pool| pool.kind == PoolKind::Brokers)?;
    let nodes = brokers.by_zone(topology.zones.len().max(1));
    Some(Placement::new(&nodes, queue.replication_factor.unwrap_or(1), queue.racks))
}

/// Shards know their zone: the rendered configuration sets allocation awareness.
fn shards(topology: &Topology, pools: &[Pool]) -> Option<Placement> {
    let search = topology.search.as_ref()?;
    let nodes = pools.iter().find(|pool| pool.kind == PoolKind::SearchNodes)?;
    Some(Placement::new(&nodes.by_zone(topology.zones.len().max(1)), search.replicas + 1, true))
}

fn pools(topology: &Topology) -> Vec<Pool> {
    let paired = paired_component(topology);
    let mut pools = Vec::new();
    for group in &topology.groups {
        pools.push(if paired == Some(group.component) {
            shard_pool(topology, group.component, &group.instances)
        } else {
            simple_pool(PoolKind::Group(group.component), &group.instances)
        });
    }
    if let Some(database) = topology.database.as_ref().filter(|_| paired.is_none()) {
        pools.push(database_pool(database));
    }
    let mut add = |kind, zones: &[Zone]| {
        if !zones.is_empty() {
            pools.push(simple_pool(kind, zones));
        }
    };
    if let Some(queue) = topology.queue.as_ref().filter(|queue| queue.kind != QueueKind::Pubsub) {
        add(PoolKind::Brokers, &queue.brokers);
        add(PoolKind::Controllers, &queue.controllers);
    }
    if let Some(search) = &topology.search {
        add(PoolKind::SearchNodes, &search.nodes);
        add(PoolKind::SearchMasters, &search.masters);
    }
    pools
}

/// The component whose instances have a database each.
pub(super) fn paired_component(topology: &Topology) -> Option<ComponentName> {
    let components = &documented::architecture(topology.platform).components;
    let paired = |name: &ComponentName| components.get(name).is_some_and(|it| it.scaling == Scaling::Paired);
    topology.database.as_ref()?;
    topology.groups.iter().map(|group| group.component).find(paired)
}

fn simple_pool(kind: PoolKind, zones: &[Zone]) -> Pool {
    classed(kind, zones.iter().map(|zone| (*zone, None, vec![Part::Machine])))
}

fn database_parts(database: &DatabaseTier, standby: Option<Zone>) -> Vec<Part> {
    match (database.kind, standby) {
        // Inside the process: only its file can be lost by itself.
        (DatabaseKind::H2, _) => vec![Part::Volume],
        (_, Some(_)) => vec![Part::Primary, Part::Standby],
        // The cloud keeps a managed database's volume; one of our own stands in one zone.
        (_, None) if database.managed => vec![Part::Primary],
        (_, None) => vec![Part::Primary, Part::Volume],
    }
}

fn database_pool(database: &DatabaseTier) -> Pool {
    let cell = |server: &provision_architecture::topology::DatabaseServer| {
        (server.zone, server.standby, database_parts(database, server.standby))
    };
    classed(PoolKind::Database, database.servers.iter().map(cell))
}

/// Each instance with the database of the same number; an instance without one of its own shares the last, which is
/// what row zero is about.
fn shard_pool(topology: &Topology, component: ComponentName, instances: &[Zone]) -> Pool {
    let database = topology.database.as_ref();
    let cells = instances.iter().enumerate().map(|(number, zone)| {
        let server = database.and_then(|it| it.servers.get(number).or(it.servers.last()));
        let standby = server.and_then(|server| server.standby);
        let mut parts = vec![Part::Machine];
        parts.extend(database.map(|database| database_parts(database, standby)).unwrap_or_default());
        (*zone, standby, parts)
    });
    classed(PoolKind::Shards(component), cells)
}

fn classed(kind: PoolKind, cells: impl Iterator<Item = (Zone, Option<Zone>, Vec<Part>)>) -> Pool {
    let mut counts: BTreeMap<(Zone, Option<Zone>, Vec<Part>), u64> = BTreeMap::new();
    for cell in cells {
        *counts.entry(cell).or_default() += 1;
    }
    let classes = counts
        .into_iter()
        .map(|((zone, standby, parts), count)| Class { zone, standby, parts, count })
        .collect();
    Pool { kind, classes }
}

impl Model<'_> {
    /// What this version does when its process keeps crashing, where the documents say so.
    pub(super) fn crash(&self) -> Option<&'static recovery::Crash> {
        self.documented.crashes.iter().find(|crash| {
            crash.versions.contains(&self.topology.version)
                && (crash.runtimes.is_empty() || crash.runtimes.contains(&self.topology.runtime))
                && self.topology.group(crash.component).is_some()
        })
    }
}
