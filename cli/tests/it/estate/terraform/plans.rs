//! `validate --plan` on plans of the real Terraform, one for each cloud: the same as the directory says, edited too.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::stub::{Stub, give_variables};
use crate::estate::world::World;
use crate::run::{provision, root};

/// An example, an edit of one of its files, the rule that it breaks, and the argument that says so.
type Edited = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

const EDITED: &[Edited] = &[
    (
        "octopus-high-availability",
        "database.tf",
        "multi_az               = true",
        "multi_az               = false",
        "OCT-08",
        "aws_db_instance.main",
    ),
    (
        "kestra-high-availability",
        "compute.tf",
        "[aws_subnet.private_a.id, aws_subnet.private_b.id, aws_subnet.private_c.id]",
        "[aws_subnet.private_a.id]",
        "DIR-07",
        "aws_autoscaling_group.webserver",
    ),
    (
        "octopus-high-availability-google",
        "database.tf",
        "\"REGIONAL\"",
        "\"ZONAL\"",
        "OCT-08",
        "google_sql_database_instance.main",
    ),
    (
        "kestra-high-availability-azure",
        "load_balancer.tf",
        "\"/health\"",
        "\"/\"",
        "DIR-05",
        "azurerm_application_gateway.main",
    ),
];

#[test]
fn a_plan_is_judged_as_its_directory_is() {
    let Some(stub) = Stub::find() else { return };
    for (example, file, from, to, rule, address) in EDITED {
        let world = World::new();
        let spec = root().join("examples").join(format!("{example}.yaml"));
        let directory = world.path().join("out");
        let run =
            |arguments: &[&str]| provision(arguments).current_dir(world.path()).output().expect("it runs");
        let rendered = run(&["render", spec.to_str().expect("a path"), "-o", "out"]);
        assert!(rendered.status.success(), "{}", String::from_utf8_lossy(&rendered.stderr));
        let of_directory = rules(&run(&["validate", "--json", "out"]).stdout);
        plan(&stub, &directory);
        let by_directory = rules(&run(&["validate", "--json", "--plan", "out/plan.json"]).stdout);
        assert_eq!(by_directory, of_directory, "{example}");
        let by_spec = run(&["validate", "--json", "--plan", "out/plan.json", spec.to_str().expect("a path")]);
        assert_eq!(rules(&by_spec.stdout), of_directory, "{example}");

        world.change(&format!("out/{file}"), from, to);
        plan(&stub, &directory);
        let edited = run(&["validate", "--json", "--plan", "out/plan.json"]).stdout;
        let all = findings(&edited);
        let found = all.iter().find(|it| it["rule"] == *rule && it["address"] == *address);
        let found = found.unwrap_or_else(|| panic!("{example}: {all:#?}"));
        assert_eq!(found["file"].as_str(), Some("out/plan.json"), "{example}");
    }
}

/// With a value for every variable that has none.
fn plan(stub: &Stub, directory: &Path) {
    give_variables(directory);
    let terraform = |arguments: &[&str]| {
        let mut command = Command::new("terraform");
        stub.environment(&mut command);
        command.args(arguments).current_dir(directory);
        let output = command.output().expect("terraform runs");
        assert!(
            output.status.success(),
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        output.stdout
    };
    terraform(&["init", "-no-color", "-input=false"]);
    terraform(&["plan", "-no-color", "-input=false", "-out=tfplan"]);
    fs::write(directory.join("plan.json"), terraform(&["show", "-json", "tfplan"])).expect("a plan");
}

fn findings(document: &[u8]) -> Vec<Value> {
    let document: Value = serde_json::from_slice(document).expect("JSON");
    document["verdicts"][0]["findings"].as_array().expect("findings").clone()
}

fn rules(document: &[u8]) -> Vec<String> {
    let mut rules: Vec<String> =
        findings(document).iter().map(|it| format!("{} {}", it["rule"], it["path"])).collect();
    rules.sort();
    rules
}
