use std::fs;

use crate::run::{run, shown};

const SMALL: &str = "deployment: orders\nplatform: kestra\nversion: \"1.3\"\nsize: small\ncloud: { provider: aws, region: eu-west-1 }\n";

/// Runs `render - -o <folder>` with more arguments; the folder's name does not appear.
fn render(spec: &str, folder: &std::path::Path, more: &[&str]) -> String {
    let name = folder.to_str().expect("a temporary folder's name is text");
    let arguments: Vec<&str> = ["render", "-", "-o", name].iter().chain(more).copied().collect();
    shown(crate::run::provision(&arguments), spec).replace(name, "OUT")
}

#[test]
fn help() {
    insta::assert_snapshot!("render-help", run(&["render", "--help"]));
}

#[test]
fn what_was_edited_is_kept_until_somebody_consents() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let out = place.path().join("out");
    let first = render(SMALL, &out, &[]);
    assert!(first.starts_with("exit code: 0\n") && first.contains("new, 0 changed"), "{first}");
    let again = render(SMALL, &out, &[]);
    assert!(again.contains("nothing to change"), "{again}");

    let file = out.join("versions.tf");
    let ours = fs::read_to_string(&file).expect("it was written");
    fs::write(&file, format!("{ours}# mine\n")).expect("it can be edited");
    insta::assert_snapshot!("render-edited", render(SMALL, &out, &[]));
    let diff = render(SMALL, &out, &["--diff"]);
    assert!(diff.starts_with("exit code: 2\n") && diff.contains("\n-# mine\n"), "{diff}");
    assert!(fs::read_to_string(&file).expect("still there").ends_with("# mine\n"));
    let overwritten = render(SMALL, &out, &["--overwrite"]);
    assert!(overwritten.starts_with("exit code: 0\n"), "{overwritten}");
    assert_eq!(fs::read_to_string(&file).expect("still there"), ours);
}

#[test]
fn what_the_documents_forbid_is_not_written() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let out = place.path().join("out");
    let forbidden = SMALL.replace("size: small", "size: medium\ncomponents: { executor: { replicas: 2 } }\nbackends: { database: { max_connections: 20 } }");
    let refused = render(&forbidden, &out, &[]);
    assert!(refused.starts_with("exit code: 2\n") && refused.contains("--no-validate"), "{refused}");
    assert!(!out.exists());
    let written = render(&forbidden, &out, &["--no-validate"]);
    assert!(written.starts_with("exit code: 0\n") && out.join("compute.tf").exists(), "{written}");
}

#[test]
fn what_cannot_be_says_what_to_choose_instead() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let spec = SMALL.replace("size: small", "size: small\nruntime: kubernetes");
    insta::assert_snapshot!(
        "render-impossible",
        render(&spec, &place.path().join("out"), &["--no-validate"])
    );
}

#[test]
fn templates_are_listed() {
    let listed = run(&["render", "--list-templates"]);
    assert!(listed.starts_with("exit code: 0\n") && listed.contains("  aws/network.tf\n"), "{listed}");
}

#[test]
fn the_readme_carries_the_picture_and_what_survives() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let out = place.path().join("out");
    let written = render(SMALL, &out, &[]);
    assert!(written.starts_with("exit code: 0\n"), "{written}");
    let readme = fs::read_to_string(out.join("README.md")).expect("it was written");
    assert!(readme.contains("](picture.svg)\n"), "{readme}");
    assert!(readme.contains("\n| when | ui | scheduling | execution |"), "{readme}");
    assert!(readme.contains("\n| zone eu-west-1a is lost | stopped |"), "{readme}");
    assert!(readme.contains("| `picture.svg` |"), "{readme}");
    let picture = fs::read_to_string(out.join("picture.svg")).expect("it was written");
    let drawn = shown(crate::run::provision(&["graph", "-"]), SMALL);
    assert!(drawn.contains(&picture), "the picture is the one that `graph` draws");
}
