//! The real Terraform against captured schemas of the providers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use provision_modules::Directory;
use provision_modules::hash::sha256;
use provision_testing::terraform::{
    give_variables, leave_write_only_out, narrowed_schemas, sets_write_only, stand_ins,
};
use serde_json::Value;

use crate::examples::write;
use crate::verdicts::{Slot, Verdicts, terraform_files, tools};

/// The checker, where terraform and the schemas are beside this checkout.
pub(crate) struct Checker {
    program: PathBuf,
    schemas: PathBuf,
    verdicts: Verdicts,
}

/// How far a check goes, and against which schemas.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Check {
    Plan,
    /// Plan with the oldest provider that `versions.tf` allows.
    PlanWithOldest,
    /// Apply, see that a second plan is empty, destroy.
    Apply,
}

impl Check {
    fn word(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::PlanWithOldest => "plan-with-oldest",
            Self::Apply => "apply",
        }
    }
}

impl Checker {
    pub(crate) fn find() -> Option<Self> {
        let folder = stand_ins().ok()?;
        let verdicts = Verdicts::of("terraform", identity(&folder));
        // Its first run installs what it needs: once, whoever else wants it at the same time.
        static SCHEMAS: OnceLock<PathBuf> = OnceLock::new();
        let program = folder.join("tfcheck");
        let schemas = SCHEMAS.get_or_init(|| {
            let schemas = narrowed_schemas(provision_kinds::kinds().map(|(name, _)| name)).unwrap();
            let output = command(&program, &schemas).arg("--help").output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            make_older_schemas(&schemas);
            schemas
        });
        Some(Self { program, schemas: schemas.clone(), verdicts })
    }

    fn command(&self) -> Command {
        command(&self.program, &self.schemas)
    }

    /// Goes as far as asked; the plan, as `terraform show -json` writes it. A directory that passed the same check
    /// before, byte for byte, is not checked again: planning all of them takes minutes.
    pub(crate) fn check(&self, directory: &Directory, check: Check) -> Result<Value, String> {
        let files = directory.files().map(|(path, file)| (path, file.bytes.as_slice()));
        let key = self.verdicts.key([("", check.word().as_bytes())].into_iter().chain(files));
        if let Some(plan) = self.verdicts.get(&key) {
            return Ok(plan);
        }
        let plan = self.run(directory, check)?;
        self.verdicts.put(&key, &plan);
        serde_json::from_slice(&plan).map_err(|error| error.to_string())
    }

    fn run(&self, directory: &Directory, check: Check) -> Result<Vec<u8>, String> {
        let _slot = Slot::wait();
        let place = tempfile::tempdir().unwrap();
        let (source, out) = (place.path().join("source"), place.path().join("out"));
        write(directory, &source);
        give_variables(&source).unwrap();
        fs::create_dir(&out).unwrap();
        if has_write_only(directory) {
            if check == Check::Plan {
                passes(self.command().arg("--validate").arg(&source))?;
            }
            leave_write_only_out(&source).unwrap();
        }
        let mut command = self.command();
        command.arg(&source).arg("--out").arg(&out);
        if check == Check::PlanWithOldest {
            // A cache of its own, because a cache knows the schemas that it was made of; the same Python.
            command.env("TFSTUB_SCHEMAS", older_schemas());
            command.env("TFSTUB_CACHE", tools().join("tfcheck-oldest"));
            command.env("TFSTUB_PYTHON", tools().join("tfcheck/venv/bin/python"));
        }
        if check == Check::Apply {
            command.arg("--apply");
        }
        passes(&mut command)?;
        Ok(fs::read(out.join("plan.json")).unwrap())
    }
}

fn command(program: &Path, schemas: &Path) -> Command {
    let mut command = Command::new(program);
    command.env("TFSTUB_CACHE", tools().join("tfcheck")).env("TFSTUB_SCHEMAS", schemas);
    command
}

/// Of each cloud's captures the older; of the small providers all.
fn make_older_schemas(all: &Path) {
    let folder = older_schemas();
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let mut names: Vec<String> =
        fs::read_dir(all).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_by_key(|name| version(name));
    let mut providers = Vec::new();
    for name in names {
        let provider = name.split('@').next().unwrap().to_owned();
        if !providers.contains(&provider) {
            fs::copy(all.join(&name), folder.join(&name)).unwrap();
            providers.push(provider);
        }
    }
    assert!(providers.len() > 3, "{providers:?}");
}

fn passes(command: &mut Command) -> Result<(), String> {
    let run = command.output().unwrap();
    if run.status.success() {
        return Ok(());
    }
    Err(format!("{}\n{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr)))
}

fn has_write_only(directory: &Directory) -> bool {
    terraform_files(directory).any(|(_, text)| text.lines().any(sets_write_only))
}

/// `aws@6.25.0.json.gz` → `[6, 25, 0]`
fn version(name: &str) -> Vec<u64> {
    let version = name.split('@').nth(1).unwrap().trim_end_matches(".json.gz");
    version.split('.').map(|part| part.parse().unwrap()).collect()
}

/// Terraform's version, and the checker's own files.
fn identity(folder: &Path) -> String {
    let version = Command::new("terraform").arg("version").env("CHECKPOINT_DISABLE", "1").output().unwrap();
    let mut lines = vec![String::from_utf8_lossy(&version.stdout).lines().next().unwrap().to_owned()];
    for folder in [folder.to_owned(), folder.join("schemas")] {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                lines.push(format!("{} {}", path.display(), sha256(&fs::read(&path).unwrap())));
            }
        }
    }
    lines.sort();
    lines.join("\n")
}

fn older_schemas() -> PathBuf {
    tools().join("tfcheck-oldest-schemas")
}
