//! What an argument says of a deployment, whatever its cloud calls it. Data in `kinds/meanings.yaml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::Value;

macro_rules! meanings {
    ($($(#[$about:meta])* $name:ident = $word:literal,)*) => {
        /// The words for what arguments say.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Meaning { $($(#[$about])* #[serde(rename = $word)] $name,)* }

        impl Meaning {
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

meanings! {
    /// The type of a machine.
    Machine = "machine",
    /// How many there are.
    Count = "count",
    /// Never fewer than these.
    Least = "least",
    /// Never more than these.
    Most = "most",
    /// The nodes of a cluster that the cloud runs.
    Nodes = "nodes",
    /// The zones that something may stand in: by name, or by what it names.
    Zones = "zones",
    /// A standby in another zone.
    Standby = "standby",
    DiskGb = "disk-gb",
    Encrypted = "encrypted",
    EncryptedOnTheWay = "encrypted-on-the-way",
    /// Whether the internet reaches it, or may be let in.
    Public = "public",
    Backups = "backups",
    /// How many days, or daily backups, are kept.
    BackupDays = "backup-days",
    DeletionProtection = "deletion-protection",
    HealthPath = "health-path",
    HealthPort = "health-port",
    /// The status codes that mean health.
    HealthCodes = "health-codes",
    ReplicationFactor = "replication-factor",
    MinInsyncReplicas = "min-insync-replicas",
    Partitions = "partitions",
    UncleanLeaders = "unclean-leaders",
}

/// What one argument says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Says {
    pub means: Meaning,
    /// The values that make it true; the value itself where this is empty.
    #[serde(default)]
    pub when: Vec<Value>,
    /// What is meant where the argument is left out.
    #[serde(default)]
    pub without: Option<Value>,
}

/// What the arguments of a kind say, by their paths.
pub fn says(kind: &str) -> impl Iterator<Item = (&'static str, &'static Says)> {
    MEANINGS.get(kind).into_iter().flatten().map(|(path, says)| (path.as_str(), says))
}

static MEANINGS: LazyLock<BTreeMap<String, BTreeMap<String, Says>>> = LazyLock::new(|| {
    serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/meanings.json")))
        .unwrap_or_else(|error| panic!("kinds/meanings.yaml: {error}; the tests of kinds say where"))
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_as_it_is_written() {
        let written: BTreeMap<String, BTreeMap<String, Says>> = crate::as_written("meanings");
        assert_eq!(*MEANINGS, written);
    }

    #[test]
    fn every_meaning_is_said_by_some_argument_of_a_kind_that_exists() {
        for kind in MEANINGS.keys() {
            assert!(crate::kind(kind).is_some(), "{kind}");
        }
        for meaning in Meaning::ALL {
            assert!(MEANINGS.values().flatten().any(|(_, says)| says.means == *meaning), "{meaning:?}");
        }
    }
}
