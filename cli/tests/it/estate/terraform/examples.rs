use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::Value;

use super::stub::{Server, Stub, give_variables};
use crate::estate::world::World;
use crate::run::{provision, root, shown};

/// The examples of one cloud.
fn examples(provider: &str) -> Vec<String> {
    // What is refused with a reason is a list of its own, which a test of the modules holds.
    let refused = fs::read_to_string(root().join("modules/tests/refusals.json")).expect("refusals");
    let refused: Value = serde_json::from_str(&refused).expect("JSON");
    let listed = fs::read_dir(root().join("modules/tests/golden")).expect("goldens");
    let names = listed.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"));
    let mut names: Vec<String> = names
        .filter(|name| {
            fs::read_to_string(root().join(format!("modules/tests/golden/{name}/versions.tf")))
                .is_ok_and(|text| text.contains(&format!("hashicorp/{provider}")))
        })
        .filter(|name| root().join(format!("examples/{name}.yaml")).is_file())
        .filter(|name| refused[name.as_str()].is_null())
        .collect();
    names.sort();
    names
}

struct Place<'a> {
    world: World,
    stub: &'a Stub,
    server: &'a Server,
}

impl<'a> Place<'a> {
    fn new(stub: &'a Stub, server: &'a Server) -> Self {
        Place { world: World::new(), stub, server }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = provision(arguments);
        command.current_dir(self.world.path());
        self.stub.environment(&mut command);
        self.server.environment(&mut command);
        command
    }

    fn run(&self, arguments: &[&str]) -> String {
        shown(self.command(arguments), "")
    }

    /// The plan as a document.
    fn plan(&self, spec: &str, engine: &str) -> Value {
        let output = self.command(&["plan", spec, "--engine", engine, "--json"]).output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("JSON")
    }
}

fn actions(plan: &Value) -> BTreeSet<String> {
    let actions = plan["actions"].as_array().expect("actions").iter();
    actions.map(|action| format!("{} {}", action["verb"], action["address"])).collect()
}

/// What holds data: each as a consent.
fn consents(plan: &Value) -> Vec<String> {
    let actions = plan["actions"].as_array().expect("actions").iter();
    actions
        .filter(|action| action["holds_data"] == true)
        .map(|action| format!("--allow-data-loss={}", action["address"].as_str().expect("an address")))
        .collect()
}

/// What lets an example be destroyed again, where something in it is protected.
fn unprotected(name: &str) -> &'static [&'static str] {
    let variables = root().join("modules/tests/golden").join(name).join("variables.tf");
    match fs::read_to_string(variables).expect("variables").contains("\"deletion_protection\"") {
        true => &["--var", "deletion_protection=false"],
        false => &[],
    }
}

/// Both engines plan the same for every example.
#[test]
fn every_example_is_planned_as_in_the_sandbox() {
    let Some(stub) = Stub::find() else { return };
    let server = stub.serve();
    let names = examples("aws");
    assert!(names.len() >= 7, "{names:?}");
    for name in names {
        let place = Place::new(&stub, &server);
        let spec = root().join(format!("examples/{name}.yaml"));
        let spec = spec.to_str().expect("a path");
        let planned = place.plan(spec, "terraform");
        let sandboxed = place.plan(spec, "sandbox");
        assert_eq!(actions(&planned), actions(&sandboxed), "{name}");
        assert_eq!(planned["estimate"]["seconds"], sandboxed["estimate"]["seconds"], "{name}");
        let keys = |plan: &Value| plan.as_object().map(|plan| plan.keys().cloned().collect::<Vec<_>>());
        assert_eq!(keys(&planned), keys(&sandboxed), "one document for both");
    }
}

/// Apply leaves nothing to apply; destroy leaves nothing. Of AWS as people do it, from the spec; of the other clouds from the
/// directory as it was rendered, with a value for what its owner has to give.
fn from_plan_to_destroy(name: &str, provider: &str, place: &Place<'_>) {
    let mut of = format!("{name}.yaml");
    fs::copy(root().join("examples").join(&of), place.world.path().join(&of)).expect("a spec");
    if provider != "aws" {
        let rendered = place.run(&["render", &of, "-o", "out"]);
        assert!(rendered.starts_with("exit code: 0\n"), "{name}: {rendered}");
        give_variables(&place.world.path().join("out"));
        "out".clone_into(&mut of);
    }
    let planned = place.plan(&of, "terraform");
    assert!(planned["actions"].as_array().is_some_and(|actions| actions.len() > 20), "{name}");

    let applied = place.run(&[&["apply", &of, "--engine", "terraform", "-y"], unprotected(name)].concat());
    assert!(applied.starts_with("exit code: 0\n"), "{name}: {applied}");
    assert!(applied.contains("Looked again: nothing is left to change."), "{name}: {applied}");

    let consents = consents(&planned);
    // The engine is the one that the ledger names.
    let arguments: Vec<&str> =
        ["destroy", &of, "-y"].into_iter().chain(consents.iter().map(String::as_str)).collect();
    let destroyed = place.run(&arguments);
    assert!(destroyed.starts_with("exit code: 0\n"), "{name}: {destroyed}");
    assert!(destroyed.contains("Looked again: nothing of it lives any more."), "{name}: {destroyed}");
}

/// In every cloud one with machines and one with a cluster.
#[test]
fn examples_from_plan_to_destroy() {
    let Some(stub) = Stub::find() else { return };
    let server = stub.serve();
    for (provider, names) in [
        ("aws", ["octopus-high-availability", "kestra-on-kubernetes"]),
        ("google", ["event-platform-google", "kestra-on-kubernetes-google"]),
        ("azurerm", ["event-platform-azure", "kestra-on-kubernetes-azure"]),
    ] {
        for name in names {
            from_plan_to_destroy(name, provider, &Place::new(&stub, &server));
        }
    }
}

#[test]
#[ignore = "minutes: `cargo test --workspace --test it -- from_plan_to_destroy --ignored`"]
fn every_example_from_plan_to_destroy() {
    let Some(stub) = Stub::find() else { return };
    let server = stub.serve();
    for (provider, fewest) in [("aws", 7), ("google", 4), ("azurerm", 4)] {
        let names = examples(provider);
        assert!(names.len() >= fewest, "{names:?}");
        for name in names {
            from_plan_to_destroy(&name, provider, &Place::new(&stub, &server));
        }
    }
}
