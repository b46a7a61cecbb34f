//! Terraform or OpenTofu as the engine: the binary does the work, through its JSON and its exit codes only, and what it
//! says becomes the same plan, the same events and the same report as the embedded engine's.
//!
//! ```text
//! init ──► plan -out ──► show -json ──► our plan document (redacted by its own marks)
//!                                  └──► apply -json of that very file ──► events, report
//! ```
//!
//! Its output goes to files, not to pipes: should this process be killed, the binary goes on and saves its state.

mod apply;
mod binary;
mod changes;
mod diagnostic;
mod inputs;
mod plan;
mod process;
mod session;
mod state;

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use thiserror::Error;

pub use binary::{Binary, CLEARED, Flavour};
pub use diagnostic::Diagnostic;
pub use inputs::{digest, inputs};
pub use plan::{Seen, Wanted};
pub use process::Watch;
pub use session::Run;
pub use state::State;

use serde_json::Value as Json;

/// What the binary is asked to do, and where.
pub struct Terraform<'a> {
    pub binary: &'a Binary,
    /// The directory that it works in.
    pub directory: &'a Path,
    /// For plans and output; nobody else may look into it.
    pub scratch: &'a Path,
    /// `-var=…`, `-var-file=…`: no sensitive value, everyone can read a command line.
    pub variables: &'a [String],
    pub parallelism: usize,
    /// How many seconds to wait for the lock of its state.
    pub lock_timeout: u64,
}

#[derive(Debug, Error)]
pub enum TerraformError {
    #[error("`{0}` can't be run")]
    Start(PathBuf, #[source] std::io::Error),
    #[error("{0}")]
    Version(String),
    #[error("{doing} failed{}", shown(.diagnostics, .ending))]
    Failed { doing: &'static str, diagnostics: Vec<Diagnostic>, ending: Ending },
    #[error("what {0} said can't be read: {1}")]
    Unreadable(&'static str, String),
    #[error("{0} was interrupted")]
    Interrupted(&'static str),
    #[error("`{0}` can't be used")]
    Scratch(PathBuf, #[source] std::io::Error),
}

/// How a process ended, where it was not as it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// None when a signal ended it.
    pub code: Option<i32>,
    /// The end of what it said beside its JSON.
    pub stderr: String,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => write!(f, "it ended with exit code {code}")?,
            None => f.write_str("a signal ended it")?,
        }
        if self.stderr.is_empty() { Ok(()) } else { write!(f, ", and said:\n{}", self.stderr) }
    }
}

/// What its diagnostics say; how it ended only where there are none.
fn shown(diagnostics: &[Diagnostic], ending: &Ending) -> String {
    if diagnostics.is_empty() {
        return format!(": {ending}");
    }
    diagnostics.iter().fold(String::new(), |text, diagnostic| format!("{text}\n{diagnostic}"))
}

impl Terraform<'_> {
    fn command(&self, verb: &str) -> Command {
        let mut command = self.binary.command();
        command.arg(verb).current_dir(self.directory);
        command
    }

    fn command_with_variables(&self, verb: &str) -> Command {
        let mut command = self.command(verb);
        command.args(["-json", "-input=false"]);
        command.arg(format!("-lock-timeout={}s", self.lock_timeout));
        command.arg(format!("-parallelism={}", self.parallelism));
        command
    }

    /// Fetches providers and opens the state, as its configuration says.
    pub async fn init(&self, watch: &Watch<'_>) -> Result<(), TerraformError> {
        let mut command = self.command("init");
        command.args(["-json", "-input=false"]);
        self.to_its_end("init", command, watch).await.map(|_| ())
    }

    /// What can be known of the configuration without asking a cloud: errors come before anything is looked at.
    pub async fn validate(&self, watch: &Watch<'_>) -> Result<(), TerraformError> {
        let mut command = self.command("validate");
        command.arg("-json");
        let (ended, text) = self.document(command, watch).await?;
        if ended.success {
            return Ok(());
        }
        let said: Json = serde_json::from_str(&text).unwrap_or_default();
        let all = said["diagnostics"].as_array().into_iter().flatten();
        let diagnostics = all.filter_map(Diagnostic::from_json).collect();
        Self::succeeded("validate", &ended, diagnostics, watch)
    }

    /// What the directory's outputs are now; sensitive ones stay hidden.
    pub async fn outputs(&self, watch: &Watch<'_>) -> Result<Json, TerraformError> {
        let mut command = self.command("output");
        command.arg("-json");
        let text = self.captured("output", command, watch).await?;
        let said: Json = serde_json::from_str(&text)
            .map_err(|error| TerraformError::Unreadable("output", error.to_string()))?;
        let outputs = said.as_object().into_iter().flatten();
        Ok(outputs
            .map(|(name, output)| {
                let hidden = output["sensitive"].as_bool() != Some(false);
                (name.clone(), if hidden { Json::from(changes::SENSITIVE) } else { output["value"].clone() })
            })
            .collect())
    }
}
