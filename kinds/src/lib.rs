//! The facts of every resource kind that is rendered: how a live object is found again, what forces a replacement,
//! what the cloud fills in, what may be lost. Data in `kinds/<cloud>/*.yaml`, no behaviour: rendering takes its limits
//! from here, the sandbox its defaults and durations, the drivers their identities, the handover its import ids.

mod by_cloud;
mod cloud;
mod meaning;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use by_cloud::{ByCloud, files};
pub use cloud::{Cloud, CountedBy, Joins, Machines, Server, StartedFrom, Targets, cloud};
pub use meaning::{Meaning, Says, says};

/// The facts of one kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// What it is, in a few words.
    pub about: String,
    pub identity: Identity,
    /// Arguments whose change makes a new object; all of them where `immutable` is set.
    #[serde(default)]
    pub replaces: Vec<String>,
    /// No change is possible without a new object, but for tags.
    #[serde(default)]
    pub immutable: bool,
    /// What the cloud takes where an argument is left out. Arguments that are neither set nor here are the cloud's.
    #[serde(default)]
    pub defaults: BTreeMap<String, Value>,
    /// Arguments that come back written otherwise than they were given.
    #[serde(default)]
    pub canonical: BTreeMap<String, Canonical>,
    /// What becomes of a create that is sent a second time; known from its identity for all but tagged ones.
    #[serde(default)]
    pub repeat: Option<Repeat>,
    /// Whether deleting it deletes what people keep.
    #[serde(default)]
    pub holds_data: bool,
    /// The argument with which the cloud refuses to delete it.
    #[serde(default)]
    pub protected_by: Option<String>,
    /// It is there as long as its parent is: to delete it is to stop caring for it.
    #[serde(default)]
    pub stays: bool,
    /// What stays when it is deleted.
    #[serde(default)]
    pub leaves: Option<Leaves>,
    /// Arguments that never come back.
    #[serde(default)]
    pub write_only: Vec<String>,
    /// Arguments of which plans show a hash only: what machines are told at their start is long, and nobody else's business.
    #[serde(default)]
    pub opaque: Vec<String>,
    /// Its name's limits, where it has one.
    #[serde(default)]
    pub name: Option<NameLimit>,
    /// How many tags it may have; none where it can't have any.
    #[serde(default)]
    pub tags: Option<usize>,
    /// What an import names it by, from its arguments and attributes: `{vpc_id}`.
    pub import: String,
    pub duration: Duration,
}

impl Kind {
    /// What becomes of a create that is sent a second time.
    pub fn repeated(&self) -> Repeat {
        self.repeat.unwrap_or(match self.identity {
            Identity::Tagged => Repeat::Second,
            Identity::Named(_) => Repeat::Taken,
            Identity::Child { .. } | Identity::Singleton { .. } => Repeat::Parent,
        })
    }
}

/// What becomes of a create that is sent again after its answer was lost, or whose sender was killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Repeat {
    /// A second object: it may be sent again only when it was looked for, and lists had the time to show it.
    Second,
    /// The first one's object, because the call carries a token. A token that is answered with something dead is followed
    /// by another.
    Token,
    /// Nothing: there can be one of its name, and one that carries our tags is ours.
    Taken,
    /// Nothing: its parent can have one of its key, and one of a parent of ours is ours.
    Parent,
}

/// A backup that outlives the object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leaves {
    /// In braces an argument: `the snapshot {final_snapshot_identifier}`.
    pub what: String,
    /// The argument that has to be true, or more than zero, for it.
    #[serde(default)]
    pub when: Option<String>,
    /// The argument that prevents it when it is true.
    #[serde(default)]
    pub unless: Option<String>,
}

/// How a live object is found again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Identity {
    /// By our tags.
    Tagged,
    /// By a name that is the same each time: the argument that holds it.
    Named(String),
    /// Among the children of its parent: the parent's argument, and what tells the children apart.
    Child { of: String, by: Vec<String> },
    /// There is one for its parent: the parent's argument.
    Singleton { of: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Canonical {
    /// JSON whose order and spaces don't count.
    Json,
    /// An access policy: JSON, where a list of one is the same as the one.
    Policy,
    /// A list whose order doesn't count.
    Set,
    /// Capital and small letters don't count.
    LowerCase,
    /// `key=value` lines whose order doesn't count.
    Properties,
    /// A trailing dot doesn't count.
    DnsName,
    /// Neither does `dualstack.` before a load balancer's name.
    BalancerName,
    /// `16` comes back as `16.4`.
    VersionPrefix,
}

/// The limits of a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameLimit {
    /// The argument.
    pub argument: String,
    pub longest: usize,
    /// Which characters it may hold beside letters and digits.
    pub also: String,
    /// Whether capital letters are allowed.
    #[serde(default)]
    pub capitals: bool,
}

/// How long it typically takes, in seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duration {
    pub create: u32,
    pub delete: u32,
    /// Where a change in place takes longer than a call and a look.
    #[serde(default)]
    pub update: Option<u32>,
    /// When any of them is given up, where that is later than four times as long and than ten minutes.
    #[serde(default)]
    pub longest: Option<u32>,
    pub source: DurationSource,
}

impl Duration {
    /// How long a change in place takes: as a rule no longer than half a minute.
    pub fn of_update(&self) -> u32 {
        self.update.unwrap_or(self.create.min(30))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DurationSource {
    /// The cloud's documentation names it.
    Documented,
    /// Our estimate, neither documented nor measured.
    Estimate,
}

/// A default's value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    Flag(bool),
    Number(i64),
    Text(String),
    List(Vec<Value>),
}

/// The facts of one kind by the name that Terraform gives it: `aws_vpc`.
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.get(name)
}

/// Every kind, by name.
pub fn kinds() -> impl Iterator<Item = (&'static str, &'static Kind)> {
    KINDS.iter()
}

static KINDS: ByCloud<Kind> = ByCloud::new(
    files![
        "aws/network",
        "aws/load_balancer",
        "aws/machines",
        "aws/kubernetes",
        "aws/backends",
        "aws/storage",
        "aws/identity",
    ],
    files![
        "azure/network",
        "azure/load_balancer",
        "azure/machines",
        "azure/kubernetes",
        "azure/backends",
        "azure/storage",
        "azure/identity",
    ],
    files![
        "google/network",
        "google/load_balancer",
        "google/machines",
        "google/kubernetes",
        "google/backends",
        "google/storage",
        "google/identity",
    ],
);

/// A file of this room as it was written, by its name without the ending.
#[cfg(test)]
fn as_written<T: serde::de::DeserializeOwned>(file: &str) -> T {
    let path = format!("{}/{file}.yaml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_read_as_it_is_written_and_no_kind_stands_twice() {
        let mut written = 0;
        for (name, as_written) in KINDS.as_written().flatten() {
            assert_eq!(kind(&name), Some(&as_written), "{name} stands twice, or in another cloud's file");
            written += 1;
        }
        assert_eq!(written, kinds().count());
    }

    #[test]
    fn the_facts_of_a_kind_agree_with_each_other() {
        for (name, kind) in kinds() {
            assert!(
                !kind.immutable || kind.replaces.is_empty(),
                "{name}: all or some of it forces a replacement"
            );
            assert!(kind.import.contains('{'), "{name}: an import id comes from arguments or attributes");
            if let Identity::Tagged = kind.identity {
                assert!(kind.tags.is_some(), "{name} can't be found by tags that it can't have");
                assert!(kind.repeat.is_some(), "{name}: what comes of a create that is sent twice?");
            }
            if let Identity::Named(argument) = &kind.identity {
                let limit =
                    kind.name.as_ref().unwrap_or_else(|| panic!("{name} needs the limits of its name"));
                assert_eq!(&limit.argument, argument, "{name}");
            }
            if let Identity::Child { of, by } = &kind.identity {
                assert!(
                    !by.is_empty() && !by.contains(of),
                    "{name}: something else than the parent tells children apart"
                );
            }
            assert!(kind.duration.create > 0, "{name}");
        }
    }
}
