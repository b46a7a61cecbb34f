//! A template that asks for what the driver doesn't know fails here, not at a user's desk.

use std::collections::BTreeSet;
use std::fs;

use provision_engine::evaluate::Given;
use provision_engine::load::Files;
use provision_engine::plan::Options;
use provision_engine::problem::Problems;
use provision_engine::session::Prepared;
use provision_engine::{Attributes, Value};
use provision_testing::workspace_root;

use crate::support::Tried;

/// The directories that the examples render to, those for AWS.
fn directories() -> Vec<(String, Prepared)> {
    let golden = workspace_root().join("modules/tests/golden");
    let mut found = Vec::new();
    for entry in fs::read_dir(golden).unwrap() {
        let folder = entry.unwrap().path();
        let versions = fs::read_to_string(folder.join("versions.tf")).unwrap_or_default();
        if versions.contains("hashicorp/aws") {
            let name = folder.file_name().unwrap().to_string_lossy().into_owned();
            let files = Files::on_disk(&folder).unwrap_or_else(|problem| panic!("{name}: {problem}"));
            let prepared = Prepared::new(files, &Given::default())
                .unwrap_or_else(|problems| panic!("{name}: {problems}"));
            found.push((name, prepared));
        }
    }
    assert!(found.len() > 8, "only {} directories", found.len());
    found
}

/// What isn't known before apply, in a form that any argument takes.
fn filled(value: &Value) -> Value {
    match value {
        Value::Unknown(_) => Value::text("1"),
        Value::List(items) => Value::List(items.iter().map(filled).collect()),
        Value::Map(map) => {
            Value::Map(map.iter().map(|(name, value)| (name.clone(), filled(value))).collect())
        }
        other => other.clone(),
    }
}

pub(crate) fn every_argument_is_known() -> Tried {
    let (mut missing, mut wrong) = (BTreeSet::new(), Vec::new());
    for (name, prepared) in directories() {
        let planned = prepared.plan(&[], "aws", "orders", &Options::default()).unwrap();
        for resource in prepared.directory.resources.values() {
            let kind = resource.address.kind();
            if !provision_aws::knows(kind) {
                missing.insert(kind.to_owned());
                continue;
            }
            let desired = planned.scope.body(&resource.body, &mut Problems::default());
            let desired: Attributes =
                desired.iter().map(|(name, value)| (name.clone(), filled(value))).collect();
            if let Err(failure) = provision_aws::check(kind, &desired) {
                wrong.push(format!("{name}: {}: {failure}", resource.address));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(missing.is_empty(), "the driver can't make {missing:?}");
    Ok(())
}

/// The kinds of all templates for AWS: also those that no example asks for.
fn in_templates() -> BTreeSet<String> {
    let mut kinds = BTreeSet::new();
    for entry in fs::read_dir(workspace_root().join("templates/aws")).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let named =
            text.lines().filter_map(|line| line.trim().strip_prefix("resource \"")?.split('"').next());
        kinds.extend(named.filter(|kind| kind.starts_with("aws_")).map(str::to_owned));
    }
    assert!(kinds.len() > 40, "only {kinds:?}");
    kinds
}

pub(crate) fn every_kind_is_known() -> Tried {
    let kinds = in_templates();
    let without_facts: Vec<&String> =
        kinds.iter().filter(|kind| provision_kinds::kind(kind).is_none()).collect();
    assert!(without_facts.is_empty(), "kinds/aws has nothing about {without_facts:?}");
    let missing: Vec<&str> =
        kinds.iter().map(String::as_str).filter(|kind| !provision_aws::knows(kind)).collect();
    assert!(missing.is_empty(), "the driver can't make {missing:?}");
    Ok(())
}
