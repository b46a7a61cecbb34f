use std::fs;

use crate::run::shown;

use super::world::World;

/// The live database's retention, after an apply with these arguments.
fn retention(world: &World, more: &[&str], environment: Option<&str>) -> u64 {
    let mut command = world.command(&world.arguments("apply", &[&["-y"], more].concat()));
    if let Some(value) = environment {
        command.env("TF_VAR_retention", value);
    }
    let applied = shown(command, "");
    assert!(applied.starts_with("exit code: 0"), "{applied}");
    let estate = fs::read_to_string(world.path().join(".provision/tiny/sandbox.json")).expect("the estate");
    let estate: serde_json::Value = serde_json::from_str(&estate).expect("JSON");
    let objects = estate["objects"].as_object().expect("objects");
    let database = objects.values().find(|object| object["kind"] == "aws_db_instance").expect("it lives");
    database["arguments"]["backup_retention_period"].as_u64().expect("a number")
}

#[test]
fn values_come_from_the_environment_files_and_arguments() {
    let world = World::new();
    assert_eq!(retention(&world, &[], None), 7);
    assert_eq!(retention(&world, &[], Some("8")), 8);
    fs::write(world.path().join("tiny/terraform.tfvars"), "retention = 9\n").expect("a file");
    assert_eq!(retention(&world, &[], Some("8")), 9);
    fs::write(world.path().join("more.tfvars"), "retention = 10\n").expect("a file");
    assert_eq!(retention(&world, &["--var-file", "more.tfvars"], Some("8")), 10);
    assert_eq!(retention(&world, &["--var-file", "more.tfvars", "--var", "retention=11"], Some("8")), 11);
}

#[test]
fn a_sensitive_value_never_comes_by_the_command_line() {
    let world = World::new();
    let refused = world.tiny("plan", &["--var", "token=hush-hush"]);
    assert!(refused.starts_with("exit code: 1") && refused.contains("TF_VAR_token"), "{refused}");
    assert!(!refused.contains("hush-hush"), "{refused}");
    let unknown = world.tiny("plan", &["--var", "retention_days=3"]);
    assert!(unknown.starts_with("exit code: 1") && unknown.contains("no variable"), "{unknown}");
}
