//! What the vendors themselves publish, translated into specs: its known defects are found.

mod common;

use common::{folder, found, judge, value, yaml_files};

#[test]
fn the_defects_of_published_deployments_are_found() {
    let files = yaml_files(&folder("tests/published"));
    assert!(files.len() >= 5, "the published deployments are there");
    for path in files {
        let fixture = value(&path);
        let name = path.display();
        for field in ["title", "url", "read"] {
            assert!(fixture["source"][field].is_string(), "{name} does not say where it was published");
        }
        let verdict = judge(&name.to_string(), &fixture["spec"]);
        let ids = |key: &str| -> Vec<String> {
            let list = fixture[key].as_array().cloned().unwrap_or_default();
            list.iter().map(|id| id.as_str().expect("an id").to_owned()).collect()
        };
        let has = |id: &String| verdict.findings.iter().any(|finding| finding.rule == *id);
        let expected = ids("finds");
        assert!(!expected.is_empty(), "{name} has no defect");
        for id in expected {
            assert!(has(&id), "{name}: {id} is not found among {:#?}", found(&verdict));
        }
        for id in ids("silent") {
            assert!(!has(&id), "{name}: {id} is found, among {:#?}", found(&verdict));
        }
    }
}
