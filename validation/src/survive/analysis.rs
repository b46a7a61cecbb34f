//! The whole analysis of one deployment.

use provision_architecture::recovery::Knowledge;
use provision_architecture::spec::{Runtime, StorageKind};
use provision_architecture::values::{DeploymentName, Objective};
use provision_architecture::{Topology, documented};
use serde::Serialize;

use super::availability::Availability;
use super::cutsets::CutSets;
use super::damage::Damage;
use super::improvements::{Improvement, improvements};
use super::model::{Model, Need, Parent, Pool};
use super::objectives::{Check, ObjectiveProblem};
use super::recovery::{Recovery, Step};
use super::rows::Row;
use super::timers::Timers;
use super::timings::{Overrides, Timings, UnknownTiming};
use super::upgrades::UpgradeReport;

/// What is wanted of the analysis.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Minimal cut sets up to this many failures.
    pub order: usize,
    /// Every two failures at once.
    pub pairs: bool,
    /// One instance of each component away, then each failure.
    pub during_upgrade: bool,
    /// Names every set of concrete things that a row stands for.
    pub enumerate: bool,
    /// Which single change of the spec would remove most cut sets.
    pub improvements: bool,
    /// What must hold, beside what the spec says.
    pub require: Vec<Objective>,
    /// Times that the user sets.
    pub set: Overrides,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            order: 2,
            pairs: false,
            during_upgrade: false,
            enumerate: false,
            improvements: true,
            require: Vec::new(),
            set: Overrides::new(),
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum SurviveError {
    #[error(transparent)]
    Timing(#[from] UnknownTiming),
    #[error(transparent)]
    Objective(#[from] ObjectiveProblem),
    #[error(
        "{count} sets of failures would be named one by one (at most {most}; leave the names out, or the pairs)"
    )]
    TooManyNames { count: u64, most: u64 },
}

/// What survives, and what does not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    pub schema: &'static str,
    pub deployment: DeploymentName,
    pub platform: String,
    /// The platform's name as people write it.
    pub title: String,
    pub version: String,
    pub size: String,
    pub machines: u64,
    pub zones: Vec<String>,
    pub capabilities: Vec<CapabilityReport>,
    /// Nothing has failed.
    pub nothing: Row,
    pub singles: Vec<Row>,
    pub zone_losses: Vec<Row>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pairs: Option<Vec<Row>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upgrade: Option<UpgradeReport>,
    pub cut_sets: Vec<CutSets>,
    pub improvements: Vec<Improvement>,
    pub availability: Vec<Availability>,
    pub objectives: Vec<Check>,
    pub timers: Timers,
    /// Every time that the analysis rests on.
    pub times: Vec<Step>,
    /// What is taken for granted.
    pub assumptions: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CapabilityReport {
    pub name: String,
    pub about: String,
    pub source: String,
}

impl Report {
    /// Whether every objective is met.
    pub fn meets_objectives(&self) -> bool {
        self.objectives.iter().all(|check| check.met)
    }

    /// Whether no single failure but that of a service of the whole region stops anything until it is mended.
    pub fn is_highly_available(&self) -> bool {
        self.cut_sets.iter().all(|sets| !sets.never_stands && sets.single_points().next().is_none())
    }

    pub fn capability(&self, name: &str) -> Option<usize> {
        self.capabilities.iter().position(|capability| capability.name == name)
    }

    /// Times that nobody documents.
    pub fn assumed_times(&self) -> impl Iterator<Item = &Step> {
        self.times
            .iter()
            .filter(|step| !step.set && matches!(step.evidence, Knowledge::Assumed | Knowledge::Unverified))
    }
}

/// Analyses a deployment: a pure function of the topology, the documents, the timers and the options.
pub fn survive(topology: &Topology, timers: &Timers, options: &Options) -> Result<Report, SurviveError> {
    let timings = Timings::new(topology, timers.clone(), options.set.clone())?;
    let model = Model::new(topology, timings);
    let objectives: Vec<&Objective> = topology.spec.objectives.iter().chain(&options.require).collect();
    let checks = model.check_objectives(&objectives)?;
    let indices = 0..model.capabilities.len();
    let rates = model.rates();
    let mut report = Report {
        schema: "provision.survive/1",
        deployment: topology.deployment.clone(),
        platform: topology.platform.word().to_owned(),
        title: documented::architecture(topology.platform).title.clone(),
        version: topology.version.to_string(),
        size: topology.size.word().to_owned(),
        machines: model.machines(),
        zones: topology.zones.iter().map(|zone| zone.as_str().to_owned()).collect(),
        capabilities: model.capability_reports(),
        nothing: model.row(&Damage::default(), 1),
        singles: model.event_rows(&model.events(), options.enumerate)?,
        zone_losses: model.event_rows(&model.zone_losses(), options.enumerate)?,
        pairs: options.pairs.then(|| model.pair_rows(options.enumerate)).transpose()?,
        upgrade: options.during_upgrade.then(|| model.upgrade()),
        cut_sets: indices.clone().map(|capability| model.cut_sets(capability, options.order)).collect(),
        improvements: if options.improvements {
            improvements(&model, timers, &options.set)
        } else {
            Vec::new()
        },
        availability: indices.map(|capability| model.availability(capability, &rates)).collect(),
        objectives: checks,
        timers: timers.clone(),
        times: Vec::new(),
        assumptions: model.assumptions(),
    };
    report.times = times_of(&report, &model);
    Ok(report)
}

impl Model<'_> {
    fn capability_reports(&self) -> Vec<CapabilityReport> {
        self.capabilities
            .iter()
            .map(|capability| CapabilityReport {
                name: capability.documented.name.clone(),
                about: capability.documented.about.clone(),
                source: capability.documented.source.clone(),
            })
            .collect()
    }

    fn machines(&self) -> u64 {
        self.pools.iter().map(Pool::total).sum()
    }

    /// What the model takes for granted, beside the times.
    fn assumptions(&self) -> Vec<String> {
        let mut assumptions = vec![
            "machines fail independently of each other, except with their zone".to_owned(),
            "a machine that dies takes no volume with it".to_owned(),
        ];
        if self.zones() > 1 {
            assumptions.push("the other zones have room for what a lost zone ran".to_owned());
        }
        if self
            .capabilities
            .iter()
            .flat_map(|it| &it.needs)
            .any(|need| matches!(need, Need::Group { outbound: true, .. }))
        {
            assumptions.push("each zone has a way out of the network of its own".to_owned());
        }
        if self.topology.runtime == Runtime::Kubernetes {
            assumptions.push("each pod stands on a node of its own".to_owned());
        }
        if self.partitions.is_some() {
            assumptions.push(match self.topology.queue.as_ref().is_some_and(|queue| queue.racks) {
                true => "there are so many partitions that every placement which the racks allow exists"
                    .to_owned(),
                false => "brokers know no racks, so the worst placement of the copies is taken".to_owned(),
            });
        }
        if self.shards.is_some() {
            assumptions.push("search shards know their zone (allocation awareness is set)".to_owned());
        }
        if self.topology.storage == StorageKind::Object {
            assumptions.push(
                "object storage does not fail: the documents call it highly available by itself".to_owned(),
            );
        }
        if self.parents.contains(&Parent::LoadBalancer) {
            assumptions.push(
                "the load balancer is a service of the region: it outlives the loss of a zone".to_owned(),
            );
        }
        assumptions
    }
}

/// Every time that stands in the report, once.
fn times_of(report: &Report, model: &Model<'_>) -> Vec<Step> {
    let mut times: Vec<Step> = Vec::new();
    let rows = std::iter::once(&report.nothing).chain(&report.singles).chain(&report.zone_losses);
    let rows = rows.chain(report.pairs.iter().flatten());
    for effect in rows.flat_map(|row| &row.effects) {
        let delays = effect.delays.iter().map(|delay| &delay.until);
        let recoveries = effect.stop.iter().chain(&effect.full).chain(delays);
        for step in recoveries.flat_map(Recovery::steps) {
            if step.name != "backlog-drain" && !times.iter().any(|known| known.name == step.name) {
                times.push(step.clone());
            }
        }
    }
    for step in model.rate_steps() {
        if !times.iter().any(|known| known.name == step.name) {
            times.push(step);
        }
    }
    times
}
