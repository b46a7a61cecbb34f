//! What the cloud adds to an object on its own: the attributes that references may name, and the arguments that it
//! chooses where they are left out.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::by_cloud::{ByCloud, files};

/// What a cloud decides about objects of one kind.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cloud {
    /// Attribute → what it looks like: `vpc-{hex}`. In braces an argument, another attribute, or `hex`, `account`,
    /// `region`, `name` (the kind's own name), `updates` (rises with every update).
    #[serde(default)]
    pub computed: BTreeMap<String, String>,
    /// Optional arguments that the cloud chooses where they are left out; a plan doesn't miss them.
    #[serde(default)]
    pub chosen: Vec<String>,
    /// Of what runs as machines: alone, in a group, as servers of a database or nodes of a managed cluster.
    #[serde(default)]
    pub machines: Option<Machines>,
    /// Of what a load balancer sends to.
    #[serde(default)]
    pub targets: Option<Targets>,
    /// Of what puts machines behind a load balancer: the argument that names each.
    #[serde(default)]
    pub joins: Option<Joins>,
    /// A network, whose tags say which engine applies the deployment.
    #[serde(default)]
    pub carries_owner: bool,
    /// Of a disk that outlives its machine: the kind of the objects that name it where it is attached.
    #[serde(default)]
    pub attached_by: Option<String>,
}

impl Cloud {
    /// Whether something stands behind its objects whose health one can ask for.
    pub fn has_members(&self) -> bool {
        self.machines.is_some() || self.targets.is_some()
    }
}

/// How many machines an object runs, where, and how its group heals. A dot leads into a block.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Machines {
    /// The arguments that say how many a group keeps, the first that is set; none for a single machine.
    #[serde(default)]
    pub count: Vec<String>,
    /// An object of another kind that says how many, where the group itself doesn't.
    #[serde(default)]
    pub counted_by: Option<CountedBy>,
    /// The arguments that name the places (subnets) in which they stand, or lead there; the first that is set counts.
    #[serde(default)]
    pub places: Vec<String>,
    /// The arguments that name the zones themselves; the first that is set counts.
    #[serde(default)]
    pub zones: Vec<String>,
    /// The argument of a place, or of the machine itself, that names its zone.
    pub zone: String,
    /// After how many seconds a group notices that one is gone.
    #[serde(default)]
    pub noticed_after: u32,
    /// A group that moves machines back when a zone of its own is there again.
    #[serde(default)]
    pub rebalances: bool,
    /// A node that is lost comes back in its own zone only.
    #[serde(default)]
    pub stays: bool,
    /// What new machines are started from.
    #[serde(default)]
    pub started_from: Option<StartedFrom>,
    /// Of a database's server: what says that it has a standby.
    #[serde(default)]
    pub server: Option<Server>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountedBy {
    pub kind: String,
    /// Its argument that names the group.
    pub of: String,
    /// Its argument that says how many there are at least.
    pub least: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartedFrom {
    /// The argument that names it.
    pub argument: String,
    /// Its attribute that says which version is the newest.
    pub newest: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// The argument that says whether there is a standby.
    pub standby: String,
    /// Its values that mean one.
    pub means: Vec<crate::Value>,
    /// The argument that names the standby's zone.
    #[serde(default)]
    pub zone: Option<String>,
}

/// Where a load balancer sends to.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Targets {
    /// The arguments by which machines name the pool.
    #[serde(default)]
    pub named_by: Vec<String>,
    /// The arguments by which the pool names machines.
    #[serde(default)]
    pub names: Vec<String>,
    /// Only where an object of such a kind names the pool does anybody ask its targets how they are.
    #[serde(default)]
    pub reached_by: Option<String>,
}

/// An object that puts machines into a pool.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Joins {
    pub pool: String,
    pub machines: String,
}

/// What the cloud adds to objects of the kind.
pub fn cloud(kind: &str) -> Option<&'static Cloud> {
    CLOUD.get(kind)
}

static CLOUD: ByCloud<Cloud> =
    ByCloud::new(files!["aws/cloud"], files!["azure/cloud"], files!["google/cloud"]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_read_as_it_is_written() {
        let written = CLOUD.as_written().flatten();
        assert!(written.eq(CLOUD.iter().map(|(name, cloud)| (name.to_owned(), cloud.clone()))));
    }

    #[test]
    fn every_kind_says_what_the_cloud_adds() {
        for (name, _) in crate::kinds() {
            assert!(cloud(name).is_some_and(|cloud| cloud.computed.contains_key("id")), "{name} has no id");
        }
        for (name, _) in CLOUD.iter() {
            assert!(crate::kind(name).is_some(), "{name} is no kind");
        }
    }
}
