//! What becomes of a component some of whose instances are gone: capacity, work that was under way, and backlog.

use provision_architecture::documented::Party;
use provision_architecture::recovery::{Amount, Knowledge};
use provision_architecture::spec::{ComponentName, RestartStrategy};
use provision_architecture::values::Duration;

use super::damage::{Damage, Toll};
use super::effect::Effect;
use super::model::{Model, Need, PoolKind};
use super::placement::number;
use super::recovery::{Recovery, Step, Tuning};
use super::words::{count_of, thousands};

/// Instances of a component that are gone.
struct Loss<'a> {
    pool: usize,
    component: ComponentName,
    toll: Toll,
    damage: &'a Damage,
    /// How they are replaced.
    replaced: Recovery,
}

impl Model<'_> {
    pub(super) fn group_effect(&self, capability: usize, need: &Need, damage: &Damage, effect: &mut Effect) {
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
        let loss = Loss { pool: *pool, component: *component, toll, damage, replaced };
        self.late_work(capability, &loss, effect);
        let full = self.with_backlog(loss.replaced, &toll, *amount, effect);
        effect.full_after(full);
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
    fn late_work(&self, capability: usize, loss: &Loss<'_>, effect: &mut Effect) {
        let Loss { pool, component, toll, replaced, .. } = loss;
        let documented = self.capabilities[capability].documented;
        let died = toll.by_machine + toll.by_zone > 0;
        let others = toll.working > 0;
        if died && others && self.is_balanced(capability, *component) {
            let what = format!("requests that the load balancer still sends to the dead {component} fail");
            effect.delays(&what, self.timings.taken_out(*component), false);
        }
        let stores =
            matches!(self.pools[*pool].kind, PoolKind::Shards(_)) && documented.load_balancer != Some(true);
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
            if delay.component == *component && delay.capability == documented.name && (others || cancels) {
                effect.delays(&delay.says, self.timings.wait(&delay.timing), cancels);
            }
        }
        self.rerun_effect(&documented.name, loss, effect);
    }

    /// The jobs of a dead instance run again: once it is declared dead, by those who declare it, on those who are left.
    fn rerun_effect(&self, capability: &str, loss: &Loss<'_>, effect: &mut Effect) {
        let Some(reruns) = self.documented.reruns.as_ref().filter(|reruns| reruns.capability == capability)
        else {
            return;
        };
        if loss.component != reruns.component && self.documented.stand_in != Some(loss.component) {
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
        until = self.after_detector(reruns.detector, loss.damage, until, effect);
        if loss.toll.working == 0 {
            until = until.and(loss.replaced.clone());
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

    pub(super) fn is_balanced(&self, capability: usize, component: ComponentName) -> bool {
        self.capabilities[capability].documented.load_balancer == Some(true)
            && self.topology.load_balancer.is_some()
            && self
                .topology
                .group(component)
                .is_some_and(|group| group.ports.iter().any(|port| port.from.contains(&Party::LoadBalancer)))
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
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a positive time far below 2^64 ms"
)]
fn from_seconds(seconds: f64) -> Duration {
    Duration::from_milliseconds((seconds * 1_000.0).round().max(0.0) as u64)
}
