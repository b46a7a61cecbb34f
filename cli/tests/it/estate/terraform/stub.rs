use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

use provision_testing::{program, shared_folder, target_folder};
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
        let tools = shared_folder().ok()?.join("tools/tfcheck");
        program("terraform").ok()?;
        let cache = target_folder().join("test-tools/tfcheck");
        let stub = Stub { tools, schemas: cache.join("rendered-kinds"), cache };
        // Its first run installs what it needs: once, whoever else wants it at the same time.
        static FIRST: Mutex<bool> = Mutex::new(false);
        let mut made = FIRST.lock().expect("nobody panicked while making it");
        if !*made {
            stub.narrow();
            stub.make();
            *made = true;
        }
        Some(stub)
    }

    fn narrow(&self) {
        let mut narrow = Command::new("python3")
            .arg(crate::run::root().join("cli/tests/it/estate/terraform/narrow.py"))
            .args([self.tools.join("schemas"), self.schemas.clone()])
            .stdin(Stdio::piped())
            .spawn()
            .expect("python starts");
        let kinds: Value = provision_kinds::kinds().map(|(name, _)| name).collect();
        let mut stdin = narrow.stdin.take().expect("a pipe");
        stdin.write_all(kinds.to_string().as_bytes()).expect("it reads");
        drop(stdin);
        assert!(narrow.wait().expect("it ends").success());
    }

    /// A first check of nothing much makes the mirror and its configuration.
    fn make(&self) {
        let folder = tempfile::tempdir().expect("a folder");
        let nothing = "terraform {\n  required_version = \">= 1.0\"\n}\n";
        fs::write(folder.path().join("main.tf"), nothing).expect("a file");
        let output = Command::new(self.tools.join("tfcheck"))
            .args(["--validate", "--no-fmt"])
            .arg(folder.path())
            .env("TFSTUB_CACHE", &self.cache)
            .env("TFSTUB_SCHEMAS", &self.schemas)
            .output()
            .expect("tfcheck runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
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

const GIVEN: [(&str, &str); 7] = [
    ("project_number", "123456789012"),
    ("operator_id", "01234567-89ab-cdef-0123-456789abcdef"),
    ("operator_range", "198.51.100.7"),
    ("ssh_public_key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDtest operator"),
    ("database_password", "a password of the tests only"),
    (
        "secrets_vault_id",
        "/subscriptions/01234567-89ab-cdef-0123-456789abcdef/resourceGroups/shared/providers/Microsoft.KeyVault/vaults/shared",
    ),
    ("dns_zone_group", "shared"),
];

/// Gives a value to each variable that has none, and leaves write-only arguments out: the stand-ins hand them back in a
/// plan, which real providers don't and Terraform refuses. The captures leave out which arguments are write-only, and Terraform
/// lets an ephemeral value into no other: so here nothing is ephemeral.
pub(crate) fn give_variables(directory: &Path) {
    let path = directory.join("variables.tf");
    let text = fs::read_to_string(&path).unwrap_or_default();
    let given = GIVEN.iter().filter(|(name, _)| text.contains(&format!("variable \"{name}\" {{")));
    let given: String = given.map(|(name, value)| format!("{name} = \"{value}\"\n")).collect();
    if !given.is_empty() {
        fs::write(directory.join("given.auto.tfvars"), given).expect("values");
        let lines = text.lines().filter(|line| !line.trim_start().starts_with("ephemeral "));
        fs::write(path, lines.map(|line| format!("{line}\n")).collect::<String>()).expect("variables");
    }
    let sets_write_only =
        |line: &&str| line.split_once('=').is_some_and(|(name, _)| name.trim().ends_with("_wo"));
    for entry in fs::read_dir(directory).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "tf") {
            let text = fs::read_to_string(&path).expect("a file");
            let kept: String = text.split_inclusive('\n').filter(|line| !sets_write_only(line)).collect();
            fs::write(path, kept).expect("a file");
        }
    }
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
