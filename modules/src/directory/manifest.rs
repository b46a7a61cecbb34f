use std::collections::BTreeMap;

use serde_json::{Value, json};
use thiserror::Error;

use super::Directory;
use crate::hash::sha256;

/// The file in which a rendered directory says what belongs to it.
pub const MANIFEST: &str = "provision-manifest.json";
const SCHEMA: u64 = 1;

/// What was written, by relative path, with the hash of each file. Whoever can write into the directory can write
/// here, too: a path is checked before it is used, and a file is deleted only if it still has its hash.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    files: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ManifestError {
    #[error("{MANIFEST} is no manifest of this tool: {0}; move it away, or render into another directory")]
    Unreadable(String),
    #[error(
        "{MANIFEST} names {0:?}, which does not lie in the directory; move the manifest away and render again"
    )]
    OutOfPlace(String),
}

impl Manifest {
    pub fn of(directory: &Directory) -> Self {
        let hashes = directory.files().map(|(path, file)| (path.to_owned(), sha256(&file.bytes)));
        Self { files: hashes.collect() }
    }

    pub fn read(text: &str) -> Result<Self, ManifestError> {
        let unreadable = |what: &str| ManifestError::Unreadable(what.to_owned());
        let document: Value = serde_json::from_str(text).map_err(|error| unreadable(&error.to_string()))?;
        if document["schema"] != SCHEMA {
            return Err(unreadable("its `schema` is not 1"));
        }
        let files = document["files"].as_object().ok_or_else(|| unreadable("it has no `files`"))?;
        let mut manifest = Self::default();
        for (path, hash) in files {
            let hash = hash.as_str().ok_or_else(|| unreadable("a hash is no text"))?;
            if !is_in_place(path) {
                return Err(ManifestError::OutOfPlace(path.clone()));
            }
            manifest.files.insert(path.clone(), hash.to_owned());
        }
        Ok(manifest)
    }

    pub fn text(&self) -> String {
        let document = json!({ "schema": SCHEMA, "files": self.files });
        format!("{document:#}\n")
    }

    /// The hash that a file had when it was written.
    pub fn hash(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }
}

/// A relative path of plain names, below the directory whatever happens.
pub(super) fn is_in_place(path: &str) -> bool {
    let is_name = |name: &str| {
        !name.is_empty() && name != "." && name != ".." && !name.contains(['\\', '\0']) && name.len() <= 255
    };
    !path.is_empty() && path.len() <= 1_024 && path.split('/').all(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_reads_back() {
        let mut directory = Directory::default();
        directory.add("hosts/worker/a.conf", b"a".to_vec());
        let manifest = Manifest::of(&directory);
        assert_eq!(Manifest::read(&manifest.text()), Ok(manifest));
    }

    #[test]
    fn a_manifest_cannot_point_out_of_the_directory() {
        for path in ["../x", "/etc/passwd", "a/../../x", "a//b", "a/./b", "", "a\\b"] {
            let text = json!({ "schema": 1, "files": { path: "00" } }).to_string();
            assert_eq!(Manifest::read(&text), Err(ManifestError::OutOfPlace(path.to_owned())));
        }
        for text in ["", "[]", "{}", r#"{"schema":2,"files":{}}"#, r#"{"schema":1,"files":{"a":1}}"#] {
            assert!(matches!(Manifest::read(text), Err(ManifestError::Unreadable(_))), "{text}");
        }
    }
}
