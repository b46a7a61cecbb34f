//! The scripts of machines, really run: with a machine in a folder, made-up programs on its PATH, and a cloud that is a
//! folder, too.

mod boot;
mod clouds;
mod crash_loop;
mod forming;
mod octopus_node;
mod renew;
mod watch;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use provision_testing::{Skipped, program};
use tempfile::TempDir;

use crate::matrix::example;

/// What a script finds in place of `/`.
const MOVED: [&str; 6] = [
    "/usr/local/lib/provision",
    "/run/provision",
    "/var/lib/provision",
    "/mnt/shared",
    "/proc/uptime",
    "/dev/sdf",
];

/// The cloud's functions as `cloud.sh` has them; `$CLOUD` is a folder.
const CLOUD: &str = r#"
secret() { cat "$CLOUD/secrets/$(basename "$1")" 2> /dev/null; }
secret_if_any() { [ ! -e "$CLOUD/down" ] || return 1; secret "$1" || true; }
offer_secret() { value=$(cat); [ -e "$CLOUD/secrets/$(basename "$1")" ] || printf '%s\n' "$value" > "$CLOUD/secrets/$(basename "$1")"; }
parameter() { cat "$CLOUD/parameters/$(basename "$1")"; }
instance_number() { echo 0; }
zone() { echo zone-a; }
address() { echo 10.0.0.4; }
node_disk() { echo "$MACHINE/dev/sdf"; }
report_healthy() { [ ! -e "$CLOUD/down" ] || return 1; echo healthy >> "$CLOUD/well"; }
alarm() { echo "alarm $*" >> "$CLOUD/log"; }
report_unhealthy() { echo unhealthy >> "$CLOUD/log"; }
"#;

pub(crate) struct Machine {
    place: TempDir,
}

impl Machine {
    /// None where the tools that the scripts use are missing.
    pub(crate) fn new() -> Option<Self> {
        let needed =
            ["jq", "curl", "flock"].map(program).into_iter().collect::<Result<Vec<PathBuf>, Skipped>>();
        needed.ok()?;
        let machine = Self { place: tempfile::tempdir().unwrap() };
        for folder in [
            "bin",
            "cloud/secrets",
            "cloud/parameters",
            "usr/local/lib/provision",
            "run/provision",
            "mnt/shared",
            "proc",
            "dev",
        ] {
            fs::create_dir_all(machine.path(folder)).unwrap();
        }
        machine.put("usr/local/lib/provision/cloud.sh", CLOUD);
        machine.put("dev/sdf", "");
        machine.program("logger", r#"echo "logger $*" >> "$CLOUD/log""#);
        Some(machine)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    pub(crate) fn put(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// What the cloud was told, and the journal.
    pub(crate) fn log(&self) -> String {
        self.read("cloud/log")
    }

    /// A program of the machine's own, before those of the system.
    pub(crate) fn program(&self, name: &str, script: &str) {
        let path = self.path("bin").join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// A rendered script, moved into the machine's folder.
    pub(crate) fn install(&self, script: &str) -> PathBuf {
        let mut moved = script.to_owned();
        for path in MOVED {
            assert!(self.place.path().is_absolute());
            moved = moved.replace(path, self.path(&path[1..]).to_str().unwrap());
        }
        let path = self.path("script");
        fs::write(&path, moved).unwrap();
        path
    }

    pub(crate) fn command(&self, script: &Path, arguments: &[&str]) -> Command {
        self.on_path("sh", &[], script, arguments)
    }

    fn on_path(&self, program: &str, before: &[&str], script: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(before).arg(script).args(arguments);
        command.env("PATH", format!("{}:/usr/bin:/bin", self.path("bin").display()));
        command.env("CLOUD", self.path("cloud")).env("MACHINE", self.place.path());
        command
    }

    pub(crate) fn run(&self, script: &str, arguments: &[&str]) -> Output {
        // A script that waits for ever is a finding, not a test that never ends.
        self.on_path("timeout", &["60", "sh"], &self.install(script), arguments).output().unwrap()
    }

    #[track_caller]
    pub(crate) fn succeeds(&self, script: &str, arguments: &[&str]) {
        let output = self.run(script, arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// A script of an example.
pub(crate) fn script(name: &str, path: &str) -> String {
    example(name).text(path).unwrap().to_owned()
}
