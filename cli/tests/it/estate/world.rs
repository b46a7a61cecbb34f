//! A small directory in a folder of its own, and commands run in it.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::run::{provision, root, shown};

/// A network with a database and what uses it: something quick, something slow, something that holds data.
const SMALL: &str = r#"
terraform {
  required_version = ">= 1.11"
}

provider "aws" {
  region = "eu-west-1"
}

variable "retention" {
  type    = number
  default = 7
}

variable "token" {
  type      = string
  sensitive = true
  default   = "none"
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
  tags = {
    "provision:deployment" = "tiny"
    "provision:address"    = "aws_vpc.main"
  }
}

resource "aws_subnet" "a" {
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.0.0.0/20"
  availability_zone = "eu-west-1a"
  tags = {
    "provision:deployment" = "tiny"
    "provision:address"    = "aws_subnet.a"
  }
}

resource "aws_db_subnet_group" "main" {
  name       = "tiny"
  subnet_ids = [aws_subnet.a.id]
  tags = {
    "provision:deployment" = "tiny"
    "provision:address"    = "aws_db_subnet_group.main"
  }
}

resource "aws_db_instance" "main" {
  identifier                  = "tiny"
  engine                      = "postgres"
  instance_class              = "db.t4g.small"
  allocated_storage           = 20
  db_subnet_group_name        = aws_db_subnet_group.main.name
  backup_retention_period     = var.retention
  final_snapshot_identifier   = "tiny-final"
  skip_final_snapshot         = false
  manage_master_user_password = true
  username                    = "tiny"
  tags = {
    "provision:deployment" = "tiny"
    "provision:address"    = "aws_db_instance.main"
  }
}

resource "aws_ssm_parameter" "host" {
  name  = "/provision/tiny/host"
  type  = "String"
  value = aws_db_instance.main.address
  tags = {
    "provision:deployment" = "tiny"
    "provision:address"    = "aws_ssm_parameter.host"
  }
}

resource "aws_cloudwatch_log_group" "main" {
  name              = "/tiny"
  retention_in_days = 30
  tags = {
    "provision:deployment" = "tiny"
    "provision:address"    = "aws_cloudwatch_log_group.main"
  }
}

output "host" {
  value = aws_db_instance.main.address
}
"#;

pub(super) struct World {
    folder: tempfile::TempDir,
}

impl World {
    /// With the small directory as `tiny`.
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("tiny")).expect("a folder in it");
        fs::write(folder.path().join("tiny/main.tf"), SMALL).expect("it can be written");
        World { folder }
    }

    /// With the smallest example as `provision.yaml`.
    pub(super) fn with_spec() -> Self {
        let world = World::new();
        fs::copy(root().join("examples/kestra-small.yaml"), world.path().join("provision.yaml"))
            .expect("a spec");
        world
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// In the small directory, something becomes something else.
    pub(super) fn edit(&self, from: &str, to: &str) {
        self.change("tiny/main.tf", from, to);
    }

    pub(super) fn change(&self, file: &str, from: &str, to: &str) {
        let path = self.path().join(file);
        let text = fs::read_to_string(&path).expect("it is there");
        assert!(text.contains(from), "`{from}` is in {file}:\n{text}");
        fs::write(path, text.replace(from, to)).expect("it can be written");
    }

    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = provision(arguments);
        command.current_dir(self.path()).env("USER", "ann");
        command
    }

    /// Runs it to its end; exit code, stdout and stderr.
    pub(super) fn run(&self, arguments: &[&str]) -> String {
        shown(self.command(arguments), "")
    }

    /// The same on the small directory in the sandbox.
    pub(super) fn tiny(&self, verb: &str, more: &[&str]) -> String {
        self.run(&self.arguments(verb, more))
    }

    pub(super) fn arguments<'a>(&self, verb: &'a str, more: &[&'a str]) -> Vec<&'a str> {
        let all = [verb, "tiny", "--engine", "sandbox", "--deployment", "tiny"];
        all.into_iter().chain(more.iter().copied()).collect()
    }

    /// Starts it, and goes on.
    pub(super) fn start(&self, verb: &str, more: &[&str]) -> Running {
        self.spawn(self.command(&self.arguments(verb, more)))
    }

    pub(super) fn spawn(&self, mut command: Command) -> Running {
        let stderr = fs::File::create(self.path().join("stderr")).expect("a file");
        let stdout = fs::File::create(self.path().join("stdout")).expect("a file");
        let child =
            command.stdin(Stdio::null()).stdout(stdout).stderr(stderr).spawn().expect("the binary starts");
        Running { child, folder: self.path().to_owned() }
    }
}

/// A process that is under way. Killed when the test fails before its end.
pub(super) struct Running {
    child: Child,
    folder: std::path::PathBuf,
}

impl Running {
    /// Waits until it has said this on stderr.
    pub(super) fn says(&mut self, text: &str) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while !self.stderr().contains(text) {
            let ended = self.child.try_wait().expect("it can be asked");
            assert!(
                ended.is_none() || self.stderr().contains(text),
                "ended without `{text}`: {}",
                self.stderr()
            );
            assert!(Instant::now() < deadline, "it never says `{text}`: {}", self.stderr());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub(super) fn stderr(&self) -> String {
        fs::read_to_string(self.folder.join("stderr")).expect("its stderr")
    }

    pub(super) fn stdout(&self) -> String {
        fs::read_to_string(self.folder.join("stdout")).expect("its stdout")
    }

    pub(super) fn signal(&self, signal: rustix::process::Signal) {
        let pid = i32::try_from(self.child.id()).expect("a process id");
        let pid = rustix::process::Pid::from_raw(pid).expect("a process id");
        rustix::process::kill_process(pid, signal).expect("it can be signalled");
    }

    /// Waits for its end: exit code, stdout, stderr.
    pub(super) fn ends(mut self) -> String {
        let deadline = Instant::now() + Duration::from_secs(120);
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("it can be waited for") {
                break status;
            }
            assert!(Instant::now() < deadline, "it never ends: {}", self.stderr());
            std::thread::sleep(Duration::from_millis(20));
        };
        let code = status.code().map_or_else(|| "none".to_owned(), |code| code.to_string());
        format!(
            "exit code: {code}\n----- stdout -----\n{}\n----- stderr -----\n{}",
            self.stdout(),
            self.stderr()
        )
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
