//! An estate goes from the embedded engine to Terraform and back, and nothing of it changes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::account::{Account, KEPT, TINY};
use crate::estate::terraform::fake::Fake;
use crate::estate::terraform::stub::{Server, Stub, give_variables};
use crate::run::{root, shown};

const OUT: &[&str] = &["out", "--ledger", "file:kept"];

/// What the stand-in for the provider is to find, and what a change of it forces.
fn feed(path: &Path, handed: &Value) {
    let kind = |object: &Value| {
        object["address"].as_str().and_then(|it| it.split('.').next()).unwrap_or_default().to_owned()
    };
    let objects: Vec<Value> = handed["objects"]
        .as_array()
        .expect("objects")
        .iter()
        .map(|it| json!({ "kind": kind(it), "import": it["import"], "attributes": it["attributes"] }))
        .collect();
    let replaces: BTreeMap<&str, Value> = provision_kinds::kinds()
        .map(|(name, kind)| (name, if kind.immutable { json!(true) } else { json!(kind.replaces) }))
        .collect();
    fs::write(path, json!({ "objects": objects, "replaces": replaces }).to_string())
        .expect("it can be written");
}

struct Place<'a> {
    account: &'a Account,
    stub: &'a Stub,
    server: Option<Server>,
}

impl Place<'_> {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.account.command(arguments);
        self.stub.environment(&mut command);
        command.env_remove("PROVISION_LEDGER");
        if let Some(server) = &self.server {
            server.environment(&mut command);
        }
        command
    }

    fn run(&self, verb: &str, target: &[&str], more: &[&str]) -> String {
        shown(self.command(&[&[verb], target, more].concat()), "")
    }

    fn done(&self, verb: &str, target: &[&str], more: &[&str]) -> String {
        let said = self.run(verb, target, more);
        assert!(said.starts_with("exit code: 0\n"), "{verb}: {said}");
        said
    }

    fn json(&self, verb: &str, target: &[&str], more: &[&str]) -> Value {
        let output = self.command(&[&[verb], target, more, &["--json"]].concat()).output().expect("it runs");
        assert!(output.status.success(), "{verb}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("JSON")
    }
}

fn actions(plan: &Value) -> BTreeSet<String> {
    let actions = plan["actions"].as_array().expect("actions").iter();
    actions.map(|action| format!("{} {}", action["verb"].as_str().unwrap_or(""), action["address"])).collect()
}

const FORGET: &str = r#"
import sys
import boto3

of = dict(endpoint_url=sys.argv[1], region_name="eu-west-1", aws_access_key_id="test", aws_secret_access_key="test")
rds, secrets = boto3.client("rds", **of), boto3.client("secretsmanager", **of)
for instance in rds.describe_db_instances()["DBInstances"]:
    rds.remove_tags_from_resource(ResourceName=instance["DBInstanceArn"], TagKeys=["provision:kept"])
for secret in secrets.list_secrets()["SecretList"]:
    secrets.untag_resource(SecretId=secret["ARN"], TagKeys=["provision:kept"])
"#;

/// What no cloud keeps: Terraform writes it into its own state, and calls that a change.
fn is_only_terraforms(action: &Value) -> bool {
    let changes = action["changes"].as_array().expect("changes");
    action["verb"] == "update" && changes.iter().all(|change| change["field"] == "wait_for_capacity_timeout")
}

/// Terraform as somebody runs it by hand in the directory.
fn by_hand(place: &Place<'_>, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new("terraform");
    place.stub.environment(&mut command);
    if let Some(server) = &place.server {
        server.environment(&mut command);
    }
    command.args(arguments).current_dir(place.account.world.path().join("out"));
    let output = command.output().expect("terraform runs");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn to_terraform_and_back_and_nothing_changes() {
    let Some(stub) = Stub::find() else { return };
    let Some(account) = Account::new() else { return };
    let mut place = Place { account: &account, stub: &stub, server: None };
    let out = account.world.path().join("out");
    let spec = root().join("examples/kestra-small.yaml");
    let rendered = place.run("render", &[spec.to_str().expect("a path")], &["-o", "out"]);
    assert!(rendered.starts_with("exit code: 0\n"), "{rendered}");
    give_variables(&out);
    place.done("apply", OUT, &["-y"]);
    let lives = account.emulator.everything();

    // A Terraform that is run by hand is stopped, whatever it would do.
    let imports = fs::read_to_string(out.join("imports.tf")).expect("embedded apply writes it");
    assert!(imports.contains("to = aws_vpc.main"), "{imports}");
    assert!(by_hand(&place, &["init", "-no-color", "-input=false"]).0);
    let (worked, said) = by_hand(&place, &["apply", "-no-color", "-input=false", "-auto-approve"]);
    assert!(!worked && said.contains("The embedded engine of provision applies this estate"), "{said}");
    let empty = place.json("plan", OUT, &[]);
    assert_eq!(actions(&empty), BTreeSet::new(), "the file is in nobody's way here");

    let handed = place.json("handover", OUT, &["--to", "terraform", "-y"]);
    assert_eq!(handed["to"], "terraform");
    let fed = account.world.path().join("fed.json");
    feed(&fed, &handed);
    place.server = Some(stub.feed(&fed));
    let planned = place.json("plan", OUT, &[]);
    assert_eq!(planned["engine"], "terraform", "the ledger says whose it is");
    let others: Vec<&Value> = planned["actions"]
        .as_array()
        .expect("actions")
        .iter()
        .filter(|action| action["verb"] != "import" && !is_only_terraforms(action))
        .collect();
    assert!(others.is_empty(), "{others:#?}");
    let resources = handed["objects"].as_array().map(Vec::len);
    assert_eq!(planned["actions"].as_array().map(Vec::len), resources);
    let applied = place.done("apply", OUT, &["-y"]);
    assert!(applied.contains("Looked again: nothing is left to change."), "{applied}");

    // The embedded engine keeps its hands off it, and would do the same to it.
    let off = place.run("apply", OUT, &["--engine", "embedded", "-y", "--var", "deletion_protection=false"]);
    assert!(off.starts_with("exit code: 1\n"), "{off}");
    assert!(off.contains("driven by the engine `terraform`, not by `embedded`"), "{off}");
    // Of the one edit comes a change, of the other a replacement: in both engines.
    for (from, to) in
        [("enable_dns_hostnames = true", "enable_dns_hostnames = false"), ("\"ALL\"", "\"REJECT\"")]
    {
        account.world.change("out/network.tf", from, to);
        let (terraform, embedded) =
            (place.json("plan", OUT, &[]), place.json("plan", OUT, &["--engine", "embedded"]));
        assert_eq!(actions(&terraform).len(), 1, "{from}: {:#}", terraform["actions"]);
        assert_eq!(actions(&terraform), actions(&embedded), "{from}");
        account.world.change("out/network.tf", to, from);
    }

    // As Terraform would have made it: what the embedded engine has to remember stands nowhere.
    let script = account.world.path().join("forget.py");
    fs::write(&script, FORGET).expect("a script");
    account.emulator.python(script.to_str().expect("a path"), &[&account.emulator.endpoint()]);
    let told = place.json("plan", OUT, &["--engine", "embedded"]);
    assert!(!actions(&told).is_empty(), "there is something to remember: {told}");

    // And back: Terraform's state is empty, a copy of it is kept for one reader only.
    let back = place.done("handover", OUT, &["--to", "embedded", "-y"]);
    assert!(back.contains("is embedded's now") && back.contains("Terraform's state is empty now"), "{back}");
    let (_, state) = by_hand(&place, &["state", "list", "-no-color"]);
    assert_eq!(state.trim(), "");
    let copies: Vec<_> = fs::read_dir(account.world.path().join(".provision/orders"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.to_string_lossy().contains("terraform-state-"))
        .collect();
    assert_eq!(copies.len(), 1, "{copies:?}");
    let mode =
        std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&copies[0]).expect("a file").permissions());
    assert_eq!(mode & 0o077, 0, "{mode:o}");
    assert!(fs::read_to_string(&copies[0]).expect("a copy").contains("aws_vpc"));
    let (worked, said) = by_hand(&place, &["plan", "-no-color", "-input=false"]);
    assert!(!worked && said.contains("The embedded engine of provision applies this estate"), "{said}");
    let again = place.json("plan", OUT, &[]);
    assert_eq!((again["engine"].as_str(), actions(&again)), (Some("embedded"), BTreeSet::new()));
    let now = account.emulator.everything();
    for (category, items) in lives.as_object().expect("categories") {
        let keys = |items: &Value| -> BTreeSet<String> {
            items.as_object().expect("items").keys().cloned().collect()
        };
        assert_eq!(keys(items), keys(&now[category]), "{category}");
    }
}

#[test]
fn what_is_not_as_the_directory_says_stays_whose_it_is() {
    let Some(account) = Account::new() else { return };
    let nothing = account.tiny("handover", &["--to", "terraform", "-y"]);
    assert!(nothing.starts_with("exit code: 1\n"), "{nothing}");
    assert!(nothing.contains("only what is as the directory says can be handed over"), "{nothing}");
    account.done("apply", &["-y"]);
    account.world.edit("retention_in_days = 30", "retention_in_days = 90");
    let changed = account.tiny("handover", &["--to", "terraform", "-y"]);
    assert!(changed.starts_with("exit code: 1\n") && changed.contains("1 to change"), "{changed}");
    account.world.edit("retention_in_days = 90", "retention_in_days = 30");
    let unnamed = account.run(&[&["handover"], TINY, &["--to", "terraform", "-y"]].concat());
    assert!(unnamed.contains("has no ledger that others see"), "{unnamed}");
    let asked = account.tiny("handover", &["--to", "tofu"]);
    assert!(asked.starts_with("exit code: 1\n") && asked.contains("there is nobody to ask"), "{asked}");
    let owner = account.tiny("plan", &[]);
    assert!(owner.starts_with("exit code: 0\n") && owner.contains("No changes"), "{owner}");
    // Where the file is somebody's own, it is left alone.
    fs::write(account.world.path().join("tiny/imports.tf"), "# mine\n").expect("a file");
    let mine = account.tiny("apply", &["-y"]);
    assert!(mine.contains("imports.tf is not ours to overwrite"), "{mine}");
}

#[test]
fn a_lost_ledger_does_not_change_the_owner() {
    let Some(account) = Account::new() else { return };
    account.done("apply", &["-y"]);
    fs::remove_dir_all(account.world.path().join("kept")).expect("the ledger");
    let again = account.done("apply", &["-y", "--var", "retention=9"]);
    assert!(again.contains("1 to change"), "the network says that it is ours: {again}");
    account.done("handover", &["--to", "terraform", "-y", "--var", "retention=9"]);
    fs::remove_dir_all(account.world.path().join("kept")).expect("the ledger");
    let refused = account.tiny("apply", &["-y"]);
    assert!(refused.starts_with("exit code: 1\n"), "{refused}");
    assert!(refused.contains("driven by the engine `terraform`, not by `embedded`"), "{refused}");
}

/// The other way round: Terraform finds an estate of the embedded engine's.
#[test]
fn terraform_keeps_its_hands_off_what_is_the_embedded_engines() {
    let Some(account) = Account::new() else { return };
    account.done("apply", &["-y"]);
    let fake = Fake::new("touch \"$here/applied\"\n");
    let mut command = account
        .command(&[&["apply", "tiny", "--deployment", "tiny", "-y", "--engine", "terraform"], KEPT].concat());
    command.env("PATH", format!("{}:/usr/bin:/bin", fake.path("bin").display()));
    let refused = shown(command, "");
    assert!(refused.starts_with("exit code: 1\n"), "{refused}");
    assert!(refused.contains("driven by the engine `embedded`, not by `terraform`"), "{refused}");
    assert!(!fake.path("applied").exists(), "{}", fake.asked());
}
