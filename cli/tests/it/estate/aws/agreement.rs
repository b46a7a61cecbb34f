//! Both engines plan the same for the same directory.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use super::account::Account;
use crate::run::root;

fn actions(plan: &Value) -> BTreeSet<String> {
    let actions = plan["actions"].as_array().expect("actions").iter();
    actions.map(|action| format!("{} {}", action["verb"], action["address"])).collect()
}

/// The examples of AWS, by the names of their rendered directories.
fn examples() -> Vec<String> {
    let golden = root().join("modules/tests/golden");
    let listed = fs::read_dir(&golden).expect("goldens").map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<String> = listed.map(|name| name.into_string().expect("a name")).collect();
    names.retain(|name| {
        fs::read_to_string(golden.join(name).join("versions.tf"))
            .is_ok_and(|text| text.contains("hashicorp/aws"))
    });
    names.sort();
    names
}

/// What the sandbox plans, another test holds against Terraform. Kinds that the driver doesn't know yet are named.
#[test]
fn every_example_is_planned_as_in_the_sandbox() {
    let Some(account) = Account::new() else { return };
    let plan = |directory: &str, engine: &str| {
        let mut command = account.command(&["plan", directory, "--engine", engine, "--json"]);
        let output = command.output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (serde_json::from_slice::<Value>(&output.stdout).ok(), said)
    };
    let mut compared = 0;
    let names = examples();
    assert!(names.len() > 8, "{names:?}");
    for name in names {
        let directory = root().join("modules/tests/golden").join(&name);
        let directory = directory.to_str().expect("a path");
        let (sandbox, said) = plan(directory, "sandbox");
        let sandbox = sandbox.unwrap_or_else(|| panic!("{name}: {said}"));
        let (Some(embedded), said) = plan(directory, "embedded") else {
            let (_, said) = plan(directory, "embedded");
            assert!(said.contains("the embedded engine can't make aws_"), "{name}: {said}");
            continue;
        };
        assert_eq!(actions(&embedded), actions(&sandbox), "{name}: {said}");
        assert_eq!(embedded["estimate"], sandbox["estimate"], "{name}");
        compared += 1;
    }
    assert!(compared > 0, "none could be compared");
}
