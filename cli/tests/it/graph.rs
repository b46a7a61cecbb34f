use crate::run::{provision, run, shown};

const HIGH: &str = "examples/kestra-high-availability.yaml";

#[test]
fn help() {
    insta::assert_snapshot!("graph-help", run(&["graph", "--help"]));
}

#[test]
fn for_a_wiki() {
    let arguments = ["graph", HIGH, "--format", "mermaid", "--fail", "zone=a", "--fail", "worker"];
    insta::assert_snapshot!("graph-mermaid", run(&arguments));
}

#[test]
fn for_graphviz() {
    insta::assert_snapshot!(
        "graph-dot",
        run(&["graph", "examples/octopus-high-availability.yaml", "--format", "dot"])
    );
}

#[test]
fn a_spec_and_its_rendered_directory_are_drawn_alike() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let out = place.path().to_str().expect("a temporary folder's name is text");
    let rendered = run(&["render", HIGH, "-o", out]);
    assert!(rendered.starts_with("exit code: 0\n"), "{rendered}");
    let (of_spec, of_directory) = (run(&["graph", HIGH]), run(&["graph", out]));
    assert!(of_spec.starts_with("exit code: 0\n") && of_spec.contains("<svg "), "{of_spec}");
    assert_eq!(of_spec, of_directory);
    let failing = |target| run(&["graph", target, "--fail", "zone=a"]);
    assert!(failing(HIGH).contains("is-stopped"));
    assert_eq!(failing(HIGH), failing(out));
    assert_eq!(run(&["survive", HIGH]), run(&["survive", out]));
    let report = run(&["report", out, "-o", "-"]);
    assert!(report.starts_with("exit code: 0\n") && report.contains("<html"), "{report}");
    // A directory of a version that kept no spec.
    let described = place.path().join("topology.json");
    let text = std::fs::read_to_string(&described).expect("it was rendered");
    let mut document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    document.as_object_mut().expect("an object").remove("spec");
    std::fs::write(&described, document.to_string()).expect("it can be written");
    let refused = failing(out).replace(out, "OUT");
    assert!(refused.starts_with("exit code: 1\n") && refused.contains("keeps no spec"), "{refused}");
    assert_eq!(run(&["graph", out]), of_spec, "it is still drawn");
}

#[test]
fn what_is_not_there_is_named_with_a_hint() {
    let failing = |words: &[&str]| {
        let mut arguments = vec!["graph", HIGH];
        arguments.extend(words.iter().flat_map(|word| ["--fail", word]));
        run(&arguments)
    };
    let place = tempfile::tempdir().expect("a temporary folder");
    let empty = place.path().to_str().expect("a temporary folder's name is text");
    insta::assert_snapshot!(
        "graph-refused",
        [
            failing(&["wroker"]),
            failing(&["zone=x"]),
            failing(&["broker"; 4]),
            run(&["graph", empty]).replace(empty, "EMPTY"),
            shown(provision(&["graph", "-"]), "deployment: x\n"),
        ]
        .join("\n==========\n")
    );
}
