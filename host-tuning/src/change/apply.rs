use std::io;
use std::path::Path;

use thiserror::Error;

use super::journal::{Journal, JournalError, Phase};
use super::plan::{Plan, State};
use crate::host::{DROP_IN, Host, Live, STATE};
use crate::profile::Setting;
use crate::value::{SysctlKey, SysctlValue};

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// Key, the value before, the value now.
    pub changed: Vec<(SysctlKey, String, SysctlValue)>,
    /// Whether the file that sets the values at boot was written.
    pub drop_in_written: bool,
}

#[derive(Debug, Error)]
pub enum ApplyError {
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(
        "`{key}` can't be restored later: the host's own value is invalid ({reason}); set it to a valid value by \
         hand first"
    )]
    Original { key: SysctlKey, reason: String },
    #[error("{what} could not be written: {source}; {}", rollback_report(.rolled_back, .stuck))]
    Write {
        what: String,
        source: io::Error,
        /// What is back at its value of before.
        rolled_back: Vec<SysctlKey>,
        /// What is not, and why; `revert` tries again.
        stuck: Vec<(SysctlKey, String)>,
    },
}

fn rollback_report(rolled_back: &[SysctlKey], stuck: &[(SysctlKey, String)]) -> String {
    let names = |keys: &[SysctlKey]| keys.iter().map(SysctlKey::as_str).collect::<Vec<_>>().join(", ");
    let back = match rolled_back {
        [] => "nothing else had been changed".to_owned(),
        keys => format!("rolled back: {}", names(keys)),
    };
    if stuck.is_empty() {
        return back;
    }
    let stuck: Vec<_> = stuck.iter().map(|(key, why)| format!("{key} ({why})")).collect();
    format!("{back}; still changed: {}; `provision tune revert` tries again", stuck.join(", "))
}

impl Plan {
    /// Makes the host what the plan says, or leaves it as it was. Does nothing where nothing is to be done.
    pub fn apply(&self, host: &Host) -> Result<Applied, ApplyError> {
        let _lock = host.files.lock(Path::new(STATE)).map_err(JournalError::File)?;
        let before = Journal::load(&host.files)?;
        let is_finished = before.as_ref().is_none_or(|journal| journal.phase == Phase::Applied);
        if self.is_empty() && is_finished {
            return Ok(Applied { changed: Vec::new(), drop_in_written: false });
        }
        let mut journal = self.extended(before.clone(), host)?;
        journal.save(&host.files)?;
        let written = match &host.live {
            Some(live) => self.write_live(live).map_err(|failure| (failure, live)),
            None => Ok(()),
        };
        if let Err((failure, live)) = written {
            return Err(self.roll_back(failure, Some(live), before.as_ref(), host));
        }
        if self.drop_in_changes
            && let Err(source) = host.files.write(Path::new(DROP_IN), &self.drop_in)
        {
            let failure = Failure { what: format!("/{DROP_IN}"), source, done: self.changes().count() };
            return Err(self.roll_back(failure, host.live.as_ref(), before.as_ref(), host));
        }
        journal.phase = Phase::Applied;
        journal.save(&host.files)?;
        let changed = self
            .changes()
            .map(|(setting, live)| (setting.parameter.key.clone(), live.to_owned(), setting.value.clone()));
        Ok(Applied { changed: changed.collect(), drop_in_written: self.drop_in_changes })
    }

    /// The record with everything that this plan is about to change.
    fn extended(&self, before: Option<Journal>, host: &Host) -> Result<Journal, ApplyError> {
        let mut journal = match before {
            Some(journal) => journal,
            None => {
                let drop_in_before = host.files.read(Path::new(DROP_IN)).map_err(JournalError::File)?;
                Journal { drop_in_before, ..Journal::new() }
            }
        };
        journal.phase = Phase::Applying;
        for (setting, original) in self.changes() {
            let counterpart = counterpart_of_zero(setting, original, host.live.as_ref());
            journal.remember(&setting.parameter.key, original, counterpart, &setting.value);
        }
        // A record that revert would refuse is no record.
        for entry in &journal.entries {
            if let (Err(reason), Ok(key)) = (entry.validated(), SysctlKey::try_from(entry.key.as_str())) {
                return Err(ApplyError::Original { key, reason });
            }
        }
        Ok(journal)
    }

    fn write_live(&self, live: &Live) -> Result<(), Failure> {
        for (done, (setting, _)) in self.changes().enumerate() {
            let key = &setting.parameter.key;
            live.write(key, &setting.value).map_err(|source| Failure {
                what: format!("`{key}` = {}", setting.value),
                source,
                done: done + 1,
            })?;
        }
        Ok(())
    }

    /// In reverse, the failed one included: a write that read back differently has changed something.
    fn roll_back(
        &self,
        failure: Failure,
        live: Option<&Live>,
        before: Option<&Journal>,
        host: &Host,
    ) -> ApplyError {
        let (mut rolled_back, mut stuck) = (Vec::new(), Vec::new());
        let mut done: Vec<_> = self.changes().take(failure.done).collect();
        done.reverse();
        for (setting, original) in done.into_iter().filter(|_| live.is_some()) {
            let key = setting.parameter.key.clone();
            let Some(live) = live else { continue };
            match put_back(live, setting, original) {
                Ok(false) => {}
                Ok(true) => rolled_back.push(key),
                Err(error) => stuck.push((key, error.to_string())),
            }
        }
        // With everything back, the record is again what it was.
        if stuck.is_empty() {
            let restored = match before {
                Some(journal) => journal.save(&host.files),
                None => Journal::remove(&host.files),
            };
            if let Err(error) = restored {
                stuck.extend(rolled_back.first().map(|key| (key.clone(), error.to_string())));
            }
        }
        ApplyError::Write { what: failure.what, source: failure.source, rolled_back, stuck }
    }
}

struct Failure {
    what: String,
    source: io::Error,
    /// How many values had been written, or tried.
    done: usize,
}

/// Whether anything had to be put back.
fn put_back(live: &Live, setting: &Setting, original: &str) -> io::Result<bool> {
    let key = &setting.parameter.key;
    if live.read(key)?.as_deref() == Some(original) {
        return Ok(false);
    }
    let value = setting.parameter.parse_original(original).map_err(io::Error::other)?;
    live.write(key, &value)?;
    Ok(true)
}

/// A zero that stands for "the counterpart decides" can't be written back: the counterpart's value can.
fn counterpart_of_zero(setting: &Setting, original: &str, live: Option<&Live>) -> Option<String> {
    let counterpart = setting.parameter.counterpart.as_ref()?;
    if original != "0" {
        return None;
    }
    live?.read(counterpart).ok()?
}

impl State {
    /// A word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Met { .. } => "equal",
            Self::Differs { .. } => "drifted",
            Self::Missing { .. } => "missing",
            Self::NotOurs { .. } => "not ours",
            Self::NotRunning => "not running",
        }
    }
}
