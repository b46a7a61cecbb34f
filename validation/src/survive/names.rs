//! What failures are called: by objectives, in words, and machine by machine.

use super::damage::{Damage, Hit};
use super::model::{Model, Part, PoolKind};
use super::words::plural;

/// Stands for a lost zone until it is known which ones come to the same.
const ANY_ZONE: &str = "zone … is lost";

/// What a failure is called: in objectives, and in words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    /// `zone`, `worker`, `database`, …
    pub(super) word: String,
    /// `one worker machine dies`.
    pub(super) says: String,
    /// Whether it is the loss of one machine.
    pub(super) machine: bool,
}

impl Model<'_> {
    /// What each thing in a damage is called, without its zone.
    pub(super) fn names(&self, damage: &Damage) -> Vec<Name> {
        let mut names = Vec::new();
        let mut add =
            |word: &str, says: String, machine| names.push(Name { word: word.to_owned(), says, machine });
        for zone in 0..self.zones() {
            if damage.has_zone(zone) {
                add("zone", format!("zone {} is lost", self.zone_name(zone)), false);
            }
        }
        match (damage.ways.count_ones(), self.zones()) {
            (0, _) => {}
            (1, 1) => add("way-out", "the way out of the zone is lost".to_owned(), false),
            (1, _) => add("way-out", "the way out of one zone is lost".to_owned(), false),
            (ways, _) => add("way-out", format!("the ways out of {ways} zones are lost"), false),
        }
        if damage.balancer {
            add("load-balancer", "the load balancer's service is lost".to_owned(), false);
        }
        if damage.files {
            add("shared-files", "the shared file service is lost".to_owned(), false);
        }
        if let Some(crash) = self.crash().filter(|_| damage.crash) {
            add("crash", format!("the {} keeps crashing", crash.component), false);
        }
        names.extend(self.alike(&damage.hits).iter().map(|hit| self.hit_name(hit)));
        names
    }

    /// Hits that differ only in their zone are called by one name.
    fn alike(&self, hits: &[Hit]) -> Vec<Hit> {
        let mut alike: Vec<Hit> = Vec::new();
        for hit in hits {
            let same =
                |mine: &&mut Hit| mine.pool == hit.pool && self.dead_parts(mine) == self.dead_parts(hit);
            match alike.iter_mut().find(same) {
                Some(mine) => mine.count += hit.count,
                None => alike.push(*hit),
            }
        }
        alike
    }

    fn dead_parts(&self, hit: &Hit) -> Vec<Part> {
        let parts = self.pools[hit.pool].classes[hit.class].parts.iter().enumerate();
        parts.filter(|(at, _)| hit.parts & (1 << at) != 0).map(|(_, part)| *part).collect()
    }

    /// The failures in words. A lost zone beside something else is left open, so that rows which differ only in it can
    /// become one.
    pub(super) fn wording(&self, damage: &Damage) -> Vec<String> {
        let says = self.names(damage).into_iter().map(|name| name.says);
        if damage.zones.count_ones() != 1 || *damage == (Damage { zones: damage.zones, ..Damage::default() })
        {
            return says.collect();
        }
        // Zones are named first.
        std::iter::once(ANY_ZONE.to_owned()).chain(says.skip(1)).collect()
    }

    /// Says which zones were left open.
    pub(super) fn close_wording(&self, failures: &mut [String], damages: &[Damage]) {
        let Some(open) = failures.iter_mut().find(|says| *says == ANY_ZONE) else { return };
        let lost = |zone: &usize| damages.iter().any(|damage| damage.has_zone(*zone));
        let zones: Vec<&str> = (0..self.zones()).filter(lost).map(|zone| self.zone_name(zone)).collect();
        *open = match zones.split_last() {
            Some((last, [])) => format!("zone {last} is lost"),
            Some((last, others)) => format!("zone {} or {last} is lost", others.join(", ")),
            None => "a zone is lost".to_owned(),
        };
    }

    pub(super) fn zone_name(&self, zone: usize) -> &str {
        self.topology.zones.get(zone).map_or("the only one", |name| name.as_str())
    }

    fn hit_name(&self, hit: &Hit) -> Name {
        let pool = &self.pools[hit.pool];
        let parts = self.dead_parts(hit);
        let what: Vec<String> = parts.iter().map(|part| part_words(pool.kind, *part)).collect();
        let what = match (pool.kind, parts.len()) {
            (PoolKind::Shards(component), 2..) => format!("of one {component}, {}", what.join(" and ")),
            _ => what.join(" and "),
        };
        let machine = parts == [Part::Machine];
        let word = match parts.as_slice() {
            [Part::Machine] => pool.kind.node_word().to_owned(),
            _ => "database".to_owned(),
        };
        let article = self.article(pool.total(), hit.count);
        let verb = match (hit.count, parts.as_slice()) {
            (1, [Part::Volume]) => "is lost",
            (1, [_]) => "dies",
            (_, [Part::Volume]) => "are lost",
            _ => "die",
        };
        Name { word, says: format!("{article} {} {verb}", plural(&what, hit.count)), machine }
    }

    fn article(&self, total: u64, count: u64) -> String {
        match (total, count) {
            (1, _) => "the".to_owned(),
            (2, 2) => "both".to_owned(),
            (total, count) if total == count => format!("all {total}"),
            (_, 1) => "one".to_owned(),
            (_, count) => count.to_string(),
        }
    }

    /// Every set of concrete things that a damage stands for.
    pub(super) fn members(&self, damage: &Damage) -> Vec<Vec<String>> {
        let shared = self.names(&Damage { hits: Vec::new(), ..damage.clone() });
        let shared: Vec<String> = shared.into_iter().map(|name| name.says).collect();
        let mut sets = vec![(shared, Vec::new())];
        for hit in &damage.hits {
            sets = self.with_cells(&sets, hit);
        }
        sets.into_iter().map(|(names, _)| names).collect()
    }

    /// Each set once for every choice of the hit's cells that is not taken yet.
    fn with_cells(&self, sets: &[(Vec<String>, Vec<Cell>)], hit: &Hit) -> Vec<(Vec<String>, Vec<Cell>)> {
        let class = &self.pools[hit.pool].classes[hit.class];
        let mut longer = Vec::new();
        for (names, taken) in sets {
            for chosen in chosen(class.count, hit.count) {
                let cells: Vec<Cell> = chosen.iter().map(|number| (hit.pool, hit.class, *number)).collect();
                if cells.iter().any(|cell| taken.contains(cell)) {
                    continue;
                }
                let named = chosen.iter().map(|number| self.cell_name(hit, *number));
                let names = names.iter().cloned().chain(named).collect();
                longer.push((names, taken.iter().copied().chain(cells).collect()));
            }
        }
        longer
    }

    /// Instances go one after the other over the zones, so those of one zone are as many apart as there are zones.
    fn cell_name(&self, hit: &Hit, number: u64) -> String {
        let pool = &self.pools[hit.pool];
        let class = &pool.classes[hit.class];
        let instance = class.zone as u64 + number * self.zones() as u64;
        let word = pool.kind.node_word();
        let parts: Vec<&str> = self.dead_parts(hit).into_iter().map(Part::word).collect();
        match parts.as_slice() {
            ["machine"] => format!("{word}-{instance}"),
            parts => format!("{word}-{instance} ({})", parts.join(", ")),
        }
    }
}

/// A cell by pool, class and number.
type Cell = (usize, usize, u64);

/// Every choice of `k` of the numbers below `n`.
fn chosen(n: u64, k: u64) -> Vec<Vec<u64>> {
    if k == 0 {
        return vec![Vec::new()];
    }
    let with_last = |last: u64| {
        chosen(last, k - 1).into_iter().map(move |mut rest| {
            rest.push(last);
            rest
        })
    };
    (k - 1..n).flat_map(with_last).collect()
}

impl Part {
    const fn word(self) -> &'static str {
        match self {
            Self::Machine => "machine",
            Self::Primary => "database server",
            Self::Standby => "database standby",
            Self::Volume => "database volume",
        }
    }
}

fn part_words(kind: PoolKind, part: Part) -> String {
    match (kind, part) {
        (PoolKind::Group(component) | PoolKind::Shards(component), Part::Machine) => {
            format!("{component} machine")
        }
        (kind, Part::Machine) => kind.node_word().to_owned(),
        (PoolKind::Shards(component), Part::Primary) => format!("{component}'s database server"),
        (PoolKind::Shards(component), Part::Standby) => format!("{component}'s database standby"),
        (PoolKind::Shards(component), Part::Volume) => format!("{component}'s database volume"),
        (_, Part::Primary) => "database server".to_owned(),
        (_, Part::Standby) => "database standby".to_owned(),
        (_, Part::Volume) => "database volume".to_owned(),
    }
}

impl Model<'_> {
    /// Every word that an objective may put before its colon.
    pub(super) fn failure_words(&self) -> Vec<String> {
        let mut words: Vec<String> = ["machine", "zone"].map(str::to_owned).to_vec();
        words.extend(self.topology.zones.iter().map(|zone| zone.as_str().to_owned()));
        words.extend(self.events().iter().flat_map(|event| self.names(&event.damage)).map(|name| name.word));
        words.sort();
        words.dedup();
        words
    }

    /// The single failures that a word stands for.
    pub(super) fn failures_called(&self, word: &str) -> Vec<Damage> {
        if word == "zone" {
            return self.zone_losses().into_iter().map(|event| event.damage).collect();
        }
        if let Some(zone) = self.topology.zones.iter().position(|zone| zone.as_str() == word) {
            return vec![Damage::of_zone(zone)];
        }
        let called = |damage: &Damage| {
            self.names(damage).iter().any(|name| name.word == word || (word == "machine" && name.machine))
        };
        self.events().into_iter().map(|event| event.damage).filter(|damage| called(damage)).collect()
    }
}
