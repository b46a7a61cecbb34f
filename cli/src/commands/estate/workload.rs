//! What runs in a cluster, after the cluster: the rendered installation, where its programs are there.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use provision_engine::terraform::CLEARED;
use provision_modules::load_templates;
use provision_modules::text::Overrides;
use serde_json::{Value, json};

use super::by_terraform::Workplace;
use crate::environment;
use crate::failure::Failure;
use crate::input;
use crate::output::Output;

pub const SCRIPT: &str = "kubernetes/install.sh";

/// What became of it.
pub enum Installation {
    /// There is nothing to install.
    Nothing,
    Done,
    /// It is left to the user, and why.
    Left {
        why: String,
        command: String,
    },
    Failed {
        why: String,
        command: String,
    },
}

impl Installation {
    pub fn failed(&self) -> bool {
        matches!(self, Installation::Failed { .. })
    }

    /// Why it is not there.
    pub fn why_not(&self) -> Option<&str> {
        match self {
            Installation::Nothing | Installation::Done => None,
            Installation::Left { why, .. } | Installation::Failed { why, .. } => Some(why),
        }
    }

    /// For the report of a run.
    pub fn as_json(&self) -> Value {
        match self {
            Installation::Nothing => Value::Null,
            Installation::Done => json!({ "state": "done" }),
            Installation::Left { why, command } => json!({ "state": "left", "why": why, "command": command }),
            Installation::Failed { why, command } => {
                json!({ "state": "failed", "why": why, "command": command })
            }
        }
    }

    /// What stands below the report: nothing, where nothing is left to do.
    pub fn text(&self) -> String {
        let (why, command, more) = match self {
            Installation::Nothing | Installation::Done => return String::new(),
            Installation::Left { why, command } => (why, command, ""),
            Installation::Failed { why, command } => (why, command, "; what it said stands above"),
        };
        let mut text = "\nNot done\n--------\n".to_owned();
        let _ = writeln!(
            text,
            "What runs in the cluster is not installed: {why}{more}. It is done by\n  {command}"
        );
        text
    }
}

/// The installation of a directory, ready to run.
pub struct Workload {
    script: PathBuf,
    text: String,
    /// The binary that tells the outputs; none, where they are written into a file for it.
    terraform: Option<PathBuf>,
    command: String,
}

impl Workload {
    /// None, where nothing runs in a cluster.
    pub fn of(place: &Workplace) -> Result<Option<Self>, Failure> {
        let binary = place.binary();
        let before = format!("TERRAFORM={}", binary.flavour.word());
        Workload::at(place.directory(), Some(binary.program.clone()), &before)
    }

    /// The same for an engine that keeps no outputs of its own.
    pub fn without_state(directory: &Path) -> Result<Option<Self>, Failure> {
        Workload::at(directory, None, "OUTPUTS=FILE")
    }

    fn at(directory: &Path, terraform: Option<PathBuf>, before: &str) -> Result<Option<Self>, Failure> {
        let script = directory.join(SCRIPT);
        if !script.is_file() {
            return Ok(None);
        }
        let text = fs::read_to_string(&script)
            .map_err(|error| Failure::because(format!("{} can't be read", script.display()), &error))?;
        let after =
            if terraform.is_some() { "" } else { "\n  with what `provision output --json` says in FILE" };
        let command = format!("{before} sh {}{after}", script.display());
        Ok(Some(Workload { script, text, terraform, command }))
    }

    pub fn left(&self, why: impl Into<String>) -> Installation {
        Installation::Left { why: why.into(), command: self.command.clone() }
    }

    /// Whether it is what this program itself would write for the directory's spec: anything else is somebody's code.
    pub fn is_ours(&self, directory: &Path, output: &Output) -> bool {
        let spec = directory.join("spec.yaml");
        let rendered = || {
            let file = input::read_spec(&spec, output).ok()?;
            let topology = file.resolve().ok()?;
            let templates = load_templates(&Overrides::default()).ok()?;
            let directory = provision_modules::render(&topology, &templates).ok()?;
            directory.text(SCRIPT).map(str::to_owned)
        };
        spec.is_file() && rendered().is_some_and(|text| text == self.text)
    }

    /// Runs it, and it waits until everything is up; what it says goes to stderr. `outputs` are asked for only where
    /// Terraform doesn't tell them.
    pub fn install(
        &self,
        outputs: impl FnOnce() -> Result<Value, Failure>,
        output: &Output,
    ) -> Result<Installation, Failure> {
        let missing: Vec<&str> = self.tools().filter(|tool| environment::program(tool).is_none()).collect();
        if !missing.is_empty() {
            let which: Vec<String> = missing.iter().map(|tool| format!("`{tool}`")).collect();
            let verb = if missing.len() == 1 { "is" } else { "are" };
            return Ok(self.left(format!("{} {verb} not installed", which.join(" and "))));
        }
        output.say("Installing what runs in the cluster …");
        let mut command = Command::new("sh");
        command.arg(&self.script).stdin(Stdio::null());
        let mut told = None;
        match &self.terraform {
            Some(terraform) => {
                command.env("TERRAFORM", fs::canonicalize(terraform).unwrap_or_else(|_| terraform.clone()));
            }
            None => {
                let file = written(&outputs()?)
                    .map_err(|error| Failure::because("the outputs can't be handed over", &error))?;
                command.env("OUTPUTS", told.insert(file).path());
            }
        }
        // Data is what goes to stdout, and the report is that.
        command.stdout(std::io::stderr());
        CLEARED.iter().for_each(|name| {
            command.env_remove(name);
        });
        let status = command
            .status()
            .map_err(|error| Failure::because(format!("{} can't be run", self.script.display()), &error))?;
        if status.success() {
            return Ok(Installation::Done);
        }
        let why = format!("the installation ended with {status}");
        Ok(Installation::Failed { why, command: self.command.clone() })
    }

    /// The programs that the script says it needs: `for tool in helm kubectl; do`.
    fn tools(&self) -> impl Iterator<Item = &str> {
        let line = self.text.lines().find_map(|line| line.strip_prefix("for tool in ")?.strip_suffix("; do"));
        line.unwrap_or("kubectl").split_whitespace().map(|tool| tool.trim_matches('\''))
    }
}

/// For nobody else to read, and gone when it isn't needed any more.
fn written(outputs: &Value) -> std::io::Result<tempfile::NamedTempFile> {
    let file = tempfile::Builder::new().prefix("provision-").tempfile()?;
    fs::write(file.path(), outputs.to_string())?;
    Ok(file)
}
