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
    /// `sandbox`, `embedded`: what people and the ledger call it.
    fn name(&self) -> &str;

    /// Every live object of the deployment, in calls whose number grows with the kinds, not with the objects.
    /// Objects that are gone for good are not listed.
    fn inventory<'a>(&'a self, query: &'a Query) -> Reply<'a, Vec<Live>>;

    /// Tags or name go into the call itself, so that a reply that is lost leaves nothing unfindable.
    fn create<'a>(&'a self, order: &'a Create) -> Reply<'a, Live>;

    fn update<'a>(&'a self, order: &'a Update) -> Reply<'a, Live>;

    /// Deleting what is gone already is no failure.
    fn delete<'a>(&'a self, live: &'a Live) -> Reply<'a, ()>;

    /// Takes our tags off: the object lives on and is nobody's business here. What isn't ours already is no failure.
    fn forget<'a>(&'a self, live: &'a Live) -> Reply<'a, ()> {
        let message = format!("`{}` can't be let go: this driver can't take tags off", live.id);
        Box::pin(std::future::ready(Err(Failure::new(Class::Fatal, message))))
    }

    /// One look at an object that was not ready; `None` when it is gone.
    fn look<'a>(&'a self, live: &'a Live) -> Reply<'a, Option<Live>>;

    /// What stands behind these objects, with its zone and its health: the machines of a group (and a machine that
    /// stands alone, as the one member of itself), the targets of a pool, the servers of a database, the nodes of a
    /// managed cluster. Only who looks at health asks; a plan never does.
    ///
    /// Asked about are the objects whose kind has `machines` or `targets` in `kinds/*/cloud.yaml`. An answer without
    /// members says that there are none; an object without an answer is one that the driver can't tell about, and
    /// that is what people are told. The number of calls may grow with the objects, not with their members.
    fn members<'a>(&'a self, owners: &'a [Live]) -> Reply<'a, Vec<Members>> {
        let _ = owners;
        Box::pin(std::future::ready(Ok(Vec::new())))
    }

    /// What still lives of a deployment that was destroyed, though no resource is it: disks and interfaces that machines
    /// left behind, logs that a service wrote, backups. The deployment's name is all that is known of it.
    fn leftovers<'a>(&'a self, deployment: &'a str) -> Reply<'a, Vec<Leftover>> {
        let _ = deployment;
        Box::pin(std::future::ready(Ok(Vec::new())))
    }

    /// Whether its networks say in a tag which engine they are applied by: then what another made is left alone, also
    /// where the ledger was lost.
    fn marks_networks(&self) -> bool {
        false
    }

    /// Arguments of a kind that say what happens to an object later, and that the cloud has no place for: the driver
    /// remembers them itself, and knows none of what another engine made.
    fn remembers(&self, kind: &str) -> &'static [&'static str] {
        let _ = kind;
        &[]
    }

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
    /// Children that the configuration wants, by kind: their parent first, then what tells them apart. Where the parent is
    /// not ours and has many children, as a DNS zone, these alone are looked for.
    pub children: BTreeSet<(String, Vec<String>)>,
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
    /// Why it is in that state, in the cloud's words, where it isn't ready.
    pub reason: Option<String>,
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

/// Something that outlived its deployment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Leftover {
    /// `disk`, `log group`
    pub what: String,
    pub id: String,
}

impl fmt::Display for Leftover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`", self.what, self.id)
    }
}

/// What stands behind one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Members {
    /// The kind and id of the object that was asked about.
    pub kind: String,
    pub id: String,
    /// Also those that are starting, failing or leaving; not those that are gone.
    pub members: Vec<Member>,
}

/// A machine, a target, a server or a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// A target has the id of its machine.
    pub id: String,
    pub role: Role,
    /// As the topology names zones (`eu-west-1a`); none where the cloud doesn't say.
    pub zone: Option<String>,
    pub health: Health,
    /// Why it isn't healthy, in the cloud's words.
    pub reason: Option<String>,
    /// Which version of what its group starts machines from (the number of a launch template's version) it was
    /// started from; none where there is no such thing.
    pub version: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// A machine, or a node of a cluster that the cloud runs.
    Machine,
    /// Where a load balancer sends to.
    Target,
    /// The server of a database that works.
    Primary,
    /// The one that takes over.
    Standby,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    /// Runs, and passes the checks that it has.
    Healthy,
    /// Not there yet, or not yet checked.
    Starting,
    Unhealthy,
    /// On its way out: a machine that is terminated, a target that is drained.
    Leaving,
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
    /// The cloud is at work on it, and takes the call when that has ended: after minutes, or hours.
    Busy,
    /// A limit of the account; a person has to raise it.
    Quota,
    /// Something else uses it, or has its name.
    Conflict,
    /// The call may or may not have had its effect.
    Unanswered,
    /// The credentials are not accepted (any more): nothing else would be done either.
    LoggedOut,
}

impl Class {
    /// Whether what only looks may have its answer when it is asked for again.
    pub fn may_pass(self) -> bool {
        matches!(self, Class::Throttled | Class::NotYetConsistent | Class::Busy | Class::Unanswered)
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Class::Fatal => "refused",
            Class::Throttled => "throttled",
            Class::NotYetConsistent => "not yet consistent",
            Class::Busy => "busy",
            Class::Quota => "over a quota",
            Class::Conflict => "in conflict",
            Class::Unanswered => "unanswered",
            Class::LoggedOut => "logged out",
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
