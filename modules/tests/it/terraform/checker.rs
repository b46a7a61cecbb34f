//! The real Terraform against captured schemas of the providers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use provision_modules::Directory;
use provision_modules::hash::sha256;
use provision_testing::{program, shared_folder};
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
        let folder = shared_folder().ok()?.join("tools/tfcheck");
        let terraform = program("terraform").ok()?;
        let verdicts = Verdicts::of("terraform", identity(&folder, &terraform));
        let checker = Self { program: folder.join("tfcheck"), schemas: folder.join("schemas"), verdicts };
        // Its first run installs what it needs: once, whoever else wants it at the same time.
        static FIRST: Mutex<bool> = Mutex::new(false);
        let mut made = FIRST.lock().unwrap();
        if !*made {
            let output = checker.command().arg("--help").output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            checker.make_older_schemas();
            *made = true;
        }
        Some(checker)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.env("TFSTUB_CACHE", tools().join("tfcheck"));
        command
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
        give_variables(&source);
        fs::create_dir(&out).unwrap();
        if has_write_only(directory) {
            if check == Check::Plan {
                passes(self.command().arg("--validate").arg(&source))?;
            }
            leave_write_only_out(directory, &source);
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

    /// Of each cloud's captures the older; of the small providers all.
    fn make_older_schemas(&self) {
        let folder = older_schemas();
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let mut names: Vec<String> = fs::read_dir(&self.schemas)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort_by_key(|name| version(name));
        let mut providers = Vec::new();
        for name in names {
            let provider = name.split('@').next().unwrap().to_owned();
            if !providers.contains(&provider) {
                fs::copy(self.schemas.join(&name), folder.join(&name)).unwrap();
                providers.push(provider);
            }
        }
        assert!(providers.len() > 3, "{providers:?}");
    }
}

/// Variables that have no defaults.
const GIVEN: [(&str, &str); 10] = [
    ("operator_id", "01234567-89ab-cdef-0123-456789abcdef"),
    ("operator_range", "198.51.100.7"),
    ("ssh_public_key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDtest operator"),
    ("database_password", "a password of the tests only"),
    (
        "secrets_vault_id",
        "/subscriptions/01234567-89ab-cdef-0123-456789abcdef/resourceGroups/shared/providers/Microsoft.KeyVault/vaults/shared",
    ),
    ("dns_zone_group", "shared"),
    ("entry_address", "10.0.0.250"),
    ("project_number", "123456789012"),
    ("pods_range", "pods"),
    ("services_range", "services"),
];

/// Gives a value to each variable that has none. The captures leave out which arguments are write-only, and Terraform
/// lets an ephemeral value into no other: so here nothing is ephemeral.
fn give_variables(folder: &Path) {
    let path = folder.join("variables.tf");
    let text = fs::read_to_string(&path).unwrap_or_default();
    let given = GIVEN.iter().filter(|(name, _)| text.contains(&format!("variable \"{name}\" {{")));
    let given: serde_json::Map<String, Value> =
        given.map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect();
    if given.is_empty() {
        return;
    }
    fs::write(folder.join("given.auto.tfvars.json"), Value::from(given).to_string()).unwrap();
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("ephemeral "));
    fs::write(path, lines.map(|line| format!("{line}\n")).collect::<String>()).unwrap();
}

fn passes(command: &mut Command) -> Result<(), String> {
    let run = command.output().unwrap();
    if run.status.success() {
        return Ok(());
    }
    Err(format!("{}\n{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr)))
}

fn sets_write_only(line: &str) -> bool {
    line.split_once('=').is_some_and(|(name, _)| name.trim().ends_with("_wo"))
}

fn has_write_only(directory: &Directory) -> bool {
    terraform_files(directory).any(|(_, text)| text.lines().any(sets_write_only))
}

/// The stand-ins of the providers hand write-only values back in a plan, which real ones don't and Terraform refuses;
/// and the older ones don't know which arguments are write-only. So a plan is made without them, and a validation with
/// them.
fn leave_write_only_out(directory: &Directory, root: &Path) {
    for (path, text) in terraform_files(directory) {
        let kept: String = text.split_inclusive('\n').filter(|line| !sets_write_only(line)).collect();
        fs::write(root.join(path), kept).unwrap();
    }
}

/// `aws@6.25.0.json.gz` → `[6, 25, 0]`
fn version(name: &str) -> Vec<u64> {
    let version = name.split('@').nth(1).unwrap().trim_end_matches(".json.gz");
    version.split('.').map(|part| part.parse().unwrap()).collect()
}

/// Terraform's version, and the checker's own files.
fn identity(folder: &Path, terraform: &Path) -> String {
    let version = Command::new(terraform).arg("version").env("CHECKPOINT_DISABLE", "1").output().unwrap();
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
