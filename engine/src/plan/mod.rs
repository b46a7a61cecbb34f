//! What has to change so that the live estate is as the directory says.
//!
//! Resources are visited in the order of their needs. Each is evaluated with what is known of those before it, found
//! among the live objects, compared, and decided; what it is going to be is then known to those after it.

mod blocked;
mod document;
mod estate;
mod estimate;
mod leaves;
mod steps;
pub mod view;

use std::collections::{BTreeMap, BTreeSet};

use provision_kinds::{Identity, Kind};
use sha2::{Digest, Sha256};

pub(crate) use blocked::{while_protected, without_consent};
pub use document::{Action, Binding, Estimate, Foreign, Plan, SCHEMA, Verb, schema};
pub use estate::generation;
pub(crate) use estate::{child, own_object};
pub(crate) use leaves::left_by;
pub use leaves::{Backup, leaves};
pub use steps::{Step, Steps, Work};

use crate::diff::{self, Change};
use crate::driver::{Live, Query, State};
use crate::evaluate::{Known, Scope};
use crate::graph::ResourceGraph;
use crate::load::{Resource, hex};
use crate::problem::{Problem, Problems};
use crate::{Address, Attributes, Value};
use blocked::blocked;
use estate::{Estate, Found};
use steps::Fate;

/// What the user decides about a plan.
#[derive(Debug, Clone, Default)]
pub struct Options {
    pub destroy: bool,
    /// Delete also what somebody else put into our parents.
    pub prune: bool,
    /// Resources whose data may be lost.
    pub allow_data_loss: BTreeSet<Address>,
}

/// A plan and what is needed to apply it.
pub struct Planned<'a> {
    pub plan: Plan,
    pub steps: Steps,
    pub scope: Scope<'a>,
    /// What lives for each resource of the configuration.
    pub live: BTreeMap<Address, Live>,
}

/// What the driver has to list before a plan can be made.
pub fn query(scope: &Scope<'_>, deployment: &str) -> Query {
    let mut query = Query { deployment: deployment.to_owned(), ..Query::default() };
    let clouds: BTreeSet<&str> =
        scope.directory.resources.keys().map(|address| cloud_of(address.kind())).collect();
    query.kinds = provision_kinds::kinds()
        .map(|(name, _)| name.to_owned())
        .filter(|name| clouds.is_empty() || clouds.contains(cloud_of(name)))
        .collect();
    for resource in scope.directory.resources.values() {
        let kind = resource.address.kind();
        let Some(facts) = provision_kinds::kind(kind) else { continue };
        let keys = estate::key_arguments(facts);
        let known: Attributes = resource
            .body
            .attributes
            .iter()
            .filter(|attribute| keys.contains(&&attribute.name))
            .filter_map(|attribute| Some((attribute.name.clone(), scope.evaluate(&attribute.value).ok()?)))
            .collect();
        if let Identity::Named(argument) = &facts.identity
            && let Some(Value::Text(name)) = known.get(argument)
        {
            query.names.insert((kind.to_owned(), name.clone()));
        }
        query.children.extend(child(kind, &known));
    }
    query
}

fn cloud_of(kind: &str) -> &str {
    kind.split('_').next().unwrap_or(kind)
}

/// Decides about every resource and every live object.
pub fn make<'a>(
    scope: Scope<'a>,
    graph: &ResourceGraph,
    live: &[Live],
    engine: &str,
    deployment: &str,
    options: &Options,
) -> Result<Planned<'a>, Problems> {
    let mut maker = Maker {
        scope: &scope,
        lived: Scope::new(scope.directory, scope.files, scope.variables),
        options,
        estate: Estate::new(live),
        problems: Problems::default(),
        fates: Vec::new(),
        actions: Vec::new(),
        foreign: Vec::new(),
        unchanged: 0,
    };
    for address in graph.order() {
        if let Some(resource) = scope.directory.resources.get(address) {
            maker.resource(resource);
        }
    }
    maker.rest();
    maker.replacement_order(graph);
    let Maker { problems, fates, mut actions, foreign, unchanged, .. } = maker;
    problems.none()?;
    let steps = Steps::of(&fates, graph)?;
    let outputs = outputs(&scope)?;
    say_what_waits(&mut actions, &steps);
    let plan = Plan {
        schema: SCHEMA.to_owned(),
        engine: engine.to_owned(),
        deployment: deployment.to_owned(),
        destroy: options.destroy,
        bound_to: Binding {
            directory: scope.files.digest(),
            variables: variables_digest(&scope),
            estate: estate::digest(live),
        },
        unchanged,
        foreign,
        outputs,
        estimate: estimate::estimate(&steps),
        actions,
    };
    let configured = fates.into_iter().filter(|fate| scope.directory.resources.contains_key(&fate.address));
    let live = configured.filter_map(|fate| Some((fate.address, fate.live?))).collect();
    Ok(Planned { plan, steps, scope, live })
}

struct Maker<'m, 's> {
    scope: &'m Scope<'s>,
    /// The configuration as it would be if nothing were replaced.
    lived: Scope<'s>,
    options: &'m Options,
    estate: Estate,
    problems: Problems,
    fates: Vec<Fate>,
    actions: Vec<Action>,
    foreign: Vec<Foreign>,
    unchanged: usize,
}

impl Maker<'_, '_> {
    fn problem(&mut self, resource: &Resource, what: String) {
        self.problems.add(Problem::new(resource.span.clone(), what));
    }

    fn resource(&mut self, resource: &Resource) {
        let address = &resource.address;
        let Some(kind) = provision_kinds::kind(address.kind()) else {
            let what = format!("the resource type `{}`", address.kind());
            return self.problems.add(Problem::outside_subset(resource.span.clone(), &what));
        };
        let desired = self.scope.body(&resource.body, &mut self.problems);
        for check in &resource.lifecycle.preconditions {
            if let Err(problem) = self.scope.holds(check) {
                self.problems.add(problem);
            }
        }
        let moved: Vec<Address> = self
            .scope
            .directory
            .moved
            .iter()
            .filter(|moved| moved.to == *address)
            .map(|moved| moved.from.clone())
            .collect();
        let generation = generation(kind, &desired);
        // What hangs on something that is replaced still hangs on the old one.
        let lived = estate::waits_for_its_key(kind, &desired)
            .then(|| self.lived.body(&resource.body, &mut Problems::default()));
        let key = lived.as_ref().unwrap_or(&desired);
        match self.estate.find(address, &moved, kind, key, generation.as_deref()) {
            Ok(found) => self.decide(resource, kind, &desired, found),
            Err(what) => self.problem(resource, format!("`{address}`: {what}")),
        }
    }

    fn decide(&mut self, resource: &Resource, kind: &'static Kind, desired: &Attributes, found: Found) {
        let Found { current, mut former, surplus, moved_from } = found;
        let mut changes = match &current {
            Some(live) if !self.options.destroy => {
                diff::changes(kind, desired, live, &resource.lifecycle.ignore_changes)
            }
            _ => Vec::new(),
        };
        let (verb, reason) = self.verb(current.as_ref(), &changes, moved_from.is_some());
        if let Some(live) = &current {
            for key in diff::foreign_tags(desired, live) {
                let what = format!("the tag `{key}`, which the configuration doesn't set");
                self.foreign.push(Foreign { kind: live.kind.clone(), id: live.id.clone(), what });
            }
        }
        self.learn(&resource.address, desired, current.as_ref(), verb);
        for live in &former {
            let leaving = live.state == State::Deleting;
            let reason = if leaving { document::DELETED_ALREADY } else { "an earlier replacement left it" };
            let reason = Some(reason.to_owned());
            self.actions.push(action(&resource.address, Verb::Delete, kind, Some(live), reason));
        }
        for live in surplus {
            let reason = Some("it was made a second time, and nothing uses it".to_owned());
            let mut action = action(&resource.address, Verb::Delete, kind, Some(&live), reason);
            action.blocked = blocked(&action, None, Some(&live), self.options);
            self.actions.push(action);
            former.push(live);
        }
        if let Some(verb) = verb {
            let mut action = action(&resource.address, verb, kind, current.as_ref(), reason);
            action.blocked = blocked(&action, Some(resource), current.as_ref(), self.options);
            action.moved_from = moved_from;
            action.changes = std::mem::take(&mut changes);
            self.actions.push(action);
        } else if current.is_some() {
            self.unchanged += 1;
        }
        let changed = self.actions.last().filter(|_| verb.is_some()).map(changed_fields).unwrap_or_default();
        self.fates.push(Fate {
            address: resource.address.clone(),
            verb,
            create_first: false,
            live: current,
            former,
            changed,
            configured: !self.options.destroy,
            create_seconds: u64::from(kind.duration.create),
            update_seconds: u64::from(kind.duration.of_update()),
            delete_seconds: u64::from(kind.duration.delete),
        });
    }

    fn verb(
        &self,
        current: Option<&Live>,
        changes: &[Change],
        moved: bool,
    ) -> (Option<Verb>, Option<String>) {
        if self.options.destroy {
            return (current.map(|_| Verb::Delete), None);
        }
        let Some(live) = current else { return (Some(Verb::Create), None) };
        if live.state == State::Failed {
            return (Some(Verb::Replace), Some("it was made, but never became ready".to_owned()));
        }
        if changes.iter().any(|change| change.forces_replacement) {
            (Some(Verb::Replace), None)
        } else if !changes.is_empty() {
            (Some(Verb::Update), None)
        } else if moved {
            (Some(Verb::Move), None)
        } else if live.state == State::Pending {
            (Some(Verb::Await), None)
        } else {
            (None, None)
        }
    }

    /// Tells the resources that come after what this one is going to be.
    fn learn(&self, address: &Address, desired: &Attributes, current: Option<&Live>, verb: Option<Verb>) {
        // What is being made doesn't tell everything yet: the rest comes when it is waited for.
        let is_ready = |live: &Live| live.state != State::Pending;
        if let Some(live) = current {
            self.lived.learn(address, Known { attributes: live.attributes(), complete: is_ready(live) });
        }
        let (mut attributes, complete) = match (current, verb) {
            (None, _) | (_, Some(Verb::Create | Verb::Replace)) => (Attributes::new(), false),
            (Some(live), Some(Verb::Update)) => {
                let mut attributes = live.attributes();
                // Versions rise with the update.
                for (name, pattern) in
                    provision_kinds::cloud(&live.kind).into_iter().flat_map(|cloud| &cloud.computed)
                {
                    if pattern.contains("{updates}") {
                        attributes.insert(name.clone(), Value::Unknown(BTreeSet::from([address.clone()])));
                    }
                }
                (attributes, is_ready(live))
            }
            (Some(live), _) => (live.attributes(), is_ready(live)),
        };
        attributes.extend(desired.iter().map(|(name, value)| (name.clone(), value.clone())));
        self.scope.learn(address, Known { attributes, complete });
    }

    /// Objects that no resource wanted.
    fn rest(&mut self) {
        let estate = std::mem::replace(&mut self.estate, Estate::new(&[]));
        for live in estate.rest() {
            let Some(kind) = provision_kinds::kind(&live.kind) else { continue };
            // What comes with its parent and goes with it is no object that somebody put there.
            if !live.ours || kind.stays && live.address.is_none() {
                continue;
            }
            let forget = live.address.as_ref().is_some_and(|address| {
                self.scope
                    .directory
                    .removed
                    .iter()
                    .any(|removed| removed.from == *address && !removed.destroy)
            });
            match live.address.clone() {
                // Also when everything else goes: that it lives on was said.
                Some(address) if forget => {
                    let reason = "a `removed` block says that it lives on".to_owned();
                    self.orphan(address, Verb::Forget, kind, live, Some(reason));
                }
                Some(address) => {
                    let reason = (!self.options.destroy).then(|| "the configuration has it no more".to_owned());
                    self.orphan(address, Verb::Delete, kind, live, reason);
                }
                None if self.options.prune || self.options.destroy => {
                    let address = Address::new(&live.kind, "without_address");
                    self.orphan(address, Verb::Delete, kind, live, Some("nothing in the configuration says it".to_owned()));
                }
                None => self.foreign.push(Foreign {
                    kind: live.kind.clone(),
                    id: live.id.clone(),
                    what: "it belongs to one of ours, but the configuration doesn't say it; `--prune` deletes it".to_owned(),
                }),
            }
        }
    }

    /// An object without a resource.
    fn orphan(&mut self, address: Address, verb: Verb, kind: &Kind, live: Live, reason: Option<String>) {
        let mut action = action(&address, verb, kind, Some(&live), reason);
        action.blocked = blocked(&action, None, Some(&live), self.options);
        self.actions.push(action);
        self.fates.push(Fate {
            address,
            verb: Some(verb),
            create_first: false,
            live: Some(live),
            former: Vec::new(),
            changed: Vec::new(),
            configured: false,
            create_seconds: 0,
            update_seconds: 0,
            delete_seconds: u64::from(kind.duration.delete),
        });
    }

    /// Who is replaced new one first: who says so, and everything replaced that such a one needs.
    fn replacement_order(&mut self, graph: &ResourceGraph) {
        let mut first: BTreeSet<Address> = BTreeSet::new();
        let replaced: BTreeSet<Address> = self
            .actions
            .iter()
            .filter(|action| action.verb == Verb::Replace)
            .map(|action| action.address.clone())
            .collect();
        let needed_by = graph.needed_by();
        for address in graph.order().iter().rev().filter(|address| replaced.contains(*address)) {
            let says = self
                .scope
                .directory
                .resources
                .get(address)
                .is_some_and(|r| r.lifecycle.create_before_destroy);
            let pulled = needed_by.get(address).into_iter().flatten().any(|user| first.contains(*user));
            if says || pulled {
                first.insert(address.clone());
            }
        }
        for fate in self.fates.iter_mut().filter(|fate| first.contains(&fate.address)) {
            fate.create_first = true;
        }
        for action in self.actions.iter_mut().filter(|action| first.contains(&action.address)) {
            action.create_first = action.verb == Verb::Replace;
            if action.create_first && !can_exist_twice(action) {
                action.blocked.get_or_insert_with(|| {
                    "the new one is to come first, but both would have the same name; change the name, or take \
                     `create_before_destroy` away"
                        .to_owned()
                });
            }
        }
    }
}

/// Whether what identifies the object differs between old and new.
fn can_exist_twice(action: &Action) -> bool {
    let names: Vec<&String> = match provision_kinds::kind(action.address.kind()).map(|kind| &kind.identity) {
        Some(Identity::Named(argument)) => vec![argument],
        Some(Identity::Singleton { of }) => vec![of],
        Some(Identity::Child { of, by }) => std::iter::once(of).chain(by).collect(),
        Some(Identity::Tagged) | None => return true,
    };
    action.changes.iter().any(|change| names.iter().any(|name| change.field == **name))
}

fn changed_fields(action: &Action) -> Vec<String> {
    action.changes.iter().map(|change| change.field.clone()).collect()
}

fn action(address: &Address, verb: Verb, kind: &Kind, live: Option<&Live>, reason: Option<String>) -> Action {
    let (create, delete) = (u64::from(kind.duration.create), u64::from(kind.duration.delete));
    Action {
        address: address.clone(),
        verb,
        id: live.map(|live| live.id.clone()),
        create_first: false,
        changes: Vec::new(),
        reason,
        holds_data: kind.holds_data,
        blocked: None,
        moved_from: None,
        drift: false,
        seconds: match verb {
            Verb::Create | Verb::Await => create,
            Verb::Replace => create + delete,
            Verb::Delete => delete,
            Verb::Update => u64::from(kind.duration.of_update()),
            Verb::Move | Verb::Forget | Verb::Import => 0,
        },
        after: Vec::new(),
    }
}

/// Marks what differs although the configuration is as it was when it was applied last.
pub fn mark_drift(planned: &mut Planned<'_>, applied: &BTreeMap<Address, String>) {
    if planned.plan.destroy {
        // That everything goes is what was asked for.
        return;
    }
    let scope = &planned.scope;
    for action in
        planned.plan.actions.iter_mut().filter(|action| !matches!(action.verb, Verb::Move | Verb::Await))
    {
        let resource = scope.directory.resources.get(&action.address);
        let now = resource.map(|resource| fingerprint(&scope.body(&resource.body, &mut Problems::default())));
        action.drift = now.is_some() && now.as_ref() == applied.get(&action.address);
    }
}

/// What the configuration says of a resource, in one short word; secrets don't enter it.
pub fn fingerprint(desired: &Attributes) -> String {
    let shown: serde_json::Value =
        desired.iter().map(|(name, value)| (name.clone(), value.shown())).collect();
    hex(&Sha256::digest(shown.to_string()))[..16].to_owned()
}

fn outputs(scope: &Scope<'_>) -> Result<BTreeMap<String, serde_json::Value>, Problems> {
    let mut problems = Problems::default();
    let mut shown = BTreeMap::new();
    for (name, output) in &scope.directory.outputs {
        match scope.evaluate(&output.value) {
            Ok(value) if value.has_secret() && !output.sensitive => {
                let what = format!("the output `{name}` shows a sensitive value");
                problems.add(Problem::new(output.span.clone(), what).advise("set `sensitive = true` on it"));
            }
            Ok(value) => {
                shown.insert(name.clone(), value.hidden_if(output.sensitive).shown());
            }
            Err(problem) => problems.add(problem),
        }
    }
    problems.none().map(|()| shown)
}

fn variables_digest(scope: &Scope<'_>) -> String {
    let shown: serde_json::Value =
        scope.variables.iter().map(|(name, value)| (name.clone(), value.shown())).collect();
    hex(&Sha256::digest(shown.to_string()))
}

/// Fills in which actions wait for which, and puts them into the order of their steps.
fn say_what_waits(actions: &mut [Action], steps: &Steps) {
    let mut waits: BTreeMap<&Address, BTreeSet<&Address>> = BTreeMap::new();
    for (step, needs) in steps.steps.iter().zip(&steps.needs) {
        for need in needs.iter().map(|&need| &steps.steps[need]) {
            if !matches!(need.work, Work::Nothing) && need.address != step.address {
                waits.entry(&step.address).or_default().insert(&need.address);
            }
        }
    }
    for action in actions {
        action.after =
            waits.get(&action.address).into_iter().flatten().map(|address| (*address).clone()).collect();
    }
}
