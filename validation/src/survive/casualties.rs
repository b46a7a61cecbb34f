//! Failures machine by machine, for whoever draws them: what each row of the matrix takes down, and what waits for it.

use provision_architecture::Topology;
use provision_architecture::diagnostic::did_you_mean;
use serde::Serialize;

use super::analysis::SurviveError;
use super::damage::Damage;
use super::effect::State;
use super::model::{Class, Model, Part, PoolKind};
use super::rows::Row;
use super::timers::Timers;
use super::timings::{Overrides, Timings};

/// What became of one machine, server, zone or service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Casualty {
    /// `worker-3`, `database-0`, `database-0-standby`, `zone-1`, `way-out-1`, `load-balancer`, `storage`.
    pub name: String,
    /// Once failover is over and before anything is replaced.
    pub state: State,
    /// Whether it failed itself, and does not only wait for what failed.
    pub failed: bool,
}

/// A row of the matrix, and one example of what it takes down.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pictured {
    pub row: Row,
    pub casualties: Vec<Casualty>,
}

/// Why something can't be made to fail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StrikeProblem {
    #[error("nothing here that could fail is called `{name}`")]
    Unknown { name: String, hint: String },
    #[error("everything that is called `{name}` has failed already")]
    NoneLeft { name: String },
}

/// The rows of the report's matrix in their order: nothing, the zones, every single failure.
pub fn pictured(
    topology: &Topology,
    timers: &Timers,
    set: &Overrides,
) -> Result<Vec<Pictured>, SurviveError> {
    let model = Model::new(topology, Timings::new(topology, timers.clone(), set.clone())?);
    let nothing = (model.row(&Damage::default(), 1), Damage::default());
    let mut rows = vec![nothing];
    rows.extend(model.rows_with_damages(&model.zone_losses(), false)?);
    rows.extend(model.rows_with_damages(&model.events(), false)?);
    let pictured = |(row, damage): (Row, Damage)| Pictured { row, casualties: model.casualties(&damage) };
    Ok(rows.into_iter().map(pictured).collect())
}

/// What these failures do together: `zone=b`, a zone's name, or a word that an objective may name. A component that is
/// named twice loses two machines.
pub fn struck(topology: &Topology, timers: &Timers, words: &[String]) -> Result<Pictured, StrikeProblem> {
    let timings = Timings::new(topology, timers.clone(), Overrides::new()).expect("nothing is set");
    let model = Model::new(topology, timings);
    let mut damage = Damage::default();
    // Lost zones first: what fails beside them fails elsewhere.
    let (zones, others): (Vec<_>, Vec<_>) = words.iter().partition(|word| model.is_zone(word));
    for word in zones.into_iter().chain(others) {
        damage = model.one_more(&damage, word)?;
    }
    let casualties = model.casualties(&damage);
    Ok(Pictured { row: model.row(&damage, 1), casualties })
}

impl Model<'_> {
    fn one_more(&self, damage: &Damage, word: &str) -> Result<Damage, StrikeProblem> {
        let name = word.strip_prefix("zone=").and_then(|zone| self.zone_called(zone)).unwrap_or(word);
        let unknown = |hint| StrikeProblem::Unknown { name: word.to_owned(), hint };
        if name == "zone" || name.starts_with("zone=") {
            let zones: Vec<&str> = (0..self.zones()).map(|zone| self.zone_name(zone)).collect();
            return Err(unknown(format!("the zones are {}", zones.join(", "))));
        }
        let known = self.failures_called(name);
        if known.is_empty() {
            let words = self.failure_words();
            let words = words.iter().map(String::as_str).filter(|word| *word != "zone");
            return Err(unknown(did_you_mean(name, words)));
        }
        let both =
            known.iter().map(|more| damage.and(more)).find(|both| both != damage && self.is_possible(both));
        both.ok_or_else(|| StrikeProblem::NoneLeft { name: word.to_owned() })
    }

    fn is_zone(&self, word: &str) -> bool {
        let name = word.strip_prefix("zone=").unwrap_or(word);
        self.zone_called(name).is_some()
    }

    /// A zone by its whole name or by what tells it from the others.
    fn zone_called(&self, word: &str) -> Option<&str> {
        let mut names = (0..self.zones()).map(|zone| self.zone_name(zone));
        let region = self.topology.region.as_str();
        names.find(|name| {
            let short = name.strip_prefix(region).map_or(*name, |rest| rest.trim_start_matches('-'));
            *name == word || short == word
        })
    }

    /// Whether there are as many cells as are hit, outside of lost zones.
    fn is_possible(&self, damage: &Damage) -> bool {
        let mut taken = std::collections::BTreeMap::new();
        for hit in &damage.hits {
            *taken.entry((hit.pool, hit.class)).or_insert(0) += hit.count;
        }
        taken.into_iter().all(|((pool, class), count)| {
            let class = &self.pools[pool].classes[class];
            count <= class.count && !damage.has_zone(class.zone)
        })
    }

    /// Everything that does not run as it should.
    fn casualties(&self, damage: &Damage) -> Vec<Casualty> {
        let mut casualties = self.shared_casualties(damage);
        for pool in 0..self.pools.len() {
            let survivors = self.survivors_state(pool, damage);
            for (at, class) in self.pools[pool].classes.iter().enumerate() {
                for number in 0..class.count {
                    let dead = self.dead_parts_of(pool, at, number, damage);
                    self.cell_casualties(pool, class, number, dead, damage, survivors, &mut casualties);
                }
            }
        }
        casualties
    }

    /// Zones, and services of the whole region.
    fn shared_casualties(&self, damage: &Damage) -> Vec<Casualty> {
        let failed = |name: String| Casualty { name, state: State::Stopped, failed: true };
        let mut casualties = Vec::new();
        for zone in 0..self.zones() {
            casualties.extend(damage.has_zone(zone).then(|| failed(format!("zone-{zone}"))));
            casualties.extend(damage.has_way(zone).then(|| failed(format!("way-out-{zone}"))));
        }
        casualties.extend(damage.balancer.then(|| failed("load-balancer".to_owned())));
        casualties.extend(damage.files.then(|| failed("storage".to_owned())));
        casualties
    }

    /// The dead parts of one cell: the hits are spread over the class' cells one after the other.
    fn dead_parts_of(&self, pool: usize, class: usize, number: u64, damage: &Damage) -> u8 {
        let mut first = 0;
        for hit in damage.hits.iter().filter(|hit| (hit.pool, hit.class) == (pool, class)) {
            if (first..first + hit.count).contains(&number) {
                return hit.parts;
            }
            first += hit.count;
        }
        0
    }

    #[expect(clippy::too_many_arguments, reason = "a cell is known by where it stands and what befell it")]
    fn cell_casualties(
        &self,
        pool: usize,
        class: &Class,
        number: u64,
        dead: u8,
        damage: &Damage,
        survivors: State,
        casualties: &mut Vec<Casualty>,
    ) {
        let kind = self.pools[pool].kind;
        let instance = class.zone as u64 + number * self.zones() as u64;
        let is_dead = |part: Part| {
            class.parts.iter().position(|mine| *mine == part).is_some_and(|at| dead & (1 << at) != 0)
        };
        let mut add = |name: String, state: State, failed: bool| {
            if state != State::Running {
                casualties.push(Casualty { name, state, failed });
            }
        };
        let zone_lost = damage.has_zone(class.zone);
        if class.parts.contains(&Part::Machine) {
            let failed = zone_lost || is_dead(Part::Machine) || self.crashes(kind, damage);
            let state = if failed { State::Stopped } else { survivors };
            add(format!("{}-{instance}", kind.node_word()), state, failed);
        }
        if class.parts.iter().all(|part| *part == Part::Machine) {
            return;
        }
        // An instance without a database of its own shares the last one.
        let servers = self.topology.database.as_ref().map_or(1, |database| database.servers.len() as u64);
        let instance = instance.min(servers.saturating_sub(1));
        let server = if is_dead(Part::Volume) {
            State::Lost
        } else if zone_lost || is_dead(Part::Primary) {
            State::Stopped
        } else {
            State::Running
        };
        add(format!("database-{instance}"), server, true);
        if let Some(standby) = class.standby
            && (damage.has_zone(standby) || is_dead(Part::Standby))
        {
            add(format!("database-{instance}-standby"), State::Stopped, true);
        }
    }

    fn crashes(&self, kind: PoolKind, damage: &Damage) -> bool {
        let crash = self.crash().filter(|_| damage.crash);
        crash.is_some_and(
            |crash| matches!(kind, PoolKind::Group(it) | PoolKind::Shards(it) if it == crash.component),
        )
    }

    /// How those stand that did not fail themselves: by what the capabilities that need them still do.
    pub(super) fn survivors_state(&self, pool: usize, damage: &Damage) -> State {
        let (mut worst, mut best, mut own) = (State::Running, State::Lost, State::Running);
        let mut is_needed = false;
        for (at, capability) in self.capabilities.iter().enumerate() {
            for need in capability.needs.iter().filter(|need| need.pool() == Some(pool)) {
                is_needed = true;
                let standing = self.standing(at, damage);
                (worst, best) = (worst.max(standing), best.min(standing));
                own = own.max(self.need_state(need, damage));
            }
        }
        let is_group = matches!(self.pools[pool].kind, PoolKind::Group(_) | PoolKind::Shards(_));
        match (is_needed, is_group) {
            (false, _) => State::Running,
            // Data that is gone is marked where it was.
            (true, true) if best >= State::Stopped => State::Stopped,
            (true, true) if worst >= State::Stopped || own == State::Degraded => State::Degraded,
            (true, true) => State::Running,
            (true, false) => own.min(State::Stopped),
        }
    }
}
