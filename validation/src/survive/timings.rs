//! The times that recovery is made of: what the user sets wins over the spec, the spec over the platform's documents,
//! and these over what holds for any platform.

use std::collections::{BTreeMap, BTreeSet};

use provision_architecture::diagnostic::did_you_mean;
use provision_architecture::documented;
use provision_architecture::recovery::{self, BalancerCheck, Knowledge, Timing};
use provision_architecture::spec::{ComponentName, LoadBalancerKind};
use provision_architecture::topology::Topology;
use provision_architecture::values::Duration;

use super::recovery::{Recovery, Step};
use super::timers::Timers;

/// Values that the user sets, by name.
pub type Overrides = BTreeMap<String, Duration>;

/// Times that are computed, so that no file has them.
const COMPUTED: [(&str, &str); 3] = [
    (HUNG_CONNECTION, "clients hang on their connections to a dead machine until the kernel gives up"),
    (TAKES_OUT, "the load balancer takes a dead target out"),
    (TAKES_IN, "the load balancer takes a new target in"),
];
const HUNG_CONNECTION: &str = "hung-connection";
const TAKES_OUT: &str = "balancer-takes-out";
const TAKES_IN: &str = "balancer-takes-in";

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no time is called `{name}` ({hint})")]
pub struct UnknownTiming {
    pub name: String,
    pub hint: String,
}

/// All times of one deployment.
#[derive(Debug, Clone)]
pub(super) struct Timings<'t> {
    topology: &'t Topology,
    timers: Timers,
    set: Overrides,
}

impl<'t> Timings<'t> {
    pub(super) fn new(topology: &'t Topology, timers: Timers, set: Overrides) -> Result<Self, UnknownTiming> {
        let known = names(topology);
        for name in set.keys() {
            if !known.contains(name.as_str()) {
                return Err(UnknownTiming { name: name.clone(), hint: did_you_mean(name, known) });
            }
        }
        Ok(Self { topology, timers, set })
    }

    /// The value of a time.
    pub(super) fn value(&self, name: &str) -> Duration {
        self.step(name).tuned
    }

    /// A time as a step of a recovery.
    pub(super) fn wait(&self, name: &str) -> Recovery {
        Recovery::Step(self.step(name))
    }

    /// Several of them, one after the other.
    pub(super) fn chain(&self, names: &[&str]) -> Recovery {
        Recovery::Serial(names.iter().map(|name| self.wait(name)).collect())
    }

    pub(super) fn step(&self, name: &str) -> Step {
        let documented = self.documented(name);
        let liveness = self.spec_liveness(name);
        let value = liveness
            .or(documented.map(|timing| timing.value))
            .expect("every time that the analysis asks for stands in the files: a test asks for each");
        let mut step = Step {
            name: name.to_owned(),
            about: documented.map_or_else(String::new, |timing| timing.about.clone()),
            tuned: value,
            kernel: value,
            evidence: documented.map_or(Knowledge::Assumed, |timing| timing.evidence),
            source: documented.and_then(|timing| timing.source.clone()),
            set: false,
            from_spec: liveness.is_some_and(|liveness| documented.is_none_or(|it| it.value != liveness)),
        };
        self.overrule(&mut step);
        step
    }

    fn documented(&self, name: &str) -> Option<&'static Timing> {
        let version = &self.topology.version;
        recovery::of(self.topology.platform)
            .timing(name, version)
            .or_else(|| documented::backends_recovery().timing(name, version))
    }

    /// What the spec says about dead servers. Its defaults are those of the documented size, so a value that was
    /// left out there still comes from the documents.
    fn spec_liveness(&self, name: &str) -> Option<Duration> {
        let liveness = self.topology.spec.liveness.as_ref()?;
        match name {
            "heartbeat-timeout" => liveness.timeout,
            "liveness-check" => liveness.check_interval,
            "termination-grace-period" => liveness.termination_grace_period,
            _ => None,
        }
    }

    fn overrule(&self, step: &mut Step) {
        if let Some(value) = self.set.get(&step.name) {
            (step.tuned, step.kernel, step.set) = (*value, *value, true);
        }
    }

    /// Clients that were talking to a dead machine hang until their kernel gives up: this is what tuning shortens.
    pub(super) fn hung_connection(&self) -> Recovery {
        let mut step = computed(HUNG_CONNECTION, Knowledge::Code, "linux-tcp-timers");
        (step.tuned, step.kernel) = (self.timers.tuned, self.timers.kernel);
        self.overrule(&mut step);
        Recovery::Step(step)
    }

    /// A dead target gets requests until the load balancer has seen it fail often enough.
    pub(super) fn taken_out(&self, component: ComponentName) -> Recovery {
        let check = self.balancer_check(component);
        let time = check.interval.milliseconds() * check.failures.get() + check.timeout.milliseconds();
        let how = format!(
            " ({} times {}, and {} for the answer)",
            check.failures.get(),
            check.interval,
            check.timeout
        );
        self.balancer_step(TAKES_OUT, time, &how, &check)
    }

    /// A new target gets requests once the load balancer has seen it answer often enough.
    pub(super) fn taken_in(&self, component: ComponentName) -> Recovery {
        let check = self.balancer_check(component);
        let time = check.interval.milliseconds() * check.successes.get();
        let how = format!(" ({} times {})", check.successes.get(), check.interval);
        self.balancer_step(TAKES_IN, time, &how, &check)
    }

    fn balancer_step(&self, name: &str, milliseconds: u64, how: &str, check: &BalancerCheck) -> Recovery {
        let mut step = computed(name, check.evidence, &check.source);
        step.about += how;
        (step.tuned, step.kernel) =
            (Duration::from_milliseconds(milliseconds), Duration::from_milliseconds(milliseconds));
        self.overrule(&mut step);
        Recovery::Step(step)
    }

    /// The load balancer's own defaults; how often it asks comes from the component, where the documents say it.
    fn balancer_check(&self, component: ComponentName) -> BalancerCheck {
        let kind = self.topology.load_balancer.unwrap_or(LoadBalancerKind::Application);
        let checks = &documented::backends_recovery().balancers;
        let mut check = checks
            .iter()
            .find(|check| check.kind == kind)
            .or_else(|| checks.first())
            .cloned()
            .expect("the file names both kinds of load balancer: a test reads it");
        if let Some(health) = self.topology.group(component).and_then(|group| group.health.as_ref()) {
            (check.interval, check.failures) = (health.interval, health.failures);
            check.evidence = Knowledge::Derived;
        }
        check
    }
}

fn computed(name: &str, evidence: Knowledge, source: &str) -> Step {
    let about = COMPUTED.iter().find(|(known, _)| *known == name).map_or("", |(_, about)| about);
    let zero = Duration::from_seconds(0);
    let source = Some(source.to_owned());
    Step {
        name: name.to_owned(),
        about: about.to_owned(),
        tuned: zero,
        kernel: zero,
        evidence,
        source,
        set: false,
        from_spec: false,
    }
}

/// The names of all times that can be set for this deployment.
pub fn names(topology: &Topology) -> BTreeSet<&'static str> {
    recovery::of(topology.platform)
        .timings
        .iter()
        .chain(&documented::backends_recovery().timings)
        .map(|timing| timing.name.as_str())
        .chain(COMPUTED.map(|(name, _)| name))
        .collect()
}
