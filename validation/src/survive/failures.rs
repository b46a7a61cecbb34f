//! What can fail, and every way in which so many things fail at once. Ways that nothing tells apart are one, with a
//! count.

use super::damage::{Damage, Hit};
use super::model::{Model, Parent, Part, PoolKind};

/// Something that fails by itself: the same for all cells of a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) damage: Damage,
    /// How many things of this kind there are.
    pub(super) count: u64,
}

/// Several failures at once, and how many sets of concrete things it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Combination {
    pub(super) damage: Damage,
    pub(super) count: u64,
}

/// A cell of a class with some of its parts dead, or something that there is once.
#[derive(Debug, Clone)]
struct Item {
    damage: Damage,
    /// How many events it is.
    order: usize,
    /// The cells of its class; items of one class share them.
    class: Option<(usize, usize, u64)>,
}

impl Model<'_> {
    /// Every single failure but the loss of whole zones.
    pub(super) fn events(&self) -> Vec<Event> {
        let events = self.items(1).into_iter().filter(|item| item.damage.zones == 0);
        events
            .map(|item| Event { count: item.class.map_or(1, |(.., count)| count), damage: item.damage })
            .collect()
    }

    /// The losses of one zone each.
    pub(super) fn zone_losses(&self) -> Vec<Event> {
        (0..self.zones()).map(|zone| Event { damage: Damage::of_zone(zone), count: 1 }).collect()
    }

    /// Everything that can fail up to this many times: singles, and cells with several dead parts.
    fn items(&self, order: usize) -> Vec<Item> {
        let once = |damage| Item { damage, order: 1, class: None };
        let mut items: Vec<Item> = (0..self.zones()).map(|zone| once(Damage::of_zone(zone))).collect();
        if self.has_ways_out() {
            items.extend((0..self.zones()).map(|zone| once(Damage { ways: 1 << zone, ..Damage::default() })));
        }
        for parent in &self.parents {
            items.push(once(match parent {
                Parent::LoadBalancer => Damage { balancer: true, ..Damage::default() },
                Parent::SharedFiles => Damage { files: true, ..Damage::default() },
            }));
        }
        if self.crash().is_some() {
            items.push(once(Damage { crash: true, ..Damage::default() }));
        }
        for (pool, content) in self.pools.iter().enumerate() {
            for (class, cells) in content.classes.iter().enumerate() {
                for parts in 1..1u8 << cells.parts.len() {
                    let events = parts.count_ones() as usize;
                    if events <= order {
                        let hit = Hit { pool, class, parts, count: 1 };
                        let damage = Damage { hits: vec![hit], ..Damage::default() };
                        items.push(Item { damage, order: events, class: Some((pool, class, cells.count)) });
                    }
                }
            }
        }
        items
    }

    /// Whether anything depends on a zone's way out of the network.
    fn has_ways_out(&self) -> bool {
        self.capabilities
            .iter()
            .flat_map(|capability| &capability.needs)
            .any(|need| matches!(need, super::model::Need::Group { outbound: true, .. }))
    }

    /// Calls back with every way in which exactly `order` things fail at once. A thing in a lost zone is not counted
    /// beside its zone.
    pub(super) fn combinations(&self, order: usize, visit: &mut impl FnMut(&Combination)) {
        let items = self.items(order);
        self.choose(&items, order, &Combination { damage: Damage::default(), count: 1 }, visit);
    }

    fn choose(
        &self,
        items: &[Item],
        left: usize,
        so_far: &Combination,
        visit: &mut impl FnMut(&Combination),
    ) {
        if left == 0 {
            visit(so_far);
            return;
        }
        let Some((item, rest)) = items.split_first() else { return };
        self.choose(rest, left, so_far, visit);
        let most = if item.class.is_some() { left / item.order } else { usize::from(item.order <= left) };
        for times in 1..=most {
            let Some(combination) = self.with(item, times as u64, so_far) else { break };
            self.choose(rest, left - times * item.order, &combination, visit);
        }
    }

    /// So many cells more with these dead parts; nothing, where the class has no more, or they stand in a lost zone.
    fn with(&self, item: &Item, times: u64, so_far: &Combination) -> Option<Combination> {
        let Some((pool, class, cells)) = item.class else {
            return Some(Combination { damage: so_far.damage.and(&item.damage), count: so_far.count });
        };
        let parts = item.damage.hits[0].parts;
        if self.stands_in_lost_zone(pool, class, parts, &so_far.damage) {
            return None;
        }
        let taken: u64 = so_far
            .damage
            .hits
            .iter()
            .filter(|hit| (hit.pool, hit.class) == (pool, class))
            .map(|hit| hit.count)
            .sum();
        let ways = choices(cells - taken, times)?;
        let mut damage = so_far.damage.clone();
        damage.add(Hit { pool, class, parts, count: times });
        Some(Combination { damage, count: so_far.count.saturating_mul(ways) })
    }

    fn stands_in_lost_zone(&self, pool: usize, class: usize, parts: u8, damage: &Damage) -> bool {
        let class = &self.pools[pool].classes[class];
        class.parts.iter().enumerate().any(|(at, part)| {
            let zone = if *part == Part::Standby { class.standby.unwrap_or(class.zone) } else { class.zone };
            parts & (1 << at) != 0 && damage.has_zone(zone)
        })
    }

    /// The same damage with one thing less, for each thing.
    pub(super) fn without_one(damage: &Damage) -> Vec<Damage> {
        let mut less = Vec::new();
        for zone in 0..8 {
            if damage.has_zone(zone) {
                less.push(Damage { zones: damage.zones & !(1 << zone), ..damage.clone() });
            }
            if damage.has_way(zone) {
                less.push(Damage { ways: damage.ways & !(1 << zone), ..damage.clone() });
            }
        }
        if damage.balancer {
            less.push(Damage { balancer: false, ..damage.clone() });
        }
        if damage.files {
            less.push(Damage { files: false, ..damage.clone() });
        }
        if damage.crash {
            less.push(Damage { crash: false, ..damage.clone() });
        }
        for (at, hit) in damage.hits.iter().enumerate() {
            for part in (0..8).filter(|part| hit.parts & (1 << part) != 0) {
                less.push(without_part(damage, at, part));
            }
        }
        less
    }

    /// One instance of each component and one node of each cluster away, as for an upgrade: of what, and what is away.
    pub(super) fn one_away(&self) -> Vec<(&'static str, Damage)> {
        let mut away = Vec::new();
        for (pool, content) in self.pools.iter().enumerate() {
            if content.kind == PoolKind::Database {
                continue;
            }
            for class in 0..content.classes.len() {
                let hit = Hit { pool, class, parts: 1, count: 1 };
                away.push((content.kind.node_word(), Damage { hits: vec![hit], ..Damage::default() }));
            }
        }
        away
    }
}

fn without_part(damage: &Damage, at: usize, part: u8) -> Damage {
    let mut less = damage.clone();
    let hit = less.hits[at];
    less.hits[at].count -= 1;
    let parts = hit.parts & !(1 << part);
    if parts != 0 {
        less.add(Hit { parts, count: 1, ..hit });
    }
    less.hits.retain(|hit| hit.count > 0);
    less
}

/// The number of ways to choose `k` of `n`; nothing, where there are not so many.
fn choices(n: u64, k: u64) -> Option<u64> {
    (k <= n).then(|| (0..k).fold(1u64, |ways, i| ways.saturating_mul(n - i) / (i + 1)))
}
