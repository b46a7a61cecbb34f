//! What runs in a cluster, installed after the cluster, with programs that only write down what they are asked.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use provision_testing::program;
use serde_json::{Value, json};

use super::fake::Fake;
use crate::run::{root, shown};

const EXAMPLE: &str = "event-platform-on-kubernetes";

struct Cluster {
    fake: Fake,
}

impl Cluster {
    /// The example's directory, and a Terraform that makes a network of it.
    fn new() -> Self {
        let done = ["aws_vpc.main", "aws_subnet.a", "aws_cloudwatch_log_group.main"].map(|address| {
            format!(
                r#"echo '{{"type":"apply_complete","hook":{{"resource":{{"addr":"{address}"}},"action":"create","id_value":"x","elapsed_seconds":1}}}}'"#
            )
        });
        let fake = Fake::new(&format!("{}\nmv \"$here/done.json\" \"$here/plan.json\"\n", done.join("\n")));
        let cluster = Cluster { fake };
        let spec = root().join(format!("examples/{EXAMPLE}.yaml"));
        let rendered = cluster.run(&["render", spec.to_str().expect("a path"), "-o", "out"]);
        assert!(rendered.starts_with("exit code: 0\n"), "{rendered}");
        let outputs = fs::read_to_string(cluster.fake.path("out/outputs.tf")).expect("outputs");
        let names = outputs.lines().filter_map(|line| line.strip_prefix("output \"")?.split('"').next());
        let outputs: Value = names
            .map(|name| (name.to_owned(), json!({ "value": format!("the-{name}"), "sensitive": false })))
            .collect();
        cluster.fake.plans("outputs.json", &outputs);
        cluster
    }

    fn tool(&self, name: &str, script: &str) {
        let path = self.fake.path("bin").join(name);
        let log = self.fake.path("tools").display().to_string();
        fs::write(&path, format!("#!/bin/sh\necho \"{name} $*\" >> {log}\n{script}\n")).expect("a program");
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("it can be run");
    }

    /// `kubectl` reads what it is to apply.
    fn tools(&self, kubectl: &str) {
        self.tool("helm", "");
        self.tool("aws", "");
        let reads = format!("case \"$*\" in *'-f -'*) cat > /dev/null ;; esac\n{kubectl}");
        self.tool("kubectl", &reads);
    }

    fn run(&self, arguments: &[&str]) -> String {
        shown(self.fake.prepared(self.fake.world.command(arguments)), "")
    }

    fn apply(&self, more: &[&str]) -> String {
        self.run(&[&["apply", "out", "--engine", "terraform", "-y"], more].concat())
    }

    /// With its lines as long as they are.
    fn status(&self) -> String {
        let said = self.run(&["status", "out", "--engine", "terraform"]);
        said.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn asked_of_tools(&self) -> String {
        fs::read_to_string(self.fake.path("tools")).unwrap_or_default()
    }
}

#[test]
fn it_is_installed_after_the_cluster_and_again_after_each_apply() {
    if program("jq").is_err() {
        return;
    }
    let cluster = Cluster::new();
    cluster.tools("");
    let applied = cluster.apply(&[]);
    assert!(applied.starts_with("exit code: 0\n"), "{applied}");
    assert!(
        applied.contains("Installing what runs in the cluster") && !applied.contains("Not done"),
        "{applied}"
    );
    let asked = cluster.asked_of_tools();
    assert!(asked.contains("kubectl rollout status deployment/execution"), "{asked}");
    let said = cluster.status();
    assert!(said.contains("kubectl get pods -A") && !said.contains("not installed"), "{said}");
    let again = cluster.apply(&["--json"]);
    assert!(again.starts_with("exit code: 0\n"), "{again}");
    assert!(again.contains(r#""installation":{"state":"done"}"#), "{again}");
    assert!(cluster.asked_of_tools().len() > asked.len(), "it is done again: only what differs changes");
}

#[test]
fn without_its_programs_the_report_ends_with_the_command() {
    let cluster = Cluster::new();
    // What the machine itself has must not decide the test.
    let path = cluster.fake.path("bin").display().to_string();
    let sh = program("sh").expect("a shell");
    for tool in ["sh", "cat", "mv"] {
        std::os::unix::fs::symlink(sh.with_file_name(tool), cluster.fake.path("bin").join(tool))
            .expect("a link");
    }
    let mut command =
        cluster.fake.prepared(cluster.fake.world.command(&["apply", "out", "--engine", "terraform", "-y"]));
    command.env("PATH", path);
    let applied = shown(command, "");
    assert!(applied.starts_with("exit code: 0\n"), "{applied}");
    assert!(applied.contains("Not done\n--------\n") && applied.contains("`kubectl`"), "{applied}");
    assert!(applied.contains("\n  TERRAFORM=terraform sh out/kubernetes/install.sh\n"), "{applied}");
}

#[test]
fn a_failed_installation_fails_the_run() {
    if program("jq").is_err() {
        return;
    }
    let cluster = Cluster::new();
    cluster.tools("case \"$*\" in rollout*) echo 'the pods crash' >&2; exit 1 ;; esac");
    let applied = cluster.apply(&[]);
    assert!(applied.starts_with("exit code: 1\n"), "{applied}");
    assert!(applied.contains("the pods crash") && applied.contains("Not done\n--------\n"), "{applied}");
}

#[test]
fn neither_unasked_nor_edited_scripts_are_run() {
    let cluster = Cluster::new();
    cluster.tools("");
    let left = cluster.apply(&["--no-install"]);
    assert!(left.starts_with("exit code: 0\n") && left.contains("that was not asked for"), "{left}");
    let said = cluster.status();
    assert!(
        said.contains("the workload is not installed") && said.contains("because that was not asked for"),
        "{said}"
    );
    let script = cluster.fake.path("out/kubernetes/install.sh");
    let text = fs::read_to_string(&script).expect("it was rendered");
    fs::write(&script, text.replacen("set -eu\n", "set -eu\ntouch owned\n", 1)).expect("it can be written");
    let refused = cluster.apply(&[]);
    assert!(refused.contains("is not what `provision render` writes"), "{refused}");
    assert_eq!(cluster.asked_of_tools(), "", "nothing was run");
    assert!(!cluster.fake.path("owned").exists());
    cluster.apply(&["--allow-code"]);
    assert!(cluster.fake.path("owned").exists(), "allowed by name");
}
