//! A ledger in a folder: protects against other processes of this machine only.
//!
//! A key is a folder, each of its states a numbered file. The next state is linked to the next number, which the
//! kernel does for one process only; so there is no lock that a process could hold while it stands still.

use std::fs;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::{Expected, Store, StoreError, Stored, Version};
use crate::boundary::Boundary;
use crate::clock::Later;
use crate::durable::{Readers, sync_folder, write_synced};
use crate::load::hex;

/// A file that is not linked yet.
const DRAFT: &str = "draft-";

pub struct FileStore<'a> {
    folder: PathBuf,
    boundary: &'a dyn Boundary,
}

/// One state of a key.
struct Latest {
    number: u64,
    stored: Stored,
}

impl<'a> FileStore<'a> {
    /// The folder is made with the first write.
    pub fn new(folder: PathBuf, boundary: &'a dyn Boundary) -> Self {
        FileStore { folder, boundary }
    }

    /// `lock.json` is kept as `lock/1.json`, `lock/2.json`…
    fn states(&self, key: &str) -> PathBuf {
        self.folder.join(key.strip_suffix(".json").unwrap_or(key))
    }

    fn latest(&self, key: &str) -> Result<Option<Latest>, StoreError> {
        let states = self.states(key);
        loop {
            let Some(number) = newest(&states).map_err(|error| self.failed(&error))? else {
                return Ok(None);
            };
            match fs::read(state(&states, number)) {
                Ok(content) => {
                    let version = version(number, &content);
                    return Ok(Some(Latest { number, stored: Stored { content, version } }));
                }
                // A newer one came, and this one was cleared away.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(self.failed(&error)),
            }
        }
    }

    fn write_now(&self, key: &str, content: &[u8], expected: &Expected) -> Result<Version, StoreError> {
        let states = self.states(key);
        fs::create_dir_all(&states).map_err(|error| self.failed(&error))?;
        let next = match (self.latest(key)?, expected) {
            (None, Expected::Absent) => 1,
            (Some(latest), Expected::Version(version)) if latest.stored.version == *version => {
                latest.number + 1
            }
            _ => return Err(StoreError::Refused),
        };
        self.boundary.reach(&format!("before ledger {key}"));
        let draft = states.join(draft_name());
        write_synced(&draft, content, Readers::Usual).map_err(|error| self.failed(&error))?;
        self.boundary.reach(&format!("beside ledger {key}"));
        let linked = self.link(key, &draft, next, expected);
        let _ = fs::remove_file(&draft);
        if !linked? {
            return Err(StoreError::Refused);
        }
        self.boundary.reach(&format!("after ledger {key}"));
        clear(&states, next);
        Ok(version(next, content))
    }

    /// Whether the draft has become the state of that number, for the first time that there is one.
    ///
    /// A number may be free although there was a state of it, if one of a later number came and cleared it away. Whoever
    /// clears takes drafts away first: this one, too, if it was there already when the state of this number came. That
    /// it was is seen by looking once more.
    fn link(&self, key: &str, draft: &Path, number: u64, expected: &Expected) -> Result<bool, StoreError> {
        let latest = self.latest(key)?.map(|latest| latest.stored.version);
        let as_expected = match expected {
            Expected::Absent => latest.is_none(),
            Expected::Version(version) => latest.as_ref() == Some(version),
        };
        if !as_expected {
            return Ok(false);
        }
        let path = state(&self.states(key), number);
        match fs::hard_link(draft, &path) {
            Ok(()) => sync_folder(&path).map(|()| true).map_err(|error| self.failed(&error)),
            // Somebody else's; or the draft was cleared away by whoever went on meanwhile.
            Err(error) if matches!(error.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::NotFound) => {
                Ok(false)
            }
            Err(error) => Err(self.failed(&error)),
        }
    }

    fn failed(&self, error: &io::Error) -> StoreError {
        StoreError::Failed(format!("{}: {error}", self.folder.display()))
    }
}

/// What dead processes left and what stands still, then what came before a state, in this order: a draft that is still
/// there must find no number free that was taken.
fn clear(states: &Path, number: u64) {
    let Ok(names) = names(states) else { return };
    for name in names.into_iter().filter(|name| name.starts_with(DRAFT)) {
        let removed = fs::remove_file(states.join(name));
        if removed.is_err_and(|error| error.kind() != io::ErrorKind::NotFound) {
            return;
        }
    }
    for older in numbers(states).unwrap_or_default().into_iter().filter(|other| *other < number) {
        // What can't be removed does no harm.
        let _ = fs::remove_file(state(states, older));
    }
}

/// Who reads a folder while a state takes the place of another may see neither: only a folder that is empty again when it
/// is read again has none.
fn newest(states: &Path) -> io::Result<Option<u64>> {
    for _ in 0..3 {
        if let Some(number) = numbers(states)?.into_iter().max() {
            return Ok(Some(number));
        }
    }
    Ok(None)
}

fn state(states: &Path, number: u64) -> PathBuf {
    states.join(format!("{number}.json"))
}

fn numbers(states: &Path) -> io::Result<Vec<u64>> {
    let numbers = names(states)?;
    Ok(numbers.iter().filter_map(|name| name.strip_suffix(".json")?.parse().ok()).collect())
}

fn names(states: &Path) -> io::Result<Vec<String>> {
    match fs::read_dir(states) {
        Ok(entries) => {
            entries.map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned())).collect()
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// No two drafts have the same name, in this process or in another: process ids are not enough, two containers may
/// share the folder.
fn draft_name() -> String {
    format!("{DRAFT}{:016x}", RandomState::new().build_hasher().finish())
}

fn version(number: u64, content: &[u8]) -> Version {
    format!("{number}-{}", &hex(&Sha256::digest(content))[..16])
}

impl Store for FileStore<'_> {
    fn name(&self) -> String {
        format!("file:{}", self.folder.display())
    }

    fn read<'a>(&'a self, key: &'a str) -> Later<'a, Result<Option<Stored>, StoreError>> {
        Box::pin(async move { Ok(self.latest(key)?.map(|latest| latest.stored)) })
    }

    fn write<'a>(
        &'a self,
        key: &'a str,
        content: &'a [u8],
        expected: &'a Expected,
    ) -> Later<'a, Result<Version, StoreError>> {
        Box::pin(async move { self.write_now(key, content, expected) })
    }
}
