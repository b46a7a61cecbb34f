//! What a spec demands of failures is part of its verdict.

mod common;

use common::{example, found, judge, merge};
use serde_json::json;

fn rules(base: &str, objectives: &[&str]) -> Vec<String> {
    let mut spec = example(base);
    merge(&mut spec, &json!({ "objectives": objectives }));
    found(&judge("objectives", &spec)).into_iter().filter(|finding| finding.starts_with("OBJ")).collect()
}

#[test]
fn what_holds_is_silent() {
    assert_eq!(
        rules("kestra-high-availability", &["zone: ui running, scheduling running"]),
        Vec::<String>::new()
    );
}

#[test]
fn what_does_not_hold_says_when_and_what() {
    let findings = rules("kestra-medium", &["zone: ui running"]);
    assert!(findings.len() == 1 && findings[0].starts_with("OBJ-01"), "{findings:?}");
    assert!(findings[0].contains("eu-west-1a") && findings[0].contains("ui"), "{findings:?}");
}

#[test]
fn one_that_names_nothing_does_not_hide_the_others() {
    let findings = rules("kestra-medium", &["zone: iu running", "machine: ui running", "zoen: ui running"]);
    let ids: Vec<&str> = findings.iter().map(|finding| &finding[..6]).collect();
    assert_eq!(ids.iter().filter(|id| **id == "OBJ-02").count(), 2, "{findings:?}");
    assert!(ids.contains(&"OBJ-01"), "{findings:?}");
    assert!(findings.iter().any(|finding| finding.contains("did you mean `ui`")), "{findings:?}");
}
