//! The sandbox's cloud: objects in a file, or in memory.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use thiserror::Error;

use super::file::EstateFile;
use super::outage::Outage;
use super::tracked::Tracked;
use crate::Address;
use crate::boundary::{Boundary, Unwatched};

pub(super) const SCHEMA: &str = "provision.sandbox/1";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Estate {
    pub schema: String,
    /// Where the virtual clock stands, in milliseconds.
    pub clock: u64,
    /// How many objects were ever made: ids come from it.
    pub made: u64,
    /// By kind and id.
    pub objects: Tracked<Object>,
    /// Clouds answer a repeated create with the first one's object, also when that is gone.
    pub tokens: Tracked<String>,
    /// What failed, in the order in which it did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outages: Vec<Outage>,
    /// Which journal goes on from here.
    #[serde(default)]
    pub journal: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Object {
    pub kind: String,
    pub deployment: Option<String>,
    pub address: Option<Address>,
    pub generation: Option<String>,
    pub arguments: Map<String, Json>,
    pub computed: Map<String, Json>,
    pub updates: u64,
    pub created_at: u64,
    pub ready_at: u64,
    pub gone_at: Option<u64>,
}

impl Object {
    pub fn id(&self) -> &str {
        self.computed.get("id").and_then(Json::as_str).unwrap_or_default()
    }

    /// Whether a reference means it: by its id, or by another name that the cloud gave it.
    pub(super) fn is(&self, name: &str) -> bool {
        self.computed.values().any(|value| value.as_str() == Some(name))
    }
}

/// What one call changed: a line of the journal.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Delta {
    clock: u64,
    made: u64,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    objects: BTreeMap<String, Option<Object>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    tokens: BTreeMap<String, Option<String>>,
    /// All of them: there are few.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    outages: Vec<Outage>,
}

impl Default for Estate {
    fn default() -> Self {
        Estate {
            schema: SCHEMA.to_owned(),
            clock: 0,
            made: 0,
            objects: Tracked::default(),
            tokens: Tracked::default(),
            outages: Vec::new(),
            journal: 0,
        }
    }
}

impl Estate {
    /// What changed since it was asked last; none for nothing.
    pub(super) fn take_delta(&mut self, clock_before: u64, outages_before: &[Outage]) -> Option<Delta> {
        let delta = Delta {
            clock: self.clock,
            made: self.made,
            objects: self.objects.take_touched(),
            tokens: self.tokens.take_touched(),
            outages: self.outages.clone(),
        };
        let changed = self.clock != clock_before
            || self.outages != outages_before
            || !delta.objects.is_empty()
            || !delta.tokens.is_empty();
        changed.then_some(delta)
    }

    pub(super) fn follow(&mut self, delta: Delta) {
        self.clock = delta.clock;
        self.made = delta.made;
        self.objects.follow(delta.objects);
        self.tokens.follow(delta.tokens);
        self.outages = delta.outages;
    }
}

#[derive(Debug, Error)]
pub enum EstateError {
    #[error("the sandbox's estate `{path}` can't be {doing}")]
    Io { path: PathBuf, doing: &'static str, source: std::io::Error },
    #[error("`{0}` is no estate of this version's sandbox; name another file, or remove it to begin anew")]
    Unreadable(PathBuf, #[source] Option<serde_json::Error>),
}

/// Where an estate is kept.
#[derive(Debug)]
pub struct Place(Kept);

#[derive(Debug)]
enum Kept {
    Memory(RefCell<Estate>),
    File(EstateFile),
}

impl Place {
    pub fn memory() -> Self {
        Place(Kept::Memory(RefCell::default()))
    }

    /// A file, with its journal beside it.
    pub fn file(path: PathBuf) -> Self {
        Place(Kept::File(EstateFile::new(path)))
    }

    pub fn read(&self) -> Result<Estate, EstateError> {
        self.look(Estate::clone)
    }

    /// Reads, changes and writes the estate as one step, also against other processes.
    pub fn change<T>(&self, change: impl FnOnce(&mut Estate) -> T) -> Result<T, EstateError> {
        self.change_watched(&Unwatched, change)
    }

    /// The same, told at each moment that leaves something behind.
    pub(super) fn change_watched<T>(
        &self,
        boundary: &dyn Boundary,
        change: impl FnOnce(&mut Estate) -> T,
    ) -> Result<T, EstateError> {
        match &self.0 {
            Kept::Memory(estate) => Ok(change(&mut estate.borrow_mut())),
            Kept::File(file) => file.change(boundary, change),
        }
    }

    pub fn look<T>(&self, look: impl FnOnce(&Estate) -> T) -> Result<T, EstateError> {
        match &self.0 {
            Kept::Memory(estate) => Ok(look(&estate.borrow())),
            Kept::File(file) => file.look(look),
        }
    }

    /// Brings journal and estate together in one file, for people and for whoever copies it.
    pub fn fold(&self, boundary: &dyn Boundary) -> Result<(), EstateError> {
        match &self.0 {
            Kept::Memory(_) => Ok(()),
            Kept::File(file) => file.fold(boundary),
        }
    }
}
