//! What the engine asks of a cloud. Behind it stand the sandbox and the drivers in `clouds/`.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Later;
use crate::{Address, Attributes, Value};

pub type Reply<'a, T> = Later<'a, Result<T, Failure>>;

/// A cloud, as far as an estate is concerned. Each method is one attempt: repeating, waiting and deadlines are the
/// engine's. Object-safe and without threads, so that the sandbox is deterministic; a driver with a runtime of its
/// own spawns inside its futures.
pub trait Driver {
    /// `sandbox`, `aws`: what outputs and the ledger call it.
    fn name(&self) -> &str;

    /// Every live object of the deployment, in calls whose number grows with the kinds, not with the objects.
    /// Objects that are gone for good are not listed.
    fn inventory<'a>(&'a self, query: &'a Query) -> Reply<'a, Vec<Live>>;

    /// Tags or name go into the call itself, so that a reply that is lost leaves nothing unfindable.
    fn create<'a>(&'a self, order: &'a Create) -> Reply<'a, Live>;

    fn update<'a>(&'a self, order: &'a Update) -> Reply<'a, Live>;

    /// Deleting what is gone already is no failure.
    fn delete<'a>(&'a self, live: &'a Live) -> Reply<'a, ()>;

    /// One look at an object that was not ready; `None` when it is gone.
    fn look<'a>(&'a self, live: &'a Live) -> Reply<'a, Option<Live>>;

    /// How long one attempt may take at most: none starts with less of the lease left.
    fn longest_attempt(&self) -> Duration;

    /// After how long a list shows what was created before.
    fn lists_settle_after(&self) -> Duration;
}

/// Which objects an inventory is about.
#[derive(Debug, Clone, Default)]
pub struct Query {
    pub deployment: String,
    pub kinds: BTreeSet<String>,
    /// Names that the configuration wants, by kind: an object of that name is listed whoever made it.
    pub names: BTreeSet<(String, String)>,
}

/// A live object.
#[derive(Debug, Clone, PartialEq)]
pub struct Live {
    pub kind: String,
    pub id: String,
    /// From its tags; objects that can't have tags have none.
    pub address: Option<Address>,
    pub generation: Option<String>,
    /// Whether it carries our deployment's tag, or its parent does.
    pub ours: bool,
    /// What was set, or may be set, as Terraform writes it.
    pub arguments: Attributes,
    /// What only the cloud decides: ids, names, endpoints.
    pub computed: Attributes,
    pub state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    Ready,
    /// Being made or changed.
    Pending,
    Deleting,
    /// Made, but it will never be ready.
    Failed,
}

impl Live {
    /// Everything that a reference to it can name.
    pub fn attributes(&self) -> Attributes {
        let mut all = self.arguments.clone();
        all.extend(self.computed.iter().map(|(name, value)| (name.clone(), value.clone())));
        all.entry("id".to_owned()).or_insert_with(|| Value::text(self.id.as_str()));
        all
    }
}

#[derive(Debug, Clone)]
pub struct Create {
    pub deployment: String,
    pub address: Address,
    pub attributes: Attributes,
    /// Which of two objects at one address this is, while a replacement runs.
    pub generation: String,
    /// For clouds that answer a repeated create with the first one's object.
    pub token: String,
}

#[derive(Debug, Clone)]
pub struct Update {
    pub deployment: String,
    pub address: Address,
    pub live: Live,
    pub attributes: Attributes,
    /// The arguments that differ; empty when only the address moved.
    pub changed: Vec<String>,
}

/// Why an attempt failed, as far as what to do next depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Trying again would change nothing.
    Fatal,
    /// Asked too often: slow down.
    Throttled,
    /// Something made a moment ago isn't visible everywhere: soon.
    NotYetConsistent,
    /// A limit of the account; a person has to raise it.
    Quota,
    /// Something else uses it, or has its name.
    Conflict,
    /// The call may or may not have had its effect.
    Unanswered,
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Class::Fatal => "refused",
            Class::Throttled => "throttled",
            Class::NotYetConsistent => "not yet consistent",
            Class::Quota => "over a quota",
            Class::Conflict => "in conflict",
            Class::Unanswered => "unanswered",
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub class: Class,
    pub message: String,
    /// What stands in the way, where the driver knows: id, kind and owner.
    pub blockers: Vec<String>,
}

impl Failure {
    pub fn new(class: Class, message: impl Into<String>) -> Self {
        Failure { class, message: message.into(), blockers: Vec::new() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if self.blockers.is_empty() {
            Ok(())
        } else {
            write!(f, " (in the way: {})", self.blockers.join(", "))
        }
    }
}

impl std::error::Error for Failure {}
