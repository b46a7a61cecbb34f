//! The failure analysis of what lives right now: what is missing is damage that has been done already, and each failure
//! is tried on top of it.
//!
//! Instances that stand elsewhere than promised are counted where they stand; what isn't known counts as promised.

use provision_architecture::Topology;
use provision_architecture::topology::{DatabaseServer, Zone};
use serde::Serialize;

use super::casualties::Casualty;
use super::damage::{Damage, Hit};
use super::effect::State;
use super::model::{Model, Part, PoolKind};
use super::report::short_under_tuning;
use super::timers::Timers;
use super::timings::{Overrides, Timings};

/// What lives, in no cloud's words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    pub nodes: Vec<Nodes>,
    pub servers: Vec<Server>,
}

/// The instances of a component, or the nodes of a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nodes {
    /// A component's name, `broker`, `queue-controller`, `search-node` or `search-master`.
    pub of: String,
    pub nodes: Vec<Node>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// Which instance it is, where instances are told apart.
    pub number: Option<usize>,
    /// None where nobody knows.
    pub zone: Option<Zone>,
    pub works: bool,
}

/// A database server, and its standby where it has one now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Server {
    pub number: usize,
    pub zone: Option<Zone>,
    pub works: bool,
    pub standby: Option<Node>,
}

/// What can be said of what lives.
#[derive(Debug, Clone)]
pub struct Live {
    /// The topology with every instance where it stands; what is missing stands where it was promised.
    pub topology: Topology,
    /// How each capability stands now.
    pub now: Vec<Standing>,
    /// What would stop or weaken something now, and would not if everything were as promised.
    pub exposures: Vec<Exposure>,
    /// For whoever draws it.
    pub casualties: Vec<Casualty>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    pub capability: String,
    pub state: State,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exposure {
    /// `zone eu-west-1a is lost`
    pub failure: String,
    pub stops: Vec<Stop>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stop {
    pub capability: String,
    pub state: State,
    /// `stops 4 min`, `stopped`, `LOST`
    pub says: String,
    /// What the same failure does when everything is as promised.
    pub promised: State,
}

/// Holds what lives against what was promised.
pub fn live(promised: &Topology, timers: &Timers, facts: &Facts) -> Live {
    let timings = |of| Timings::new(of, timers.clone(), Overrides::new()).expect("no time is set");
    let placed = Placed::of(promised, facts);
    let model = Model::new(&placed.analysed, timings(&placed.analysed));
    let ideal = Model::new(promised, timings(promised));
    let base = placed.damage(&model);
    let now = (0..model.capabilities.len()).map(|capability| model.stands_now(capability, &base)).collect();
    let exposures = model.exposures(&ideal, &base);
    let casualties = placed.casualties(&model, &base);
    Live { now, exposures, casualties, topology: placed.topology }
}

/// The topology as it lives, and which places in it are empty.
struct Placed {
    topology: Topology,
    /// The same, as the model can take it.
    analysed: Topology,
    /// Pool, and of each of its instances whether it is missing.
    missing: Vec<(PoolKind, Vec<bool>)>,
    /// Of each database server: whether it, and its standby, are missing.
    servers: Vec<(bool, bool)>,
    /// The same for the analysed topology.
    copies: Vec<(bool, bool)>,
}

impl Placed {
    fn of(promised: &Topology, facts: &Facts) -> Self {
        let mut topology = promised.clone();
        let mut missing = Vec::new();
        let known = |word: &str| facts.nodes.iter().find(|nodes| nodes.of == word);
        let mut place = |kind: PoolKind, zones: &mut Vec<Zone>| {
            if let Some(nodes) = known(kind.node_word()) {
                let (lives, gone) = placed(zones, &nodes.nodes);
                *zones = lives;
                missing.push((kind, gone));
            }
        };
        for group in &mut topology.groups {
            place(PoolKind::Group(group.component), &mut group.instances);
        }
        if let Some(queue) = &mut topology.queue {
            place(PoolKind::Brokers, &mut queue.brokers);
            place(PoolKind::Controllers, &mut queue.controllers);
        }
        if let Some(search) = &mut topology.search {
            place(PoolKind::SearchNodes, &mut search.nodes);
            place(PoolKind::SearchMasters, &mut search.masters);
        }
        let servers = topology.database.as_mut().map(|it| place_servers(&mut it.servers, &facts.servers));
        let servers = servers.unwrap_or_default();
        let mut placed =
            Placed { analysed: topology.clone(), topology, missing, copies: servers.clone(), servers };
        placed.pair();
        placed
    }

    /// An instance and its own database are one cell of the model, whose first copy stands beside the instance. After a
    /// failover the copy that works is the other one.
    fn pair(&mut self) {
        let Some(component) = super::model::paired_component(&self.topology) else { return };
        let instances = self.topology.group(component).map_or_else(Vec::new, |it| it.instances.clone());
        let Some(database) = &mut self.analysed.database else { return };
        for (number, server) in database.servers.iter_mut().enumerate() {
            let moved = instances.get(number).is_some_and(|zone| *zone != server.zone);
            if let (true, Some(standby)) = (moved, &mut server.standby) {
                *standby = server.zone;
                let (first, second) = self.servers[number];
                self.copies[number] = (second, first);
            }
        }
    }

    fn is_missing(&self, word: &str, number: usize) -> bool {
        let pool = self.missing.iter().find(|(kind, _)| kind.node_word() == word);
        pool.is_some_and(|(_, gone)| gone.get(number).copied().unwrap_or(false))
    }

    /// What is missing, as a damage of the model of this topology.
    fn damage(&self, model: &Model<'_>) -> Damage {
        let mut damage = Damage::default();
        for (pool, content) in model.pools.iter().enumerate() {
            for cell in self.cells(content.kind) {
                let same =
                    |class: &super::model::Class| (class.zone, class.standby) == (cell.zone, cell.standby);
                let Some(class) = content.classes.iter().position(same) else { continue };
                let parts = content.classes[class].parts.iter().enumerate();
                let dead = |(at, part): (usize, &Part)| if cell.dead.contains(part) { 1u8 << at } else { 0 };
                let parts = parts.map(dead).fold(0, |all, bit| all | bit);
                if parts != 0 {
                    damage.add(Hit { pool, class, parts, count: 1 });
                }
            }
        }
        damage
    }

    /// The cells of a pool as they live.
    fn cells(&self, kind: PoolKind) -> Vec<Cell> {
        let of_zones = |zones: &[Zone]| -> Vec<Cell> {
            let machine = |number| self.is_missing(kind.node_word(), number).then_some(Part::Machine);
            let cell = |(number, zone): (usize, &Zone)| Cell {
                zone: *zone,
                standby: None,
                dead: machine(number).into_iter().collect(),
            };
            zones.iter().enumerate().map(cell).collect()
        };
        let servers = self.analysed.database.as_ref().map_or(&[][..], |database| &database.servers);
        match kind {
            PoolKind::Group(component) => {
                self.topology.group(component).map_or_else(Vec::new, |group| of_zones(&group.instances))
            }
            PoolKind::Shards(component) => {
                let instances = self.topology.group(component).map_or(&[][..], |group| &group.instances);
                let mut cells = of_zones(instances);
                for (number, cell) in cells.iter_mut().enumerate() {
                    let own = number.min(servers.len().saturating_sub(1));
                    cell.standby = servers.get(own).and_then(|server| server.standby);
                    cell.dead.extend(self.dead_servers(own));
                }
                cells
            }
            PoolKind::Database => {
                let cell = |(number, server): (usize, &DatabaseServer)| Cell {
                    zone: server.zone,
                    standby: server.standby,
                    dead: self.dead_servers(number),
                };
                servers.iter().enumerate().map(cell).collect()
            }
            PoolKind::Brokers => {
                self.topology.queue.as_ref().map_or_else(Vec::new, |it| of_zones(&it.brokers))
            }
            PoolKind::Controllers => {
                self.topology.queue.as_ref().map_or_else(Vec::new, |it| of_zones(&it.controllers))
            }
            PoolKind::SearchNodes => {
                self.topology.search.as_ref().map_or_else(Vec::new, |it| of_zones(&it.nodes))
            }
            PoolKind::SearchMasters => {
                self.topology.search.as_ref().map_or_else(Vec::new, |it| of_zones(&it.masters))
            }
        }
    }

    fn dead_servers(&self, number: usize) -> Vec<Part> {
        let (server, standby) = self.copies.get(number).copied().unwrap_or_default();
        server.then_some(Part::Primary).into_iter().chain(standby.then_some(Part::Standby)).collect()
    }

    /// What is missing is marked where it was promised; the others by what still works of what they do.
    fn casualties(&self, model: &Model<'_>, base: &Damage) -> Vec<Casualty> {
        let mut casualties = Vec::new();
        let mut add = |name: String, state: State, failed: bool| {
            if state != State::Running && !casualties.iter().any(|known: &Casualty| known.name == name) {
                casualties.push(Casualty { name, state, failed });
            }
        };
        for (pool, content) in model.pools.iter().enumerate() {
            let survivors = model.survivors_state(pool, base);
            for (number, cell) in self.cells(content.kind).iter().enumerate() {
                let is_dead = |part| cell.dead.contains(&part);
                if content.kind != PoolKind::Database {
                    let state = if is_dead(Part::Machine) { State::Stopped } else { survivors };
                    add(format!("{}-{number}", content.kind.node_word()), state, is_dead(Part::Machine));
                }
            }
        }
        for (number, (server, standby)) in self.servers.iter().enumerate() {
            for (missing, name) in
                [(server, format!("database-{number}")), (standby, format!("database-{number}-standby"))]
            {
                if *missing {
                    add(name, State::Stopped, true);
                }
            }
        }
        casualties
    }
}

struct Cell {
    zone: Zone,
    standby: Option<Zone>,
    dead: Vec<Part>,
}

/// Puts what lives into the promised places: first those whose zone fits, then the others. What is left is missing;
/// who is more than promised comes behind.
fn placed(promised: &[Zone], nodes: &[Node]) -> (Vec<Zone>, Vec<bool>) {
    let mut places: Vec<Option<Zone>> = vec![None; promised.len()];
    let mut left: Vec<Node> = Vec::new();
    for node in nodes.iter().filter(|node| node.works) {
        match node.number.filter(|number| *number < promised.len()) {
            Some(number) => places[number] = Some(node.zone.unwrap_or(promised[number])),
            None => left.push(*node),
        }
    }
    left.retain(|node| {
        let fits = (0..promised.len()).find(|at| places[*at].is_none() && Some(promised[*at]) == node.zone);
        fits.is_none_or(|at| {
            places[at] = node.zone;
            false
        })
    });
    let mut more = Vec::new();
    for node in left {
        match (0..promised.len()).find(|at| places[*at].is_none()) {
            Some(at) => places[at] = Some(node.zone.unwrap_or(promised[at])),
            None => more.extend(node.zone),
        }
    }
    let gone = places.iter().map(Option::is_none).chain(more.iter().map(|_| false)).collect();
    let zones = places.iter().zip(promised).map(|(zone, promised)| zone.unwrap_or(*promised));
    (zones.chain(more.iter().copied()).collect(), gone)
}

fn place_servers(servers: &mut [DatabaseServer], facts: &[Server]) -> Vec<(bool, bool)> {
    let mut missing = vec![(false, false); servers.len()];
    for fact in facts {
        let Some(server) = servers.get_mut(fact.number) else { continue };
        let promised = server.clone();
        server.zone = fact.zone.unwrap_or(server.zone);
        let standby = fact.standby.filter(|standby| standby.works);
        if let Some(zone) = &mut server.standby {
            *zone = standby.and_then(|it| it.zone).unwrap_or(*zone);
            if *zone == server.zone {
                // They changed places, or nobody says where the other one stands.
                *zone = promised.zone;
            }
        }
        missing[fact.number] = (!fact.works, server.standby.is_some() && standby.is_none());
    }
    missing
}

impl Model<'_> {
    fn stands_now(&self, capability: usize, base: &Damage) -> Standing {
        let state = self.standing(capability, base);
        let because =
            if state == State::Running { Vec::new() } else { self.effect(capability, base).reasons };
        Standing { capability: self.capabilities[capability].documented.name.clone(), state, because }
    }

    /// What would stop or weaken something now and, as promised, would not.
    fn exposures(&self, ideal: &Model<'_>, base: &Damage) -> Vec<Exposure> {
        let mut exposures: Vec<Exposure> = Vec::new();
        for event in self.zone_losses().into_iter().chain(self.events()) {
            let mut stops: Vec<Stop> = Vec::new();
            for both in self.on_top(base, &event.damage) {
                for capability in 0..self.capabilities.len() {
                    stops.extend(
                        self.stop(ideal, capability, base, &event.damage, &both)
                            .filter(|stop| !stops.iter().any(|known| known.capability == stop.capability)),
                    );
                }
            }
            let failure = self.names(&event.damage).into_iter().map(|name| name.says).collect::<Vec<_>>();
            let mut failure = failure.join(" and ");
            if self.only_copy(base, &event.damage) {
                // Which of the two copies is called the standby is the model's business: this one does the work.
                failure = failure.replace("database standby", "database server");
            }
            let exposure = Exposure { failure, stops };
            if !exposure.stops.is_empty() && !exposures.contains(&exposure) {
                exposures.push(exposure);
            }
        }
        exposures
    }

    /// Whether it hits standbys whose first copy is missing.
    fn only_copy(&self, base: &Damage, event: &Damage) -> bool {
        let bit = |hit: &Hit, part| {
            let parts = &self.pools[hit.pool].classes[hit.class].parts;
            parts.iter().position(|mine| *mine == part).map_or(0, |at| 1u8 << at)
        };
        event.hits.iter().any(|hit| {
            let is_missing = |gone: &Hit| {
                (gone.pool, gone.class) == (hit.pool, hit.class) && gone.parts & bit(gone, Part::Primary) != 0
            };
            hit.parts & bit(hit, Part::Standby) != 0 && base.hits.iter().any(is_missing)
        })
    }

    fn stop(
        &self,
        ideal: &Model<'_>,
        capability: usize,
        base: &Damage,
        event: &Damage,
        both: &Damage,
    ) -> Option<Stop> {
        let state = self.standing(capability, both);
        let promised = ideal.promised(capability, self, event);
        let is_news = state > promised && state > self.standing(capability, base);
        is_news.then(|| Stop {
            capability: self.capabilities[capability].documented.name.clone(),
            state,
            says: short_under_tuning(&self.effect(capability, both)),
            promised,
        })
    }

    /// What a failure of the live deployment does to the promised one. A cell stands for any of its kind.
    fn promised(&self, capability: usize, live: &Model<'_>, event: &Damage) -> State {
        let Some(hit) = event.hits.first() else { return self.standing(capability, event) };
        let pool = &live.pools[hit.pool];
        let dead = |class: &super::model::Class, parts: u8| -> Vec<Part> {
            let parts = class.parts.iter().enumerate().filter(move |(at, _)| parts & (1 << at) != 0);
            parts.map(|(_, part)| *part).collect()
        };
        let wanted = dead(&pool.classes[hit.class], hit.parts);
        let is_like = |other: &Damage| {
            other.hits.first().is_some_and(|mine| {
                let own = &self.pools[mine.pool];
                own.kind == pool.kind && dead(&own.classes[mine.class], mine.parts) == wanted
            })
        };
        let events = self.events().into_iter().map(|event| event.damage);
        let states = events.filter(is_like).map(|damage| self.standing(capability, &damage));
        states.max().unwrap_or(State::Running)
    }

    /// The event on top of what is missing: on a cell that is whole, or on what is left of one that isn't.
    fn on_top(&self, base: &Damage, event: &Damage) -> Vec<Damage> {
        let Some(hit) = event.hits.first().copied() else { return vec![base.and(event)] };
        let here: Vec<Hit> =
            base.hits.iter().copied().filter(|it| (it.pool, it.class) == (hit.pool, hit.class)).collect();
        let taken: u64 = here.iter().map(|it| it.count).sum();
        let mut ways = Vec::new();
        if taken < self.pools[hit.pool].classes[hit.class].count {
            ways.push(base.and(event));
        }
        for broken in here.into_iter().filter(|it| it.parts & hit.parts == 0) {
            let mut both = base.clone();
            both.hits.iter_mut().filter(|it| **it == broken).for_each(|it| it.count -= 1);
            both.hits.retain(|it| it.count > 0);
            both.add(Hit { parts: broken.parts | hit.parts, count: 1, ..broken });
            ways.push(both);
        }
        ways
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(number: Option<usize>, zone: Zone) -> Node {
        Node { number, zone: Some(zone), works: true }
    }

    #[test]
    fn who_lives_takes_the_places_that_fit_first() {
        let alike = [node(None, 2), node(None, 2), node(None, 0)];
        assert_eq!(placed(&[0, 1, 2], &alike), (vec![0, 2, 2], vec![false, false, false]));
        assert_eq!(placed(&[0, 1, 2], &alike[..1]), (vec![0, 1, 2], vec![true, true, false]));
        let down = Node { works: false, ..node(None, 0) };
        assert_eq!(placed(&[0, 1], &[down, node(None, 1)]), (vec![0, 1], vec![true, false]));
        assert_eq!(placed(&[0], &[node(None, 0), node(None, 1)]), (vec![0, 1], vec![false, false]));
        assert_eq!(placed(&[0, 1], &[node(Some(1), 0)]), (vec![0, 0], vec![true, false]));
        let anywhere = Node { zone: None, ..node(None, 0) };
        assert_eq!(placed(&[1], &[anywhere]), (vec![1], vec![false]));
    }
}
