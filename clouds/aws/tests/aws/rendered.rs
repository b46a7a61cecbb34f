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

/// Rendered kinds that the driver can't make yet.
const NOT_YET: &[&str] = &[];

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
    let not_yet: BTreeSet<String> = NOT_YET.iter().map(|kind| (*kind).to_owned()).collect();
    assert_eq!(missing, not_yet, "the list of what the driver can't make yet");
    Ok(())
}
