//! Reading the files of a directory, and nothing outside it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use thiserror::Error;

/// A Terraform file or a file that `file()` reads is never near this; a device or a mistake is.
const LARGEST: u64 = 16 << 20;
const MOST_ENTRIES: usize = 10_000;

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FileError {
    #[error("`{0}` leads out of the directory")]
    Outside(String),
    #[error("`{0}` doesn't exist in the directory")]
    Missing(String),
    #[error("`{0}` is no regular file")]
    NotAFile(String),
    #[error("`{0}` is larger than 16 MiB")]
    TooLarge(String),
    #[error("`{0}` can't be read: {1}")]
    Unreadable(String, String),
    #[error("`{0}` holds more than 10,000 entries")]
    TooMany(String),
}

/// Where the files are.
#[derive(Debug, Clone)]
enum Source {
    /// Canonical, so that "is it beneath?" can be asked.
    Disk(PathBuf),
    Memory(BTreeMap<String, Vec<u8>>),
}

/// The files of one directory. Each is read once, so what was hashed is what was used.
#[derive(Debug)]
pub struct Files {
    source: Source,
    read: RefCell<BTreeMap<String, Arc<[u8]>>>,
}

impl Files {
    pub fn on_disk(directory: &Path) -> Result<Self, FileError> {
        let shown = directory.display().to_string();
        let root = fs::canonicalize(directory).map_err(|error| from_io(&shown, &error))?;
        if !root.is_dir() {
            return Err(FileError::Missing(shown));
        }
        Ok(Files { source: Source::Disk(root), read: RefCell::default() })
    }

    /// A directory that was rendered in memory: path with `/` → content.
    pub fn in_memory(files: BTreeMap<String, Vec<u8>>) -> Self {
        Files { source: Source::Memory(files), read: RefCell::default() }
    }

    /// The names of the files at the top, sorted.
    pub(super) fn top(&self) -> Result<Vec<String>, FileError> {
        let mut names = match &self.source {
            Source::Memory(files) => files.keys().filter(|name| !name.contains('/')).cloned().collect(),
            Source::Disk(root) => list(root)?,
        };
        names.sort();
        Ok(names)
    }

    /// The content of a file, by its path inside the directory.
    pub fn read(&self, path: &str) -> Result<Arc<[u8]>, FileError> {
        let name = inside(path)?;
        if let Some(content) = self.read.borrow().get(&name) {
            return Ok(content.clone());
        }
        let content: Arc<[u8]> = match &self.source {
            Source::Memory(files) => {
                files.get(&name).ok_or_else(|| FileError::Missing(name.clone()))?.as_slice().into()
            }
            Source::Disk(root) => read_beneath(root, &name)?.into(),
        };
        self.read.borrow_mut().insert(name, content.clone());
        Ok(content)
    }

    /// One hash over every file that was read, names included: what a saved plan is bound to.
    pub fn digest(&self) -> String {
        let mut hasher = Sha256::new();
        for (name, content) in self.read.borrow().iter() {
            hasher.update((name.len() as u64).to_le_bytes());
            hasher.update(name);
            hasher.update((content.len() as u64).to_le_bytes());
            hasher.update(content);
        }
        hex(&hasher.finalize())
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The path without `.` and `..`; one that leaves the directory is refused even if it came back.
fn inside(path: &str) -> Result<String, FileError> {
    let mut parts = Vec::new();
    for component in Path::new(path).components() {
        match component {
            Component::CurDir => {}
            Component::Normal(part) => parts.push(part.to_string_lossy().into_owned()),
            Component::ParentDir if parts.pop().is_some() => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => {
                return Err(FileError::Outside(path.to_owned()));
            }
        }
    }
    Ok(parts.join("/"))
}

/// Follows links only where they stay inside, and opens only regular files: a pipe would wait for ever.
fn read_beneath(root: &Path, name: &str) -> Result<Vec<u8>, FileError> {
    let real = fs::canonicalize(root.join(name)).map_err(|error| from_io(name, &error))?;
    if !real.starts_with(root) {
        return Err(FileError::Outside(name.to_owned()));
    }
    let metadata = fs::metadata(&real).map_err(|error| from_io(name, &error))?;
    if !metadata.is_file() {
        return Err(FileError::NotAFile(name.to_owned()));
    }
    let file = fs::File::open(&real).map_err(|error| from_io(name, &error))?;
    let mut content = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut content).map_err(|error| from_io(name, &error))?;
    if content.len() as u64 > LARGEST { Err(FileError::TooLarge(name.to_owned())) } else { Ok(content) }
}

fn list(root: &Path) -> Result<Vec<String>, FileError> {
    let shown = root.display().to_string();
    let mut names = Vec::new();
    for entry in fs::read_dir(root).map_err(|error| from_io(&shown, &error))? {
        let entry = entry.map_err(|error| from_io(&shown, &error))?;
        names.push(entry.file_name().to_string_lossy().into_owned());
        if names.len() > MOST_ENTRIES {
            return Err(FileError::TooMany(shown));
        }
    }
    Ok(names)
}

fn from_io(name: &str, error: &io::Error) -> FileError {
    match error.kind() {
        io::ErrorKind::NotFound => FileError::Missing(name.to_owned()),
        _ => FileError::Unreadable(name.to_owned(), error.to_string()),
    }
}
