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

impl Place<'_> {
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

/// Every example: both engines plan the same; apply leaves nothing to apply; destroy leaves nothing.
#[test]
fn every_example_from_plan_to_destroy() {
    let Some(stub) = Stub::find() else { return };
    let server = stub.serve();
    let names = examples("aws");
    assert!(names.len() >= 7, "{names:?}");
    for name in names {
        let place = Place { world: World::new(), stub: &stub, server: &server };
        let spec = format!("{name}.yaml");
        fs::copy(root().join("examples").join(&spec), place.world.path().join(&spec)).expect("a spec");

        let planned = place.plan(&spec, "terraform");
        let sandboxed = place.plan(&spec, "sandbox");
        assert_eq!(actions(&planned), actions(&sandboxed), "{name}");
        assert_eq!(planned["estimate"]["seconds"], sandboxed["estimate"]["seconds"], "{name}");
        let keys = |plan: &Value| plan.as_object().map(|plan| plan.keys().cloned().collect::<Vec<_>>());
        assert_eq!(keys(&planned), keys(&sandboxed), "one document for both");

        let applied =
            place.run(&[&["apply", &spec, "--engine", "terraform", "-y"], unprotected(&name)].concat());
        assert!(applied.starts_with("exit code: 0\n"), "{name}: {applied}");
        assert!(applied.contains("Looked again: nothing is left to change."), "{name}: {applied}");

        let consents = consents(&planned);
        let arguments: Vec<&str> =
            // The engine is the one that the ledger names.
            ["destroy", &spec, "-y"].into_iter().chain(consents.iter().map(String::as_str)).collect();
        let destroyed = place.run(&arguments);
        assert!(destroyed.starts_with("exit code: 0\n"), "{name}: {destroyed}");
        assert!(destroyed.contains("Looked again: nothing of it lives any more."), "{name}: {destroyed}");
    }
}

/// The other clouds: the directory as it was rendered, with a value for what its owner has to give.
fn from_plan_to_destroy(name: &str, place: &Place<'_>) {
    let spec = root().join(format!("examples/{name}.yaml"));
    let rendered = place.run(&["render", spec.to_str().expect("a path"), "-o", "out"]);
    assert!(rendered.starts_with("exit code: 0\n"), "{name}: {rendered}");
    give_variables(&place.world.path().join("out"));

    let planned = place.plan("out", "terraform");
    assert!(planned["actions"].as_array().is_some_and(|actions| actions.len() > 20), "{name}");
    let applied = place.run(&[&["apply", "out", "--engine", "terraform", "-y"], unprotected(name)].concat());
    assert!(applied.starts_with("exit code: 0\n"), "{name}: {applied}");
    assert!(applied.contains("Looked again: nothing is left to change."), "{name}: {applied}");

    let consents = consents(&planned);
    let arguments: Vec<&str> =
        ["destroy", "out", "-y"].into_iter().chain(consents.iter().map(String::as_str)).collect();
    let destroyed = place.run(&arguments);
    assert!(destroyed.starts_with("exit code: 0\n"), "{name}: {destroyed}");
    assert!(destroyed.contains("Looked again: nothing of it lives any more."), "{name}: {destroyed}");
}

#[test]
fn every_example_of_google_cloud_from_plan_to_destroy() {
    let Some(stub) = Stub::find() else { return };
    let server = stub.serve();
    let names = examples("google");
    assert!(names.len() >= 4, "{names:?}");
    for name in names {
        from_plan_to_destroy(&name, &Place { world: World::new(), stub: &stub, server: &server });
    }
}

#[test]
fn every_example_of_azure_from_plan_to_destroy() {
    let Some(stub) = Stub::find() else { return };
    let server = stub.serve();
    let names = examples("azurerm");
    assert!(names.len() >= 4, "{names:?}");
    for name in names {
        from_plan_to_destroy(&name, &Place { world: World::new(), stub: &stub, server: &server });
    }
}
