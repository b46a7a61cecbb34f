use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The binary, in the workspace's root, with an environment of its own.
pub(crate) fn provision(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_provision"));
    command.args(arguments).current_dir(root()).env_clear().env("COLUMNS", "110").env("TZ", "UTC");
    // No test asks the machine that it happens to run on for credentials.
    command.env("AWS_EC2_METADATA_DISABLED", "true");
    command
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Runs a command with this on its standard input, and shows all that it did.
pub(crate) fn shown(mut command: Command, stdin: &str) -> String {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    // A command that needs no input may have ended before it is written.
    let _ = child.stdin.take().expect("a pipe").write_all(stdin.as_bytes());
    let output = child.wait_with_output().expect("the binary ends");
    format!(
        "exit code: {}\n----- stdout -----\n{}\n----- stderr -----\n{}",
        output.status.code().map_or_else(|| "none".to_owned(), |code| code.to_string()),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    )
}

/// The same for arguments alone.
pub(crate) fn run(arguments: &[&str]) -> String {
    shown(provision(arguments), "")
}
