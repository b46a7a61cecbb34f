use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Templates from a user's folder, by name, that take the place of ours.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    pub(super) texts: BTreeMap<String, String>,
}

#[derive(Debug, Error)]
pub enum OverridesError {
    #[error("{path}: {error}")]
    Unreadable { path: PathBuf, error: io::Error },
    #[error("{path} is a link: copy the template itself into the folder")]
    Link { path: PathBuf },
    #[error("{path} is larger than {LARGEST} bytes, which no template needs")]
    TooLarge { path: PathBuf },
    #[error("{path} is not UTF-8 text")]
    NotText { path: PathBuf },
    #[error("{path} lies deeper than templates do; their names are like `aws/network.tf`")]
    TooDeep { path: PathBuf },
}

const LARGEST: u64 = 1024 * 1024;
const DEEPEST: usize = 4;

impl Overrides {
    /// All files of a folder, named as they lie in it: `aws/network.tf`.
    pub fn read(folder: &Path) -> Result<Self, OverridesError> {
        let mut overrides = Self::default();
        overrides.read_folder(folder, "", 0)?;
        Ok(overrides)
    }

    fn read_folder(&mut self, folder: &Path, prefix: &str, depth: usize) -> Result<(), OverridesError> {
        let unreadable = |error| OverridesError::Unreadable { path: folder.to_owned(), error };
        for entry in fs::read_dir(folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let path = entry.path();
            let kind = entry.file_type().map_err(unreadable)?;
            let Some(name) = entry.file_name().to_str().map(|name| format!("{prefix}{name}")) else {
                return Err(OverridesError::NotText { path });
            };
            if kind.is_symlink() {
                return Err(OverridesError::Link { path });
            }
            if !kind.is_dir() {
                self.texts.insert(name, read(&path)?);
            } else if depth == DEEPEST {
                return Err(OverridesError::TooDeep { path });
            } else {
                self.read_folder(&path, &format!("{name}/"), depth + 1)?;
            }
        }
        Ok(())
    }
}

fn read(path: &Path) -> Result<String, OverridesError> {
    let unreadable = |error| OverridesError::Unreadable { path: path.to_owned(), error };
    if fs::symlink_metadata(path).map_err(unreadable)?.len() > LARGEST {
        return Err(OverridesError::TooLarge { path: path.to_owned() });
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    String::from_utf8(bytes).map_err(|_| OverridesError::NotText { path: path.to_owned() })
}
