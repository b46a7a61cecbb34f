//! A Terraform of the tests' own, for what the real one does only when something is wrong.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::estate::world::{Running, World};
use crate::run::shown;

pub(crate) struct Fake {
    pub(crate) world: World,
}

fn change(address: &str, actions: &[&str]) -> Value {
    let kind = address.split('.').next();
    json!({ "address": address, "mode": "managed", "type": kind,
            "change": { "actions": actions, "before": null, "after": {} } })
}

impl Fake {
    /// Plans a network with a subnet and a log group; what `apply` does is for each test to say, as a shell script.
    pub(crate) fn new(apply: &str) -> Self {
        let fake = Fake { world: World::new() };
        let planned = json!({
            "resource_changes": [
                change("aws_vpc.main", &["create"]), change("aws_subnet.a", &["create"]),
                change("aws_cloudwatch_log_group.main", &["create"]),
            ],
            "configuration": { "root_module": { "resources": [
                { "address": "aws_subnet.a", "expressions": { "vpc_id": { "references": ["aws_vpc.main.id"] } } },
            ] } },
        });
        fake.plans("plan.json", &planned);
        fake.plans("done.json", &json!({ "resource_changes": [] }));
        fs::write(fake.path("apply.sh"), apply).expect("a script");
        for name in ["terraform", "tofu"] {
            fake.program(name, "1.11.4");
        }
        fake
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.world.path().join(name)
    }

    pub(crate) fn plans(&self, name: &str, plan: &Value) {
        fs::write(self.path(name), format!("{plan}\n")).expect("a plan");
    }

    /// `validate` finds the files wrong.
    pub(crate) fn invalid(&self, said: &Value) {
        self.plans("invalid.json", said);
    }

    /// A binary that says it is of this version, and leaves a note of what it was asked.
    pub(crate) fn program(&self, name: &str, version: &str) {
        let here = self.world.path().display();
        let text = format!(
            r#"#!/bin/sh
here='{here}'
if [ -n "$TF_CLI_ARGS$TF_CLI_ARGS_plan$TF_CLI_ARGS_apply" ]; then exit 9; fi
case "$1" in
  version) echo '{{"terraform_version":"{version}"}}'; exit 0 ;;
esac
echo "$@" >> "$here/asked"
case "$1" in
  plan) for word in "$@"; do case "$word" in -out=*) : > "${{word#-out=}}" ;; esac; done ;;
  show) cat "$here/plan.json" ;;
  validate) if [ -f "$here/invalid.json" ]; then cat "$here/invalid.json"; exit 1; fi ;;
  apply) . "$here/apply.sh" ;;
  output | -chdir=..) cat "$here/outputs.json" ;;
esac
"#
        );
        let folder = self.path("bin");
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join(name), text).expect("a program");
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o755)).expect("it can be run");
    }

    pub(crate) fn prepared(&self, mut command: Command) -> Command {
        let path = format!("{}:/usr/bin:/bin", self.path("bin").display());
        // What a killed process leaves behind goes with the test's folder.
        command
            .env("PROVISION_LEDGER", "file:.provision/tiny/ledger")
            .env("TMPDIR", self.world.path())
            .env("PATH", path)
            .env("TF_CLI_ARGS_plan", "-refresh=false")
            .env("TF_CLI_ARGS", "-x");
        command
    }

    pub(crate) fn run(&self, verb: &str, more: &[&str]) -> String {
        self.run_with("terraform", verb, more)
    }

    pub(crate) fn run_with(&self, engine: &str, verb: &str, more: &[&str]) -> String {
        let all = [verb, "tiny", "--engine", engine, "--deployment", "tiny"];
        let all: Vec<&str> = all.into_iter().chain(more.iter().copied()).collect();
        shown(self.prepared(self.world.command(&all)), "")
    }

    /// With an environment of the test's own beside it; an empty value takes a variable away.
    pub(crate) fn run_in(&self, environment: &[(&str, &str)], arguments: &[&str], stdin: &str) -> String {
        let mut command = self.prepared(self.world.command(arguments));
        for (name, value) in environment {
            if value.is_empty() {
                command.env_remove(name);
            } else {
                command.env(name, value);
            }
        }
        shown(command, stdin)
    }

    /// Starts an apply, and goes on.
    pub(crate) fn start(&self) -> Running {
        let all = ["apply", "tiny", "--engine", "terraform", "--deployment", "tiny", "-y"];
        self.world.spawn(self.prepared(self.world.command(&all)))
    }

    /// What it was asked to do.
    pub(crate) fn asked(&self) -> String {
        fs::read_to_string(self.path("asked")).unwrap_or_default()
    }
}
