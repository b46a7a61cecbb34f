use std::fs;

use super::world::World;

const CONSENT: &str = "--allow-data-loss=aws_db_instance.main";

fn built() -> World {
    let world = World::new();
    assert!(world.tiny("apply", &["-y"]).starts_with("exit code: 0"));
    world
}

#[test]
fn what_holds_data_goes_only_by_its_name() {
    let world = built();
    insta::assert_snapshot!("destroy-blocked", world.tiny("destroy", &["-y"]));
}

#[test]
fn everything_goes_but_the_backups() {
    let world = built();
    insta::assert_snapshot!("destroy", world.tiny("destroy", &["-y", CONSENT]));
    let estate = fs::read_to_string(world.path().join(".provision/tiny/sandbox.json")).expect("the estate");
    let estate: serde_json::Value = serde_json::from_str(&estate).expect("JSON");
    let now = estate["clock"].as_u64();
    let lives = |object: &serde_json::Value| object["gone_at"].as_u64().is_none_or(|gone| Some(gone) > now);
    let objects = estate["objects"].as_object().expect("objects");
    assert!(!objects.values().any(lives), "{estate:#}");
    let again = world.tiny("destroy", &["-y"]);
    assert!(again.starts_with("exit code: 0") && again.contains("Nothing to destroy"), "{again}");
}

#[test]
fn nobody_is_asked_without_a_terminal() {
    let refused = built().tiny("destroy", &[CONSENT]);
    assert!(refused.starts_with("exit code: 1") && refused.contains("--auto-approve"), "{refused}");
}

#[test]
fn what_others_put_in_the_way_is_named() {
    let world = built();
    let path = world.path().join(".provision/tiny/sandbox.json");
    let mut estate: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&path).expect("the estate")).expect("JSON");
    let subnet = estate["objects"].as_object().expect("objects").values();
    let subnet =
        subnet.filter(|object| object["kind"] == "aws_subnet").map(|object| object["computed"]["id"].clone());
    let subnet = subnet.into_iter().next().expect("a subnet");
    estate["objects"]["aws_network_interface/eni-0f00f00f00f00f00f"] = serde_json::json!({
        "kind": "aws_network_interface", "deployment": null, "address": null, "generation": null,
        "arguments": { "subnet_id": subnet }, "computed": { "id": "eni-0f00f00f00f00f00f" },
        "updates": 0, "created_at": 0, "ready_at": 0, "gone_at": null,
    });
    fs::write(&path, estate.to_string()).expect("it can be written");
    insta::assert_snapshot!("destroy-foreign", world.tiny("destroy", &["-y", CONSENT]));
}
