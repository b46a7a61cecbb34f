//! What a damage does to a capability, with times and reasons.

use provision_architecture::documented::Party;
use provision_architecture::recovery::{Amount, Knowledge};
use provision_architecture::spec::{ComponentName, DatabaseKind, RestartStrategy, Runtime};
use provision_architecture::values::Duration;

use super::damage::{Damage, Toll};
use super::effect::{Effect, State};
use super::model::{Model, Need, Parent, PoolKind};
use super::placement::number;
use super::recovery::{Recovery, Step, Tuning};
use super::structure::majority;
use super::words::{count_of, percent, thousands};

impl Model<'_> {
    /// What the damage does to a capability.
    pub(super) fn effect(&self, capability: usize, damage: &Damage) -> Effect {
        let mut effect = Effect::none();
        for need in &self.capabilities[capability].needs {
            effect.worsen(self.need_state(need, damage));
            match need {
                Need::Group { .. } => self.group_effect(capability, need, damage, &mut effect),
                Need::Database { pool } => self.database_effect(*pool, damage, &mut effect),
                Need::Brokers { pool } => self.brokers_effect(*pool, damage, &mut effect),
                Need::Majority { pool } => self.majority_effect(*pool, damage, &mut effect),
                Need::AnyOf { pool } => self.any_of_effect(*pool, damage, &mut effect),
                Need::Shards { pool } => self.shards_effect(*pool, damage, &mut effect),
                Need::Parent(parent) => self.parent_effect(*parent, damage, &mut effect),
                Need::Missing(why) => {
                    effect.stops_for(Recovery::Never("the spec is changed".to_owned()));
                    effect.because(why.clone());
                }
            }
        }
        self.alone_effect(capability, &mut effect);
        self.crash_effect(capability, damage, &mut effect);
        if let Some(meanwhile) = &self.capabilities[capability].documented.meanwhile
            && effect.state >= State::Stopped
        {
            effect.because(meanwhile.clone());
        }
        effect
    }

    fn alone_effect(&self, capability: usize, effect: &mut Effect) {
        if self.alone_state(capability) == State::Running {
            return;
        }
        effect.worsen(State::Stopped);
        let documented = self.capabilities[capability].documented;
        let only = documented.alone.map_or("one", |component| component.word());
        effect.stops_for(Recovery::Never(format!("there is only one {only}")));
        if let Some(why) = &documented.alone_because {
            effect.because(why.clone());
        }
    }

    fn crash_effect(&self, capability: usize, damage: &Damage, effect: &mut Effect) {
        let Some(crash) = self.crash().filter(|_| damage.crash) else { return };
        if self.crash_state(capability, damage) >= State::Stopped {
            effect.worsen(State::Stopped);
            effect.stops_for(Recovery::Never("somebody mends what makes it crash".to_owned()));
        }
        effect.because(crash.says.clone());
    }

    fn group_effect(&self, capability: usize, need: &Need, damage: &Damage, effect: &mut Effect) {
        let Need::Group { pool, component, amount, outbound } = need else { return };
        let toll = self.toll(*pool, damage, *outbound);
        if self.has_too_many(need, &toll)
            && let Some(singleton) = self.singleton(*component)
        {
            effect.because(format!("{} ({})", singleton.says, singleton.rule));
        }
        if let Some(share) = self.share(&toll, *amount) {
            effect.share_of(share);
        }
        let replaced = self.replacement(capability, *pool, *component, &toll, damage);
        self.failing_over_effect(*pool, &toll, effect);
        if toll.working == toll.total {
            self.capacity_reason(&toll, *amount, *component, effect);
            return;
        }
        effect.because(format!("{} left", count_of(toll.working, toll.total, component.word())));
        self.capacity_reason(&toll, *amount, *component, effect);
        if let Some(singleton) = self.singleton(*component) {
            effect.because(singleton.replacing.clone());
        }
        if toll.by_volume > 0 {
            effect.because("everything since the last backup is lost with the volume");
        }
        if toll.working == 0 {
            effect.stops_for(replaced.clone());
        }
        self.late_work(capability, *pool, *component, &toll, damage, &replaced, effect);
        let full = self.with_backlog(replaced, &toll, *amount, effect);
        effect.full_after(full);
    }

    fn failing_over_effect(&self, pool: usize, toll: &Toll, effect: &mut Effect) {
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

    fn capacity_reason(&self, toll: &Toll, amount: Amount, component: ComponentName, effect: &mut Effect) {
        let (Some(demand), Amount::Share) = (self.demand, amount) else { return };
        let capacity = number(toll.working) * demand.per_replica;
        if toll.working < toll.total || capacity < demand.peak {
            let relation = if capacity < demand.peak { "less than" } else { "enough for" };
            effect.because(format!(
                "{} of {component} carry {} messages per second, {relation} the {} of the peak",
                toll.working,
                thousands(capacity),
                thousands(demand.peak)
            ));
        }
    }

    /// What was under way on the dead instances.
    #[expect(
        clippy::too_many_arguments,
        reason = "one place for everything that a dead instance leaves behind"
    )]
    fn late_work(
        &self,
        capability: usize,
        pool: usize,
        component: ComponentName,
        toll: &Toll,
        damage: &Damage,
        replaced: &Recovery,
        effect: &mut Effect,
    ) {
        let documented = self.capabilities[capability].documented;
        let died = toll.by_machine + toll.by_zone > 0;
        let others = toll.working > 0;
        if died && others && self.is_balanced(capability, component) {
            let what = format!("requests that the load balancer still sends to the dead {component} fail");
            effect.delays(&what, self.timings.taken_out(component), false);
        }
        let stores =
            matches!(self.pools[pool].kind, PoolKind::Shards(_)) && documented.load_balancer != Some(true);
        if others && stores {
            effect.delays(
                &format!("what the missing {component} had stored waits for it"),
                replaced.clone(),
                false,
            );
        }
        if !died {
            return;
        }
        for delay in &self.documented.delays {
            let cancels = delay.cancels.unwrap_or(false);
            if delay.component == component && delay.capability == documented.name && (others || cancels) {
                effect.delays(&delay.says, self.timings.wait(&delay.timing), cancels);
            }
        }
        self.rerun_effect(&documented.name, component, toll, damage, replaced, effect);
    }

    /// The jobs of a dead instance run again: once it is declared dead, by those who declare it, on those who are left.
    fn rerun_effect(
        &self,
        capability: &str,
        component: ComponentName,
        toll: &Toll,
        damage: &Damage,
        replaced: &Recovery,
        effect: &mut Effect,
    ) {
        let Some(reruns) = self.documented.reruns.as_ref().filter(|reruns| reruns.capability == capability)
        else {
            return;
        };
        if component != reruns.component && self.documented.stand_in != Some(component) {
            return;
        }
        let strategy = self.topology.spec.liveness.as_ref().and_then(|liveness| liveness.restart_strategy);
        let mut until = match strategy.unwrap_or(RestartStrategy::AfterTerminationGracePeriod) {
            RestartStrategy::Immediately => self.timings.chain(&["heartbeat-timeout", "liveness-check"]),
            RestartStrategy::AfterTerminationGracePeriod => self.timings.chain(&[
                "heartbeat-timeout",
                "liveness-check",
                "termination-grace-period",
                "liveness-check",
            ]),
            RestartStrategy::Never => Recovery::Never("somebody runs them again by hand".to_owned()),
        };
        until = self.after_detector(reruns.detector, damage, until, effect);
        if toll.working == 0 {
            until = until.and(replaced.clone());
        }
        effect.delays("the dead worker's jobs run again", until, false);
    }

    /// Where nobody is left who would notice, somebody has to be replaced first.
    fn after_detector(
        &self,
        detector: ComponentName,
        damage: &Damage,
        then: Recovery,
        effect: &mut Effect,
    ) -> Recovery {
        let Some(pool) = self.pool(PoolKind::Group(detector)) else { return then };
        let toll = self.toll(pool, damage, false);
        if toll.working > 0 {
            return then;
        }
        effect.because(format!("with no {detector} left nobody notices dead workers"));
        let replaced = self.machine_replacement(pool, &toll);
        match then {
            Recovery::Serial(mut steps) => {
                steps.insert(0, replaced);
                Recovery::Serial(steps)
            }
            other => Recovery::Serial(vec![replaced, other]),
        }
    }

    fn is_balanced(&self, capability: usize, component: ComponentName) -> bool {
        self.capabilities[capability].documented.load_balancer == Some(true)
            && self.topology.load_balancer.is_some()
            && self
                .topology
                .group(component)
                .is_some_and(|group| group.ports.iter().any(|port| port.from.contains(&Party::LoadBalancer)))
    }

    /// What replaces the dead cells of a component's pool.
    fn replacement(
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

    /// What has piled up has to be worked off before everything is as it was.
    fn with_backlog(&self, replaced: Recovery, toll: &Toll, amount: Amount, effect: &mut Effect) -> Recovery {
        let (Some(demand), Amount::Share) = (self.demand, amount) else { return replaced };
        let missing = demand.peak - number(toll.working) * demand.per_replica;
        let spare = number(toll.total) * demand.per_replica - demand.peak;
        if missing <= 0.0 {
            return replaced;
        }
        if spare <= 0.0 {
            return Recovery::Never("more replicas than now work the backlog off".to_owned());
        }
        let Some(after) = replaced.time(Tuning::Tuned) else { return replaced };
        effect.because(format!(
            "a backlog of {} messages builds up until the dead ones are replaced",
            thousands(missing * after.seconds())
        ));
        let drained = |tuning| replaced.time(tuning).map_or(0.0, |time| missing * time.seconds() / spare);
        let step = Step {
            name: "backlog-drain".to_owned(),
            about: "what has piled up is worked off".to_owned(),
            tuned: from_seconds(drained(Tuning::Tuned)),
            kernel: from_seconds(drained(Tuning::Kernel)),
            evidence: Knowledge::Derived,
            source: None,
            set: false,
            from_spec: false,
        };
        Recovery::Serial(vec![replaced, Recovery::Step(step)])
    }

    fn database_effect(&self, pool: usize, damage: &Damage, effect: &mut Effect) {
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

    fn brokers_effect(&self, pool: usize, damage: &Damage, effect: &mut Effect) {
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

    fn majority_effect(&self, pool: usize, damage: &Damage, effect: &mut Effect) {
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

    fn any_of_effect(&self, pool: usize, damage: &Damage, effect: &mut Effect) {
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

    fn shards_effect(&self, pool: usize, damage: &Damage, effect: &mut Effect) {
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

    /// How enough nodes come back: those whose machine died are replaced with their volume; those of a lost zone
    /// return with it.
    fn nodes_back(&self, pool: usize, damage: &Damage, enough: impl Fn(&Damage) -> bool) -> Recovery {
        let mut zones_only = damage.clone();
        zones_only.hits.retain(|hit| hit.pool != pool);
        if enough(&zones_only) {
            let toll = Toll { by_machine: 1, ..Toll::default() };
            self.machine_replacement(pool, &toll)
        } else {
            Recovery::Never("the zone returns".to_owned())
        }
    }

    fn parent_effect(&self, parent: Parent, damage: &Damage, effect: &mut Effect) {
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

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a positive time far below 2^64 ms"
)]
fn from_seconds(seconds: f64) -> Duration {
    Duration::from_milliseconds((seconds * 1_000.0).round().max(0.0) as u64)
}
