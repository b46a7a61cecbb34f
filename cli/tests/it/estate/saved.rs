use std::fs;

use super::world::World;

fn planned() -> World {
    let world = World::new();
    let kept = world.tiny("plan", &["--out", "kept.plan"]);
    assert!(kept.starts_with("exit code: 0") && kept.contains("provision apply kept.plan"), "{kept}");
    world
}

fn apply(world: &World) -> String {
    world.run(&["apply", "kept.plan", "--engine", "sandbox", "--deployment", "tiny"])
}

#[test]
fn a_kept_plan_is_done_once() {
    let world = planned();
    assert!(apply(&world).starts_with("exit code: 0"));
    insta::assert_snapshot!("saved-estate-moved", apply(&world));
}

#[test]
fn a_kept_plan_is_refused_when_the_directory_moved() {
    let world = planned();
    world.edit("10.0.0.0/20", "10.0.16.0/20");
    insta::assert_snapshot!("saved-directory-moved", apply(&world));
}

#[test]
fn a_kept_plan_is_refused_when_the_spec_moved() {
    let world = World::with_spec();
    world.run(&["plan", "--engine", "sandbox", "--out", "kept.plan"]);
    world.change("provision.yaml", "eu-west-1", "eu-central-1");
    insta::assert_snapshot!("saved-spec-moved", world.run(&["apply", "kept.plan", "--engine", "sandbox"]));
}

#[test]
fn what_is_no_plan_is_named() {
    let world = World::new();
    fs::write(world.path().join("kept.plan"), "{\"schema\": \"provision.plan/1\"}").expect("a file");
    let other = apply(&world);
    assert!(other.starts_with("exit code: 1") && other.contains("no saved plan"), "{other}");
    fs::write(world.path().join("kept.plan"), "{\"schema\": \"provision.saved-plan/1\"").expect("a file");
    let broken = apply(&world);
    assert!(broken.starts_with("exit code: 1") && broken.contains("no plan of this version"), "{broken}");
}

#[test]
fn only_its_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = planned();
    let mode = fs::metadata(world.path().join("kept.plan")).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
