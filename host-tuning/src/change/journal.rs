//! The record of what was there before us.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::catalogue::parameter;
use crate::host::{Root, STATE};
use crate::value::{SysctlKey, SysctlValue};

const VERSION: u32 = 1;

/// As it is on disk: nothing in it is trusted before it has been validated again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Journal {
    pub(super) version: u32,
    pub(super) phase: Phase,
    /// In the order of writing.
    pub(super) entries: Vec<Entry>,
    /// The drop-in that was there before the first apply, if any.
    pub(super) drop_in_before: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Phase {
    Applying,
    Applied,
    Reverting,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) original: String,
    /// Its counterpart's value, where the original can't be written back.
    pub(super) counterpart: Option<String>,
    /// Everything that we may have written there: anything else is somebody else's.
    pub(super) written: Vec<String>,
}

/// An entry that was validated: what to write where to get the original back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Original {
    pub(super) key: SysctlKey,
    pub(super) value: SysctlValue,
    pub(super) through: Option<(SysctlKey, SysctlValue)>,
    pub(super) written: Vec<SysctlValue>,
}

#[derive(Debug, Error)]
pub enum JournalError {
    #[error("the record of original values can't be read or written: {0}")]
    File(#[from] io::Error),
    #[error(
        "the record of original values, {path}, is not one that we wrote: {reason}; nothing was changed: look at the \
         values by hand, then remove the file"
    )]
    Damaged { path: PathBuf, reason: String },
}

pub(super) fn path() -> PathBuf {
    Path::new(STATE).join("originals.json")
}

impl Journal {
    pub(super) fn new() -> Self {
        Self { version: VERSION, phase: Phase::Applying, entries: Vec::new(), drop_in_before: None }
    }

    pub(super) fn load(files: &Root) -> Result<Option<Self>, JournalError> {
        let Some(text) = files.read(&path())? else { return Ok(None) };
        let damaged = |reason: String| JournalError::Damaged { path: files.folder().join(path()), reason };
        let journal: Self = serde_json::from_str(&text).map_err(|error| damaged(error.to_string()))?;
        if journal.version != VERSION {
            return Err(damaged(format!("version {} instead of {VERSION}", journal.version)));
        }
        Ok(Some(journal))
    }

    pub(super) fn save(&self, files: &Root) -> Result<(), JournalError> {
        let text = serde_json::to_string_pretty(self).expect("it is plain data");
        Ok(files.write(&path(), &(text + "\n"))?)
    }

    pub(super) fn remove(files: &Root) -> Result<(), JournalError> {
        Ok(files.remove(&path())?)
    }

    /// Before a key is written: its original stays the one of the first time.
    pub(super) fn remember(
        &mut self,
        key: &SysctlKey,
        original: &str,
        counterpart: Option<String>,
        value: &SysctlValue,
    ) {
        let written = value.as_str().to_owned();
        match self.entries.iter_mut().find(|entry| entry.key == key.as_str()) {
            Some(entry) if entry.written.contains(&written) => {}
            Some(entry) => entry.written.push(written),
            None => self.entries.push(Entry {
                key: key.as_str().to_owned(),
                original: original.to_owned(),
                counterpart,
                written: vec![written],
            }),
        }
    }
}

impl Entry {
    /// Validated like any input: only known parameters, only values that they take.
    pub(super) fn validated(&self) -> Result<Original, String> {
        let text = |error: &dyn ToString| error.to_string();
        let key = SysctlKey::try_from(self.key.as_str()).map_err(|error| text(&error))?;
        let known = parameter(&key).map_err(|error| text(&error))?;
        let value = known.parse_original(&self.original).map_err(|error| text(&error))?;
        let written = self.written.iter().map(|written| known.parse_original(written));
        let written = written.collect::<Result<_, _>>().map_err(|error| text(&error))?;
        let through = match (&known.counterpart, &self.counterpart) {
            (Some(key), Some(value)) => {
                let value = parameter(key).map_err(|error| text(&error))?.parse_original(value);
                Some((key.clone(), value.map_err(|error| text(&error))?))
            }
            _ => None,
        };
        Ok(Original { key, value, through, written })
    }
}
