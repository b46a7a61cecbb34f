use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use provision_engine::Address;
use provision_engine::plan::Plan;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

const SCHEMA: &str = "provision.saved-plan/1";

/// A plan in a file, with what was decided about it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedPlan {
    schema: String,
    pub target: PathBuf,
    pub prune: bool,
    pub allow_data_loss: BTreeSet<Address>,
    pub plan: Plan,
}

impl SavedPlan {
    pub fn new(target: PathBuf, prune: bool, allow_data_loss: BTreeSet<Address>, plan: Plan) -> Self {
        SavedPlan { schema: SCHEMA.to_owned(), target, prune, allow_data_loss, plan }
    }

    /// Only its owner may read it: a plan tells much about an estate.
    pub fn write(&self, path: &Path) -> Result<(), Failure> {
        let failed =
            |error: std::io::Error| Failure::because(format!("{} can't be written", path.display()), &error);
        let text = serde_json::to_vec_pretty(self).map_err(|error| failed(error.into()))?;
        // A file that is there already keeps its mode; a new one doesn't.
        match fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed)?;
        file.write_all(&text).map_err(failed)
    }

    /// None for a file that is no saved plan.
    pub fn read(path: &Path) -> Option<Self> {
        if !path.is_file() {
            return None;
        }
        let saved: SavedPlan = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
        (saved.schema == SCHEMA).then_some(saved)
    }
}
