//! The sandbox's cloud: objects in a file, or in memory.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use thiserror::Error;

use crate::Address;

const SCHEMA: &str = "provision.sandbox/1";

#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Estate {
    pub schema: String,
    /// Where the virtual clock stands, in milliseconds.
    pub clock: u64,
    /// How many objects were ever made: ids come from it.
    pub made: u64,
    /// By kind and id.
    pub objects: BTreeMap<String, Object>,
    /// Clouds answer a repeated create with the first one's object, also when that is gone.
    pub tokens: BTreeMap<String, String>,
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
pub enum Place {
    Memory(RefCell<Estate>),
    File(PathBuf),
}

impl Place {
    pub fn memory() -> Self {
        Place::Memory(RefCell::new(Estate { schema: SCHEMA.to_owned(), ..Estate::default() }))
    }

    pub fn read(&self) -> Result<Estate, EstateError> {
        match self {
            Place::Memory(estate) => Ok(estate.borrow().clone()),
            Place::File(path) => read(path),
        }
    }

    /// Reads, changes and writes the estate as one step, also against other processes.
    pub fn change<T>(&self, change: impl FnOnce(&mut Estate) -> T) -> Result<T, EstateError> {
        match self {
            Place::Memory(estate) => Ok(change(&mut estate.borrow_mut())),
            Place::File(path) => {
                let _lock = lock(path)?;
                let mut estate = read(path)?;
                let before = estate.clone();
                let result = change(&mut estate);
                if estate != before {
                    write(path, &estate)?;
                }
                Ok(result)
            }
        }
    }

    pub fn look<T>(&self, look: impl FnOnce(&Estate) -> T) -> Result<T, EstateError> {
        match self {
            Place::Memory(estate) => Ok(look(&estate.borrow())),
            Place::File(path) => read(path).map(|estate| look(&estate)),
        }
    }
}

fn read(path: &Path) -> Result<Estate, EstateError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(Estate { schema: SCHEMA.to_owned(), ..Estate::default() });
        }
        Err(source) => return Err(EstateError::Io { path: path.to_owned(), doing: "read", source }),
    };
    let estate: Estate =
        serde_json::from_str(&text).map_err(|error| EstateError::Unreadable(path.to_owned(), Some(error)))?;
    if estate.schema == SCHEMA { Ok(estate) } else { Err(EstateError::Unreadable(path.to_owned(), None)) }
}

/// Whole or not at all: a reader, or the next run after a crash, never sees half a file.
fn write(path: &Path, estate: &Estate) -> Result<(), EstateError> {
    let failed = |source| EstateError::Io { path: path.to_owned(), doing: "written", source };
    let text = serde_json::to_vec_pretty(estate).map_err(|error| failed(error.into()))?;
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let next = beside(path, "next");
    let mut file = File::create(&next).map_err(failed)?;
    file.write_all(&text).and_then(|()| file.sync_data()).map_err(failed)?;
    fs::rename(&next, path).map_err(failed)?;
    File::open(folder).and_then(|folder| folder.sync_data()).map_err(failed)
}

/// Held until it is dropped; the kernel frees it when the process dies.
fn lock(path: &Path) -> Result<File, EstateError> {
    let failed = |source| EstateError::Io { path: path.to_owned(), doing: "locked", source };
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(beside(path, "lock"))
        .map_err(failed)?;
    flock(&file, FlockOperation::LockExclusive).map_err(|error| failed(error.into()))?;
    Ok(file)
}

fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(extension);
    path.with_file_name(name)
}
