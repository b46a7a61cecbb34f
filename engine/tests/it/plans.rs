//! The plans of every example, as people see them and as a document.

use std::process::Command;

use provision_engine::driver::State;
use provision_engine::plan::view::{Detail, text};
use provision_engine::plan::{Plan, leaves, mark_drift, schema};
use serde_json::{Value, json};

use crate::rendered::examples;
use crate::support::{World, actions, directory, edited, read_directory};

/// A plan to destroy everything, with every consent.
fn to_destroy(world: &mut World, files: &std::collections::BTreeMap<String, Vec<u8>>) -> (Plan, Vec<String>) {
    let prepared = World::prepare(files);
    world.options.destroy = true;
    world.options.allow_data_loss = prepared.directory.resources.keys().cloned().collect();
    let live = world.live(&prepared);
    let plan = prepared.plan(&live, "sandbox", "web", &world.options).unwrap().plan;
    let left = leaves(&plan, &live).iter().map(ToString::to_string).collect();
    world.options = Default::default();
    (plan, left)
}

#[test]
fn every_example_is_planned_as_it_was() {
    for (name, path) in examples() {
        let files = read_directory(&path);
        let mut world = World::perfect();
        let plan = world.plan(&files);
        world.applied(&files);
        let (destroy, left) = to_destroy(&mut world, &files);
        let shown = format!(
            "{}\n--- destroyed:\n{}leaves:\n{}",
            text(&plan, Detail::Normal),
            text(&destroy, Detail::Concise),
            left.iter().map(|left| format!("  {left}\n")).collect::<String>()
        );
        insta::assert_snapshot!(format!("plan-{name}"), shown);
    }
}

/// Plans with everything in them that a plan can hold.
fn documents() -> Vec<Value> {
    let mut plans = Vec::new();
    for (_, path) in examples() {
        let files = read_directory(&path);
        let mut world = World::perfect();
        plans.push(world.plan(&files));
        world.applied(&files);
        plans.push(world.plan(&files));
        plans.push(to_destroy(&mut world, &files).0);
    }
    let files = directory("web");
    let world = World::perfect();
    world.applied(&files);
    let files = edited(&files, "10.0.32.0/20", "10.0.48.0/20");
    let files = edited(&files, "storage_encrypted    = true", "storage_encrypted    = false");
    let prepared = World::prepare(&files);
    let live = world.live(&prepared);
    let mut planned = prepared.plan(&live, "sandbox", "web", &world.options).unwrap();
    let applied = prepared.fingerprints(&planned);
    mark_drift(&mut planned, &applied);
    plans.push(planned.plan);
    plans.iter().map(|plan| serde_json::to_value(plan).unwrap()).collect()
}

/// Says of each document what is wrong with it.
const CHECK: &str = r#"
import json, sys
import jsonschema
schema, documents = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:])
kind = jsonschema.validators.validator_for(schema)
kind.check_schema(schema)
checker = kind(schema)
json.dump([[f"{error.json_path}: {error.message}" for error in checker.iter_errors(document)] for document in documents], sys.stdout)
"#;

/// None when Python isn't there.
fn complaints(documents: &[Value]) -> Option<Vec<Vec<String>>> {
    let python = provision_testing::python_tools("reports").ok()?.join("python");
    let folder = tempfile::tempdir().unwrap();
    let (rules, list) = (folder.path().join("schema.json"), folder.path().join("documents.json"));
    std::fs::write(&rules, schema()).unwrap();
    std::fs::write(&list, Value::from(documents).to_string()).unwrap();
    let output = Command::new(python).args(["-c", CHECK]).args([rules, list]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found: Vec<Vec<String>> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found.len(), documents.len());
    Some(found)
}

#[test]
fn every_plan_keeps_to_the_published_schema() {
    let documents = documents();
    let Some(found) = complaints(&documents) else { return };
    for (document, found) in documents.iter().zip(found) {
        assert_eq!(found, Vec::<String>::new(), "{document:.300}");
    }
}

/// A schema that allows anything would prove nothing.
#[test]
fn the_schema_refuses_what_is_no_plan() {
    let good = documents().pop().unwrap();
    let mut bad = Vec::new();
    for pointer in ["", "/actions/0", "/bound_to", "/estimate", "/actions/0/changes/0"] {
        let names: Vec<String> =
            good.pointer(pointer).unwrap().as_object().unwrap().keys().cloned().collect();
        for name in names {
            let mut without = good.clone();
            without.pointer_mut(pointer).unwrap().as_object_mut().unwrap().remove(&name);
            bad.push(without);
            let mut wrong = good.clone();
            let of_no_type = if name == "before" || name == "after" { continue } else { json!([[1]]) };
            wrong.pointer_mut(pointer).unwrap()[&name] = of_no_type;
            bad.push(wrong);
        }
        let mut more = good.clone();
        more.pointer_mut(pointer).unwrap()["nobody_knows"] = json!(1);
        bad.push(more);
    }
    for (pointer, value) in
        [("/schema", "provision.plan/0"), ("/actions/0/verb", "explode"), ("/actions/0/address", "x")]
    {
        let mut wrong = good.clone();
        *wrong.pointer_mut(pointer).unwrap() = json!(value);
        bad.push(wrong);
    }
    let Some(found) = complaints(&bad) else { return };
    for (document, found) in bad.iter().zip(found) {
        assert!(!found.is_empty(), "{document}");
    }
}

/// A database has no address before it stands: whoever needs it waits, as for one that isn't made yet.
#[test]
fn what_is_still_being_made_may_lack_what_others_name() {
    let (world, files) = (World::perfect(), directory("web"));
    world.applied(&files);
    let prepared = World::prepare(&files);
    let mut live = world.live(&prepared);
    let database = live.iter_mut().find(|live| live.kind == "aws_db_instance").unwrap();
    assert!(database.computed.remove("address").is_some());
    database.state = State::Pending;
    let planned = prepared.plan(&live, "sandbox", "web", &world.options);
    let plan = planned.unwrap_or_else(|problems| panic!("{problems}")).plan;
    let shown = actions(&plan);
    assert!(shown.iter().any(|action| action.contains("aws_db_instance.main")), "{shown:?}");
    assert!(plan.actions.iter().all(|action| !action.verb.ends_object()), "{shown:?}");
}
