//! Every directory that `modules/` renders as an example.

use std::path::PathBuf;

use provision_engine::sandbox::Faults;

use crate::support::{World, actions, essence, read_directory};

fn examples() -> Vec<(String, PathBuf)> {
    let golden = provision_testing::workspace_root().join("modules/tests/golden");
    let mut found: Vec<(String, PathBuf)> = std::fs::read_dir(golden)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("versions.tf").is_file())
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), path))
        .collect();
    found.sort();
    assert!(!found.is_empty());
    found
}

#[test]
fn every_example_is_applied_planned_empty_and_destroyed() {
    for (name, path) in examples() {
        let files = read_directory(&path);
        let mut world = World::perfect();
        let plan = world.plan(&files);
        assert_eq!(plan.unchanged, 0);
        let report = world.apply(&files);
        assert!(report.is_complete(), "{name}: {}", report.text("again"));
        let again = world.plan(&files);
        assert_eq!(actions(&again), Vec::<String>::new(), "{name}: {:#?}", again.actions);
        assert_eq!(again.foreign, [], "{name}");
        world.destroyed(&files);
        assert_eq!(essence(&world.estate()), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn every_example_survives_a_faulty_cloud() {
    for (name, path) in examples() {
        let files = read_directory(&path);
        let calm = World::perfect();
        calm.applied(&files);
        for seed in 0..3 {
            let world = World::new(Faults::many(), seed);
            let report = world.apply(&files);
            assert!(report.is_complete(), "{name} {seed}: {}", report.text("again"));
            assert_eq!(essence(&world.estate()), essence(&calm.estate()), "{name} {seed}");
            assert!(world.plan(&files).is_empty(), "{name} {seed}");
        }
    }
}
