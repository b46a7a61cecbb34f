//! The whole analysis of one deployment.

use std::collections::HashMap;

use provision_architecture::recovery::{Knowledge, UpgradeStyle};
use provision_architecture::values::{DeploymentName, Objective};
use provision_architecture::{Topology, documented};
use serde::Serialize;

use super::availability::Availability;
use super::cutsets::CutSets;
use super::damage::{Damage, Hit};
use super::effect::{Effect, State};
use super::failures::Event;
use super::improvements::{Improvement, improvements};
use super::model::{Model, Need, Parent};
use super::objectives::{Check, ObjectiveProblem};
use super::recovery::Step;
use super::timers::Timers;
use super::timings::{Overrides, Timings, UnknownTiming};

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

/// Naming more sets than this fills memory, not insight.
const MOST_NAMES: u64 = 1_000_000;

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

/// One failure, or several that come to the same.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// In words; empty where nothing has failed.
    pub failures: Vec<String>,
    /// How many sets of concrete things this is.
    pub count: u64,
    /// In the order of the report's capabilities.
    pub effects: Vec<Effect>,
    /// Whether it does more than its parts do one by one.
    pub worse_together: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Vec<String>>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UpgradeReport {
    pub rolling: bool,
    /// What an upgrade is like.
    pub says: String,
    /// One instance of the component is away; what that alone does, and which failures then do more than otherwise.
    pub components: Vec<UpgradeRows>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UpgradeRows {
    pub component: String,
    pub away: Row,
    pub then: Vec<Row>,
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
        self.pools.iter().map(super::model::Pool::total).sum()
    }

    pub(super) fn effects(&self, damage: &Damage) -> Vec<Effect> {
        (0..self.capabilities.len()).map(|capability| self.effect(capability, damage)).collect()
    }

    fn row(&self, damage: &Damage, count: u64) -> Row {
        Row {
            failures: self.names(damage).into_iter().map(|name| name.says).collect(),
            count,
            effects: self.effects(damage),
            worse_together: false,
            members: Vec::new(),
        }
    }

    fn event_rows(&self, events: &[Event], enumerate: bool) -> Result<Vec<Row>, SurviveError> {
        let mut rows = Rows::new(self, enumerate);
        for event in events {
            rows.add(&event.damage, event.count, false)?;
        }
        Ok(rows.finish())
    }

    fn pair_rows(&self, enumerate: bool) -> Result<Vec<Row>, SurviveError> {
        let mut rows = Rows::new(self, enumerate);
        let mut result = Ok(());
        self.combinations(2, &mut |pair| {
            if result.is_ok() {
                let worse = self.is_worse_together(&pair.damage);
                result = rows.add(&pair.damage, pair.count, worse);
            }
        });
        result.map(|()| rows.finish())
    }

    /// Whether it stops something that none of its parts stops by itself.
    fn is_worse_together(&self, damage: &Damage) -> bool {
        let parts = Self::without_one(damage);
        (0..self.capabilities.len()).any(|capability| {
            let worst = parts.iter().map(|part| self.standing(capability, part)).max();
            worst.is_some_and(|worst| self.standing(capability, damage) > worst.max(State::Degraded))
        })
    }

    fn upgrade(&self) -> UpgradeReport {
        let version = &self.topology.version;
        let documented = self
            .documented
            .upgrades
            .iter()
            .find(|upgrade| upgrade.versions.as_ref().is_none_or(|range| range.contains(version)));
        let mut components: Vec<UpgradeRows> = Vec::new();
        for (component, away) in self.one_away() {
            let rows = UpgradeRows {
                component: component.to_owned(),
                away: self.without_death(self.row(&away, 1), &Damage::default()),
                then: self.worse_while_away(&away),
            };
            match components.iter_mut().find(|mine| mine.component == rows.component) {
                Some(mine) => merge(mine, rows),
                None => components.push(rows),
            }
        }
        UpgradeReport {
            rolling: documented.is_none_or(|upgrade| upgrade.style == UpgradeStyle::Rolling),
            says: documented.map_or_else(String::new, |upgrade| upgrade.says.clone()),
            components,
        }
    }

    /// The failures that then stop something which neither they nor the missing instance stop alone.
    fn worse_while_away(&self, away: &Damage) -> Vec<Row> {
        let events = self.events().into_iter().chain(self.zone_losses());
        let mut rows = Vec::new();
        for event in events {
            let Some(both) = self.overlaid(away, &event.damage) else { continue };
            let worse = (0..self.capabilities.len()).any(|capability| {
                let standing = self.standing(capability, &both);
                standing >= State::Stopped
                    && standing > self.standing(capability, &event.damage)
                    && standing > self.standing(capability, away)
            });
            if worse {
                let mut row = self.row(&event.damage, event.count);
                (row.effects, row.worse_together) = (self.effects(&both), true);
                rows.push(self.without_death(row, &event.damage));
            }
        }
        rows
    }

    /// What is away for an upgrade was drained: nothing was under way there. Late is only what the failure makes late.
    fn without_death(&self, mut row: Row, failure: &Damage) -> Row {
        for (capability, effect) in row.effects.iter_mut().enumerate() {
            effect.delays = self.effect(capability, failure).delays;
            effect.cancels_work = effect.delays.iter().any(|delay| delay.cancels);
        }
        row
    }

    /// Both at once; on one cell, where the class has no second. Nothing, where what is away can't fail any more.
    fn overlaid(&self, away: &Damage, event: &Damage) -> Option<Damage> {
        let [gone] = away.hits.as_slice() else { return None };
        let class = &self.pools[gone.pool].classes[gone.class];
        let same = event.hits.iter().find(|hit| (hit.pool, hit.class) == (gone.pool, gone.class));
        match same {
            Some(hit) if class.count == 1 && hit.parts & gone.parts != 0 => None,
            Some(hit) if class.count == 1 => {
                let hit = Hit { parts: hit.parts | gone.parts, ..*gone };
                Some(Damage { hits: vec![hit], ..Damage::default() })
            }
            _ => Some(away.and(event)),
        }
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
        if self.topology.runtime == provision_architecture::spec::Runtime::Kubernetes {
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
        if self.topology.storage == provision_architecture::spec::StorageKind::Object {
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

/// Keeps the worse of two rows that differ only in the zone of what is away.
fn merge(mine: &mut UpgradeRows, other: UpgradeRows) {
    let severity = |row: &Row| row.effects.iter().map(|effect| effect.standing).max();
    if severity(&other.away) > severity(&mine.away) {
        mine.away = other.away;
    }
    for row in other.then {
        match mine.then.iter_mut().find(|known| known.failures == row.failures) {
            Some(known) if severity(&row) > severity(known) => *known = row,
            Some(_) => {}
            None => mine.then.push(row),
        }
    }
}

/// Rows under construction: what reads the same and does the same is one row.
struct Rows<'m, 't> {
    model: &'m Model<'t>,
    enumerate: bool,
    rows: Vec<Row>,
    by_failures: HashMap<Vec<String>, Vec<usize>>,
    /// The damages of each row.
    damages: Vec<Vec<Damage>>,
    named: u64,
}

impl<'m, 't> Rows<'m, 't> {
    fn new(model: &'m Model<'t>, enumerate: bool) -> Self {
        Self {
            model,
            enumerate,
            rows: Vec::new(),
            by_failures: HashMap::new(),
            damages: Vec::new(),
            named: 0,
        }
    }

    fn add(&mut self, damage: &Damage, count: u64, worse_together: bool) -> Result<(), SurviveError> {
        let mut row = self.model.row(damage, count);
        row.worse_together = worse_together;
        row.failures = self.model.wording(damage);
        if self.enumerate {
            self.named = self.named.saturating_add(count);
            if self.named > MOST_NAMES {
                return Err(SurviveError::TooManyNames { count: self.named, most: MOST_NAMES });
            }
            row.members = self.model.members(damage);
        }
        let known = self.by_failures.entry(row.failures.clone()).or_default();
        match known.iter().find(|at| self.rows[**at].effects == row.effects) {
            Some(at) => {
                let mine = &mut self.rows[*at];
                mine.count = mine.count.saturating_add(count);
                mine.members.append(&mut row.members);
                self.damages[*at].push(damage.clone());
            }
            None => {
                known.push(self.rows.len());
                self.rows.push(row);
                self.damages.push(vec![damage.clone()]);
            }
        }
        Ok(())
    }

    /// What reads the same and does not do the same differs by its zones.
    fn finish(mut self) -> Vec<Row> {
        for (row, damages) in self.rows.iter_mut().zip(&self.damages) {
            self.model.close_wording(&mut row.failures, damages);
        }
        let mut readings: HashMap<Vec<String>, usize> = HashMap::new();
        for row in &self.rows {
            *readings.entry(row.failures.clone()).or_default() += 1;
        }
        for (row, damages) in self.rows.iter_mut().zip(&self.damages) {
            if readings[&row.failures] > 1
                && let Some(last) = row.failures.last_mut()
            {
                *last = format!("{last} ({})", self.model.zones_of(damages));
            }
        }
        self.rows
    }
}

impl Model<'_> {
    /// Where the failures of some damages are that come to the same.
    fn zones_of(&self, damages: &[Damage]) -> String {
        let zones = |damage: &Damage| -> Vec<usize> {
            let zone = |hit: &Hit| self.pools[hit.pool].classes[hit.class].zone;
            let hits = damage
                .hits
                .iter()
                .flat_map(|hit| std::iter::repeat_n(zone(hit), usize::from(hit.count > 1) + 1));
            hits.chain((0..self.zones()).filter(|zone| damage.has_way(*zone))).collect()
        };
        let (mut same, mut different) = (true, true);
        let mut seen: Vec<usize> = Vec::new();
        for damage in damages {
            let mut zones = zones(damage);
            let all = zones.len();
            zones.sort_unstable();
            zones.dedup();
            same &= zones.len() == 1 && all > 1 && self.zones() > 1;
            different &= zones.len() == all && all > 1;
            seen.extend(zones);
        }
        seen.sort_unstable();
        seen.dedup();
        match (same, different) {
            (true, _) => "in the same zone".to_owned(),
            (_, true) => "in different zones".to_owned(),
            _ => seen
                .iter()
                .map(|zone| format!("in {}", self.zone_name(*zone)))
                .collect::<Vec<_>>()
                .join(" or "),
        }
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
        for step in recoveries.flat_map(super::recovery::Recovery::steps) {
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
