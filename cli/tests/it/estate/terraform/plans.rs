//! `validate --plan` on plans of the real Terraform, one for each cloud: the same as the directory says, edited too.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::stub::{Server, Stub, give_variables};
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
    let terraform = Terraform { server: stub.serve(), stub };
    for (example, file, from, to, rule, address) in EDITED {
        let world = World::new();
        let spec = root().join("examples").join(format!("{example}.yaml"));
        let directory = world.path().join("out");
        let run =
            |arguments: &[&str]| provision(arguments).current_dir(world.path()).output().expect("it runs");
        let rendered = run(&["render", spec.to_str().expect("a path"), "-o", "out"]);
        assert!(rendered.status.success(), "{}", String::from_utf8_lossy(&rendered.stderr));
        let of_directory = rules(&run(&["validate", "--json", "out"]).stdout);
        give_variables(&directory);
        terraform.run(&directory, &["init", "-no-color", "-input=false"]);
        terraform.plan(&directory);
        let by_directory = rules(&run(&["validate", "--json", "--plan", "out/plan.json"]).stdout);
        assert_eq!(by_directory, of_directory, "{example}");
        let by_spec = run(&["validate", "--json", "--plan", "out/plan.json", spec.to_str().expect("a path")]);
        assert_eq!(rules(&by_spec.stdout), of_directory, "{example}");

        world.change(&format!("out/{file}"), from, to);
        terraform.plan(&directory);
        let edited = run(&["validate", "--json", "--plan", "out/plan.json"]).stdout;
        let all = findings(&edited);
        let found = all.iter().find(|it| it["rule"] == *rule && it["address"] == *address);
        let found = found.unwrap_or_else(|| panic!("{example}: {all:#?}"));
        assert_eq!(found["file"].as_str(), Some("out/plan.json"), "{example}");
    }
}

struct Terraform {
    stub: Stub,
    server: Server,
}

impl Terraform {
    fn run(&self, directory: &Path, arguments: &[&str]) -> Vec<u8> {
        let mut command = Command::new("terraform");
        self.stub.environment(&mut command);
        self.server.environment(&mut command);
        let output = command.args(arguments).current_dir(directory).output().expect("terraform runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}{said}", String::from_utf8_lossy(&output.stdout));
        output.stdout
    }

    fn plan(&self, directory: &Path) {
        self.run(directory, &["plan", "-no-color", "-input=false", "-out=tfplan"]);
        let plan = self.run(directory, &["show", "-json", "tfplan"]);
        fs::write(directory.join("plan.json"), plan).expect("a plan");
    }
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
