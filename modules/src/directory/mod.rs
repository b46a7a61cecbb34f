//! A rendered directory: in memory first, then on a disk.

mod manifest;
mod terraform;
mod write;

use std::collections::BTreeMap;

pub use manifest::{MANIFEST, Manifest, ManifestError};
pub use terraform::{Address, addresses};
pub use write::{Change, ChangeKind, Obstacle, ObstacleReason, WriteError, Writer};

use crate::RenderError;

/// What a directory holds, by relative path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Directory {
    files: BTreeMap<String, File>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub bytes: Vec<u8>,
    pub executable: bool,
}

impl Directory {
    pub fn add(&mut self, path: impl Into<String>, bytes: Vec<u8>) {
        self.files.insert(path.into(), File { bytes, executable: false });
    }

    pub fn add_executable(&mut self, path: impl Into<String>, bytes: Vec<u8>) {
        self.files.insert(path.into(), File { bytes, executable: true });
    }

    /// By path.
    pub fn files(&self) -> impl Iterator<Item = (&str, &File)> {
        self.files.iter().map(|(path, file)| (path.as_str(), file))
    }

    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }

    /// A file's text; none where there is no such file.
    pub fn text(&self, path: &str) -> Option<&str> {
        std::str::from_utf8(&self.files.get(path)?.bytes).ok()
    }

    /// Every resource of the Terraform, by address.
    pub fn addresses(&self) -> Vec<Address> {
        let terraform = self.files.keys().filter(|path| path.ends_with(".tf"));
        let mut addresses: Vec<Address> =
            terraform.filter_map(|path| self.text(path)).flat_map(addresses).collect();
        addresses.sort();
        addresses
    }

    /// Every resource is of a kind whose facts are known, and has an address of its own.
    pub(crate) fn check_terraform(&self) -> Result<(), RenderError> {
        let addresses = self.addresses();
        for address in &addresses {
            if provision_kinds::kind(&address.kind).is_none() {
                let (address, kind) = (address.to_string(), address.kind.clone());
                return Err(RenderError::UnknownKind { address, kind });
            }
        }
        match addresses.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(RenderError::Twice { address: pair[0].to_string() }),
            None => Ok(()),
        }
    }
}
