//! Rendered examples, made for real, looked at by somebody else, changed, and taken away again.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use crate::emulator::Emulator;
use crate::support::{End, Tried, Work, World, actions};

const FOREIGN: usize = 2000;

/// Directories of this test's own: nothing was rendered, so there is no topology.
const OWN: &str = "clouds/aws/tests/directories";

/// What was there before, by category and id.
type Before = BTreeSet<(String, String)>;

fn ids(everything: &Json) -> Before {
    let categories = everything.as_object().unwrap().iter();
    categories
        .flat_map(|(category, items)| {
            items.as_object().unwrap().keys().map(move |id| (category.clone(), id.clone()))
        })
        .collect()
}

/// What an estate may leave: the backups that were asked for, and keys and secrets that can still be restored.
const LEFT: &[&str] = &["database_snapshots", "snapshots", "keys", "secrets"];

/// The variables that are changed, as far as the directory has them.
fn changes(world: &World<'_>) -> Vec<(&'static str, &'static str)> {
    let variables = std::fs::read_to_string(world.directory.join("variables.tf")).unwrap();
    let is_there = |name: &str| variables.contains(&format!("variable \"{name}\""));
    let all = [("deletion_protection", "false"), ("log_retention_days", "180")];
    all.into_iter().filter(|(name, _)| is_there(name)).collect()
}

/// Somebody who knows the topology, and nothing of the driver, looks at what the cloud says.
fn looked_at(world: &World<'_>, everything: &Json) {
    let told = world.folder.join("everything.json");
    std::fs::write(&told, everything.to_string()).unwrap();
    let arguments = [world.directory.to_str().unwrap(), told.to_str().unwrap()];
    assert_eq!(world.emulator.python("look.py", &arguments).trim(), "as rendered");
}

/// Apply, look, plan nothing, change, plan just that, apply, destroy, look again.
fn whole_life(name: &str) -> Tried {
    let folder = if name == "services" { OWN } else { "modules/tests/golden" };
    let emulator = Emulator::fresh()?;
    emulator.shim("foreign", &json!({"count": FOREIGN}));
    let before = emulator.everything();
    let world = World::new(&emulator, &provision_testing::workspace_root().join(folder).join(name));

    let plan = world.completed(&Work::new("apply"));
    let planned = actions(&plan).len();
    let after = emulator.everything();
    if folder != OWN {
        looked_at(&world, &after);
    }
    let made: Before = ids(&after).difference(&ids(&before)).cloned().collect();
    assert!(made.len() >= planned / 3, "{name}: {planned} planned, {} made", made.len());

    let again = world.completed(&Work::new("plan"));
    assert_eq!(actions(&again), Vec::<String>::new(), "{name}: {:#}", again["actions"]);
    assert_eq!(again["foreign"], json!([]), "{name}");

    let changes = changes(&world);
    let changed = |mode| {
        let with = |work: Work, (name, value): &(&str, &str)| work.with(name, value);
        changes.iter().fold(Work::new(mode), with)
    };
    let change = world.completed(&changed("plan"));
    let meant =
        |action: &String| action.contains("deletion_protection") || action.contains("retention_in_days");
    let other: Vec<String> = actions(&change).into_iter().filter(|action| !meant(action)).collect();
    assert!(!actions(&change).is_empty() && other.is_empty(), "{name}: {other:?}");
    world.completed(&changed("apply"));
    let again = world.completed(&changed("plan"));
    assert_eq!(actions(&again), Vec::<String>::new(), "{name}: {:#}", again["actions"]);

    destroyed(&world, &changed, &before);
    if folder == OWN {
        // The first life left backups, and a secret that keeps its name until it is gone for good.
        let End::Done { report, .. } = world.run(&changed("apply")) else { panic!("{name}: a second life") };
        let secret = "/provision/orders/encryption-key";
        assert!(report.contains(&format!("restore-secret --secret-id {secret}")), "{report}");
        emulator.act("secretsmanager", "restore_secret", &json!({"SecretId": secret}));
        world.completed(&changed("apply"));
        destroyed(&world, &changed, &before);
    }
    Ok(())
}

/// Destroys it, and looks for what is left.
fn destroyed(world: &World<'_>, changed: &dyn Fn(&'static str) -> Work, before: &Json) {
    let name = world.directory.file_name().unwrap().to_string_lossy();
    world.completed(&changed("destroy"));
    let end = world.emulator.everything();
    let left: Before = ids(&end).difference(&ids(before)).cloned().collect();
    let (backups, left): (Before, Before) =
        left.into_iter().partition(|(category, _)| LEFT.contains(&category.as_str()));
    let report = world.last_words()["report"].as_str().unwrap().to_owned();
    let named = |id: &String| report.contains(&format!("`{id}`"));
    for (category, id) in backups.iter().filter(|(category, _)| category.ends_with("snapshots")) {
        assert!(named(id), "{name}: nobody says that {category} {id} stays: {report}");
    }
    let what: Vec<&Json> = left.iter().map(|(category, id)| &end[category][id]).collect();
    assert_eq!(left, Before::new(), "{name}: left: {what:#?}");
    for (category, id) in ids(before) {
        assert_eq!(end[&category][&id], before[&category][&id], "{name}: somebody else's {category} {id}");
    }
}

/// One of each kind that no machine is.
pub(crate) fn services() -> Tried {
    whole_life("services")
}

/// Every example for AWS has its test, in the gate or behind `--all`.
pub(crate) fn none_is_left_out() -> Tried {
    let golden = provision_testing::workspace_root().join("modules/tests/golden");
    let folders = std::fs::read_dir(golden).unwrap().map(|entry| entry.unwrap().path());
    let is_ours = |folder: &std::path::PathBuf| {
        let versions = std::fs::read_to_string(folder.join("versions.tf")).unwrap_or_default();
        versions.contains("hashicorp/aws")
    };
    let name = |folder: std::path::PathBuf| folder.file_name().unwrap().to_string_lossy().into_owned();
    let rendered: BTreeSet<String> = folders
        .filter(is_ours)
        .map(|folder| format!("examples::{}", name(folder).replace('-', "_")))
        .collect();
    let not_rendered = ["examples::none_is_left_out", "examples::services"];
    let tests = crate::TESTS.iter().chain(crate::MORE).map(|(name, _)| (*name).to_owned());
    let tried: BTreeSet<String> = tests
        .filter(|name| name.starts_with("examples::") && !not_rendered.contains(&name.as_str()))
        .collect();
    assert_eq!(rendered, tried);
    Ok(())
}

pub(crate) fn event_platform() -> Tried {
    whole_life("event-platform")
}

pub(crate) fn event_platform_on_kubernetes() -> Tried {
    whole_life("event-platform-on-kubernetes")
}

pub(crate) fn kestra_high_availability() -> Tried {
    whole_life("kestra-high-availability")
}

pub(crate) fn kestra_medium() -> Tried {
    whole_life("kestra-medium")
}

pub(crate) fn kestra_small() -> Tried {
    whole_life("kestra-small")
}

pub(crate) fn kestra_on_kubernetes() -> Tried {
    whole_life("kestra-on-kubernetes")
}

/// No example, but as much an estate.
pub(crate) fn kestra_opensearch_as_a_service() -> Tried {
    whole_life("kestra-opensearch-as-a-service")
}

pub(crate) fn octopus_high_availability() -> Tried {
    whole_life("octopus-high-availability")
}

pub(crate) fn octopus_on_kubernetes() -> Tried {
    whole_life("octopus-on-kubernetes")
}

pub(crate) fn rudderstack_multi_zone() -> Tried {
    whole_life("rudderstack-multi-zone")
}

pub(crate) fn rudderstack_single_zone() -> Tried {
    whole_life("rudderstack-single-zone")
}

/// A cluster with its nodes, add-ons and roles, databases with standbys beside it, and a load balancer in front.
pub(crate) fn rudderstack_on_kubernetes() -> Tried {
    whole_life("rudderstack-on-kubernetes")
}
