//! A cloud in a file: takes the kinds of any cloud, returns what clouds return, takes as long on a virtual clock, and
//! fails when it is told to. Never chosen by itself, and every output says that it is the sandbox.

mod computed;
mod estate;
mod faults;
mod file;
mod members;
mod normalise;
mod outage;
mod tracked;

use std::collections::BTreeSet;
use std::time::Duration;

use provision_kinds::{Identity, Kind};
use serde_json::{Map, Value as Json};

pub use estate::{Estate, EstateError, Object, Place};
pub use faults::Faults;
pub use outage::{Machine, MachineState, Outage, Part, running};
pub use tracked::Tracked;

use crate::boundary::Boundary;
use crate::clock::Clock;
use crate::driver::{Class, Create, Driver, Failure, Live, Members, Query, Reply, State, Update};
use crate::random::Random;
use crate::{Attributes, Value};

/// For tests of what must cope with it.
#[cfg(test)]
pub(crate) fn as_a_cloud_returns(kind: &Kind, given: &Map<String, Json>) -> Map<String, Json> {
    normalise::returned(kind, given)
}

/// How long a call itself takes.
const LATENCY: Duration = Duration::from_millis(200);
const SETTLE: Duration = Duration::from_secs(10);

pub struct Sandbox<'a> {
    place: Place,
    clock: &'a dyn Clock,
    faults: Faults,
    random: Random,
    boundary: &'a dyn Boundary,
}

impl<'a> Sandbox<'a> {
    pub fn new(place: Place, clock: &'a dyn Clock, boundary: &'a dyn Boundary) -> Self {
        Sandbox { place, clock, faults: Faults::default(), random: Random::new(0), boundary }
    }

    #[must_use]
    pub fn with_faults(mut self, faults: Faults, seed: u64) -> Self {
        self.faults = faults;
        self.random = Random::new(seed);
        self
    }

    pub fn place(&self) -> &Place {
        &self.place
    }

    fn now(&self) -> u64 {
        u64::try_from(self.clock.now().as_millis()).unwrap_or(u64::MAX)
    }

    /// One call: what may go wrong before, the time it takes, its effect, what may go wrong after.
    async fn call<T>(
        &self,
        what: &str,
        effect: impl FnOnce(&mut Estate, u64) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.boundary.reach(&format!("before {what}"));
        self.faults.before(&self.random, what)?;
        let slow = if self.random.happens(self.faults.slow) { 10 } else { 1 };
        self.clock.sleep(LATENCY * slow).await;
        let now = self.now();
        let result = self
            .place
            .change_watched(self.boundary, |estate| {
                pass(estate, now);
                effect(estate, now)
            })
            .map_err(|error| Failure::new(Class::Fatal, describe(&error)))?;
        self.boundary.reach(&format!("after {what}"));
        let result = result?;
        self.faults.after(&self.random)?;
        Ok(result)
    }

    /// Whether something that this call names was made so recently that not every part of the cloud knows it.
    fn is_too_young(&self, estate: &Estate, arguments: &Map<String, Json>, now: u64) -> bool {
        if self.faults.not_yet_consistent == 0.0 {
            return false;
        }
        let youngest = estate
            .objects
            .values()
            .filter(|object| mentions(arguments, object))
            .map(|object| object.created_at)
            .max();
        youngest.is_some_and(|at| now.saturating_sub(at) < 5_000)
            && self.random.happens(self.faults.not_yet_consistent)
    }

    fn listed(&self, object: &Object, query: &Query, now: u64) -> bool {
        let ours = object.deployment.as_deref() == Some(query.deployment.as_str());
        let wanted =
            query.names.iter().any(|(kind, name)| *kind == object.kind && name_of(object) == Some(name));
        (ours || wanted) && !self.overlooked(object, now)
    }

    /// Whether the part of the cloud that is asked has not heard of it yet. That something goes, all know at once.
    fn overlooked(&self, object: &Object, now: u64) -> bool {
        let settle = u64::try_from(SETTLE.as_millis()).unwrap_or(0);
        let is_young = object.gone_at.is_none() && now.saturating_sub(object.created_at) < settle;
        self.faults.stale_lists && is_young && self.random.happens(0.5)
    }

    fn make(&self, estate: &mut Estate, order: &Create, now: u64) -> Result<Live, Failure> {
        let kind = facts(order.address.kind())?;
        let given = plain(kind, &order.attributes);
        if self.is_too_young(estate, &given, now) {
            return Err(Failure::new(Class::NotYetConsistent, "an object that this names isn't known yet"));
        }
        // Only where the cloud has tokens does a repeat find the first.
        if let Some(key) = estate.tokens.get(&order.token)
            && let Some(object) = estate.objects.get(key)
        {
            return Ok(live(object, &order.deployment, now));
        }
        taken(estate, kind, order, &given)?;
        estate.made += 1;
        let computed = computed::attributes(order.address.kind(), &given, estate.made, 0);
        let id = computed.get("id").and_then(Json::as_str).unwrap_or_default().to_owned();
        let object = Object {
            kind: order.address.kind().to_owned(),
            deployment: Some(order.deployment.clone()),
            // As in the cloud: what can't have tags can't say where it belongs.
            address: kind.tags.map(|_| order.address.clone()),
            generation: kind.tags.map(|_| order.generation.clone()),
            arguments: normalise::returned(kind, &given),
            computed,
            updates: 0,
            created_at: now,
            ready_at: now + 1000 * u64::from(kind.duration.create),
            gone_at: None,
        };
        let result = live(&object, &order.deployment, now);
        let key = key(&object.kind, &id);
        if matches!(kind.identity, Identity::Named(_)) {
            estate.tokens.insert(order.token.clone(), key.clone());
        }
        estate.objects.insert(key, object);
        Ok(result)
    }

    fn change(&self, estate: &mut Estate, order: &Update, now: u64) -> Result<Live, Failure> {
        let kind = facts(order.address.kind())?;
        let given = plain(kind, &order.attributes);
        if self.is_too_young(estate, &given, now) {
            return Err(Failure::new(Class::NotYetConsistent, "an object that this names isn't known yet"));
        }
        let object = estate
            .objects
            .get_mut(&key(&order.live.kind, &order.live.id))
            .ok_or_else(|| Failure::new(Class::Fatal, format!("`{}` is gone", order.live.id)))?;
        let tags = foreign_tags(object);
        object.arguments = normalise::returned(kind, &given);
        if let Some(Json::Object(now)) = object.arguments.get_mut("tags") {
            tags.into_iter().for_each(|(key, value)| {
                now.entry(key).or_insert(value);
            });
        }
        object.address = kind.tags.map(|_| order.address.clone());
        if !order.changed.is_empty() {
            object.updates += 1;
            object.ready_at = now + 1000 * u64::from(kind.duration.of_update());
            for (name, pattern) in
                provision_kinds::cloud(&object.kind).into_iter().flat_map(|cloud| &cloud.computed)
            {
                if pattern.contains("{updates}") {
                    let text = pattern.replace("{updates}", &(object.updates + 1).to_string());
                    object.computed.insert(name.clone(), Json::from(text));
                }
            }
        }
        Ok(live(object, &order.deployment, now))
    }

    fn remove(estate: &mut Estate, target: &Live, now: u64) -> Result<(), Failure> {
        let target = key(&target.kind, &target.id);
        let Some(doomed) = estate.objects.get(&target).cloned() else { return Ok(()) };
        if doomed.gone_at.is_some() {
            // Some services say so, and some say yes again: whoever copes with this copes with both.
            return Err(Failure::new(Class::Conflict, format!("`{}` is being deleted already", doomed.id())));
        }
        let protection = facts(&doomed.kind)?.protected_by.as_ref();
        if let Some(argument) =
            protection.filter(|name| doomed.arguments.get(*name) == Some(&Json::Bool(true)))
        {
            let message = format!("`{}` is protected from being deleted by `{argument}`", doomed.id());
            return Err(Failure::new(Class::Fatal, message));
        }
        let in_the_way: Vec<String> = estate
            .objects
            .iter()
            .filter(|(key, object)| **key != target && object.gone_at.is_none() && uses(object, &doomed))
            .filter(|(_, object)| !goes_with_its_parent(object, &doomed))
            .map(|(_, object)| match &object.address {
                Some(address) => format!("{} ({address})", object.id()),
                None => format!("{} ({})", object.id(), object.kind),
            })
            .collect();
        if !in_the_way.is_empty() {
            let message = format!("`{}` is still in use", doomed.id());
            return Err(Failure { class: Class::Conflict, message, blockers: in_the_way });
        }
        let gone = now + 1000 * u64::from(facts(&doomed.kind)?.duration.delete);
        let going: Vec<String> = estate
            .objects
            .iter()
            .filter(|(key, object)| **key == target || goes_with_its_parent(object, &doomed))
            .map(|(key, _)| key.clone())
            .collect();
        for key in going {
            if let Some(object) = estate.objects.get_mut(&key) {
                object.gone_at.get_or_insert(gone);
            }
        }
        Ok(())
    }
}

impl Driver for Sandbox<'_> {
    fn name(&self) -> &str {
        "sandbox"
    }

    fn inventory<'a>(&'a self, query: &'a Query) -> Reply<'a, Vec<Live>> {
        Box::pin(self.call("inventory", |estate, now| {
            Ok(estate
                .objects
                .iter()
                .filter(|(_, object)| query.kinds.contains(&object.kind) && self.listed(object, query, now))
                .map(|(_, object)| live(object, &query.deployment, now))
                .collect())
        }))
    }

    fn create<'a>(&'a self, order: &'a Create) -> Reply<'a, Live> {
        Box::pin(async move {
            let what = format!("create {}", order.address);
            self.call(&what, |estate, now| self.make(estate, order, now)).await
        })
    }

    fn update<'a>(&'a self, order: &'a Update) -> Reply<'a, Live> {
        Box::pin(async move {
            let what = format!("update {}", order.address);
            self.call(&what, |estate, now| self.change(estate, order, now)).await
        })
    }

    fn delete<'a>(&'a self, target: &'a Live) -> Reply<'a, ()> {
        Box::pin(async move {
            let what = match &target.address {
                Some(address) => format!("delete {address}"),
                None => format!("delete {}", target.id),
            };
            self.call(&what, |estate, now| Self::remove(estate, target, now)).await
        })
    }

    fn forget<'a>(&'a self, target: &'a Live) -> Reply<'a, ()> {
        Box::pin(async move {
            let what = format!("forget {}", target.id);
            self.call(&what, |estate, _| {
                forget(estate, &key(&target.kind, &target.id));
                Ok(())
            })
            .await
        })
    }

    fn look<'a>(&'a self, target: &'a Live) -> Reply<'a, Option<Live>> {
        Box::pin(async move {
            self.faults.crowded(&self.random)?;
            self.clock.sleep(LATENCY).await;
            let now = self.now();
            let found = self.place.look(|estate| {
                estate
                    .objects
                    .get(&key(&target.kind, &target.id))
                    .filter(|object| object.gone_at.is_none_or(|gone| gone > now))
                    .filter(|object| !self.overlooked(object, now))
                    .map(|object| live(object, object.deployment.as_deref().unwrap_or_default(), now))
            });
            let found = found.map_err(|error| Failure::new(Class::Fatal, describe(&error)))?;
            if found.as_ref().is_none_or(|live| live.state == State::Ready) {
                // Somebody has seen it: for the next process, too, it is not earlier than that.
                let kept = self.place.change_watched(self.boundary, |estate| pass(estate, now));
                kept.map_err(|error| Failure::new(Class::Fatal, describe(&error)))?;
            }
            Ok(found)
        })
    }

    fn members<'a>(&'a self, owners: &'a [Live]) -> Reply<'a, Vec<Members>> {
        Box::pin(self.call("members", |estate, now| Ok(members::members(estate, owners, now))))
    }

    fn longest_attempt(&self) -> Duration {
        LATENCY * 10
    }

    fn lists_settle_after(&self) -> Duration {
        SETTLE
    }
}

/// Time goes on: what was to be gone by now is.
fn pass(estate: &mut Estate, now: u64) {
    estate.clock = estate.clock.max(now);
    let gone: Vec<String> = estate
        .objects
        .iter()
        .filter(|(_, object)| object.gone_at.is_some_and(|gone| gone <= now))
        .map(|(key, _)| key.clone())
        .collect();
    for key in gone {
        estate.objects.remove(&key);
    }
}

/// Our tags go, and with them everything that we know it by.
fn forget(estate: &mut Estate, target: &str) {
    let Some(object) = estate.objects.get_mut(target) else { return };
    (object.deployment, object.address, object.generation) = (None, None, None);
    if let Some(Json::Object(tags)) = object.arguments.get_mut("tags") {
        tags.retain(|name, _| !name.starts_with(crate::diff::IDENTITY_TAGS));
    }
    // Some kinds have a block for each tag.
    if let Some(Json::Array(tags)) = object.arguments.get_mut("tag") {
        let ours =
            |tag: &Json| tag["key"].as_str().is_some_and(|key| key.starts_with(crate::diff::IDENTITY_TAGS));
        tags.retain(|tag| !ours(tag));
    }
    let tokens: Vec<String> =
        estate.tokens.iter().filter(|(_, key)| *key == target).map(|(token, _)| token.clone()).collect();
    for token in tokens {
        estate.tokens.remove(&token);
    }
}

fn facts(kind: &str) -> Result<&'static Kind, Failure> {
    provision_kinds::kind(kind)
        .ok_or_else(|| Failure::new(Class::Fatal, format!("`{kind}` is no known kind")))
}

fn describe(error: &EstateError) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// What a cloud keeps of what it is told: secrets go in and never come out.
fn plain(kind: &Kind, attributes: &Attributes) -> Map<String, Json> {
    fn without_secrets(value: &Value) -> Option<Json> {
        match value {
            Value::Sensitive(_) | Value::Unknown(_) | Value::Null => None,
            Value::Map(map) => {
                Some(map.iter().filter_map(|(k, v)| without_secrets(v).map(|v| (k.clone(), v))).collect())
            }
            Value::List(items) => Some(items.iter().filter_map(without_secrets).collect()),
            other => Some(other.shown()),
        }
    }
    attributes
        .iter()
        .filter(|(name, _)| !kind.write_only.contains(name))
        .filter_map(|(name, value)| without_secrets(value).map(|value| (name.clone(), value)))
        .collect()
}

/// Names and natural keys are unique.
fn taken(estate: &Estate, kind: &Kind, order: &Create, given: &Map<String, Json>) -> Result<(), Failure> {
    let key: Vec<&String> = match &kind.identity {
        Identity::Tagged => return Ok(()),
        Identity::Named(argument) => vec![argument],
        Identity::Singleton { of } => vec![of],
        Identity::Child { of, by } => std::iter::once(of).chain(by).collect(),
    };
    let returned = normalise::returned(kind, given);
    let holder = estate.objects.values().find(|object| {
        object.kind == order.address.kind()
            && key.iter().all(|name| object.arguments.get(*name) == returned.get(*name))
    });
    match holder {
        Some(object) => {
            let message = format!("there is such an object already: `{}`", object.id());
            Err(Failure { class: Class::Conflict, message, blockers: vec![object.id().to_owned()] })
        }
        None => Ok(()),
    }
}

fn name_of(object: &Object) -> Option<&str> {
    match &provision_kinds::kind(&object.kind)?.identity {
        Identity::Named(argument) => object.arguments.get(argument)?.as_str(),
        _ => None,
    }
}

fn goes_with_its_parent(object: &Object, parent: &Object) -> bool {
    let Some(Identity::Child { of, .. } | Identity::Singleton { of }) =
        provision_kinds::kind(&object.kind).map(|kind| &kind.identity)
    else {
        return false;
    };
    names(of, object.arguments.get(of).unwrap_or(&Json::Null), parent)
}

fn uses(user: &Object, used: &Object) -> bool {
    mentions(&user.arguments, used)
}

fn mentions(arguments: &Map<String, Json>, used: &Object) -> bool {
    arguments.iter().any(|(name, value)| name != "tags" && names(name, value, used))
}

/// Whether an argument names the object: by an id that nothing else has, or by a name that is called what it is (a
/// `role` of the name `web` is the role, not the load balancer).
fn names(argument: &str, value: &Json, object: &Object) -> bool {
    let id = object.id();
    match value {
        Json::String(text) => {
            let unique = id.contains(':') || id.rsplit('-').next().is_some_and(|end| end.len() == 17);
            let called = object.kind.rsplit('_').next().is_some_and(|word| argument.contains(word));
            text == id && (unique || called)
        }
        Json::Array(items) => items.iter().any(|item| names(argument, item, object)),
        Json::Object(map) => map.iter().any(|(name, item)| names(name, item, object)),
        _ => false,
    }
}

/// Ids are unique within a kind only: a role and a group may have the same name.
fn key(kind: &str, id: &str) -> String {
    format!("{kind}/{id}")
}

fn foreign_tags(object: &Object) -> Map<String, Json> {
    let tags = object.arguments.get("tags").and_then(Json::as_object);
    // What an update doesn't name and wasn't ours to begin with stays.
    tags.into_iter()
        .flatten()
        .filter(|(key, _)| key.starts_with("foreign"))
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect()
}

fn live(object: &Object, deployment: &str, now: u64) -> Live {
    let values =
        |map: &Map<String, Json>| map.iter().map(|(name, json)| (name.clone(), Value::from(json))).collect();
    let state = match object.gone_at {
        Some(_) => State::Deleting,
        None if object.ready_at > now => State::Pending,
        None => State::Ready,
    };
    Live {
        kind: object.kind.clone(),
        id: object.id().to_owned(),
        address: object.address.clone(),
        generation: object.generation.clone(),
        ours: object.deployment.as_deref() == Some(deployment),
        arguments: values(&object.arguments),
        computed: values(&object.computed),
        state,
        reason: None,
    }
}

/// Every kind that a sandbox could list.
pub fn all_kinds() -> BTreeSet<String> {
    provision_kinds::kinds().map(|(name, _)| name.to_owned()).collect()
}
