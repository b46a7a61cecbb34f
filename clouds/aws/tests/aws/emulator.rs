//! The AWS that the tests run on, under the names by which they know it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};

pub(crate) use provision_testing::AwsEmulator as Emulator;
use provision_testing::{Skipped, python_tool, workspace_root};
use serde_json::Value as Json;

pub(crate) const REGION: &str = Emulator::REGION;
/// The DNS zone that is there before everything else: `example.com`.
pub(crate) const ZONE: &str = "Z0123456789EXAMPLE";

/// Looks at everything that lives in one emulator after the other: to start boto3 takes longer than to look.
pub(crate) struct Looker {
    process: Child,
    answers: BufReader<ChildStdout>,
}

impl Looker {
    pub(crate) fn start() -> Result<Self, Skipped> {
        let mut process = Command::new(python_tool("aws", "python")?)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .arg(workspace_root().join("clouds/aws/tests/emulator/everything.py"))
            .args(["-", REGION])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap());
        Ok(Looker { process, answers })
    }

    pub(crate) fn everything(&mut self, emulator: &Emulator) -> Json {
        writeln!(self.process.stdin.as_mut().unwrap(), "{}", emulator.endpoint()).unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("everything.py: {error}: {line}"))
    }
}

impl Drop for Looker {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}
