//! A ledger in a folder: protects against other processes of this machine only.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use sha2::{Digest, Sha256};

use super::{Expected, Store, StoreError, Stored, Version};
use crate::boundary::Boundary;
use crate::clock::Later;
use crate::load::hex;

pub struct FileStore<'a> {
    folder: PathBuf,
    boundary: &'a dyn Boundary,
}

impl<'a> FileStore<'a> {
    /// The folder is made with the first write.
    pub fn new(folder: PathBuf, boundary: &'a dyn Boundary) -> Self {
        FileStore { folder, boundary }
    }

    fn read_now(&self, key: &str) -> Result<Option<Stored>, StoreError> {
        match fs::read(self.folder.join(key)) {
            Ok(content) => Ok(Some(Stored { version: version(&content), content })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.failed(&error)),
        }
    }

    fn write_now(&self, key: &str, content: &[u8], expected: &Expected) -> Result<Version, StoreError> {
        let path = self.folder.join(key);
        let parent = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(parent).map_err(|error| self.failed(&error))?;
        let _lock = self.lock().map_err(|error| self.failed(&error))?;
        let as_expected = match (self.read_now(key)?, expected) {
            (None, Expected::Absent) => true,
            (Some(stored), Expected::Version(version)) => stored.version == *version,
            _ => false,
        };
        if !as_expected {
            return Err(StoreError::Refused);
        }
        self.boundary.reach(&format!("before ledger {key}"));
        replace(&path, parent, content).map_err(|error| self.failed(&error))?;
        self.boundary.reach(&format!("after ledger {key}"));
        Ok(version(content))
    }

    fn lock(&self) -> io::Result<File> {
        let file =
            OpenOptions::new().create(true).truncate(false).write(true).open(self.folder.join(".lock"))?;
        flock(&file, FlockOperation::LockExclusive)?;
        Ok(file)
    }

    fn failed(&self, error: &io::Error) -> StoreError {
        StoreError::Failed(format!("{}: {error}", self.folder.display()))
    }
}

/// Every write has a nonce in it, so that no two contents are the same.
fn version(content: &[u8]) -> Version {
    hex(&Sha256::digest(content))
}

/// Whole or not at all, and on the disk before it counts.
fn replace(path: &Path, parent: &Path, content: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".next");
    let next = path.with_file_name(name);
    let mut file = File::create(&next)?;
    file.write_all(content)?;
    file.sync_data()?;
    fs::rename(&next, path)?;
    File::open(parent)?.sync_data()
}

impl Store for FileStore<'_> {
    fn name(&self) -> String {
        format!("file:{}", self.folder.display())
    }

    fn read<'a>(&'a self, key: &'a str) -> Later<'a, Result<Option<Stored>, StoreError>> {
        Box::pin(async move { self.read_now(key) })
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
