//! What lives against what was promised: each thing that is wrong is named, and nothing is when all is well.

use std::fs;
use std::process::Command;

use provision_engine::boundary::Unwatched;
use provision_engine::sandbox::{Estate, Place};
use serde_json::Value;

use super::steady;
use super::world::World;
use crate::run::root;

/// An example, applied in the sandbox.
struct Built {
    world: World,
}

impl Built {
    fn example(name: &str) -> Self {
        let world = World::new();
        let spec = root().join("examples").join(format!("{name}.yaml"));
        fs::copy(spec, world.path().join("provision.yaml")).expect("a spec");
        let built = Built { world };
        let applied = built.run("apply", &["-y"]);
        assert!(applied.starts_with("exit code: 0"), "{applied}");
        built
    }

    fn run(&self, verb: &str, more: &[&str]) -> String {
        let all = [verb, "--engine", "sandbox", "--estate", "estate.json"];
        self.world.run(&all.into_iter().chain(more.iter().copied()).collect::<Vec<_>>())
    }

    fn status(&self, more: &[&str]) -> String {
        self.run("status", more)
    }

    /// The exit code and the document.
    fn document(&self, more: &[&str]) -> (String, Value) {
        document(&self.status(&[&["--json"], more].concat()))
    }

    /// Somebody changes the estate by hand.
    fn by_hand(&self, change: impl FnOnce(&mut Estate)) {
        let place = Place::file(self.world.path().join("estate.json"));
        place.change(change).expect("it can be changed");
        place.fold(&Unwatched).expect("it can be written");
    }
}

/// The exit code of a run, and what it told on stdout.
pub(super) fn document(shown: &str) -> (String, Value) {
    let json = shown.split("----- stdout -----\n").nth(1).and_then(|it| it.split("\n----- stderr").next());
    let code = shown.lines().next().unwrap_or_default().to_owned();
    (code, serde_json::from_str(json.expect("a stdout")).unwrap_or_else(|_| panic!("{shown}")))
}

/// The sentences of one sort.
pub(super) fn says(document: &Value, what: &str) -> Vec<String> {
    let findings = document["findings"].as_array().expect("findings");
    let mine = findings.iter().filter(|finding| finding["what"] == what);
    mine.map(|finding| finding["says"].as_str().expect("a sentence").to_owned()).collect()
}

fn machine(document: &Value, component: &str) -> String {
    let components = document["components"].as_array().expect("components");
    let mine = components.iter().find(|it| it["name"] == component).expect("the component");
    mine["members"][0]["id"].as_str().expect("an id").to_owned()
}

/// Says of each document what is wrong with it.
const CHECK: &str = r#"
import json, sys
import jsonschema
schema, documents = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:])
kind = jsonschema.validators.validator_for(schema)
kind.check_schema(schema)
checker = kind(schema)
json.dump([[f"{error.json_path}: {error.message}" for error in checker.iter_errors(document)] for document in documents], sys.stdout)
"#;

pub(super) fn keep_to_the_schema(documents: &[Value]) {
    let Ok(tools) = provision_testing::python_tools("reports") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let (rules, list) = (folder.path().join("schema.json"), folder.path().join("documents.json"));
    fs::write(&rules, provision_validation::status::schema()).expect("written");
    // The last one is no status.
    let mut all = documents.to_vec();
    let mut bad = documents[0].clone();
    bad["lock"] = "nobody".into();
    all.push(bad);
    fs::write(&list, Value::from(all).to_string()).expect("written");
    let output = Command::new(tools.join("python")).args(["-c", CHECK]).args([rules, list]).output();
    let output = output.expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found: Vec<Vec<String>> = serde_json::from_slice(&output.stdout).expect("JSON");
    let (bad, good) = found.split_last().expect("documents");
    assert!(!bad.is_empty(), "a schema that allows anything would prove nothing");
    assert!(good.iter().all(Vec::is_empty), "{good:?}");
}

#[test]
fn everything_that_is_wrong_is_named_until_it_has_healed() {
    let built = Built::example("kestra-high-availability");
    let _steady = steady(&[(r"i-[0-9a-f]{17}", "i-ID")]);
    insta::assert_snapshot!("status-good", built.status(&[]));
    let (code, good) = built.document(&[]);
    assert_eq!((code.as_str(), &good["as_promised"]), ("exit code: 0", &true.into()));
    let mut documents = vec![good.clone()];

    let webserver = machine(&good, "webserver");
    let (code, one) = built.document(&["--fail", &format!("machine={webserver}")]);
    assert_eq!(code, "exit code: 2");
    assert!(says(&one, "instances")[0].contains(&webserver), "{one:#}");
    assert!(says(&one, "targets")[0].contains(&webserver), "{one:#}");
    assert!(says(&one, "survival").iter().any(|it| it.contains("webserver") && it.contains("ui")), "{one:#}");
    assert_eq!(one["survives"]["now"][0]["state"], "running");
    documents.push(one);
    let healed = built.status(&["--wait", "30m", "--count", "3"]);
    assert!(healed.starts_with("exit code: 0") && healed.contains("as promised, 2 of 3 times"), "{healed}");

    let (_, whole) = built.document(&[]);
    let webserver = machine(&whole, "webserver");
    let (code, silent) = built.document(&["--fail", &format!("service={webserver}")]);
    assert_eq!((code.as_str(), says(&silent, "instances").len()), ("exit code: 2", 0));
    assert!(says(&silent, "targets")[0].contains("doesn't answer"), "{silent:#}");
    documents.push(silent);

    insta::assert_snapshot!("status-zone", built.status(&["--recover", "--fail", "zone=eu-west-1a"]));
    documents.push(built.document(&[]).1);
    let drawn = built.run("graph", &["--live", "--format", "mermaid"]);
    assert!(drawn.contains("eu-west-1a: 1, down"), "{drawn}");
    insta::assert_snapshot!("graph-live", drawn);
    // The groups heal by themselves, the machines with an identity only with their zone.
    let never = built.status(&["--wait", "20m", "--every", "1m"]);
    assert!(never.starts_with("exit code: 2") && never.contains("search-data"), "{never}");
    let back = built.status(&["--recover", "--wait", "30m", "--count", "3"]);
    assert!(back.starts_with("exit code: 0"), "{back}");
    keep_to_the_schema(&documents);
}

#[test]
fn what_somebody_changed_by_hand_is_named() {
    let built = Built::example("kestra-high-availability");
    built.by_hand(|estate| {
        let group = estate.objects.get_mut("aws_autoscaling_group/orders-webserver").expect("the group");
        group.arguments.insert("target_group_arns".to_owned(), Value::Array(Vec::new()));
        let balancer = estate.objects.values_mut().find(|it| it.kind == "aws_lb").expect("a load balancer");
        balancer.arguments["tags"]["Name"] = "mine".into();
        let attachment = estate.objects.keys().find(|it| it.starts_with("aws_volume_attachment/")).cloned();
        estate.objects.remove(&attachment.expect("an attached disk"));
    });
    let (code, document) = built.document(&[]);
    assert_eq!(code, "exit code: 2");
    assert!(says(&document, "targets")[0].contains("no healthy target"), "{document:#}");
    let drift = says(&document, "drift");
    assert!(drift.iter().any(|it| it.starts_with("aws_lb.main: tags")), "{drift:?}");
    assert!(
        drift.iter().any(|it| it.contains("aws_volume_attachment") && it.contains("is gone")),
        "{drift:?}"
    );
    assert!(says(&document, "disk")[0].contains("attached to nothing"), "{document:#}");
    keep_to_the_schema(&[document]);
}

#[test]
fn a_standby_that_is_off_is_named_with_what_it_costs() {
    let built = Built::example("rudderstack-multi-zone");
    let (code, good) = built.document(&[]);
    assert_eq!(code, "exit code: 0", "{good:#}");
    built.by_hand(|estate| {
        let database =
            estate.objects.values_mut().find(|it| it.kind == "aws_db_instance").expect("a database");
        database.arguments.insert("multi_az".to_owned(), false.into());
    });
    let (code, document) = built.document(&[]);
    assert_eq!(code, "exit code: 2");
    assert!(says(&document, "database")[0].contains("no standby"), "{document:#}");
    assert!(says(&document, "drift")[0].contains("multi_az"), "{document:#}");
    assert!(says(&document, "survival").iter().any(|it| it.contains("database server dies")), "{document:#}");
    keep_to_the_schema(&[good, document]);
}

#[test]
fn a_directory_alone_says_what_was_promised() {
    let built = Built::example("kestra-on-kubernetes");
    let rendered = built.world.run(&["render", "provision.yaml", "-o", "out"]);
    assert!(rendered.starts_with("exit code: 0"), "{rendered}");
    let status = built.status(&["out"]);
    assert!(status.starts_with("exit code: 0"), "{status}");
    assert!(status.contains("as far as it is known") && status.contains("kubectl get pods"), "{status}");
    let whole = built.run("graph", &["--live", "out"]);
    assert!(whole.starts_with("exit code: 0") && !whole.contains("is-stopped failed"), "{whole}");
    let broken = built.status(&["out", "--fail", "zone=eu-west-1b"]);
    assert!(
        broken.starts_with("exit code: 2") && broken.contains("if zone eu-west-1a is lost now"),
        "{broken}"
    );
}

/// Variables that have no defaults.
const GIVEN: [(&str, &str); 7] = [
    ("TF_VAR_operator_id", "01234567-89ab-cdef-0123-456789abcdef"),
    ("TF_VAR_operator_range", "198.51.100.7"),
    ("TF_VAR_ssh_public_key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDtest operator"),
    ("TF_VAR_database_password", "a password of the tests only"),
    (
        "TF_VAR_secrets_vault_id",
        "/subscriptions/01234567-89ab-cdef-0123-456789abcdef/resourceGroups/shared/providers/Microsoft.KeyVault/vaults/shared",
    ),
    ("TF_VAR_dns_zone_group", "shared"),
    ("TF_VAR_project_number", "123456789"),
];

/// Clouds and runtimes name machines, targets and servers each in their own way.
#[test]
fn in_every_cloud_what_was_applied_is_as_promised_and_a_lost_zone_is_not() {
    for (name, zone, balanced) in [
        ("kestra-on-kubernetes-google", "europe-west4-a", true),
        // What balances there belongs to the cluster, and one that nobody calls is not there at all.
        ("kestra-on-kubernetes-azure", "1", false),
        ("event-platform", "eu-west-1a", false),
        ("octopus-high-availability-google", "europe-west4-a", true),
        ("rudderstack-multi-zone-azure", "1", true),
    ] {
        let world = World::new();
        let spec = root().join("examples").join(format!("{name}.yaml"));
        let spec = spec.to_str().expect("a path");
        let run = |verb, more: &[&str]| {
            let mut command = world.command(&[&[verb, spec, "--engine", "sandbox"], more].concat());
            command.envs(GIVEN);
            crate::run::shown(command, "")
        };
        let applied = run("apply", &["-y"]);
        assert!(applied.starts_with("exit code: 0"), "{applied}");
        let good = run("status", &[]);
        assert!(good.starts_with("exit code: 0") && good.contains("behind ") == balanced, "{good}");
        let lost = run("status", &["--fail", &format!("zone={zone}")]);
        assert!(
            lost.starts_with("exit code: 2") && lost.contains(&format!("in {zone}: unhealthy")),
            "{lost}"
        );
    }
}

#[test]
fn who_holds_the_lock_is_named_and_nothing_known_is_made_up() {
    let world = World::new();
    let nothing = world.tiny("status", &[]);
    assert!(nothing.starts_with("exit code: 2") && nothing.contains("nothing of it lives"), "{nothing}");
    let undrawn = world.tiny("graph", &["--live"]);
    assert!(undrawn.starts_with("exit code: 1") && undrawn.contains("nothing to draw"), "{undrawn}");
    let mut running = world.start("apply", &["-y", "--time-lapse", "30"]);
    running.says("creating aws_db_instance.main");
    let _steady = steady(&[(r"\+ .*", "+ …")]);
    insta::assert_snapshot!("status-locked", world.tiny("status", &[]));
    running.signal(rustix::process::Signal::INT);
    running.signal(rustix::process::Signal::INT);
    running.ends();
    let refused = world.tiny("status", &["--fail", "zone=nowhere"]);
    assert!(refused.starts_with("exit code: 1") && refused.contains("`nowhere`"), "{refused}");
}
