//! What is known of a live deployment, in no cloud's words.

use serde::{Deserialize, Serialize};

/// Everything that is known at one moment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    pub deployment: String,
    /// `sandbox`, `aws`, `terraform`…
    pub engine: String,
    pub groups: Vec<Group>,
    pub servers: Vec<Server>,
    pub pools: Vec<Pool>,
    pub disks: Vec<Disk>,
    /// What a plan would change.
    pub changes: Vec<Change>,
    /// How many resources are as the directory says.
    pub unchanged: usize,
    pub lock: Option<Lock>,
    /// What nobody could tell, in whole sentences.
    pub unknown: Vec<String>,
}

/// Machines, by the resource that stands for them: of a component, of a cluster's pool, or a node of a backend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    pub address: String,
    /// As the topology of the directory calls it: `worker`, `search-data`, `kafka-broker`, `queue`.
    pub component: String,
    /// The numbers of the instances that the resource stands for.
    pub instances: Vec<usize>,
    /// The zones in which they may stand.
    pub zones: Vec<String>,
    /// None where nobody could tell.
    pub members: Option<Vec<Member>>,
    /// The newest version of what its machines are started from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newest: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Member {
    pub id: String,
    pub zone: Option<String>,
    pub health: Health,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    Healthy,
    Starting,
    Unhealthy,
    Leaving,
}

impl Health {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Starting => "starting",
            Self::Unhealthy => "unhealthy",
            Self::Leaving => "leaving",
        }
    }
}

/// A database server, and its standby.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Server {
    pub address: String,
    pub number: usize,
    /// None where nobody could tell.
    pub primary: Option<Member>,
    pub standby: Option<Member>,
    pub standby_promised: bool,
}

/// Where a load balancer sends to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pool {
    pub address: String,
    /// The components whose machines it sends to.
    pub sends_to: Vec<String>,
    pub targets: Vec<Member>,
    /// Healthy machines of these that are not among the targets.
    pub left_out: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Disk {
    pub address: String,
    pub ready: bool,
    pub attached: bool,
}

/// Something that a plan would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    pub address: String,
    /// `create`, `change`, `replace`, `delete`…
    pub verb: String,
    /// The world moved, not the configuration.
    pub drift: bool,
    /// The fields that differ.
    pub fields: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Who may change the deployment at the moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lock {
    pub who: String,
    pub command: String,
    pub since: String,
    /// So long after its holder's last sign of life it is free.
    pub lease_seconds: u64,
}
