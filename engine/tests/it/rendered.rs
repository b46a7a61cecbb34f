//! Every directory that `modules/` renders as an example.

use std::collections::BTreeMap;
use std::path::PathBuf;

use provision_engine::plan::Verb;
use provision_engine::sandbox::Faults;

use crate::shuffle::shuffled;
use crate::support::{World, actions, essence, read_directory};

pub(crate) fn examples() -> Vec<(String, PathBuf)> {
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

/// What people change in such a directory: a setting here and there, and a resource that nobody needs any more.
fn changed(files: &BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Vec<u8>> {
    let mut changed = files.clone();
    for (name, content) in &mut changed {
        if name.ends_with(".tf") {
            let text = String::from_utf8(content.clone()).unwrap();
            let text = text
                .replace("m7i.", "m7a.")
                .replace("retention_in_days = 365", "retention_in_days = 180")
                .replace("enable_dns_hostnames = true", "enable_dns_hostnames = false")
                .replace("health_check_grace_period = 300", "health_check_grace_period = 240")
                .replace("\"Nobody else\"", "\"Nobody but these\"")
                .replace("\"n2-", "\"n2d-")
                .replace(" = 4096\n", " = 2048\n");
            *content = without_last_rule(&text).into();
        }
    }
    changed
}

/// Rules of security groups, and the links of zones to networks, are named by nobody. Google's firewall has no labels:
/// what is taken out there is not seen.
fn without_last_rule(text: &str) -> String {
    let kinds = ["aws_vpc_security_group_ingress_rule", "azurerm_private_dns_zone_virtual_network_link"];
    let Some(start) = kinds.iter().find_map(|kind| text.rfind(&format!("resource \"{kind}\""))) else {
        return text.to_owned();
    };
    let end = start + text[start..].find("\n}\n").unwrap() + 3;
    format!("{}{}", &text[..start], &text[end..])
}

#[test]
fn every_example_is_edited_applied_and_planned_empty() {
    for (name, path) in examples() {
        let files = read_directory(&path);
        let mut world = World::perfect();
        world.options.allow_data_loss = World::prepare(&files).directory.resources.keys().cloned().collect();
        world.applied(&files);
        let edited = changed(&files);
        let plan = world.plan(&edited);
        let resources = |files| World::prepare(files).directory.resources.len();
        let taken = resources(&edited) < resources(&files);
        assert_eq!(plan.count(Verb::Delete) > 0, taken, "{name}: {:?}", actions(&plan));
        assert!(taken || name.ends_with("-google"), "{name}: nothing was taken out");
        assert!(plan.count(Verb::Update) > 0, "{name}: {:?}", actions(&plan));
        for files in [&edited, &files, &shuffled(&edited, 1)] {
            world.applied(files);
            let again = world.plan(files);
            assert_eq!(actions(&again), Vec::<String>::new(), "{name}: {:#?}", again.actions);
        }
    }
}

/// Neither the order of files, blocks and arguments nor that of entries in a map counts.
#[test]
fn every_example_is_planned_empty_in_any_order() {
    for (index, (name, path)) in examples().into_iter().enumerate() {
        let files = read_directory(&path);
        let seed = u64::try_from(index).unwrap();
        let world = World::perfect();
        world.applied(&shuffled(&files, seed));
        for files in [files.clone(), shuffled(&files, seed + 100)] {
            let again = world.plan(&files);
            assert_eq!(actions(&again), Vec::<String>::new(), "{name}: {:#?}", again.actions);
        }
        let other = World::perfect();
        other.applied(&files);
        assert_eq!(essence(&world.estate()), essence(&other.estate()), "{name}");
    }
}
