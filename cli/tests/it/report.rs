use std::fs;

use crate::run::{provision, run, shown};

#[test]
fn help() {
    insta::assert_snapshot!("report-help", run(&["report", "--help"]));
}

#[test]
fn the_page_goes_where_it_is_sent() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let path = place.path().join("report.html");
    let name = path.to_str().expect("a temporary folder's name is text");
    let said = run(&["report", "examples/kestra-small.yaml", "-o", name]).replace(name, "PAGE");
    assert!(said.contains("PAGE is written"), "{said}");
    let written = fs::read(&path).expect("it was written");
    let printed = provision(&["report", "examples/kestra-small.yaml", "-o", "-"]).output().expect("it runs");
    assert_eq!(written, printed.stdout);
    assert!(String::from_utf8_lossy(&written).contains("What building it would do"));
}

#[test]
fn what_cannot_be_built_yet_has_a_page_without_a_plan() {
    let spec = "deployment: orders\nplatform: kestra\nversion: \"1.3\"\nsize: small\nruntime: kubernetes\n\
                cloud: { provider: aws, region: eu-west-1 }\n";
    let said = shown(provision(&["report", "-", "-o", "-"]), spec);
    assert!(said.starts_with("exit code: 0\n") && said.contains("the page holds no plan:"), "{said}");
    assert!(!said.contains("What building it would do"), "{said}");
}

#[test]
fn a_page_that_cannot_be_written_says_why() {
    let said = run(&["report", "examples/kestra-small.yaml", "-o", "/no/such/folder/report.html"]);
    assert!(said.starts_with("exit code: 1\n") && said.contains("can't be written"), "{said}");
}
