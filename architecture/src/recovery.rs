//! What happens when something fails, as the documents and the products' code have it: the capabilities that people
//! care about, what each needs, how long detection and recovery take, and what each platform does meanwhile. Data in
//! `architecture/documented/*-recovery.yaml`; `provision-validation` works out the consequences.

use crate::documented::{self, Party, Reference};
use crate::spec::declare::{fields, words};
use crate::spec::{ComponentName, Count, LoadBalancerKind, Platform, QueueKind, Runtime};
use crate::values::{Duration, RuleId, Version, VersionRange};

words! {
    /// How a time or a consequence is known.
    pub enum Knowledge {
        /// The vendor's documentation says it.
        Documented = "documented",
        /// The vendor's code or chart shows it.
        Code = "code",
        /// It follows from documented facts by arithmetic or logic.
        Derived = "derived",
        /// General knowledge that was not looked up.
        Unverified = "unverified",
        /// Nobody says it; a plausible value, to be replaced by your own measurement.
        Assumed = "assumed",
    }

    /// How much of a component a capability needs.
    pub enum Amount {
        /// Any one of them does; the others are there in case it dies.
        One = "one",
        /// Each carries its share.
        Share = "share",
    }

    /// What an upgrade of the product is like.
    pub enum UpgradeStyle {
        /// One instance after the other, while the rest goes on.
        Rolling = "rolling",
        /// Everything stops.
        Outage = "outage",
    }
}

fields! {
    /// What one platform, or the backends, do when something fails.
    pub struct Recovery {
        /// What people care about.
        capabilities: Vec<Capability>,
        /// The component that does the work of all others where it runs.
        stand_in: Option<ComponentName>,
        /// Components that run inside others unless they are set apart.
        hosted: Vec<Hosted>,
        /// How long things take.
        timings: Vec<Timing>,
        /// How load balancers notice dead targets.
        balancers: Vec<BalancerCheck>,
        /// Work of a dead instance that runs again.
        reruns: Option<Reruns>,
        /// What a dead instance leaves behind for a while.
        delays: Vec<Delay>,
        /// Components of which there must be one.
        singletons: Vec<Singleton>,
        /// Components of which each must have a database of its own.
        pairing: Option<Pairing>,
        /// What a process that keeps crashing does.
        crashes: Vec<Crash>,
        /// What upgrades are like.
        upgrades: Vec<Upgrade>,
    }

    /// Something that people expect of the platform.
    pub struct Capability {
        /// Its name in objectives and reports.
        name: String,
        /// Other names that are understood.
        aliases: Vec<String>,
        /// What it is.
        about: String,
        /// The components that it needs, and how much of each.
        components: Vec<ComponentNeed>,
        /// Whether users reach it through the load balancer.
        load_balancer: Option<bool>,
        /// Backends that it needs beside those of its components.
        also: Vec<Party>,
        /// Backends of its components that it goes on without.
        goes_on_without: Vec<Party>,
        /// It holds only while there is no more than one of this component.
        alone: Option<ComponentName>,
        /// Why.
        alone_because: Option<String>,
        /// What softens it while it is stopped.
        meanwhile: Option<String>,
        /// Where this is said.
        source: String,
    }

    /// How much of a component a capability needs.
    pub struct ComponentNeed {
        /// The component.
        component: ComponentName,
        /// How much of it.
        amount: Amount,
        /// Whether it needs its zone's way out of the network for this.
        outbound: Option<bool>,
    }

    /// A component that runs inside another unless it is set apart.
    pub struct Hosted {
        /// The component.
        component: ComponentName,
        /// Where it runs.
        inside: ComponentName,
    }

    /// How long something takes.
    pub struct Timing {
        /// Its name, by which it can be set to another value.
        name: String,
        /// What takes this long.
        about: String,
        /// The time.
        value: Duration,
        /// In which versions of the product.
        versions: Option<VersionRange>,
        /// How it is known.
        evidence: Knowledge,
        /// Where it is said; an assumption has no such place.
        source: Option<String>,
    }

    /// How a load balancer notices dead targets where nobody says otherwise.
    pub struct BalancerCheck {
        /// The kind of load balancer.
        kind: LoadBalancerKind,
        /// How often it asks.
        interval: Duration,
        /// How long it waits for the answer.
        timeout: Duration,
        /// How many failures in a row take a target out.
        failures: Count,
        /// How many good answers in a row take it in.
        successes: Count,
        /// How it is known.
        evidence: Knowledge,
        /// Where it is said.
        source: String,
    }

    /// Work of a dead instance that runs again elsewhere.
    pub struct Reruns {
        /// Whose work.
        component: ComponentName,
        /// Who notices that it is dead.
        detector: ComponentName,
        /// Which capability waits for it.
        capability: String,
        /// Where this is said.
        source: String,
    }

    /// What a dead instance leaves behind for a while.
    pub struct Delay {
        /// Whose.
        component: ComponentName,
        /// Which capability notices it.
        capability: String,
        /// The name of the timing.
        timing: String,
        /// What is late, in our words.
        says: String,
        /// Whether that work is given up and never run again.
        cancels: Option<bool>,
        /// Where this is said.
        source: String,
    }

    /// A component of which there must be exactly one.
    pub struct Singleton {
        /// The component.
        component: ComponentName,
        /// In which versions.
        versions: VersionRange,
        /// With which queue.
        queue: QueueKind,
        /// The rule that says so.
        rule: RuleId,
        /// What two of them do.
        says: String,
        /// What to mind while it is replaced.
        replacing: String,
        /// Where this is said.
        source: String,
    }

    /// A component of which each must have a database of its own.
    pub struct Pairing {
        /// The component.
        component: ComponentName,
        /// The rule that says so.
        rule: RuleId,
        /// What several of them on one database do.
        says: String,
        /// Where this is said.
        source: String,
    }

    /// What a process that keeps crashing does.
    pub struct Crash {
        /// The component.
        component: ComponentName,
        /// In which versions.
        versions: VersionRange,
        /// In which runtimes, where not in all of them.
        runtimes: Vec<Runtime>,
        /// What counts as crashing again and again.
        threshold: Option<Threshold>,
        /// The capabilities that stop.
        stops: Vec<String>,
        /// What it does, in our words.
        says: String,
        /// How it is known.
        evidence: Knowledge,
        /// Where this is said.
        source: String,
    }

    /// So many starts in so short a time are no accident.
    pub struct Threshold {
        /// How many.
        starts: Count,
        /// In how short a time.
        within: Duration,
        /// Where this is said.
        source: String,
    }

    /// What an upgrade is like.
    pub struct Upgrade {
        /// From or to which versions.
        versions: Option<VersionRange>,
        /// What it is like.
        style: UpgradeStyle,
        /// In our words.
        says: String,
        /// Where this is said.
        source: String,
    }
}

/// What one platform does when something fails.
pub fn of(platform: Platform) -> &'static Recovery {
    match platform {
        Platform::Kestra => documented::kestra_recovery(),
        Platform::Rudderstack => documented::rudderstack_recovery(),
        Platform::Octopus => documented::octopus_recovery(),
        Platform::EventPlatform => documented::event_platform_recovery(),
    }
}

/// The place that a key stands for.
pub fn source(key: &str) -> Option<&'static Reference> {
    documented::sources().get(key)
}

impl Recovery {
    /// The timing of that name which holds for this version.
    pub fn timing(&self, name: &str, version: &Version) -> Option<&Timing> {
        self.timings.iter().find(|timing| {
            timing.name == name && timing.versions.as_ref().is_none_or(|range| range.contains(version))
        })
    }

    /// The capability of that name or alias.
    pub fn capability(&self, name: &str) -> Option<&Capability> {
        self.capabilities.iter().find(|capability| {
            capability.name == name || capability.aliases.iter().any(|alias| alias == name)
        })
    }

    /// Where a component runs if it has no machines of its own.
    pub fn host_of(&self, component: ComponentName) -> Option<ComponentName> {
        self.hosted.iter().find(|hosted| hosted.component == component).map(|hosted| hosted.inside)
    }
}
