//! The structure function: which capabilities stand under which damage. Nothing here allocates but what Kafka's
//! placement needs, because cut sets ask it often.

use provision_architecture::recovery::Amount;

use super::damage::{Damage, Toll};
use super::effect::State;
use super::model::{Model, Need};
use super::placement::number;

/// A majority of so many.
pub(super) const fn majority(total: u64) -> u64 {
    total / 2 + 1
}

impl Model<'_> {
    /// How a capability stands once failover is over and before anything is replaced.
    pub(super) fn standing(&self, capability: usize, damage: &Damage) -> State {
        let model = &self.capabilities[capability];
        let needs = model.needs.iter().map(|need| self.need_state(need, damage));
        needs
            .chain([self.alone_state(capability), self.crash_state(capability, damage)])
            .max()
            .unwrap_or(State::Running)
    }

    pub(super) fn need_state(&self, need: &Need, damage: &Damage) -> State {
        match need {
            Need::Group { pool, amount, outbound, .. } => {
                self.group_state(need, &self.toll(*pool, damage, *outbound), *amount)
            }
            Need::Database { pool } => match self.toll(*pool, damage, false) {
                Toll { by_volume: 1.., .. } => State::Lost,
                toll => stopped_unless(toll.working == toll.total),
            },
            Need::Brokers { pool } => {
                stopped_unless(self.least_copies(*pool, damage) >= self.in_sync_needed())
            }
            Need::Majority { pool } => {
                let toll = self.toll(*pool, damage, false);
                stopped_unless(toll.working >= majority(toll.total))
            }
            Need::AnyOf { pool } => stopped_unless(self.toll(*pool, damage, false).working > 0),
            Need::Shards { pool } => stopped_unless(self.least_shard_copies(*pool, damage) > 0),
            Need::Parent(parent) => stopped_unless(!damage.has_parent(*parent)),
            Need::Missing(_) => State::Stopped,
        }
    }

    fn group_state(&self, need: &Need, toll: &Toll, amount: Amount) -> State {
        if toll.by_volume > 0 {
            return State::Lost;
        }
        if toll.working == 0 {
            return State::Stopped;
        }
        if self.has_too_many(need, toll) {
            return State::Degraded;
        }
        match self.share(toll, amount) {
            Some(_) => State::Degraded,
            None => State::Running,
        }
    }

    /// A component of which there must be one, and there are more.
    pub(super) fn has_too_many(&self, need: &Need, toll: &Toll) -> bool {
        let Need::Group { component, .. } = need else { return false };
        toll.total > 1 && self.singleton(*component).is_some()
    }

    /// How much of what is needed is left, where that is less than all of it.
    pub(super) fn share(&self, toll: &Toll, amount: Amount) -> Option<f64> {
        let share = match (amount, self.demand) {
            (Amount::One, _) => return None,
            (Amount::Share, Some(demand)) => number(toll.working) * demand.per_replica / demand.peak,
            (Amount::Share, None) => number(toll.working) / number(toll.total.max(1)),
        };
        (share < 1.0).then_some(share)
    }

    /// How many copies the worst-placed partition keeps.
    pub(super) fn least_copies(&self, pool: usize, damage: &Damage) -> u64 {
        let dead = self.dead_by_zone(pool, damage);
        self.partitions.as_ref().map_or(0, |placement| placement.copies() - placement.worst_lost(&dead))
    }

    pub(super) fn least_shard_copies(&self, pool: usize, damage: &Damage) -> u64 {
        let dead = self.dead_by_zone(pool, damage);
        self.shards.as_ref().map_or(0, |placement| placement.copies() - placement.worst_lost(&dead))
    }

    pub(super) fn in_sync_needed(&self) -> u64 {
        self.topology.queue.as_ref().and_then(|queue| queue.min_insync_replicas).unwrap_or(1).max(1)
    }

    /// Whether there are more of a component than the capability bears.
    pub(super) fn alone_state(&self, capability: usize) -> State {
        let alone = self.capabilities[capability].documented.alone;
        let several = alone
            .and_then(|component| self.topology.group(component))
            .is_some_and(|group| group.instances.len() > 1);
        stopped_unless(!several)
    }

    pub(super) fn crash_state(&self, capability: usize, damage: &Damage) -> State {
        let name = &self.capabilities[capability].documented.name;
        let stops = damage.crash && self.crash().is_some_and(|crash| crash.stops.contains(name));
        stopped_unless(!stops)
    }
}

const fn stopped_unless(stands: bool) -> State {
    if stands { State::Running } else { State::Stopped }
}
