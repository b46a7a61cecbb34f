//! What was made a second time, and what the cloud protects.

use std::collections::BTreeMap;

use serde_json::json;

use crate::support::{World, actions, directory, edited};

/// A second object for one address, as if the answer to the first create had been lost for longer than lists lag. It
/// sorts before the first.
fn made_twice(world: &World, kind: &str) -> String {
    let double = |estate: &mut provision_engine::sandbox::Estate| {
        let first = estate.objects.values().find(|object| object.kind == kind).unwrap().clone();
        let mut second = first.clone();
        let id = format!("{}-0", first.id().split('-').next().unwrap());
        second.computed.insert("id".into(), json!(id));
        estate.objects.insert(format!("{kind}/{id}"), second);
        id
    };
    world.sandbox.place().change(double).unwrap()
}

#[test]
fn what_nothing_uses_of_two_is_offered_for_deletion() {
    let files = directory("web");
    for kind in ["aws_vpc", "aws_internet_gateway"] {
        let world = World::perfect();
        world.applied(&files);
        let second = made_twice(&world, kind);
        let plan = world.plan(&files);
        let [action] = &plan.actions[..] else { panic!("{:?}", plan.actions) };
        assert_eq!(action.id.as_deref(), Some(second.as_str()));
        assert!(action.reason.as_deref().is_some_and(|why| why.contains("made a second time")), "{action:?}");
        world.applied(&files);
        assert!(!world.estate().objects.values().any(|object| object.id() == second));
        assert!(world.plan(&files).is_empty(), "the one that is used stays");
    }
}

#[test]
fn of_two_that_are_both_used_a_person_decides() {
    let files = directory("web");
    let world = World::perfect();
    world.applied(&files);
    let second = made_twice(&world, "aws_vpc");
    world
        .sandbox
        .place()
        .change(|estate| {
            let subnet = estate.objects.values_mut().find(|object| object.kind == "aws_subnet").unwrap();
            subnet.arguments.insert("vpc_id".into(), json!(second));
        })
        .unwrap();
    let prepared = World::prepare(&files);
    let live = world.live(&prepared);
    let refused = prepared.plan(&live, "sandbox", "web", &world.options).err().unwrap().to_string();
    assert!(refused.contains("several objects") && refused.contains(&second), "{refused}");
}

#[test]
fn what_is_lost_with_its_data_is_not_lost_as_a_double() {
    let files = directory("web");
    let world = World::perfect();
    world.applied(&with_a_disk(&files));
    made_twice(&world, "aws_ebs_volume");
    let plan = world.plan(&with_a_disk(&files));
    assert!(plan.actions.len() == 1 && plan.actions[0].blocked.is_some(), "{:?}", plan.actions);
}

fn with_a_disk(files: &BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Vec<u8>> {
    let disk =
        "resource \"aws_ebs_volume\" \"disk\" {\n  availability_zone = \"eu-west-1a\"\n  size = 10\n}\n";
    with_file(files, "disk.tf", disk)
}

/// Found out in the middle of a destroy, half of the deployment would be gone.
#[test]
fn what_the_cloud_protects_stops_a_destroy_before_it_begins() {
    let files = edited(
        &directory("web"),
        "storage_encrypted    = true",
        "storage_encrypted    = true\n  deletion_protection = var.keep",
    );
    let keep = "variable \"keep\" {\n  type = bool\n  default = true\n}\n";
    let files = with_file(&files, "keep.tf", keep);
    let mut world = World::perfect();
    world.applied(&files);
    world.options.destroy = true;
    world.options.allow_data_loss = World::prepare(&files).directory.resources.keys().cloned().collect();
    let blocked: Vec<String> =
        world.plan(&files).blocked().map(|action| action.blocked.clone().unwrap()).collect();
    assert_eq!(
        blocked,
        ["the cloud refuses while `deletion_protection` is set; apply with `--var keep=false` first"]
    );
    let files = with_file(&files, "keep.tf", &keep.replace("true", "false"));
    assert_eq!(world.plan(&files).blocked().count(), 1, "what lives counts, not what is wanted");
    world.options.destroy = false;
    assert_eq!(actions(&world.plan(&files)), ["~ aws_db_instance.main"]);
    world.destroyed(&files);
    assert!(world.estate().objects.values().next().is_none());
}

fn with_file(files: &BTreeMap<String, Vec<u8>>, name: &str, text: &str) -> BTreeMap<String, Vec<u8>> {
    let mut files = files.clone();
    files.insert(name.to_owned(), text.into());
    files
}
