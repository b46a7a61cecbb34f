//! Machines and zones that fail, and groups that heal on the clock.
//!
//! What happens is worked out anew from what was written down (when a group was made, what failed when), so that a
//! look at any moment sees the same.

use std::collections::{BTreeMap, BTreeSet};

use provision_kinds::Machines;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::estate::{Estate, Object};

/// Something that fails at a moment, and is back at another, or never. Moments are milliseconds on the estate's clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outage {
    pub of: Part,
    pub from: u64,
    pub until: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    Zone(String),
    Machine(String),
    /// What runs on the machine: it doesn't answer its checks, the machine goes on.
    Service(String),
}

/// A machine at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    pub id: String,
    /// The key of the group or of the machine itself among the estate's objects.
    pub owner: String,
    pub zone: String,
    pub state: MachineState,
    /// When it was ordered.
    pub born: u64,
    /// Since when it is in this state.
    pub since: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MachineState {
    Starting,
    Running,
    /// Down; its group, if it has one, replaces it once that was noticed.
    Failed,
}

impl Estate {
    /// From now on, until it recovers.
    pub fn fail(&mut self, part: Part, now: u64) {
        if !self.outages.iter().any(|outage| outage.of == part && outage.until.is_none()) {
            self.outages.push(Outage { of: part, from: now, until: None });
        }
    }

    /// What failed is back. A machine of a group that was replaced meanwhile stays gone.
    pub fn recover(&mut self, part: &Part, now: u64) {
        for outage in self.outages.iter_mut().filter(|outage| outage.of == *part) {
            outage.until.get_or_insert(now);
        }
    }

    /// Every machine that there is at a moment, of groups and alone. What was given up is not among them.
    pub fn machines(&self, now: u64) -> Vec<Machine> {
        let mut machines = Vec::new();
        for (key, object) in
            self.objects.iter().filter(|(_, object)| object.gone_at.is_none_or(|gone| gone > now))
        {
            let Some(facts) = provision_kinds::cloud(&object.kind).and_then(|cloud| cloud.machines.as_ref())
            else {
                continue;
            };
            let start =
                1000 * provision_kinds::kind(&object.kind).map_or(0, |kind| u64::from(kind.duration.create));
            if facts.server.is_some() {
                // Databases have a way of their own to go on.
                continue;
            }
            let group = Group {
                owner: key,
                zones: self.zones(object, facts),
                notices: 1000 * u64::from(facts.noticed_after),
                start,
                rebalances: facts.rebalances,
                outages: &self.outages,
            };
            if facts.count.is_empty() {
                let zone = group.zones.first().cloned();
                machines.extend(zone.map(|zone| group.staying(object, object.id().to_owned(), zone, now)));
                continue;
            }
            let count = self.count(object, facts);
            // Where the only machine of a group starts is the cloud's choice: groups with a number take turns.
            let first = if count == 1 { trailing_number(key) } else { 0 };
            let numbers = first..first + count;
            if facts.stays {
                machines.extend(numbers.filter_map(|number| group.node(object, number, now)));
            } else {
                machines.extend(numbers.filter_map(|number| group.life(object, number, now)));
            }
        }
        machines
    }

    /// How many a group keeps.
    fn count(&self, object: &Object, facts: &Machines) -> u64 {
        let own = facts.count.iter().find_map(|path| at(&object.arguments, path));
        let other = || {
            let by = facts.counted_by.as_ref()?;
            let of = |other: &&Object| {
                other.kind == by.kind
                    && at(&other.arguments, &by.of).and_then(Json::as_str).is_some_and(|name| object.is(name))
            };
            at(&self.objects.values().find(of)?.arguments, &by.least)
        };
        own.or_else(other).and_then(number).unwrap_or(0)
    }

    /// The zones of the places that an object names, or its own.
    pub(super) fn zones(&self, object: &Object, facts: &Machines) -> Vec<String> {
        let named = |paths: &[String]| paths.iter().find_map(|path| at(&object.arguments, path)).cloned();
        let mut zones = BTreeSet::new();
        self.zones_behind(&named(&facts.places).unwrap_or_default(), &facts.zone, 2, &mut zones);
        if let Some(Json::Array(names)) = named(&facts.zones) {
            zones.extend(names.iter().filter_map(Json::as_str).map(str::to_owned));
        }
        if zones.is_empty() {
            zones.extend(at(&object.arguments, &facts.zone).and_then(Json::as_str).map(str::to_owned));
        }
        zones.into_iter().collect()
    }

    /// Whether a part is out at a moment.
    pub(super) fn is_out(&self, part: &Part, now: u64) -> bool {
        self.outages.iter().any(|outage| {
            outage.of == *part && outage.from <= now && outage.until.is_none_or(|until| until > now)
        })
    }

    /// A subnet has a zone; a network interface has one through its subnet.
    fn zones_behind(&self, value: &Json, zone: &str, steps: usize, zones: &mut BTreeSet<String>) {
        match value {
            Json::String(id) => {
                // Objects of several kinds may have one name.
                for place in self.objects.values().filter(|object| object.id() == id) {
                    match place.arguments.get(zone).and_then(Json::as_str) {
                        Some(own) => {
                            zones.insert(own.to_owned());
                        }
                        None if steps > 0 => {
                            // Other arguments name other things: a tag may read like an id.
                            let leading = place.arguments.iter().filter(|(name, _)| name.contains("subnet"));
                            leading.for_each(|(_, next)| self.zones_behind(next, zone, steps - 1, zones));
                        }
                        None => {}
                    }
                }
            }
            Json::Array(items) => items.iter().for_each(|item| self.zones_behind(item, zone, steps, zones)),
            Json::Object(map) => map.values().for_each(|item| self.zones_behind(item, zone, steps, zones)),
            _ => {}
        }
    }
}

/// What stands at a path, in the first block on the way.
pub(super) fn at<'a>(arguments: &'a Map<String, Json>, path: &str) -> Option<&'a Json> {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let value = arguments.get(first)?;
    let Some(rest) = rest else { return Some(value).filter(|value| !value.is_null()) };
    match value {
        Json::Array(items) => at(items.first()?.as_object()?, rest),
        Json::Object(map) => at(map, rest),
        _ => None,
    }
}

/// `2` of `orders-server-2`, 0 of what has none.
fn trailing_number(name: &str) -> u64 {
    let digits = name.len() - name.trim_end_matches(|letter: char| letter.is_ascii_digit()).len();
    name[name.len() - digits..].parse().unwrap_or(0)
}

/// A whole number, also one that was written as text.
fn number(value: &Json) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

struct Group<'a> {
    owner: &'a str,
    zones: Vec<String>,
    notices: u64,
    start: u64,
    rebalances: bool,
    outages: &'a [Outage],
}

impl Group<'_> {
    /// What has become of one place in the group: the machine that fills it at the moment.
    fn life(&self, object: &Object, number: u64, now: u64) -> Option<Machine> {
        let (mut born, mut ready) = (object.created_at, object.ready_at);
        for generation in 0.. {
            let zone = self.zone_at(born, number)?;
            let id = super::computed::machine_id(self.owner, number, generation);
            let failed = self.first_failure(&id, &zone, born).map(|outage| outage.from.max(born));
            // The new one first: the machine goes when the one in its own zone runs.
            if let Some(back) = self.goes_home_at(number, &zone, born).filter(|back| {
                back + self.start <= now && failed.is_none_or(|failed| failed > back + self.start)
            }) {
                (born, ready) = (back, back + self.start);
                continue;
            }
            let Some(failed) = failed.filter(|failed| *failed <= now) else {
                let starting = now < ready;
                let (state, since) =
                    if starting { (MachineState::Starting, born) } else { (MachineState::Running, ready) };
                return Some(self.machine(id, zone, state, born, since));
            };
            // Replaced as soon as it was noticed and there is a zone to put it.
            let Some(replaced) = self.next_room(failed + self.notices).filter(|at| *at <= now) else {
                return Some(self.machine(id, zone, MachineState::Failed, born, failed));
            };
            (born, ready) = (replaced, replaced + self.start);
        }
        None
    }

    /// A node of a managed cluster: the zones take turns, and it comes back where it was.
    fn node(&self, object: &Object, number: u64, now: u64) -> Option<Machine> {
        let turn = usize::try_from(number).ok()?.checked_rem(self.zones.len())?;
        let id = super::computed::machine_id(self.owner, number, 0);
        Some(self.staying(object, id, self.zones[turn].clone(), now))
    }

    /// A machine without a group waits until what failed is back.
    fn staying(&self, object: &Object, id: String, zone: String, now: u64) -> Machine {
        let hits = |outage: &&Outage| match &outage.of {
            Part::Zone(name) => *name == zone,
            Part::Machine(name) => *name == id,
            Part::Service(_) => false,
        };
        let past: Vec<&Outage> =
            self.outages.iter().filter(hits).filter(|outage| outage.from <= now).collect();
        let down = past.iter().filter(|outage| outage.until.is_none_or(|until| until > now));
        let (state, since) = match down.map(|outage| outage.from).min() {
            Some(from) => (MachineState::Failed, from.max(object.created_at)),
            None if now < object.ready_at => (MachineState::Starting, object.created_at),
            None => {
                let back = past.iter().filter_map(|outage| outage.until).max();
                (MachineState::Running, back.unwrap_or(0).max(object.ready_at))
            }
        };
        self.machine(id, zone, state, object.created_at, since)
    }

    fn machine(&self, id: String, zone: String, state: MachineState, born: u64, since: u64) -> Machine {
        Machine { id, owner: self.owner.to_owned(), zone, state, born, since }
    }

    /// The zone that a place in the group has when all are healthy.
    fn home(&self, number: u64) -> Option<&String> {
        self.zones.get(usize::try_from(number).ok()?.checked_rem(self.zones.len())?)
    }

    /// When a machine that stands elsewhere is moved to the zone of its place.
    fn goes_home_at(&self, number: u64, zone: &str, born: u64) -> Option<u64> {
        let home = self.home(number).filter(|home| self.rebalances && *home != zone)?;
        let mut moments: Vec<u64> = self.outages.iter().filter_map(|outage| outage.until).collect();
        moments.push(born);
        moments.into_iter().filter(|at| *at >= born && !self.is_down(home, *at)).min()
    }

    /// The zone in which one that starts then is put: its own, or another one while that is down.
    fn zone_at(&self, at: u64, turn: u64) -> Option<String> {
        if let Some(home) = self.home(turn).filter(|home| !self.is_down(home, at)) {
            return Some(home.clone());
        }
        let healthy: Vec<&String> = self.zones.iter().filter(|zone| !self.is_down(zone, at)).collect();
        let zones = if healthy.is_empty() { self.zones.iter().collect() } else { healthy };
        let turn = usize::try_from(turn).ok()?.checked_rem(zones.len())?;
        Some(zones[turn].clone())
    }

    fn is_down(&self, zone: &str, at: u64) -> bool {
        self.outages.iter().any(|outage| {
            matches!(&outage.of, Part::Zone(name) if name == zone)
                && outage.from <= at
                && outage.until.is_none_or(|until| until > at)
        })
    }

    /// The first failure that hits a machine which lives from a moment on.
    fn first_failure(&self, id: &str, zone: &str, born: u64) -> Option<&Outage> {
        let hits = |outage: &&Outage| match &outage.of {
            Part::Zone(name) => name == zone && outage.until.is_none_or(|until| until > born),
            Part::Machine(name) => name == id && outage.until.is_none_or(|until| until > born),
            Part::Service(_) => false,
        };
        self.outages.iter().filter(hits).min_by_key(|outage| outage.from)
    }

    /// The first moment, not before the given one, at which one of the zones is healthy.
    fn next_room(&self, from: u64) -> Option<u64> {
        let mut moments: Vec<u64> = self.outages.iter().filter_map(|outage| outage.until).collect();
        moments.push(from);
        moments.sort_unstable();
        moments
            .into_iter()
            .filter(|at| *at >= from)
            .find(|at| self.zones.iter().any(|zone| !self.is_down(zone, *at)))
    }
}

/// How many machines an owner has running, by zone.
pub fn running(machines: &[Machine], owner: &str) -> BTreeMap<String, usize> {
    let mut zones = BTreeMap::new();
    for machine in machines.iter().filter(|m| m.owner == owner && m.state == MachineState::Running) {
        *zones.entry(machine.zone.clone()).or_default() += 1;
    }
    zones
}
