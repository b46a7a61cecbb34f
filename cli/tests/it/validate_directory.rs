//! `validate DIR` and `validate --plan`: what was rendered breaks nothing that its spec keeps, and every edit is found
//! where it was made.

use std::fs;
use std::path::{Path, PathBuf};

use provision_testing::workspace_root;
use serde_json::Value;
use tempfile::TempDir;

use crate::run::provision;

fn rendered(example: &str, folder: &Path) -> PathBuf {
    let directory = folder.join(example);
    let spec = format!("examples/{example}.yaml");
    let output =
        provision(&["render", &spec, "-o", directory.to_str().expect("a path")]).output().expect("it runs");
    assert!(output.status.success(), "{example}: {}", String::from_utf8_lossy(&output.stderr));
    directory
}

/// The open findings, without the notes.
fn findings(arguments: &[&str]) -> Vec<Value> {
    let output = provision(&[&["validate", "--json"], arguments].concat()).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"));
    assert!(output.status.code() != Some(1), "{said}");
    let findings = document["verdicts"][0]["findings"].as_array().expect("findings");
    findings.iter().filter(|it| it["severity"] != "info").cloned().collect()
}

fn ids(findings: &[Value]) -> Vec<String> {
    let mut ids: Vec<String> = findings.iter().map(|it| format!("{} {}", it["rule"], it["path"])).collect();
    ids.sort();
    ids
}

fn examples() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(workspace_root().join("examples"))
        .expect("examples")
        .filter_map(|entry| {
            entry.expect("an entry").file_name().to_str()?.strip_suffix(".yaml").map(str::to_owned)
        })
        .collect();
    names.sort();
    names
}

#[test]
fn what_was_rendered_breaks_nothing_that_its_spec_keeps() {
    let folder = TempDir::new().unwrap();
    let names = examples();
    assert!(names.len() > 15);
    for name in names {
        let directory = rendered(&name, folder.path());
        let spec = findings(&[&format!("examples/{name}.yaml")]);
        let files = findings(&[directory.to_str().unwrap()]);
        assert_eq!(ids(&files), ids(&spec), "{name}: {files:#?}");
        let output = provision(&["validate", "--json", directory.to_str().unwrap()]).output().unwrap();
        assert!(!String::from_utf8_lossy(&output.stdout).contains("DIR-10"), "{name} was not edited");
    }
}

/// An edit: the example, the file, what is replaced by what, the rule that breaks, and a word of the line that is named.
type Edit = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

const EDITS: &[Edit] = &[
    // Amazon Web Services
    (
        "octopus-high-availability",
        "database.tf",
        "multi_az               = true",
        "multi_az               = false",
        "OCT-08",
        "multi_az",
    ),
    (
        "octopus-high-availability",
        "database.tf",
        "  multi_az               = true\n",
        "",
        "OCT-08",
        "aws_db_instance\" \"main\"",
    ),
    (
        "octopus-high-availability",
        "database.tf",
        "backup_retention_period   = 14",
        "backup_retention_period   = 0",
        "DIR-02",
        "backup_retention_period",
    ),
    (
        "octopus-high-availability",
        "database.tf",
        "= var.deletion_protection",
        "= false",
        "DIR-01",
        "deletion_protection",
    ),
    (
        "octopus-high-availability",
        "database.tf",
        "storage_encrypted     = true",
        "storage_encrypted     = false",
        "DIR-03",
        "storage_encrypted",
    ),
    (
        "octopus-high-availability",
        "database.tf",
        "publicly_accessible    = false",
        "publicly_accessible    = true",
        "DIR-04",
        "publicly_accessible",
    ),
    (
        "octopus-high-availability",
        "database.tf",
        "\"db.m6i.xlarge\"",
        "\"db.t3.micro\"",
        "OCT-09",
        "instance_class",
    ),
    ("octopus-high-availability", "shared_storage.tf", "\"ENABLED\"", "\"DISABLED\"", "DIR-02", "status"),
    (
        "octopus-high-availability",
        "load_balancer.tf",
        "\"/api/octopusservernodes/ping\"",
        "\"/api\"",
        "DIR-05",
        "path",
    ),
    (
        "octopus-high-availability",
        "load_balancer.tf",
        "matcher             = \"200\"",
        "matcher             = \"200-499\"",
        "DIR-06",
        "matcher",
    ),
    (
        "octopus-high-availability",
        "variables.tf",
        "  default     = true",
        "  default     = false",
        "DIR-01",
        "deletion_protection",
    ),
    (
        "kestra-high-availability",
        "load_balancer.tf",
        "port                = \"8081\"",
        "port                = \"8080\"",
        "DIR-05",
        "port",
    ),
    (
        "kestra-high-availability",
        "compute.tf",
        "vpc_zone_identifier = [aws_subnet.private_a.id, aws_subnet.private_b.id, aws_subnet.private_c.id]",
        "vpc_zone_identifier = [aws_subnet.private_a.id, aws_subnet.private_b.id]",
        "DIR-07",
        "vpc_zone_identifier",
    ),
    (
        "kestra-high-availability",
        "compute.tf",
        "min_size            = 2\n  max_size            = 2",
        "min_size            = 1\n  max_size            = 1",
        "KES-08",
        "min_size",
    ),
    (
        "kestra-high-availability",
        "kafka.tf",
        "default.replication.factor=3",
        "default.replication.factor=2",
        "KAF-01",
        "server_properties",
    ),
    (
        "kestra-high-availability",
        "kafka.tf",
        "unclean.leader.election.enable=false",
        "unclean.leader.election.enable=true",
        "DIR-08",
        "server_properties",
    ),
    (
        "kestra-high-availability",
        "kafka.tf",
        "number_of_broker_nodes = 3",
        "number_of_broker_nodes = 2",
        "KAF-03",
        "number_of_broker_nodes",
    ),
    (
        "kestra-high-availability",
        "hosts/worker/90-provision.conf",
        "net.ipv4.tcp_retries2 = 5\n",
        "",
        "DIR-09",
        "# Written by",
    ),
    (
        "kestra-high-availability",
        "hosts/worker/90-provision.conf",
        "net.ipv4.tcp_retries2 = 5",
        "net.ipv4.tcp_retries2 = 15",
        "DIR-09",
        "tcp_retries2",
    ),
    // Google Cloud
    (
        "octopus-high-availability-google",
        "database.tf",
        "\"REGIONAL\"",
        "\"ZONAL\"",
        "OCT-08",
        "availability_type",
    ),
    (
        "octopus-high-availability-google",
        "database.tf",
        "enabled                        = true",
        "enabled                        = false",
        "DIR-02",
        "enabled",
    ),
    (
        "octopus-high-availability-google",
        "database.tf",
        "ipv4_enabled    = false",
        "ipv4_enabled    = true",
        "DIR-04",
        "ipv4_enabled",
    ),
    (
        "octopus-high-availability-google",
        "compute.tf",
        "target_size                      = 2",
        "target_size                      = 1",
        "OCT-01",
        "target_size",
    ),
    (
        "kestra-high-availability-google",
        "load_balancer.tf",
        "request_path = \"/health\"",
        "request_path = \"/\"",
        "DIR-05",
        "request_path",
    ),
    // Azure
    ("rudderstack-multi-zone-azure", "database.tf", "\"ZoneRedundant\"", "\"SameZone\"", "RUD-02b", "mode"),
    (
        "rudderstack-multi-zone-azure",
        "database.tf",
        "backup_retention_days = 14",
        "backup_retention_days = 0",
        "DIR-02",
        "backup_retention_days",
    ),
    ("kestra-high-availability-azure", "compute.tf", "[\"1\", \"2\", \"3\"]", "[\"1\"]", "DIR-07", "zones"),
];

#[test]
fn every_edit_is_found_where_it_was_made() {
    let folder = TempDir::new().unwrap();
    let mut wrong = Vec::new();
    let mut before = std::collections::BTreeMap::new();
    for (example, name, from, to, rule, word) in EDITS {
        let directory = folder.path().join(example);
        if !directory.exists() {
            rendered(example, folder.path());
        }
        let path = directory.join(name);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{example}/{name}: {from}");
        let known = before.entry(*example).or_insert_with(|| ids(&findings(&[directory.to_str().unwrap()])));
        let edited = text.replacen(from, to, 1);
        fs::write(&path, &edited).unwrap();
        let found = findings(&[directory.to_str().unwrap()]);
        fs::write(&path, &text).unwrap();
        let new: Vec<&Value> =
            found.iter().filter(|it| !known.contains(&format!("{} {}", it["rule"], it["path"]))).collect();
        let is_there = new.iter().any(|it| {
            let file = it["file"].as_str().unwrap_or_default();
            let line = usize::try_from(it["position"]["line"].as_u64().unwrap()).unwrap();
            // A variable's default is found where it is used.
            let text =
                if *name == "variables.tf" { fs::read_to_string(file).unwrap() } else { edited.clone() };
            let named = text.lines().nth(line - 1).unwrap_or_default();
            it["rule"] == *rule && (*name == "variables.tf" || file.ends_with(name)) && named.contains(word)
        });
        if !is_there {
            wrong.push(format!("{example}/{name}: {from:?} → {to:?}: {rule} is missing in {new:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_edit_in_every_format() {
    let folder = TempDir::new().unwrap();
    let directory = rendered("octopus-high-availability", folder.path());
    let path = directory.join("database.tf");
    let text = fs::read_to_string(&path)
        .unwrap()
        .replace("multi_az               = true", "multi_az               = false");
    fs::write(&path, text).unwrap();
    let shown = |arguments: &[&str]| {
        let mut all = vec!["validate", "octopus-high-availability"];
        all.extend(arguments);
        let mut command = provision(&all);
        command.current_dir(folder.path());
        crate::run::shown(command, "")
    };
    insta::assert_snapshot!("validate-directory", shown(&[]));
    insta::assert_snapshot!("validate-directory-junit", shown(&["--format", "junit"]));
    let sarif = shown(&["--format", "sarif"]);
    assert!(sarif.contains("\"uri\": \"octopus-high-availability/database.tf\""), "{sarif}");
}

#[test]
fn what_is_not_there_is_said() {
    let folder = TempDir::new().unwrap();
    let directory = rendered("kestra-small", folder.path());
    let run = |arguments: &[&str]| {
        let mut command = provision(arguments);
        command.current_dir(folder.path());
        crate::run::shown(command, "")
    };
    fs::write(folder.path().join("no-plan.json"), "{}").unwrap();
    insta::assert_snapshot!("validate-no-plan", run(&["validate", "--plan", "no-plan.json", "kestra-small"]));
    insta::assert_snapshot!("validate-plan-of-what", run(&["validate", "--plan", "no-plan.json"]));
    let path = directory.join("compute.tf");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("  min_size", "  count = 2\n  min_size", 1)).unwrap();
    insta::assert_snapshot!("validate-not-all-readable", run(&["validate", "kestra-small"]));
    fs::remove_file(directory.join("spec.yaml")).unwrap();
    insta::assert_snapshot!("validate-no-spec", run(&["validate", "kestra-small"]));
}
