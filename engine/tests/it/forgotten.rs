//! What is to live on without us, and what moved without us.

use provision_engine::plan::view::{Detail, text};
use provision_engine::plan::{Verb, mark_drift};
use serde_json::json;

use crate::support::{World, actions, address, directory, edited, essence};

const PARAMETER: &str = "aws_ssm_parameter.database";

/// The directory without a resource, and with a block that says that it lives on.
fn released() -> std::collections::BTreeMap<String, Vec<u8>> {
    let mut files = directory("web");
    let data = String::from_utf8(files["data.tf"].clone()).unwrap();
    let start = data.find("resource \"aws_ssm_parameter\" \"database\"").unwrap();
    let end = start + data[start..].find("\n}\n").unwrap() + 3;
    files.insert("data.tf".into(), format!("{}{}", &data[..start], &data[end..]).into());
    let removed =
        format!("removed {{\n  from = {PARAMETER}\n  lifecycle {{\n    destroy = false\n  }}\n}}\n");
    files.insert("removed.tf".into(), removed.into());
    files
}

#[test]
fn what_is_removed_without_being_destroyed_lives_on_as_nobodys() {
    let mut world = World::perfect();
    world.applied(&directory("web"));
    let files = released();
    let plan = world.plan(&files);
    assert_eq!(actions(&plan), [format!(". {PARAMETER}")]);
    assert_eq!(plan.count(Verb::Forget), 1);
    let shown = text(&plan, Detail::Normal);
    assert!(shown.contains("lives on") && shown.contains("1 to forget"), "{shown}");
    world.applied(&files);
    assert!(world.plan(&files).is_empty());
    let estate = world.estate();
    let object = estate.objects.values().find(|object| object.kind == "aws_ssm_parameter").unwrap();
    assert_eq!((&object.deployment, &object.address), (&None, &None));
    assert!(!format!("{:?}", object.arguments).contains("provision:"));
    world.destroyed(&files);
    assert_eq!(essence(&world.estate()).len(), 1, "also when everything else goes");
}

#[test]
fn what_is_let_go_survives_a_destroy_that_comes_first() {
    let mut world = World::perfect();
    world.applied(&directory("web"));
    world.destroyed(&released());
    let left = essence(&world.estate());
    assert!(left.len() == 1 && left[0].starts_with("aws_ssm_parameter"), "{left:?}");
}

#[test]
fn drift_is_told_from_an_edit() {
    let files = directory("web");
    let world = World::perfect();
    world.applied(&files);
    world
        .sandbox
        .place()
        .change(|estate| {
            let group =
                estate.objects.values_mut().find(|object| object.kind == "aws_autoscaling_group").unwrap();
            group.arguments.insert("max_size".into(), json!(2));
        })
        .unwrap();
    let before = World::prepare(&files);
    let live = world.live(&before);
    let applied = before.fingerprints(&before.plan(&live, "sandbox", "web", &world.options).unwrap());
    let edited =
        World::prepare(&edited(&files, "enable_dns_hostnames = true", "enable_dns_hostnames = false"));
    let mut planned = edited.plan(&live, "sandbox", "web", &world.options).unwrap();
    mark_drift(&mut planned, &applied);
    let drift: Vec<_> =
        planned.plan.actions.iter().map(|action| (action.address.clone(), action.drift)).collect();
    assert_eq!(drift, [(address("aws_vpc.main"), false), (address("aws_autoscaling_group.web"), true)]);
    let document = serde_json::to_value(&planned.plan).unwrap();
    assert_eq!(document["actions"][1]["drift"], true);
    let shown = text(&planned.plan, Detail::Normal);
    assert!(shown.contains("[drift]") && shown.contains("1 of them drift"), "{shown}");
}
