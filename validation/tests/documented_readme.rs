//! `architecture/documented/README.md` lists where each rule is decided; it is written by this test's twin, below.

mod common;

use std::fmt::Write as _;
use std::fs;

use common::folder;
use provision_architecture::documented::{self, Family};

const PATH: &str = "../architecture/documented/README.md";

#[test]
fn the_list_of_rules_is_up_to_date() {
    let path = folder(PATH);
    let expected = text();
    // The one update command: PROVISION_UPDATE=1 cargo test -p provision-validation --test documented_readme
    #[expect(clippy::disallowed_methods, reason = "a test's own switch")]
    if std::env::var_os("PROVISION_UPDATE").is_some() {
        fs::write(&path, &expected).expect("the file can be written");
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == expected,
        "{} is stale: PROVISION_UPDATE=1 cargo test -p provision-validation --test documented_readme",
        path.display()
    );
}

fn text() -> String {
    let mut text = String::from(INTRODUCTION);
    for family in Family::ALL {
        let set = documented::rules(*family);
        let _ = write!(text, "\n## {family}\n\n");
        let encoded: Vec<&str> = set.rules.iter().map(|rule| rule.id.as_str()).collect();
        let _ = writeln!(text, "On the spec, by `provision validate`: {}.\n", encoded.join(", "));
        text += "| rule | what | decided | why a spec cannot decide it, and what is done instead |\n|---|---|---|---|\n";
        for rule in &set.elsewhere {
            let reason = rule.reason.split_whitespace().collect::<Vec<_>>().join(" ");
            let _ = writeln!(text, "| {} | {} | {} | {reason} |", rule.id, rule.title, rule.decided);
        }
    }
    text
}

const INTRODUCTION: &str = "\
# The documented architectures, as data

`<platform>.yaml` holds a platform's components, sizes and defaults, `<family>-rules.yaml` its rules,
`<platform>-recovery.yaml` what happens when something fails and how long it takes; `backends.yaml` and `clouds.yaml`
what they stand on, `sources.yaml` every place that a fact is cited from. The types of all of them, with the meaning of
every field, stand in `../src/documented.rs`; the words that `when` and `require` may use in
`../../validation/src/rules/vocabulary.rs`.

To add a rule: write it into its family's file under the next free id (an id is never used again), add
`validation/tests/rules/<ID>.yaml` with specs that break it and specs that keep it, and run
`cargo test -p provision-validation`.

Every rule that the vendors' documents state is decided. Most are decided on the spec. What a spec cannot decide stands
in the tables below: `construction` (a spec cannot ask for anything else), `rendered` (on the rendered files), `live`
(on the running estate), `nowhere`.
";
