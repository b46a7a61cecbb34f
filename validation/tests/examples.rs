//! The examples are what people start from: each is clean, and all platforms and sizes are there.

mod common;

use std::collections::BTreeSet;

use common::{examples, found, judge_text, read, yaml_files};
use provision_architecture::documented::{self, Severity};
use provision_architecture::spec::{Platform, to_yaml};
use provision_architecture::{Source, SpecFile};

#[test]
fn every_example_is_clean() {
    let files = yaml_files(&examples());
    assert!(files.len() >= 8, "one example for each platform and size");
    for path in files {
        let verdict = judge_text(&path.display().to_string(), &read(&path));
        assert_eq!(verdict.count(Severity::Warning), 0, "{}: {:#?}", path.display(), found(&verdict));
    }
}

#[test]
fn every_platform_and_size_has_an_example() {
    let present: BTreeSet<(Platform, _)> = yaml_files(&examples())
        .iter()
        .map(|path| {
            let spec = SpecFile::parse(Source::new("example", read(path))).expect("an example reads").spec;
            (spec.platform, spec.size)
        })
        .collect();
    for platform in Platform::ALL {
        for size in documented::architecture(*platform).size_names() {
            assert!(present.contains(&(*platform, size)), "no example of {platform} {size}");
        }
    }
}

#[test]
fn every_broken_example_is_broken() {
    let files = yaml_files(&examples().join("broken"));
    assert!(!files.is_empty());
    for path in files {
        let parsed = SpecFile::parse(Source::new("broken", read(&path)));
        let Ok(file) = parsed else { continue };
        if file.resolve().is_err() {
            continue;
        }
        let verdict = judge_text(&path.display().to_string(), &read(&path));
        assert!(verdict.count(Severity::Error) > 0, "{} is fine", path.display());
    }
}

#[test]
fn expanding_an_example_keeps_its_verdict_and_is_done_once() {
    for path in yaml_files(&examples()) {
        let name = path.display().to_string();
        let file = SpecFile::parse(Source::new(name.as_str(), read(&path))).expect("an example reads");
        let topology = file.resolve().expect("an example resolves");
        let expanded = to_yaml(&topology.spec).expect("a spec can be written");
        let again = SpecFile::parse(Source::new(name.as_str(), expanded.as_str()))
            .unwrap_or_else(|problems| panic!("{name}: {:#?}\n{expanded}", problems.list));
        assert_eq!(again.spec, topology.spec, "{name}: what was written is not what is read");
        let topology_again = again.resolve().expect("an expanded spec resolves");
        assert_eq!(topology_again.spec, topology.spec, "{name}: expanding twice changes something");
        assert_eq!(
            serde_json::to_value(&topology_again).expect("json"),
            serde_json::to_value(&topology).expect("json"),
            "{name}: the expanded spec builds something else"
        );
        let rules = |text: &str| -> Vec<String> {
            judge_text("spec", text)
                .findings
                .iter()
                .map(|finding| format!("{} {}", finding.rule, finding.path))
                .collect()
        };
        let (mut before, mut after) = (rules(&read(&path)), rules(&expanded));
        before.sort();
        after.sort();
        assert_eq!(before, after, "{name}: the expanded spec has another verdict");
    }
}
