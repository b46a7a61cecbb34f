use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use provision_engine::Address;
use provision_engine::boundary::Unwatched;
use provision_engine::durable::{Readers, replace};
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
        replace(path, &text, Readers::Owner, &Unwatched).map_err(failed)
    }

    /// None for what is no saved plan at all: a spec, or a directory.
    pub fn read(path: &Path) -> Result<Option<Self>, Failure> {
        let is_one = |content: &[u8]| content.trim_ascii_start().starts_with(b"{");
        let Some(content) = fs::read(path).ok().filter(|content| path.is_file() && is_one(content)) else {
            return Ok(None);
        };
        let no_plan = |error: &dyn std::error::Error| {
            Failure::because(format!("{} is no plan of this version", path.display()), error)
                .hint("make a new one: `provision plan SPEC --out FILE`")
        };
        let said: serde_json::Value = serde_json::from_slice(&content).map_err(|error| no_plan(&error))?;
        match said["schema"].as_str() {
            Some(SCHEMA) => serde_json::from_value(said).map(Some).map_err(|error| no_plan(&error)),
            Some(other) => Err(Failure::new(format!("{} is a `{other}`, no saved plan", path.display()))
                .hint("`provision plan SPEC --out FILE` keeps one")),
            // A spec may be written as JSON.
            None => Ok(None),
        }
    }
}
