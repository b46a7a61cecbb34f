//! How what is gone is replaced: a new machine or pod, a volume that follows it, a server that starts again; and what
//! can't be replaced but has to return.

use provision_architecture::spec::{ComponentName, DatabaseKind, Runtime};

use super::damage::{Damage, Toll};
use super::model::{Model, PoolKind};
use super::recovery::Recovery;

impl Model<'_> {
    /// What replaces the dead cells of a component's pool.
    pub(super) fn replacement(
        &self,
        capability: usize,
        pool: usize,
        component: ComponentName,
        toll: &Toll,
        damage: &Damage,
    ) -> Recovery {
        let mut parts = Vec::new();
        if toll.by_volume > 0 {
            parts.push(self.timings.wait("backup-restore"));
        }
        if toll.by_server > 0 {
            parts.push(self.database_restart());
        }
        if toll.by_way > 0 {
            parts.push(self.timings.wait("way-out-outage"));
        }
        if toll.by_zone > 0 {
            parts.push(match self.bound_to_zone(pool, damage) {
                Some(why) => Recovery::Never(why),
                None => self.machine_replacement(pool, toll),
            });
        }
        if toll.by_machine > 0 {
            parts.push(self.machine_replacement(pool, toll));
        }
        parts.dedup();
        let replaced = match parts.len() {
            1 => parts.remove(0),
            _ => Recovery::Parallel(parts),
        };
        if toll.by_machine + toll.by_zone == 0 || !self.is_balanced(capability, component) {
            return replaced;
        }
        match replaced {
            Recovery::Serial(mut steps) => {
                steps.push(self.timings.taken_in(component));
                Recovery::Serial(steps)
            }
            other => Recovery::Serial(vec![other, self.timings.taken_in(component)]),
        }
    }

    /// Why the cells of a lost zone can't come back in another one, where they can't.
    fn bound_to_zone(&self, pool: usize, damage: &Damage) -> Option<String> {
        let all_lost = (0..self.zones()).all(|zone| damage.has_zone(zone));
        if all_lost {
            return Some("the zone returns".to_owned());
        }
        let holds_database = matches!(self.pools[pool].kind, PoolKind::Shards(_));
        let stuck = self.pools[pool].classes.iter().any(|class| {
            damage.has_zone(class.zone) && class.standby.is_none_or(|zone| damage.has_zone(zone))
        });
        let managed = self.topology.database.as_ref().is_some_and(|database| database.managed);
        (holds_database && stuck).then(|| match managed {
            true => "the zone returns: its database stands in that zone alone".to_owned(),
            false => "the zone returns: its volumes can't be attached in another zone".to_owned(),
        })
    }

    /// A new machine or pod in the place of a dead one.
    pub(super) fn machine_replacement(&self, pool: usize, toll: &Toll) -> Recovery {
        if toll.by_zone > 0 && self.zones() == 1 {
            return Recovery::Never("the zone returns".to_owned());
        }
        let keeps_volume = self.keeps_volume(pool);
        let steps: &[&str] = match (self.topology.runtime, keeps_volume) {
            (Runtime::Machines, false) => &["machine-detection", "machine-launch", "process-start"],
            (Runtime::Machines, true) => {
                &["machine-detection", "machine-launch", "volume-attachment", "process-start"]
            }
            (Runtime::Kubernetes, false) => &["node-detection", "pod-eviction", "pod-start"],
            (Runtime::Kubernetes, true) => {
                &["node-detection", "pod-eviction", "volume-force-detach", "pod-start"]
            }
        };
        self.timings.chain(steps)
    }

    /// Whether its nodes keep data on a volume that has to follow them.
    fn keeps_volume(&self, pool: usize) -> bool {
        let unmanaged = self.topology.database.as_ref().is_some_and(|database| !database.managed);
        match self.pools[pool].kind {
            PoolKind::Brokers | PoolKind::Controllers | PoolKind::SearchNodes | PoolKind::SearchMasters => {
                true
            }
            PoolKind::Shards(_) => unmanaged,
            // A database inside the process stands on the process' machine.
            PoolKind::Group(component) => {
                let kind = self.topology.database.as_ref().map(|database| database.kind);
                kind == Some(DatabaseKind::H2) && Some(component) == self.documented.stand_in
            }
            PoolKind::Database => false,
        }
    }

    pub(super) fn database_restart(&self) -> Recovery {
        let managed = self.topology.database.as_ref().is_some_and(|database| database.managed);
        let names: &[&str] = match managed {
            true => &["database-restart"],
            false => &["machine-detection", "machine-launch", "volume-attachment", "database-start"],
        };
        Recovery::Parallel(vec![self.timings.chain(names), self.timings.hung_connection()])
    }

    /// How enough nodes come back: those whose machine died are replaced with their volume; those of a lost zone
    /// return with it.
    pub(super) fn nodes_back(
        &self,
        pool: usize,
        damage: &Damage,
        enough: impl Fn(&Damage) -> bool,
    ) -> Recovery {
        let mut zones_only = damage.clone();
        zones_only.hits.retain(|hit| hit.pool != pool);
        if enough(&zones_only) {
            let toll = Toll { by_machine: 1, ..Toll::default() };
            self.machine_replacement(pool, &toll)
        } else {
            Recovery::Never("the zone returns".to_owned())
        }
    }
}
