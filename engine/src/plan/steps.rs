//! From actions to steps: a replacement is two of them, and every step knows which come before it.

use std::collections::{BTreeMap, BTreeSet};

use provision_kinds::Identity;

use super::document::Verb;
use crate::driver::Live;
use crate::graph::{Order, ResourceGraph, describe_cycle, order};
use crate::problem::{Problem, Problems};
use crate::{Address, Value};

/// One thing to do.
#[derive(Debug, Clone)]
pub struct Step {
    pub address: Address,
    pub work: Work,
    pub seconds: u64,
}

#[derive(Debug, Clone)]
pub enum Work {
    /// Stays as it is; others wait for what it waits for.
    Nothing,
    Create,
    Update {
        live: Box<Live>,
        changed: Vec<String>,
    },
    /// Waits until it is ready.
    Await(Box<Live>),
    Delete(Box<Live>),
    /// Lets it live on without us.
    Forget(Box<Live>),
}

/// Steps and, for each, the steps that it needs.
#[derive(Debug, Default)]
pub struct Steps {
    pub steps: Vec<Step>,
    pub needs: Vec<Vec<usize>>,
}

/// What is to become of one resource of the configuration, or of an object that lost its resource.
pub(super) struct Fate {
    pub(super) address: Address,
    pub(super) verb: Option<Verb>,
    pub(super) create_first: bool,
    pub(super) live: Option<Live>,
    /// Left over from an earlier replacement.
    pub(super) former: Vec<Live>,
    pub(super) changed: Vec<String>,
    pub(super) configured: bool,
    pub(super) create_seconds: u64,
    pub(super) update_seconds: u64,
    pub(super) delete_seconds: u64,
}

impl Steps {
    /// For each address the typical seconds from its start to the end of everything that waits for it.
    pub(crate) fn urgency(&self) -> BTreeMap<Address, u64> {
        let Order::Sorted(sorted) = order(&self.needs) else { return BTreeMap::new() };
        let mut behind = vec![0_u64; self.steps.len()];
        let mut urgency: BTreeMap<Address, u64> = BTreeMap::new();
        for &index in sorted.iter().rev() {
            let step = &self.steps[index];
            // A call takes some time, whatever it does.
            let whole = behind[index] + step.seconds.max(1);
            for &need in &self.needs[index] {
                behind[need] = behind[need].max(whole);
            }
            let known = urgency.entry(step.address.clone()).or_default();
            *known = (*known).max(whole);
        }
        urgency
    }

    pub(super) fn of(fates: &[Fate], graph: &ResourceGraph) -> Result<Self, Problems> {
        let mut builder = Builder::default();
        for fate in fates {
            builder.add(fate);
        }
        builder.configured_edges(fates, graph);
        builder.live_edges(fates);
        builder.finish()
    }
}

/// Ids are unique within a kind only.
type Key = (String, String);

fn key(live: &Live) -> Key {
    (live.kind.clone(), live.id.clone())
}

#[derive(Default)]
struct Builder {
    steps: Vec<Step>,
    needs: Vec<BTreeSet<usize>>,
    /// The step after which a resource is as the configuration wants it.
    arrives: BTreeMap<Address, usize>,
    /// The steps that end objects, by kind and id.
    ends: BTreeMap<Key, usize>,
}

impl Builder {
    fn push(&mut self, address: &Address, work: Work, seconds: u64) -> usize {
        self.steps.push(Step { address: address.clone(), work, seconds });
        self.needs.push(BTreeSet::new());
        self.steps.len() - 1
    }

    fn end(&mut self, fate: &Fate, live: &Live) -> usize {
        let step = self.push(&fate.address, Work::Delete(Box::new(live.clone())), fate.delete_seconds);
        self.ends.insert(key(live), step);
        step
    }

    fn add(&mut self, fate: &Fate) {
        let formers: Vec<usize> = fate.former.iter().map(|live| self.end(fate, live)).collect();
        let arrives = match (fate.verb, &fate.live) {
            (Some(Verb::Create), _) => Some(self.push(&fate.address, Work::Create, fate.create_seconds)),
            (Some(Verb::Update | Verb::Move), Some(live)) => {
                let work = Work::Update { live: Box::new(live.clone()), changed: fate.changed.clone() };
                Some(self.push(&fate.address, work, fate.update_seconds))
            }
            (Some(Verb::Await), Some(live)) => {
                Some(self.push(&fate.address, Work::Await(Box::new(live.clone())), fate.create_seconds))
            }
            (Some(Verb::Replace), Some(live)) => {
                let delete = self.end(fate, live);
                let create = self.push(&fate.address, Work::Create, fate.create_seconds);
                let (first, second) = if fate.create_first { (create, delete) } else { (delete, create) };
                self.needs[second].insert(first);
                Some(create)
            }
            (Some(Verb::Delete), Some(live)) => {
                self.end(fate, live);
                None
            }
            (Some(Verb::Forget), Some(live)) => {
                self.push(&fate.address, Work::Forget(Box::new(live.clone())), 0);
                None
            }
            (None, _) if fate.configured => Some(self.push(&fate.address, Work::Nothing, 0)),
            _ => None,
        };
        if let Some(arrives) = arrives {
            self.arrives.insert(fate.address.clone(), arrives);
            // What is on its way out may still hold the name.
            if matches!(fate.verb, Some(Verb::Create)) {
                self.needs[arrives].extend(formers);
            }
        }
    }

    /// A resource arrives after those it needs; what they were goes after those who used it.
    fn configured_edges(&mut self, fates: &[Fate], graph: &ResourceGraph) {
        let ending: BTreeMap<&Address, (&Fate, usize)> = fates
            .iter()
            .filter_map(|fate| Some((&fate.address, (fate, *self.ends.get(&key(fate.live.as_ref()?))?))))
            .collect();
        for fate in fates {
            for need in graph.needs(&fate.address) {
                if let (Some(&mine), Some(&theirs)) =
                    (self.arrives.get(&fate.address), self.arrives.get(need))
                {
                    self.needs[mine].insert(theirs);
                }
                let Some(&(needed, their_end)) = ending.get(need) else { continue };
                match ending.get(&fate.address) {
                    // Both end: the user of the other first.
                    Some(&(_, my_end)) => {
                        self.needs[their_end].insert(my_end);
                    }
                    // The old one goes when its user has changed over to the new one.
                    None if needed.create_first => {
                        self.needs[their_end].extend(self.arrives.get(&fate.address).copied());
                    }
                    None => {}
                }
            }
        }
    }

    /// Objects without a resource of the configuration: who names whom is read from what lives.
    fn live_edges(&mut self, fates: &[Fate]) {
        let mut users: Vec<(&Fate, &Live)> = Vec::new();
        for fate in fates {
            users.extend(fate.live.iter().chain(&fate.former).map(|live| (fate, live)));
        }
        // What is replaced in place can't wait for its users to let go: they change over afterwards.
        let in_place: BTreeSet<Key> = fates
            .iter()
            .filter(|fate| fate.configured && !fate.create_first)
            .filter_map(|fate| fate.live.as_ref().map(key))
            .collect();
        let mut by_name: BTreeMap<String, Vec<(Key, usize)>> = BTreeMap::new();
        for (_, live) in &users {
            if let Some(&end) = self.ends.get(&key(live)) {
                for name in identities(live) {
                    by_name.entry(name).or_default().push((key(live), end));
                }
            }
        }
        for (fate, user) in users {
            for (theirs, their_end) in named_by(user, &by_name) {
                match self.ends.get(&key(user)) {
                    _ if theirs == key(user) => {}
                    Some(&my_end) => {
                        self.needs[their_end].insert(my_end);
                    }
                    None if !in_place.contains(&theirs) => {
                        self.needs[their_end].extend(self.arrives.get(&fate.address).copied());
                    }
                    None => {}
                }
            }
        }
    }

    fn finish(self) -> Result<Steps, Problems> {
        let needs: Vec<Vec<usize>> =
            self.needs.into_iter().map(|needs| needs.into_iter().collect()).collect();
        match order(&needs) {
            Order::Cycle(members) => {
                let names: Vec<String> = members
                    .iter()
                    .map(|&index| match &self.steps[index].work {
                        Work::Delete(live) => format!("delete {}", live.id),
                        Work::Create => format!("create {}", self.steps[index].address),
                        _ => format!("change {}", self.steps[index].address),
                    })
                    .collect();
                Err(Problems(vec![
                    Problem::new(None, describe_cycle(&names)).advise(
                        "a `lifecycle` with `create_before_destroy` on one of them may undo the knot",
                    ),
                ]))
            }
            Order::Sorted(_) => Ok(Steps { steps: self.steps, needs }),
        }
    }
}

/// By what others name an object. A setting that goes by its parent's id is named by nobody.
fn identities(live: &Live) -> BTreeSet<String> {
    let (own, parent) = match provision_kinds::kind(&live.kind).map(|kind| &kind.identity) {
        Some(Identity::Named(argument)) => (live.arguments.get(argument), None),
        Some(Identity::Child { of, .. } | Identity::Singleton { of }) => (None, live.arguments.get(of)),
        _ => (None, None),
    };
    let named = own.into_iter().chain(live.computed.get("arn")).filter_map(Value::as_text).map(str::to_owned);
    let mut names: BTreeSet<String> = std::iter::once(live.id.clone()).chain(named).collect();
    if let Some(parent) = parent.and_then(Value::as_text) {
        names.remove(parent);
    }
    names
}

/// Which ending objects it names: by id or ARN anywhere; by a plain name only as the parent of a child, since names of
/// different kinds may be the same. What that misses shows as a conflict, and is tried again until the user is gone.
fn named_by(user: &Live, by_name: &BTreeMap<String, Vec<(Key, usize)>>) -> Vec<(Key, usize)> {
    let parent = match provision_kinds::kind(&user.kind).map(|kind| &kind.identity) {
        Some(Identity::Child { of, .. } | Identity::Singleton { of }) => Some(of),
        _ => None,
    };
    let mut named = Vec::new();
    for (argument, value) in user.arguments.iter().filter(|(argument, _)| *argument != "tags") {
        value.visit(&mut |part| {
            if let Value::Text(text) = part
                && let Some(ends) = by_name.get(text)
                && (parent == Some(argument) || text.contains(':') || is_generated(text))
            {
                named.extend(ends.iter().cloned());
            }
        });
    }
    named
}

/// `vpc-0123456789abcdef0`
fn is_generated(text: &str) -> bool {
    text.rsplit_once('-')
        .is_some_and(|(_, end)| end.len() >= 8 && end.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
