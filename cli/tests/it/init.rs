use std::fs;

use crate::run::{provision, run, shown};

const KESTRA: [&str; 9] = [
    "init",
    "--platform",
    "kestra",
    "--size",
    "high-availability",
    "--provider",
    "aws",
    "--region",
    "eu-west-1",
];

#[test]
fn from_flags() {
    insta::assert_snapshot!("init", run(&KESTRA));
    insta::assert_snapshot!("init-missing", run(&["init", "--platform", "kestra"]));
    insta::assert_snapshot!("init-wrong-size", run(&["init", "--platform", "octopus", "--size", "small"]));
}

#[test]
fn what_it_writes_validates_clean() {
    let spec = String::from_utf8(provision(&KESTRA).output().expect("it runs").stdout).expect("text");
    let verdict = shown(provision(&["validate", "-", "--min-severity", "warning"]), &spec);
    assert!(verdict.starts_with("exit code: 0"), "{verdict}");
}

#[test]
fn a_file_that_is_there_is_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("provision.yaml");
    let mut arguments: Vec<&str> = KESTRA.to_vec();
    let file = path.to_string_lossy().into_owned();
    arguments.extend(["-o", &file]);
    assert!(run(&arguments).starts_with("exit code: 0"));
    let written = fs::read_to_string(&path).expect("it was written");
    let again = run(&arguments);
    assert!(again.starts_with("exit code: 1") && again.contains("another name"), "{again}");
    assert_eq!(fs::read_to_string(&path).expect("it is there"), written);
}

/// With a terminal (a pseudo one, by `script`), what no flag says is asked for, and a wrong answer is asked again.
#[test]
fn with_a_terminal_it_asks() {
    let Ok(script) = provision_testing::program("script") else { return };
    let mut command = std::process::Command::new(script);
    let binary = env!("CARGO_BIN_EXE_provision");
    command.args(["-qec", &format!("{binary} init --provider aws"), "/dev/null"]).env_clear();
    let asked = shown(command, "kestrel\nkestra\nmedium\neu-west-1\n\n");
    assert!(asked.starts_with("exit code: 0"), "{asked}");
    assert!(asked.contains("did you mean `kestra`?"), "{asked}");
    assert!(asked.contains("size: medium") && asked.contains("deployment: kestra"), "{asked}");
}
