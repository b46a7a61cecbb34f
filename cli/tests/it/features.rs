//! The clouds' SDKs take most of a build, so nobody should compile them twice: what `cargo build` made of them is what
//! `cargo test --workspace` takes.

use std::collections::BTreeSet;
use std::process::Command;

use crate::run::root;

/// Every crate of a tree with the features that it has in there.
fn tree(arguments: &[&str], form: &str) -> BTreeSet<String> {
    let mut command = Command::new(env!("CARGO"));
    command.args(["tree", "--offline", "--locked", "--prefix", "none", "--format", form]).args(arguments);
    let output = command.current_dir(root()).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("names");
    text.lines().map(|line| line.trim_end_matches(" (*)").trim_end().to_owned()).collect()
}

#[test]
fn the_sdks_are_compiled_once_for_a_build_and_for_all_tests() {
    let build = ["-e", "normal,build"];
    for sdk in ["aws-sdk-ec2", "google-cloud-storage", "azure_storage_blob"] {
        let names: BTreeSet<String> = tree(&[&build[..], &["-p", sdk]].concat(), "{lib}");
        assert!(names.len() > 20, "{sdk} stands on others: {names:?}");
        let of_sdk = |line: &String| line.split(' ').next().is_some_and(|name| names.contains(name));
        let built = tree(&[&build[..], &["-p", "provision-cli"]].concat(), "{lib} {p} {f}");
        let tested = tree(&["-e", "normal,build,dev", "--workspace"], "{lib} {p} {f}");
        let twice: Vec<&String> = built.difference(&tested).filter(|line| of_sdk(line)).collect();
        assert!(twice.is_empty(), "{sdk} is compiled again, because these differ: {twice:#?}");
    }
}
