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
    /// What a run that was cut off was about to put there: its files are ours, too.
    unfinished: BTreeMap<String, String>,
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
        Self { files: hashes.collect(), unfinished: BTreeMap::new() }
    }

    /// What stands on the disk while this one is replaced by the next.
    #[must_use]
    pub fn while_writing(&self, next: &Self) -> Self {
        Self { files: self.files.clone(), unfinished: next.files.clone() }
    }

    pub fn read(text: &str) -> Result<Self, ManifestError> {
        let unreadable = |what: &str| ManifestError::Unreadable(what.to_owned());
        let document: Value = serde_json::from_str(text).map_err(|error| unreadable(&error.to_string()))?;
        if document["schema"] != SCHEMA {
            return Err(unreadable("its `schema` is not 1"));
        }
        let files = hashes(&document["files"])?.ok_or_else(|| unreadable("it has no `files`"))?;
        let unfinished = hashes(&document["unfinished"])?.unwrap_or_default();
        Ok(Self { files, unfinished })
    }

    pub fn text(&self) -> String {
        let mut document = json!({ "schema": SCHEMA, "files": self.files });
        if !self.unfinished.is_empty() {
            document["unfinished"] = json!(self.unfinished);
        }
        format!("{document:#}\n")
    }

    /// Whether a file of that name is ours, whatever became of it.
    pub fn knows(&self, path: &str) -> bool {
        self.files.contains_key(path) || self.unfinished.contains_key(path)
    }

    /// Whether a file with this hash is as it was written.
    pub fn wrote(&self, path: &str, hash: &str) -> bool {
        [&self.files, &self.unfinished].iter().any(|files| files.get(path).is_some_and(|ours| ours == hash))
    }

    pub fn paths(&self) -> impl Iterator<Item = &str> {
        let unfinished = self.unfinished.keys().filter(|path| !self.files.contains_key(*path));
        self.files.keys().chain(unfinished).map(String::as_str)
    }
}

/// Paths and their hashes; none where the manifest has no such list.
fn hashes(list: &Value) -> Result<Option<BTreeMap<String, String>>, ManifestError> {
    let Some(list) = list.as_object() else { return Ok(None) };
    let mut hashes = BTreeMap::new();
    for (path, hash) in list {
        let Some(hash) = hash.as_str() else {
            return Err(ManifestError::Unreadable("a hash is no text".to_owned()));
        };
        if !is_in_place(path) {
            return Err(ManifestError::OutOfPlace(path.clone()));
        }
        hashes.insert(path.clone(), hash.to_owned());
    }
    Ok(Some(hashes))
}

/// A relative path of plain names, below the directory whatever happens.
pub(super) fn is_in_place(path: &str) -> bool {
    let is_name = |name: &str| {
        !name.is_empty()
            && name != "."
            && name != ".."
            // A control character would speak to the terminal that shows the name.
            && !name.contains(|c: char| c == '\\' || c.is_control())
            && name.len() <= 255
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
        assert_eq!(Manifest::read(&manifest.text()), Ok(manifest.clone()));
        let unfinished = Manifest::default().while_writing(&manifest);
        assert_eq!(Manifest::read(&unfinished.text()), Ok(unfinished.clone()));
        assert!(unfinished.knows("hosts/worker/a.conf") && !unfinished.knows("b.conf"));
        assert_eq!(unfinished.paths().count(), 1);
    }

    #[test]
    fn a_manifest_cannot_point_out_of_the_directory() {
        for path in ["../x", "/etc/passwd", "a/../../x", "a//b", "a/./b", "", "a\\b", "a\u{1b}[2Jb"] {
            for list in ["files", "unfinished"] {
                let mut manifest = json!({ "schema": 1, "files": {} });
                manifest[list] = json!({ path: "00" });
                let refused = Manifest::read(&manifest.to_string());
                assert_eq!(refused, Err(ManifestError::OutOfPlace(path.to_owned())));
            }
        }
        for text in ["", "[]", "{}", r#"{"schema":2,"files":{}}"#, r#"{"schema":1,"files":{"a":1}}"#] {
            assert!(matches!(Manifest::read(text), Err(ManifestError::Unreadable(_))), "{text}");
        }
    }
}
