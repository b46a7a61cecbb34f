//! From nothing to an estate and back.

use std::time::Duration;

use provision_engine::plan::Verb;

use crate::support::{World, actions, directory, essence};

#[test]
fn after_apply_the_plan_is_empty() {
    let files = directory("web");
    let world = World::perfect();
    let plan = world.plan(&files);
    assert_eq!(plan.count(Verb::Create), plan.actions.len());
    assert_eq!(plan.outputs["address"], "(known after apply)");
    world.applied(&files);
    let again = world.plan(&files);
    assert_eq!(actions(&again), Vec::<String>::new(), "{:#?}", again.actions);
    assert_eq!(again.foreign, []);
    assert!(again.outputs["address"].as_str().unwrap().starts_with("https://web-"));
    assert_eq!(again.unchanged, plan.actions.len());
}

#[test]
fn apply_takes_as_long_as_the_estimate_says() {
    let files = directory("web");
    let world = World::perfect();
    let estimate = world.plan(&files).estimate;
    let before = provision_engine::clock::Clock::now(&world.clock);
    world.applied(&files);
    let took = provision_engine::clock::Clock::now(&world.clock) - before;
    assert!(
        estimate.critical_path.iter().any(|address| address.as_str() == "aws_db_instance.main"),
        "{estimate:?}"
    );
    // Polling and settling come on top.
    let limit = Duration::from_secs(estimate.seconds).mul_f64(1.05) + Duration::from_secs(20);
    assert!(took <= limit, "{took:?} > {limit:?}");
}

#[test]
fn destroy_leaves_nothing() {
    let files = directory("web");
    let mut world = World::perfect();
    world.applied(&files);
    world.destroyed(&files);
    assert_eq!(essence(&world.estate()), Vec::<String>::new());
    world.applied(&files);
    assert!(world.plan(&files).is_empty(), "and it can be built again");
}

#[test]
fn destroy_needs_consent_for_data() {
    let files = directory("web");
    let mut world = World::perfect();
    world.applied(&files);
    world.options.destroy = true;
    let blocked: Vec<String> =
        world.plan(&files).blocked().map(|action| action.address.to_string()).collect();
    assert_eq!(blocked, ["aws_db_instance.main", "aws_s3_bucket.data"]);
}

#[test]
fn no_secret_is_kept_or_shown() {
    let files = directory("web");
    let world = World::perfect();
    let plan = serde_json::to_string(&world.plan(&files)).unwrap();
    world.applied(&files);
    let estate = serde_json::to_string(&world.estate()).unwrap();
    let events = format!("{:?}", world.events.borrow());
    for text in [plan, estate, events] {
        assert!(!text.contains("correct horse"));
    }
}

#[test]
fn the_order_of_files_is_of_no_matter() {
    let files = directory("web");
    let world = World::perfect();
    world.applied(&files);
    let mut renamed = files.clone();
    let network = renamed.remove("network.tf").unwrap();
    renamed.insert("zz.tf".into(), network);
    assert!(world.plan(&renamed).is_empty());
}
