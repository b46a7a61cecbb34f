//! Every encoded rule has specs that break it and specs that keep it.

mod common;

use std::collections::BTreeSet;

use common::{example, folder, found, judge, merge, value, yaml_files};
use provision_architecture::documented::{self, Evidence, Family, Severity};
use provision_validation::rules::catalogue::compile;
use serde_json::Value;

/// The ids that the facts number, by family: none may be forgotten.
const NUMBERED: [(Family, u32); 6] = [
    (Family::Kestra, 25),
    (Family::Rudderstack, 16),
    (Family::Octopus, 29),
    (Family::EventPlatform, 10),
    (Family::Kafka, 21),
    (Family::Search, 20),
];

#[test]
fn every_rule_has_fixtures_that_break_and_keep_it() {
    let mut problems = Vec::new();
    for family in Family::ALL {
        for rule in &documented::rules(*family).rules {
            let id = rule.id.as_str();
            let path = folder("tests/rules").join(format!("{id}.yaml"));
            if !path.is_file() {
                problems.push(format!("{id} has no fixture {}", path.display()));
                continue;
            }
            let fixture = value(&path);
            for (kind, expected) in [("trips", true), ("passes", false)] {
                let cases = fixture[kind].as_array().cloned().unwrap_or_default();
                if cases.is_empty() {
                    problems.push(format!("{id} has no case under `{kind}`"));
                }
                problems.extend(cases.iter().filter_map(|case| wrong(id, &fixture, case, expected)));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

fn wrong(id: &str, fixture: &Value, case: &Value, expected: bool) -> Option<String> {
    let base = case["base"].as_str().or(fixture["base"].as_str()).expect("a fixture names its base");
    let mut spec = example(base);
    merge(&mut spec, &case["spec"]);
    let why = case["why"].as_str().unwrap_or("no reason given");
    let verdict = judge(&format!("{id} ({why})"), &spec);
    let broken = verdict.findings.iter().any(|finding| finding.rule == id);
    (broken != expected).then(|| {
        let what = if expected { "should break it" } else { "should keep it" };
        let undecided: Vec<String> = verdict
            .undecided
            .iter()
            .map(|undecided| format!("{} needs {}", undecided.rule, undecided.needs))
            .collect();
        format!("{id}: `{why}` {what}; found {:?}; undecided {undecided:?}", found(&verdict))
    })
}

#[test]
fn every_fixture_belongs_to_a_rule() {
    let ids: BTreeSet<String> = Family::ALL
        .iter()
        .flat_map(|family| documented::rules(*family).rules.iter().map(|rule| rule.id.to_string()))
        .collect();
    for path in yaml_files(&folder("tests/rules")) {
        let id = path.file_stem().expect("a name").to_string_lossy().into_owned();
        assert!(ids.contains(&id), "{} belongs to no encoded rule", path.display());
    }
}

#[test]
fn every_numbered_rule_is_decided_once() {
    for (family, last) in NUMBERED {
        let set = documented::rules(family);
        let ids: Vec<&str> = set
            .rules
            .iter()
            .map(|rule| rule.id.as_str())
            .chain(set.elsewhere.iter().map(|rule| rule.id.as_str()))
            .collect();
        let unique: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len(), "{family}: an id stands twice");
        for number in 1..=last {
            let id = format!("{family}-{number:02}");
            assert!(unique.contains(id.as_str()), "{id} is neither encoded nor decided elsewhere");
        }
        assert!(ids.iter().all(|id| id.starts_with(family.word())), "an id of another family among {family}");
    }
}

#[test]
fn every_rule_is_well_founded() {
    let sources = documented::sources();
    for family in Family::ALL {
        for compiled in compile(*family).unwrap_or_else(|error| panic!("{error}")) {
            let rule = compiled.rule;
            let id = &rule.id;
            assert!(!rule.citations.is_empty(), "{id} cites nothing");
            for citation in &rule.citations {
                assert!(
                    sources.contains_key(&citation.source),
                    "{id} cites `{}`, no known source",
                    citation.source
                );
                assert!(citation.says.len() > 10, "{id} does not say what {} says", citation.source);
            }
            for text in [&rule.title, &rule.asks, &rule.remedy, &rule.found] {
                assert!(!text.trim().is_empty(), "{id} leaves a text empty");
            }
            let bold = rule.evidence == Evidence::Unverified && rule.severity == Severity::Error;
            assert!(!bold, "{id} is unverified and yet an error");
        }
        for rule in &documented::rules(*family).elsewhere {
            assert!(rule.reason.len() > 20, "{} gives no reason", rule.id);
            for citation in &rule.citations {
                assert!(sources.contains_key(&citation.source), "{} cites `{}`", rule.id, citation.source);
            }
        }
    }
}

#[test]
fn every_source_has_a_place() {
    for (key, source) in documented::sources() {
        assert!(!source.title.is_empty() && !source.url.is_empty() && !source.read.is_empty(), "{key}");
    }
}

#[test]
fn no_rule_of_ours_is_nonsense_on_any_example() {
    for path in yaml_files(&common::examples()) {
        let verdict = judge(&path.display().to_string(), &value(&path));
        for undecided in &verdict.undecided {
            assert!(!undecided.needs.contains("correction"), "{}: {undecided:?}", path.display());
        }
    }
}
