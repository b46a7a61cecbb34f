use std::path::Path;

use thiserror::Error;

use super::drop_in::HEADER;
use super::journal::{Entry, Journal, JournalError, Original, Phase};
use crate::catalogue::parameter;
use crate::host::{DROP_IN, Host, Live, STATE, parse_drop_in};
use crate::value::{SysctlKey, SysctlValue};

/// What was taken back, in the order in which it was.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reverted {
    pub values: Vec<(String, Taken)>,
    /// What became of the file that sets the values at boot.
    pub drop_in: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// It is at this value again.
    Back(String),
    /// It was there already.
    WasBack,
    /// Somebody else set it since; it is left alone.
    Foreign { live: String },
    /// This kernel or namespace doesn't have it (any more).
    Gone,
    /// The record says something that isn't valid; nothing was written.
    Refused { reason: String },
    /// The kernel said no; the record keeps it.
    Failed { reason: String },
}

#[derive(Debug, Error)]
pub enum RevertError {
    #[error("there is nothing to take back: no record of original values is on this host")]
    Nothing,
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// Puts back what the record holds, in reverse. What fails stays in the record, for another try.
pub fn revert(host: &Host) -> Result<Reverted, RevertError> {
    let _lock = host.files.lock(Path::new(STATE)).map_err(JournalError::File)?;
    let Some(mut journal) = Journal::load(&host.files)? else { return Err(RevertError::Nothing) };
    journal.phase = Phase::Reverting;
    journal.save(&host.files)?;

    let mut reverted = Reverted::default();
    let mut kept: Vec<Entry> = Vec::new();
    for entry in journal.entries.iter().rev() {
        let taken = match entry.validated() {
            Err(reason) => Taken::Refused { reason },
            Ok(original) => match &host.live {
                Some(live) => take_back(live, &original),
                None => Taken::Gone,
            },
        };
        if matches!(taken, Taken::Failed { .. }) {
            kept.insert(0, entry.clone());
        }
        reverted.values.push((entry.key.clone(), taken));
    }
    reverted.drop_in = take_back_drop_in(host, journal.drop_in_before.as_deref())?;
    if kept.is_empty() {
        Journal::remove(&host.files)?;
    } else {
        // The next try finds its drop-in as it is now.
        journal.entries = kept;
        journal.save(&host.files)?;
    }
    Ok(reverted)
}

fn take_back(live: &Live, original: &Original) -> Taken {
    let failed = |error: std::io::Error| Taken::Failed { reason: error.to_string() };
    let found = match live.read(&original.key) {
        Ok(Some(found)) => found,
        Ok(None) => return Taken::Gone,
        Err(error) => return failed(error),
    };
    if original.value.is_what_reads(&found) {
        return Taken::WasBack;
    }
    if !original.written.iter().any(|written| written.is_what_reads(&found)) {
        return Taken::Foreign { live: found };
    }
    let (key, value): (&SysctlKey, &SysctlValue) = match &original.through {
        Some((key, value)) => (key, value),
        None => (&original.key, &original.value),
    };
    match live.write(key, value) {
        Ok(()) => Taken::Back(format!("{key} = {value}")),
        Err(error) => failed(error),
    }
}

/// The file of before, if there was one and it is harmless; a file that isn't ours is left alone.
fn take_back_drop_in(host: &Host, before: Option<&str>) -> Result<String, JournalError> {
    let path = Path::new(DROP_IN);
    let Some(present) = host.files.read(path)? else { return Ok(format!("/{DROP_IN} was gone already")) };
    if !present.starts_with(HEADER) {
        return Ok(format!("/{DROP_IN} is not ours any more and was left alone"));
    }
    match before {
        Some(before) if is_harmless(before) => {
            host.files.write(path, before)?;
            Ok(format!("/{DROP_IN} is again what it was"))
        }
        Some(_) => {
            host.files.remove(path)?;
            Ok(format!(
                "/{DROP_IN} was removed; the record's text for it sets what we don't know and was refused"
            ))
        }
        None => {
            host.files.remove(path)?;
            Ok(format!("/{DROP_IN} was removed"))
        }
    }
}

/// A restored file only sets parameters that we know, to values that they take.
fn is_harmless(text: &str) -> bool {
    parse_drop_in(Path::new(DROP_IN), text).iter().all(|assignment| {
        let key = SysctlKey::try_from(assignment.pattern.as_str());
        let known = key.ok().and_then(|key| parameter(&key).ok());
        known
            .zip(assignment.value.as_deref())
            .is_some_and(|(known, value)| known.parse_original(value).is_ok())
    })
}
