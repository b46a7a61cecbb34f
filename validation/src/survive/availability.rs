//! How much of the time each capability stands: exact for the assumed rates, by going through every state of the
//! zones, which are common causes, and counting within them, where instances fail independently.

use std::collections::BTreeMap;

use provision_architecture::topology::DatabaseTier;
use provision_architecture::values::Duration;
use serde::Serialize;

use super::damage::{Damage, Toll};
use super::model::{Class, Model, Need, Parent, Part, PoolKind};
use super::placement::number;
use super::recovery::{Step, Tuning};
use super::structure::majority;

/// A chance that changes no digit of a sum that is about one, however many of them there are: without them, the states
/// that are gone through don't grow with the number of nodes.
const NEGLIGIBLE: f64 = 1e-24;
const MINUTES_PER_YEAR: f64 = 365.25 * 24.0 * 60.0;

/// How much of the time a capability stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Availability {
    pub capability: String,
    /// The share of time in which enough stands.
    pub available: f64,
    /// Minutes a year in which too much has failed.
    pub down_minutes: f64,
    /// Minutes a year in which something takes over, on tuned hosts.
    pub failover_minutes: f64,
    /// The same on hosts that nobody tuned.
    pub failover_minutes_kernel: f64,
}

/// The assumed unavailability of everything that fails by itself.
#[derive(Debug, Clone)]
pub(super) struct Rates {
    zone: f64,
    way: f64,
    balancer: f64,
    files: f64,
    /// By pool, then by part.
    parts: Vec<BTreeMap<Part, f64>>,
}

/// The share of time in which something is away that fails every so often and then takes so long to mend.
fn away(fails_every: Duration, mended_in: Duration) -> f64 {
    mended_in.seconds() / (fails_every.seconds() + mended_in.seconds())
}

impl Model<'_> {
    pub(super) fn availability(&self, capability: usize, rates: &Rates) -> Availability {
        let available = self.available(capability, rates);
        Availability {
            capability: self.capabilities[capability].documented.name.clone(),
            available,
            down_minutes: (1.0 - available) * MINUTES_PER_YEAR,
            failover_minutes: self.failover_minutes(capability, Tuning::Tuned),
            failover_minutes_kernel: self.failover_minutes(capability, Tuning::Kernel),
        }
    }

    /// The names of the times that availability rests on.
    pub(super) fn rate_steps(&self) -> Vec<Step> {
        let mut names = vec![
            "machine-fails-every",
            "zone-fails-every",
            "zone-outage",
            "way-out-fails-every",
            "way-out-outage",
        ];
        if self.topology.database.is_some() {
            names.extend(["database-server-fails-every", "volume-fails-every"]);
        }
        for parent in &self.parents {
            names.extend(match parent {
                Parent::LoadBalancer => ["load-balancer-fails-every", "load-balancer-outage"],
                Parent::SharedFiles => ["files-fail-every", "files-outage"],
            });
        }
        names.into_iter().map(|name| self.timings.step(name)).collect()
    }

    pub(super) fn rates(&self) -> Rates {
        let time = |name| self.timings.value(name);
        Rates {
            zone: away(time("zone-fails-every"), time("zone-outage")),
            way: away(time("way-out-fails-every"), time("way-out-outage")),
            balancer: away(time("load-balancer-fails-every"), time("load-balancer-outage")),
            files: away(time("files-fail-every"), time("files-outage")),
            parts: (0..self.pools.len()).map(|pool| self.part_rates(pool)).collect(),
        }
    }

    fn part_rates(&self, pool: usize) -> BTreeMap<Part, f64> {
        let redundant = self.topology.database.as_ref().is_some_and(DatabaseTier::is_redundant);
        let parts = self.pools[pool].classes.iter().flat_map(|class| &class.parts);
        parts.map(|part| (*part, self.part_rate(pool, *part, redundant))).collect()
    }

    fn part_rate(&self, pool: usize, part: Part, redundant: bool) -> f64 {
        let time = |name| self.timings.value(name);
        match part {
            Part::Machine => {
                let dead = Toll { by_machine: 1, ..Toll::default() };
                let mended = self.machine_replacement(pool, &dead).time(Tuning::Tuned);
                away(time("machine-fails-every"), mended.unwrap_or(time("zone-outage")))
            }
            Part::Primary | Part::Standby if redundant => {
                away(time("database-server-fails-every"), time("standby-rebuild"))
            }
            Part::Primary | Part::Standby => {
                let mended = self.database_restart().time(Tuning::Tuned).unwrap_or(time("database-restart"));
                away(time("database-server-fails-every"), mended)
            }
            Part::Volume => away(time("volume-fails-every"), time("backup-restore")),
        }
    }

    pub(super) fn available(&self, capability: usize, rates: &Rates) -> f64 {
        let needs = &self.capabilities[capability].needs;
        let impossible = needs.iter().any(|need| matches!(need, Need::Missing(_)));
        if impossible || !self.stands(capability, &Damage::default()) {
            return 0.0;
        }
        let parents: f64 = needs
            .iter()
            .map(|need| match need {
                Need::Parent(Parent::LoadBalancer) => 1.0 - rates.balancer,
                Need::Parent(Parent::SharedFiles) => 1.0 - rates.files,
                _ => 1.0,
            })
            .product();
        let outbound = needs.iter().any(|need| matches!(need, Need::Group { outbound: true, .. }));
        let pools = self.needs_by_pool(capability);
        let mut total = 0.0;
        self.each_zone_state(outbound, rates, &mut |weight, damage| {
            let stand: f64 =
                pools.iter().map(|(pool, needs)| self.pool_stands(*pool, needs, damage, rates)).product();
            total += weight * stand;
        });
        total * parents
    }

    /// Pools fail independently once the zones' state is known; the needs of one pool have to be judged together.
    fn needs_by_pool(&self, capability: usize) -> BTreeMap<usize, Vec<&Need>> {
        let mut pools: BTreeMap<usize, Vec<&Need>> = BTreeMap::new();
        for need in &self.capabilities[capability].needs {
            if let Some(pool) = need.pool() {
                pools.entry(pool).or_default().push(need);
            }
        }
        pools
    }

    /// Every state of the zones (up, up without a way out, lost) with its probability.
    fn each_zone_state(&self, outbound: bool, rates: &Rates, visit: &mut impl FnMut(f64, &Damage)) {
        let kinds: u32 = if outbound { 3 } else { 2 };
        for state in 0..kinds.pow(u32::try_from(self.zones()).unwrap_or(0)) {
            let (mut rest, mut weight, mut damage) = (state, 1.0, Damage::default());
            for zone in 0..self.zones() {
                match (rest % kinds, outbound) {
                    (0, false) => weight *= 1.0 - rates.zone,
                    (0, true) => weight *= (1.0 - rates.zone) * (1.0 - rates.way),
                    (1, _) => {
                        weight *= rates.zone;
                        damage.zones |= 1 << zone;
                    }
                    _ => {
                        weight *= (1.0 - rates.zone) * rates.way;
                        damage.ways |= 1 << zone;
                    }
                }
                rest /= kinds;
            }
            visit(weight, &damage);
        }
    }

    fn pool_stands(&self, pool: usize, needs: &[&Need], zones: &Damage, rates: &Rates) -> f64 {
        match self.pools[pool].kind {
            PoolKind::Group(_) | PoolKind::Shards(_) => self.group_stands(pool, needs, zones, rates),
            PoolKind::Database => {
                let cells = self.cells(pool, zones, false, rates);
                cells.iter().map(|cell| (1.0 - cell.dead - cell.volume).powf(cell.count)).product()
            }
            _ => self.nodes_stand(pool, needs, zones, rates),
        }
    }

    /// At least one works, and no data is lost.
    fn group_stands(&self, pool: usize, needs: &[&Need], zones: &Damage, rates: &Rates) -> f64 {
        // What works with a way out works without needing one, so the stricter need decides.
        let outbound = needs.iter().any(|need| matches!(need, Need::Group { outbound: true, .. }));
        let cells = self.cells(pool, zones, outbound, rates);
        let none_lost: f64 = cells.iter().map(|cell| (1.0 - cell.volume).powf(cell.count)).product();
        let none_works: f64 = cells.iter().map(|cell| cell.dead.powf(cell.count)).product();
        none_lost - none_works
    }

    /// The cells of each class: how likely one is dead, or its data lost.
    fn cells(&self, pool: usize, zones: &Damage, outbound: bool, rates: &Rates) -> Vec<CellOdds> {
        let odds = |class: &Class| {
            let mut cell = CellOdds { count: number(class.count), dead: 0.0, volume: 0.0 };
            for dead in 0..1u8 << class.parts.len() {
                let chance = chance_of(class, dead, &rates.parts[pool]);
                let mut toll = Toll::default();
                class.count_fate(dead, zones, outbound, &mut toll);
                if toll.by_volume > 0 {
                    cell.volume += chance;
                } else if toll.working == 0 {
                    cell.dead += chance;
                }
            }
            cell
        };
        self.pools[pool].classes.iter().map(odds).collect()
    }

    /// Enough nodes work for the majority, and enough copies are left of what stands worst.
    fn nodes_stand(&self, pool: usize, needs: &[&Need], zones: &Damage, rates: &Rates) -> f64 {
        let copies = needs.iter().find_map(|need| self.copies_needed(need));
        let most = copies.map_or(0, |(placement, _)| placement.copies());
        let counts_total =
            needs.iter().any(|need| matches!(need, Need::Majority { .. } | Need::AnyOf { .. }));
        let mut chances: BTreeMap<(Vec<u64>, u64), f64> = BTreeMap::from([((Vec::new(), 0), 1.0)]);
        let by_zone = self.pools[pool].by_zone(self.zones());
        for (zone, nodes) in by_zone.iter().enumerate() {
            let dead_odds = if zones.has_zone(zone) { 1.0 } else { rates.parts[pool][&Part::Machine] };
            let mut next = BTreeMap::new();
            let counts = binomial(*nodes, dead_odds).into_iter().enumerate();
            for (dead, chance) in counts.filter(|(_, chance)| *chance > NEGLIGIBLE) {
                for ((capped, total), so_far) in &chances {
                    let mut capped = capped.clone();
                    capped.push((dead as u64).min(most));
                    let total = if counts_total { total + dead as u64 } else { 0 };
                    *next.entry((capped, total)).or_default() += so_far * chance;
                }
            }
            chances = next;
        }
        let total: u64 = by_zone.iter().sum();
        let stands = |capped: &[u64], dead: u64| {
            needs.iter().all(|need| match need {
                Need::Majority { .. } => total - dead >= majority(total),
                Need::AnyOf { .. } => dead < total,
                need => self.copies_needed(need).is_none_or(|(placement, least)| {
                    placement.copies() - placement.worst_lost(capped) >= least
                }),
            })
        };
        chances.iter().filter(|((capped, dead), _)| stands(capped, *dead)).map(|(_, chance)| chance).sum()
    }

    fn copies_needed(&self, need: &Need) -> Option<(&super::placement::Placement, u64)> {
        match need {
            Need::Brokers { .. } => Some((self.partitions.as_ref()?, self.in_sync_needed())),
            Need::Shards { .. } => Some((self.shards.as_ref()?, 1)),
            _ => None,
        }
    }

    /// Single failures that something takes over from: how often, times how long.
    fn failover_minutes(&self, capability: usize, tuning: Tuning) -> f64 {
        let events = self.events().into_iter().chain(self.zone_losses());
        events
            .map(|event| {
                let effect = self.effect(capability, &event.damage);
                let stopped = effect.stop.as_ref().filter(|_| effect.fails_over());
                let stopped =
                    stopped.and_then(|stop| stop.time(tuning)).map_or(0.0, |time| time.seconds() / 60.0);
                let rate = if stopped > 0.0 { self.per_year(&event.damage) } else { 0.0 };
                number(event.count) * rate * stopped
            })
            .sum()
    }

    /// How often a year one thing fails.
    fn per_year(&self, damage: &Damage) -> f64 {
        let name = match damage.hits.first() {
            _ if damage.zones != 0 => "zone-fails-every",
            Some(hit) => {
                let class = &self.pools[hit.pool].classes[hit.class];
                match class.parts[hit.parts.trailing_zeros() as usize] {
                    Part::Machine => "machine-fails-every",
                    Part::Primary | Part::Standby => "database-server-fails-every",
                    Part::Volume => "volume-fails-every",
                }
            }
            None => return 0.0,
        };
        MINUTES_PER_YEAR * 60.0 / self.timings.value(name).seconds()
    }
}

/// Cells of one class: how many, how likely one is dead, how likely its data is lost.
struct CellOdds {
    count: f64,
    dead: f64,
    volume: f64,
}

fn chance_of(class: &Class, dead: u8, rates: &BTreeMap<Part, f64>) -> f64 {
    let part = |(at, part): (usize, &Part)| {
        let away = rates[part];
        if dead & (1 << at) != 0 { away } else { 1.0 - away }
    };
    class.parts.iter().enumerate().map(part).product()
}

/// The chances of 0, 1, … of `n` independent failures. From the likeliest count outwards, so that nothing underflows
/// where it matters.
pub(super) fn binomial(n: u64, p: f64) -> Vec<f64> {
    let size = usize::try_from(n).unwrap_or(usize::MAX) + 1;
    let mut chances = vec![0.0; size];
    if p <= 0.0 {
        chances[0] = 1.0;
        return chances;
    }
    if p >= 1.0 {
        chances[size - 1] = 1.0;
        return chances;
    }
    let mode = mode(n, p);
    chances[mode] = 1.0;
    let odds = p / (1.0 - p);
    for k in mode + 1..size {
        chances[k] = chances[k - 1] * odds * number(n - k as u64 + 1) / number(k as u64);
    }
    for k in (0..mode).rev() {
        chances[k] = chances[k + 1] / odds * number(k as u64 + 1) / number(n - k as u64);
    }
    let total: f64 = chances.iter().sum();
    chances.iter_mut().for_each(|chance| *chance /= total);
    chances
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and n")]
fn mode(n: u64, p: f64) -> usize {
    ((number(n) + 1.0) * p).floor().min(number(n)) as usize
}

impl Need {
    pub(super) fn pool(&self) -> Option<usize> {
        match self {
            Self::Group { pool, .. }
            | Self::Database { pool }
            | Self::Brokers { pool }
            | Self::Majority { pool }
            | Self::AnyOf { pool }
            | Self::Shards { pool } => Some(*pool),
            Self::Parent(_) | Self::Missing(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binomials_sum_to_one_and_match_the_formula() {
        for (n, p) in [(3, 0.1), (10, 0.5), (3_334, 0.000_4), (50, 0.999)] {
            let chances = binomial(n, p);
            assert!((chances.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{n} {p}");
        }
        assert!((binomial(3, 0.1)[1] - 3.0 * 0.1 * 0.81).abs() < 1e-15);
        assert_eq!(binomial(2, 0.0), [1.0, 0.0, 0.0]);
        assert_eq!(binomial(2, 1.0), [0.0, 0.0, 1.0]);
    }

    #[test]
    fn what_takes_as_long_to_mend_as_it_lasts_is_away_half_of_the_time() {
        assert!((away(Duration::from_seconds(10), Duration::from_seconds(10)) - 0.5).abs() < 1e-15);
    }
}
