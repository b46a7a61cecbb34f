//! From a directory to a plan: what every command that looks at an estate does first.

use std::collections::BTreeMap;
use std::time::Duration;

use thiserror::Error;

use crate::apply::{Report, Settings, Tools, apply};
use crate::clock::Clock;
use crate::driver::{Driver, Failure, Live, Query, Reply};
use crate::evaluate::{Given, Scope, Variables, resolve_variables};
use crate::graph::ResourceGraph;
use crate::ledger::{Entry, Lease, LedgerError};
use crate::load::expression::{Root, Step};
use crate::load::{Directory, Files, load};
use crate::owner;
use crate::plan::{self, Options, Plan, Planned};
use crate::problem::{Problem, Problems};
use crate::random::Random;
use crate::terraform::TerraformError;

/// A directory, ready to be planned: everything that can be known without a cloud is checked.
pub struct Prepared {
    pub files: Files,
    pub directory: Directory,
    pub graph: ResourceGraph,
    pub variables: Variables,
}

#[derive(Debug, Error)]
pub enum SessionError {
    #[error(transparent)]
    Directory(#[from] Problems),
    #[error("the live estate can't be listed: {0}")]
    Inventory(#[source] Failure),
}

impl Prepared {
    pub fn new(files: Files, given: &Given) -> Result<Self, Problems> {
        let directory = load(&files)?;
        let graph = ResourceGraph::of(&directory)?;
        let variables = resolve_variables(&directory, &files, given)?;
        attributes_exist(&directory)?;
        Scope::new(&directory, &files, &variables).check()?;
        Ok(Prepared { files, directory, graph, variables })
    }

    fn scope(&self) -> Scope<'_> {
        Scope::new(&self.directory, &self.files, &self.variables)
    }

    /// The live objects of the deployment.
    pub async fn inventory(
        &self,
        driver: &dyn Driver,
        clock: &dyn Clock,
        deployment: &str,
    ) -> Result<Vec<Live>, SessionError> {
        let query = plan::query(&self.scope(), deployment);
        list(driver, clock, &query).await.map_err(SessionError::Inventory)
    }

    pub fn plan(
        &self,
        live: &[Live],
        engine: &str,
        deployment: &str,
        options: &Options,
    ) -> Result<Planned<'_>, Problems> {
        plan::make(self.scope(), &self.graph, live, engine, deployment, options)
    }

    /// The configuration of each resource in one word, for the next run to tell drift from a change.
    pub fn fingerprints(&self, planned: &Planned<'_>) -> BTreeMap<crate::Address, String> {
        let mut problems = Problems::default();
        let resources = self.directory.resources.values();
        resources
            .map(|resource| {
                let desired = planned.scope.body(&resource.body, &mut problems);
                (resource.address.clone(), plan::fingerprint(&desired))
            })
            .collect()
    }
}

/// Lists with patience.
async fn list(driver: &dyn Driver, clock: &dyn Clock, query: &Query) -> Result<Vec<Live>, Failure> {
    patiently(clock, || driver.inventory(query)).await
}

/// What only looks is asked for again when it was throttled or cut off.
pub(crate) async fn patiently<'a, T>(
    clock: &dyn Clock,
    look: impl Fn() -> Reply<'a, T>,
) -> Result<T, Failure> {
    let random = Random::new(clock.now().as_secs());
    let mut pause = Duration::from_millis(500);
    let deadline = clock.now() + Duration::from_secs(300);
    loop {
        match look().await {
            Err(failure) if failure.class.may_pass() && clock.now() < deadline => {
                clock.sleep(pause.mul_f64(0.5 + random.fraction())).await;
                pause = (pause * 2).min(Duration::from_secs(20));
            }
            result => return result,
        }
    }
}

/// A misspelt attribute is found here, not when half of the estate stands.
fn attributes_exist(directory: &Directory) -> Result<(), Problems> {
    let mut problems = Problems::default();
    let outputs = directory.outputs.values().map(|output| &output.value);
    let resources = directory.resources.values().flat_map(crate::load::Resource::expressions);
    for expression in outputs.chain(directory.locals.values()).chain(resources) {
        for (reference, span) in expression.references() {
            let (Root::Resource(address), Some(Step::Name(_, name))) =
                (&reference.root, reference.steps.first())
            else {
                continue;
            };
            if has_attribute(directory, address, name) == Some(false) {
                problems.add(Problem::new(span.clone(), format!("`{address}` has no attribute `{name}`")));
            }
        }
    }
    problems.none()
}

/// None for a resource or a kind that nobody knows: that is said elsewhere.
fn has_attribute(directory: &Directory, address: &crate::Address, name: &str) -> Option<bool> {
    let body = &directory.resources.get(address)?.body;
    let kind = provision_kinds::kind(address.kind())?;
    let cloud = provision_kinds::cloud(address.kind())?;
    Some(
        name == "id"
            || cloud.computed.contains_key(name)
            || kind.defaults.contains_key(name)
            || body.attributes.iter().any(|attribute| attribute.name == name)
            || body.blocks.iter().any(|block| block.name == name),
    )
}

/// One run under the lock, from the list of what lives to the report.
pub struct Run<'a> {
    pub prepared: &'a Prepared,
    pub deployment: &'a str,
    pub options: &'a Options,
    pub tools: &'a Tools<'a>,
    pub lease: &'a Lease<'a>,
    pub who: &'a str,
    pub command: &'a str,
    pub settings: Settings,
    /// The plan that was agreed to: if anything it was made on has moved, nothing is done.
    pub agreed: Option<&'a Plan>,
}

#[derive(Debug, Error)]
pub enum RunError {
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error("{what} changed since the plan was made; make a new plan")]
    Moved { what: &'static str },
    #[error("{} blocked: {}", .0.len(), .0.join("; "))]
    Blocked(Vec<String>),
    #[error(transparent)]
    Terraform(TerraformError),
    #[error("this deployment is driven by the engine `{owner}`, not by `{asked}`")]
    OtherEngine { owner: String, asked: String },
}

impl Run<'_> {
    /// Plans anew under the lock and does it.
    pub async fn apply(self) -> Result<(Plan, Report), RunError> {
        let (driver, clock) = (self.tools.driver, self.tools.clock);
        let before = self.lease.record();
        if let Some(owner) = before.engine.clone().filter(|owner| owner != driver.name()) {
            return Err(RunError::OtherEngine { owner, asked: driver.name().to_owned() });
        }
        if !before.intents.is_empty() {
            // Somebody died while creating: lists may not show yet what came of it.
            clock.sleep(driver.lists_settle_after()).await;
        }
        let live = self.prepared.inventory(driver, clock, self.deployment).await?;
        if let Some(owner) = owner::other(before.engine.as_deref(), &live, driver) {
            return Err(RunError::OtherEngine { owner, asked: driver.name().to_owned() });
        }
        let mut planned = self
            .prepared
            .plan(&live, driver.name(), self.deployment, self.options)
            .map_err(SessionError::from)?;
        plan::mark_drift(&mut planned, &before.applied);
        still_agreed(self.agreed, &planned.plan)?;
        blocked(&planned.plan)?;
        let mut entry = Entry {
            who: self.who.to_owned(),
            command: self.command.to_owned(),
            at: clock.wall(),
            engine: driver.name().to_owned(),
            plan: planned.plan.counts(),
            result: None,
        };
        self.lease.begin(&entry).await?;
        let settings = Settings { incarnation: before.incarnation.to_string(), ..self.settings };
        let mut report = apply(&planned, self.tools, &settings).await;
        entry.result = Some(report.summary());
        let applied =
            if planned.plan.destroy { BTreeMap::new() } else { self.prepared.fingerprints(&planned) };
        // A lock that was lost can't be released; the report says so already.
        if report.stopped.is_none()
            && let Err(error) =
                self.lease.end(&entry, report.is_complete(), applied, planned.plan.destroy).await
        {
            // What was done is done: a report that says so is worth more than an error alone.
            report.stopped = Some(error.to_string());
        }
        if planned.plan.destroy && report.is_complete() {
            match patiently(clock, || driver.leftovers(self.deployment)).await {
                Ok(leftovers) => report.leftovers = leftovers,
                Err(failure) => report.leftovers_unknown = Some(failure.to_string()),
            }
        }
        Ok((planned.plan, report))
    }
}

/// What is blocked needs a decision first.
pub(crate) fn blocked(plan: &Plan) -> Result<(), RunError> {
    let blocked: Vec<String> = plan
        .blocked()
        .map(|action| format!("{}: {}", action.address, action.blocked.as_deref().unwrap_or_default()))
        .collect();
    if blocked.is_empty() { Ok(()) } else { Err(RunError::Blocked(blocked)) }
}

pub(crate) fn still_agreed(agreed: Option<&Plan>, now: &Plan) -> Result<(), RunError> {
    let Some(agreed) = agreed else { return Ok(()) };
    let (then, now_bound) = (&agreed.bound_to, &now.bound_to);
    for (what, same) in [
        ("the spec or the directory", then.directory == now_bound.directory),
        ("a variable", then.variables == now_bound.variables),
        ("the live estate", then.estate == now_bound.estate),
        (
            "what the plan is for",
            agreed.deployment == now.deployment
                && agreed.destroy == now.destroy
                && agreed.engine == now.engine,
        ),
        ("what the plan does", agreed.decisions() == now.decisions()),
    ] {
        if !same {
            return Err(RunError::Moved { what });
        }
    }
    Ok(())
}
