//! What a ledger holds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::LedgerError;
use crate::Address;

pub(super) const SCHEMA: &str = "provision.ledger/1";

/// The lock and what must survive its holder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    pub schema: String,
    /// Rises with every acquisition.
    pub epoch: u64,
    /// Of the last write: tells one's own write from another's.
    pub nonce: String,
    /// None after a release: the record stays, with its epoch.
    pub holder: Option<Holder>,
    /// Who held it last, also after the release.
    #[serde(default)]
    pub last: Option<String>,
    /// The engine that owns the deployment.
    pub engine: Option<String>,
    /// Part of client tokens; changes when everything was destroyed.
    pub incarnation: u64,
    /// Creates that were about to be sent, with their generation. Lists must have settled before one is made again.
    pub intents: BTreeMap<Address, String>,
    /// What the configuration said when it was applied last, one short word a resource.
    pub applied: BTreeMap<Address, String>,
    /// How many entries the history has.
    pub entries: u64,
    /// Why what runs in the cluster was not installed when it was applied last; none where it was, or nothing is to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_installed: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holder {
    pub who: String,
    /// With its arguments redacted.
    pub command: String,
    /// By the holder's wall clock: for people, nothing is decided by it.
    pub since: u64,
    /// After how long without a change a challenger may take over.
    pub lease_seconds: u64,
}

/// One run, for the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub who: String,
    pub command: String,
    pub at: u64,
    pub engine: String,
    /// `3 to create, 1 to change`
    pub plan: String,
    /// None while it runs, and for ever when it was killed.
    pub result: Option<String>,
}

impl Record {
    pub(super) fn parse(store: &str, content: &[u8]) -> Result<Self, LedgerError> {
        let unreadable = |why: String| LedgerError::Unreadable(store.to_owned(), why);
        let record: Record =
            serde_json::from_slice(content).map_err(|error| unreadable(error.to_string()))?;
        if record.schema == SCHEMA {
            Ok(record)
        } else {
            Err(unreadable(format!("it says `{}`", record.schema)))
        }
    }
}
