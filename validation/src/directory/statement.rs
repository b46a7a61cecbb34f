use std::sync::Arc;

use provision_architecture::{Source, Span};
use serde::Serialize;

/// What one argument of a resource says.
#[derive(Debug, Clone)]
pub struct Said {
    pub address: String,
    pub argument: String,
    pub meaning: Meaning,
    pub value: Known,
    pub place: Place,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Known {
    Flag(bool),
    Number(f64),
    Text(String),
    List(Vec<String>),
}

/// Where a finding stands, when it is not in the spec.
#[derive(Debug, Clone, Serialize)]
pub struct Place {
    pub file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The file's text; empty where it has no lines that people read.
    #[serde(skip)]
    pub source: Arc<Source>,
}

impl Place {
    pub fn of(source: &Arc<Source>, address: Option<String>) -> Self {
        Place { file: source.name().to_owned(), address, source: source.clone() }
    }
}

macro_rules! meanings {
    ($($name:ident = $word:literal,)*) => {
        /// The words for what arguments say, whatever a cloud calls them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Meaning { $($name,)* }

        impl Meaning {
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$name),)* _ => None }
            }
        }
    };
}

meanings! {
    Machine = "machine",
    Count = "count",
    Least = "least",
    Most = "most",
    Nodes = "nodes",
    Zones = "zones",
    Standby = "standby",
    DiskGb = "disk-gb",
    Encrypted = "encrypted",
    EncryptedOnTheWay = "encrypted-on-the-way",
    Public = "public",
    Backups = "backups",
    BackupDays = "backup-days",
    DeletionProtection = "deletion-protection",
    HealthPath = "health-path",
    HealthPort = "health-port",
    HealthCodes = "health-codes",
    ReplicationFactor = "replication-factor",
    MinInsyncReplicas = "min-insync-replicas",
    Partitions = "partitions",
    UncleanLeaders = "unclean-leaders",
}

impl Known {
    pub(super) fn flag(&self) -> Option<bool> {
        match self {
            Known::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    /// A whole number that is not negative.
    pub(super) fn count(&self) -> Option<u64> {
        match self {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "bounded by the guard"
            )]
            Known::Number(number) if *number >= 0.0 && *number < 1e9 && number.fract() == 0.0 => {
                Some(*number as u64)
            }
            _ => None,
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Known::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn list(&self) -> Option<&[String]> {
        match self {
            Known::List(items) => Some(items),
            _ => None,
        }
    }
}

impl std::fmt::Display for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Known::Flag(flag) => write!(f, "{flag}"),
            Known::Number(number) => write!(f, "{number}"),
            Known::Text(text) => f.write_str(text),
            Known::List(items) => f.write_str(&items.join(", ")),
        }
    }
}
