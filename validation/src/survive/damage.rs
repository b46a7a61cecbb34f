//! Which parts of a deployment have failed, and how many of each pool that leaves.

use provision_architecture::topology::Zone;

use super::model::{Class, Model, Parent, Part, Pool};

/// Everything that has failed at one moment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(super) struct Damage {
    /// Lost zones, a bit each.
    pub(super) zones: u8,
    /// Zones whose way out of the network is lost, a bit each.
    pub(super) ways: u8,
    pub(super) balancer: bool,
    pub(super) files: bool,
    /// The platform's own process keeps crashing.
    pub(super) crash: bool,
    pub(super) hits: Vec<Hit>,
}

/// So many cells of one class, each with the same dead parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Hit {
    pub(super) pool: usize,
    pub(super) class: usize,
    /// The dead parts of each of these cells, a bit for each of the class' parts.
    pub(super) parts: u8,
    pub(super) count: u64,
}

impl Damage {
    pub(super) fn of_zone(zone: Zone) -> Self {
        Self { zones: 1 << zone, ..Self::default() }
    }

    pub(super) fn has_zone(&self, zone: Zone) -> bool {
        self.zones & (1 << zone) != 0
    }

    pub(super) fn has_way(&self, zone: Zone) -> bool {
        self.ways & (1 << zone) != 0
    }

    pub(super) fn has_parent(&self, parent: Parent) -> bool {
        match parent {
            Parent::LoadBalancer => self.balancer,
            Parent::SharedFiles => self.files,
        }
    }

    fn hits_of(&self, pool: usize, class: usize) -> impl Iterator<Item = &Hit> {
        self.hits.iter().filter(move |hit| hit.pool == pool && hit.class == class)
    }

    /// Both at once. Each hit stands for cells of its own.
    pub(super) fn and(&self, other: &Self) -> Self {
        let mut both = self.clone();
        both.zones |= other.zones;
        both.ways |= other.ways;
        both.balancer |= other.balancer;
        both.files |= other.files;
        both.crash |= other.crash;
        for hit in &other.hits {
            both.add(*hit);
        }
        both
    }

    pub(super) fn add(&mut self, hit: Hit) {
        let same = |mine: &&mut Hit| (mine.pool, mine.class, mine.parts) == (hit.pool, hit.class, hit.parts);
        match self.hits.iter_mut().find(same) {
            Some(mine) => mine.count += hit.count,
            None => self.hits.push(hit),
        }
        self.hits.sort_unstable();
    }
}

/// Why cells of a pool don't work, each counted once, under the cause that takes longest to mend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Toll {
    pub(super) total: u64,
    pub(super) working: u64,
    pub(super) by_volume: u64,
    pub(super) by_zone: u64,
    pub(super) by_server: u64,
    pub(super) by_machine: u64,
    pub(super) by_way: u64,
    /// Working, but only after the database's standby took over.
    pub(super) failing_over: u64,
    /// Working, but without a standby.
    pub(super) exposed: u64,
}

/// What became of one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Works,
    FailsOver,
    Exposed,
    Volume,
    Zone,
    Server,
    Machine,
    Way,
}

impl Class {
    fn has(&self, part: Part, dead: u8) -> bool {
        self.parts.iter().position(|mine| *mine == part).is_some_and(|at| dead & (1 << at) != 0)
    }

    fn fate(&self, dead: u8, damage: &Damage, outbound: bool) -> Fate {
        let zone_lost = damage.has_zone(self.zone);
        if self.has(Part::Volume, dead) {
            return Fate::Volume;
        }
        if zone_lost && self.standby.is_none() {
            return Fate::Zone;
        }
        let database = self.database_fate(dead, damage, zone_lost);
        if matches!(database, Fate::Zone | Fate::Server) {
            return database;
        }
        if self.parts.contains(&Part::Machine) {
            if zone_lost {
                return Fate::Zone;
            }
            if self.has(Part::Machine, dead) {
                return Fate::Machine;
            }
            if outbound && damage.has_way(self.zone) {
                return Fate::Way;
            }
        }
        database
    }

    fn database_fate(&self, dead: u8, damage: &Damage, zone_lost: bool) -> Fate {
        let primary_dead = self.has(Part::Primary, dead);
        let Some(standby) = self.standby else {
            return if primary_dead { Fate::Server } else { Fate::Works };
        };
        let standby_dead = self.has(Part::Standby, dead) || damage.has_zone(standby);
        match (primary_dead || zone_lost, standby_dead) {
            (true, true) if zone_lost || damage.has_zone(standby) => Fate::Zone,
            (true, true) => Fate::Server,
            (true, false) => Fate::FailsOver,
            (false, true) => Fate::Exposed,
            (false, false) => Fate::Works,
        }
    }
}

impl Class {
    /// Counts one cell with these dead parts.
    pub(super) fn count_fate(&self, dead: u8, damage: &Damage, outbound: bool, toll: &mut Toll) {
        toll.count(self.fate(dead, damage, outbound), 1);
    }
}

impl Toll {
    fn count(&mut self, fate: Fate, cells: u64) {
        let counter = match fate {
            Fate::Works => &mut self.working,
            Fate::FailsOver => {
                self.working += cells;
                &mut self.failing_over
            }
            Fate::Exposed => {
                self.working += cells;
                &mut self.exposed
            }
            Fate::Volume => &mut self.by_volume,
            Fate::Zone => &mut self.by_zone,
            Fate::Server => &mut self.by_server,
            Fate::Machine => &mut self.by_machine,
            Fate::Way => &mut self.by_way,
        };
        *counter += cells;
    }
}

impl Model<'_> {
    /// What the damage leaves of a pool.
    pub(super) fn toll(&self, pool: usize, damage: &Damage, outbound: bool) -> Toll {
        let mut toll = Toll::default();
        for (at, class) in self.pools[pool].classes.iter().enumerate() {
            self.class_toll(pool, at, class, damage, outbound, &mut toll);
        }
        toll
    }

    fn class_toll(
        &self,
        pool: usize,
        at: usize,
        class: &Class,
        damage: &Damage,
        outbound: bool,
        toll: &mut Toll,
    ) {
        let mut untouched = class.count;
        for hit in damage.hits_of(pool, at) {
            untouched -= hit.count;
            toll.count(class.fate(hit.parts, damage, outbound), hit.count);
        }
        toll.count(class.fate(0, damage, outbound), untouched);
        toll.total += class.count;
    }

    /// How many of a pool's cells don't work, by zone.
    pub(super) fn dead_by_zone(&self, pool: usize, damage: &Damage) -> Vec<u64> {
        let mut dead = vec![0; self.zones()];
        let Pool { classes, .. } = &self.pools[pool];
        for (at, class) in classes.iter().enumerate() {
            let mut toll = Toll::default();
            self.class_toll(pool, at, class, damage, false, &mut toll);
            dead[class.zone] += toll.total - toll.working;
        }
        dead
    }
}
