//! A secret that stands in a spec by mistake is shown by no command, on neither stream.

#[path = "../../validation/tests/secrets/places.rs"]
mod places;

use std::fs;
use std::io::Write;
use std::process::{Command, Output, Stdio};

use places::{HEAD, PARTS, SECRET, specs};

fn provision(arguments: &[&str], standard_input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_provision"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    // What the binary doesn't wait to read is not its loss.
    let _ = child.stdin.take().expect("a pipe").write_all(standard_input.as_bytes());
    child.wait_with_output().expect("the binary ends")
}

fn assert_shows_no_secret(what: &str, output: &Output) {
    for stream in [&output.stdout, &output.stderr] {
        let shown = String::from_utf8_lossy(stream);
        let line = shown.lines().find(|line| PARTS.iter().any(|part| line.contains(part)));
        assert_eq!(line, None, "{what}");
    }
}

#[test]
fn no_format_of_validate_shows_a_secret() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (number, (_, spec)) in specs().iter().enumerate() {
        fs::write(folder.path().join(format!("{number:03}.yaml")), spec).expect("a temporary file");
    }
    let path = folder.path().to_str().expect("a path that is text");
    for format in ["text", "json", "sarif", "junit"] {
        let output = provision(&["validate", path, "--format", format, "--color", "always"], "");
        assert_eq!(output.status.code(), Some(1), "no spec here is a good one");
        assert_shows_no_secret(format, &output);
        assert!(output.stdout.len() + output.stderr.len() > 10_000, "{format}: little is shown");
    }
}

#[test]
fn no_command_shows_a_secret_of_standard_input() {
    for (name, spec) in specs().iter().filter(|(_, spec)| spec.starts_with(HEAD)) {
        for command in ["expand", "validate"] {
            let output = provision(&[command, "-"], spec);
            // A spec may be good in spite of what it holds: then it is a name or a tag, and is printed as one.
            let printed = command == "expand" && output.status.success();
            if !printed {
                assert_shows_no_secret(&format!("{command}: {name}"), &output);
            }
        }
    }
    let good = format!("{HEAD}tags: {{ note: {SECRET} }}\n");
    assert!(provision(&["expand", "-"], &good).status.success(), "the check above never compares");
}
