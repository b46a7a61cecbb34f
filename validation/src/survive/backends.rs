//! What becomes of databases, queues and search clusters some of whose nodes are gone.

use super::damage::{Damage, Toll};
use super::effect::Effect;
use super::model::{Model, Parent, PoolKind};
use super::recovery::Recovery;
use super::structure::majority;
use super::words::{count_of, percent};

impl Model<'_> {
    pub(super) fn failing_over_effect(&self, pool: usize, toll: &Toll, effect: &mut Effect) {
        if toll.failing_over == 0 {
            return;
        }
        let failover = self.failover();
        if toll.failing_over == toll.working && toll.working == toll.total {
            effect.stops_for(failover);
            effect.because("the database's standby takes over");
        } else {
            let what = match self.pools[pool].kind {
                PoolKind::Shards(component) => {
                    format!("what goes through the {component} whose database fails over waits")
                }
                _ => "what goes through the database that fails over waits".to_owned(),
            };
            effect.delays(&what, failover, false);
        }
    }

    fn failover(&self) -> Recovery {
        Recovery::Parallel(vec![self.timings.wait("database-failover"), self.timings.hung_connection()])
    }

    pub(super) fn database_effect(&self, pool: usize, damage: &Damage, effect: &mut Effect) {
        let toll = self.toll(pool, damage, false);
        self.failing_over_effect(pool, &toll, effect);
        if toll.exposed > 0 {
            effect.because("the database has no standby for now");
        }
        if toll.by_volume > 0 {
            effect.because("everything since the last backup is lost with the database's volume");
            effect.stops_for(self.timings.wait("backup-restore"));
        } else if toll.by_zone > 0 {
            effect.data_at_risk = true;
            effect.because("the database stands in the lost zone alone");
            effect.stops_for(Recovery::Never(
                "the zone returns, or somebody restores a backup elsewhere".to_owned(),
            ));
        } else if toll.by_server > 0 {
            effect.because("the database has no server left that could take over");
            effect.stops_for(self.database_restart());
        }
    }

    pub(super) fn brokers_effect(&self, pool: usize, damage: &Damage, effect: &mut Effect) {
        let dead = self.dead_by_zone(pool, damage);
        let Some(placement) = self.partitions.as_ref().filter(|_| dead.iter().sum::<u64>() > 0) else {
            return;
        };
        let (needed, lost) = (self.in_sync_needed(), placement.worst_lost(&dead));
        let kept = placement.copies() - lost;
        let back = self.nodes_back(pool, damage, |damage| self.least_copies(pool, damage) >= needed);
        if kept >= needed {
            let leaders = Recovery::Parallel(vec![
                self.timings.wait("broker-session"),
                Recovery::First(vec![
                    self.timings.wait("kafka-request-timeout"),
                    self.timings.hung_connection(),
                ]),
            ]);
            effect.delays("partitions whose leader died wait for a new one", leaders, false);
            if kept == needed {
                effect.because(format!(
                    "Kafka has nothing to spare: the worst-placed partitions keep {kept} of {} copies, and {needed} must have a write",
                    placement.copies()
                ));
            }
        } else {
            effect.because(format!(
                "about {} of Kafka's partitions keep fewer than the {needed} copies that must have a write",
                percent(placement.share_below(&dead, needed))
            ));
            effect.stops_for(back);
        }
        if lost >= needed {
            effect.data_at_risk = true;
            effect.because(
                "the copies that have the last writes may all be among the lost ones (min.insync.replicas knows no \
                 zones): acknowledged data is lost if these never return",
            );
        }
    }

    pub(super) fn majority_effect(&self, pool: usize, damage: &Damage, effect: &mut Effect) {
        let toll = self.toll(pool, damage, false);
        let (needed, what) = (majority(toll.total), self.pools[pool].kind.node_word());
        if toll.working == toll.total {
            return;
        }
        if toll.working >= needed {
            if toll.working == needed {
                effect.because(format!("{} left, a bare majority", count_of(toll.working, toll.total, what)));
            }
            return;
        }
        effect.because(format!("{} left; a majority is {needed}", count_of(toll.working, toll.total, what)));
        effect.stops_for(
            self.nodes_back(pool, damage, |damage| self.toll(pool, damage, false).working >= needed),
        );
    }

    pub(super) fn any_of_effect(&self, pool: usize, damage: &Damage, effect: &mut Effect) {
        let toll = self.toll(pool, damage, false);
        if toll.working > 0 {
            return;
        }
        effect.because(format!("no {} is left", self.pools[pool].kind.node_word()));
        effect.stops_for(match toll.by_zone {
            0 => self.timings.wait("queue-restart"),
            _ => Recovery::Never("the zone returns".to_owned()),
        });
    }

    pub(super) fn shards_effect(&self, pool: usize, damage: &Damage, effect: &mut Effect) {
        let dead: u64 = self.dead_by_zone(pool, damage).iter().sum();
        let Some(placement) = self.shards.as_ref().filter(|_| dead > 0) else { return };
        let kept = self.least_shard_copies(pool, damage);
        if kept > 0 {
            let promoted = Recovery::First(vec![
                self.timings.wait("search-fault-detection"),
                self.timings.hung_connection(),
            ]);
            effect.delays("searches that the dead node answered wait", promoted, false);
            if kept == 1 && placement.copies() > 1 {
                effect.because("search has nothing to spare: some shards keep one copy");
            }
            return;
        }
        effect.data_at_risk = true;
        effect.because("some shards of the search cluster keep no copy");
        effect.stops_for(self.nodes_back(pool, damage, |damage| self.least_shard_copies(pool, damage) > 0));
    }

    pub(super) fn parent_effect(&self, parent: Parent, damage: &Damage, effect: &mut Effect) {
        if !damage.has_parent(parent) {
            return;
        }
        let (why, timing) = match parent {
            Parent::LoadBalancer => ("nobody reaches it without the load balancer", "load-balancer-outage"),
            Parent::SharedFiles => ("the shared files are out of reach", "files-outage"),
        };
        effect.because(why);
        effect.stops_for(self.timings.wait(timing));
    }
}
