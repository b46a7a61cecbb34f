use crate::run::{provision, run, shown};

const COMMANDS: [&str; 17] = [
    "init",
    "architectures",
    "validate",
    "explain",
    "expand",
    "bootstrap",
    "secret",
    "plan",
    "apply",
    "destroy",
    "output",
    "history",
    "unlock",
    "handover",
    "schema",
    "completion",
    "version",
];

#[test]
fn help_of_every_command() {
    insta::assert_snapshot!("help", run(&["--help"]));
    for command in COMMANDS {
        insta::assert_snapshot!(format!("help-{command}"), run(&[command, "--help"]));
    }
}

#[test]
fn bad_arguments_never_exit_with_zero_or_two() {
    insta::assert_snapshot!("no-command", run(&[]));
    insta::assert_snapshot!("unknown-command", run(&["valdiate", "x.yaml"]));
    insta::assert_snapshot!("unknown-flag", run(&["validate", "--fromat", "json", "x.yaml"]));
}

#[test]
fn colours_only_where_they_are_wanted() {
    let always = run(&["--color", "always", "validate", "examples/broken/kestra-two-schedulers.yaml"]);
    assert!(always.contains("\u{1b}["), "{always}");
    let mut command = provision(&["validate", "examples/broken/kestra-two-schedulers.yaml"]);
    command.env("PROVISION_COLOR", "never");
    let never = shown(command, "");
    assert!(!never.contains("\u{1b}["), "{never}");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    use std::process::Stdio;
    let mut child =
        provision(&["schema"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
