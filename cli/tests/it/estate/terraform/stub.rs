use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use provision_testing::target_folder;
use provision_testing::terraform::{self, narrowed_schemas, stand_ins};
use serde_json::Value;

/// The stand-ins for the providers, and the configuration under which Terraform finds them.
pub(crate) struct Stub {
    tools: PathBuf,
    cache: PathBuf,
    /// What the stand-ins know: only what is rendered.
    schemas: PathBuf,
}

impl Stub {
    /// None, and a printed line, where terraform or the stand-ins are not beside this checkout.
    pub(crate) fn find() -> Option<Self> {
        let tools = stand_ins().ok()?;
        let cache = target_folder().join("test-tools/tfcheck");
        // Its first run installs what it needs: once, whoever else wants it at the same time.
        static SCHEMAS: OnceLock<PathBuf> = OnceLock::new();
        let schemas = SCHEMAS.get_or_init(|| {
            let kinds = provision_kinds::kinds().map(|(name, _)| name);
            let schemas = narrowed_schemas(kinds).expect("the schemas get smaller");
            make(&tools, &cache, &schemas);
            schemas
        });
        Some(Stub { schemas: schemas.clone(), tools, cache })
    }

    /// What a command needs to find terraform and the stand-ins.
    pub(crate) fn environment(&self, command: &mut Command) {
        #[expect(clippy::disallowed_methods, reason = "what the tests themselves run with")]
        let path = std::env::var_os("PATH").unwrap_or_default();
        command
            .env("PATH", path)
            .env("PROVISION_LEDGER", "file:.provision/ledger")
            .env("HOME", &self.cache)
            .env("TF_CLI_CONFIG_FILE", self.cache.join("terraformrc"))
            .env("TFSTUB_CACHE", &self.cache)
            .env("TFSTUB_SCHEMAS", &self.schemas);
    }

    /// One process with the providers of all clouds for many runs: starting it takes longer than anything else.
    pub(crate) fn serve(&self) -> Server {
        let mut command = Command::new(self.cache.join("venv/bin/python"));
        command.arg(self.tools.join("provider.py"));
        command.args(["--reattach", "aws@6.47.0", "google@7.9.0", "azurerm@4.80.0"]);
        self.served(command)
    }

    /// The one for AWS alone, which knows what lives: `fed.py` says what is in the file.
    #[cfg(feature = "embedded")]
    pub(crate) fn feed(&self, fed: &Path) -> Server {
        let mut command = Command::new(self.cache.join("venv/bin/python"));
        command.arg(crate::run::root().join("cli/tests/it/estate/terraform/fed.py"));
        command.arg(&self.tools).arg(fed).arg("aws@6.47.0").env("PYTHONDONTWRITEBYTECODE", "1");
        self.served(command)
    }

    fn served(&self, mut command: Command) -> Server {
        let mut child = command
            .env("TFSTUB_CACHE", &self.cache)
            .env("TFSTUB_SCHEMAS", &self.schemas)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the stand-in starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("its address");
        let said: Value = serde_json::from_str(&line).expect("JSON");
        let providers = said.as_object().expect("an address for each");
        let named =
            |(name, at): (&String, &Value)| (format!("registry.terraform.io/hashicorp/{name}"), at.clone());
        let reattach: Value = providers.iter().map(named).collect();
        Server { child, reattach: reattach.to_string() }
    }
}

/// A first check of nothing much makes the mirror and its configuration.
fn make(tools: &Path, cache: &Path, schemas: &Path) {
    let folder = tempfile::tempdir().expect("a folder");
    let nothing = "terraform {\n  required_version = \">= 1.0\"\n}\n";
    fs::write(folder.path().join("main.tf"), nothing).expect("a file");
    let output = Command::new(tools.join("tfcheck"))
        .args(["--validate", "--no-fmt"])
        .arg(folder.path())
        .env("TFSTUB_CACHE", cache)
        .env("TFSTUB_SCHEMAS", schemas)
        .output()
        .expect("tfcheck runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// Makes a directory one that the stand-ins can plan.
pub(crate) fn give_variables(directory: &Path) {
    terraform::give_variables(directory).expect("variables");
    terraform::leave_write_only_out(directory).expect("no write-only arguments");
}

/// Ends with the test.
pub(crate) struct Server {
    child: Child,
    reattach: String,
}

impl Server {
    pub(crate) fn environment(&self, command: &mut Command) {
        command.env("TF_REATTACH_PROVIDERS", &self.reattach);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
