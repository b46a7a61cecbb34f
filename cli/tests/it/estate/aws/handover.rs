//! An estate goes from the embedded engine to Terraform and back, and nothing of it changes.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use super::account::{Account, KEPT, TINY};
use super::passage::{Edit, OUT, Passage, actions};
use crate::estate::terraform::fake::Fake;
use crate::run::shown;

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

const OBJECT_STORAGE: &str = r#"resource "aws_vpc_endpoint" "object_storage" {
  vpc_id            = aws_vpc.main.id
  service_name      = "com.amazonaws.eu-west-1.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids = [
    aws_route_table.private_a.id,
  ]

  tags = {
    "Name"                 = "orders-object-storage"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_endpoint.object_storage"
  }
}
"#;

/// Arguments in place, inside of blocks too; something new, something gone, something that gets another name; and what
/// can't be changed in place.
const MANY: &[Edit] = &[
    ("network.tf", "enable_dns_hostnames = true", "enable_dns_hostnames = false"),
    ("network.tf", "\"orders-exit-a\"", "\"orders-way-out\""),
    ("network.tf", "traffic_type             = \"ALL\"", "traffic_type             = \"REJECT\""),
    ("network.tf", OBJECT_STORAGE, "resource \"aws_sns_topic\" \"more\" {\n  name = \"orders-more\"\n}\n"),
    ("compute.tf", "\"m7i.large\"", "\"m7i.xlarge\""),
    ("compute.tf", "heartbeat_timeout      = 390", "heartbeat_timeout      = 400"),
    ("database.tf", "instance_class = \"db.t4g.medium\"", "instance_class = \"db.t4g.large\""),
    (
        "database.tf",
        "resource \"aws_ssm_parameter\" \"database_host\" {",
        "moved {\n  from = aws_ssm_parameter.database_host\n  to   = aws_ssm_parameter.host\n}\n\nresource \"aws_ssm_parameter\" \"host\" {",
    ),
    ("load_balancer.tf", "interval            = 5", "interval            = 10"),
    ("load_balancer.tf", "    expiration {\n      days = 90", "    expiration {\n      days = 60"),
    ("object_storage.tf", "bucket_key_enabled = true", "bucket_key_enabled = false"),
    ("variables.tf", "default     = 365", "default     = 180"),
];

const ASSOCIATION: &str = r#"resource "aws_route_table_association" "public_b" {
  subnet_id      = aws_subnet.public_b.id
  route_table_id = aws_route_table.public.id
}
"#;

/// New objects have new names, and what names them follows: in place where it can, else as a new one itself.
const CHAINS: &[Edit] = &[
    ("network.tf", "\"10.0.128.0/19\"", "\"10.0.192.0/19\""),
    ("security.tf", "\"Connections of database\"", "\"Who asks the database\""),
    ("load_balancer.tf", "  port                 = 8080", "  port                 = 9090"),
    ("database.tf", "\"kestra\"", "\"flows\""),
];

#[test]
fn to_terraform_and_back_and_nothing_changes() {
    let Some(mut passage) = Passage::begin("kestra-small") else { return };
    let lives = passage.account.emulator.everything();
    let stopped = "The embedded engine of provision applies this estate";

    // A Terraform that is run by hand is stopped, whatever it would do.
    let imports = fs::read_to_string(passage.out().join("imports.tf")).expect("embedded apply writes it");
    assert!(imports.contains("to = aws_vpc.main"), "{imports}");
    assert!(passage.by_hand(&["init", "-no-color", "-input=false"]).0);
    let (worked, said) = passage.by_hand(&["apply", "-no-color", "-input=false", "-auto-approve"]);
    assert!(!worked && said.contains(stopped), "{said}");
    let empty = passage.json("plan", OUT, &[]);
    assert_eq!(actions(&empty), BTreeSet::new(), "the file is in nobody's way here");

    passage.hand_over();
    let imports = passage.out().join("imports.tf");
    assert!(!imports.exists(), "what was imported may be edited, moved and removed");

    // The embedded engine keeps its hands off it, and would do the same to it.
    let off = passage.run("apply", OUT, &["--engine", "embedded", "-y"]);
    assert!(off.starts_with("exit code: 1\n"), "{off}");
    assert!(off.contains("driven by the engine `terraform`, not by `embedded`"), "{off}");
    assert!(!imports.exists(), "nothing was to do, and nothing was written");
    let of_many = passage.edited(MANY);
    for verb in ["create", "update", "delete", "replace", "move"] {
        assert!(of_many.iter().any(|action| action.starts_with(verb)), "{verb}: {of_many:#?}");
    }
    let of_chains = passage.edited(CHAINS);
    assert!(of_chains.len() > 2 * CHAINS.len(), "{of_chains:#?}");

    // What carries no tag has no name either, once nothing in the directory says it: it goes when that is asked for.
    let [terraform, embedded] = passage.plans(&[("network.tf", ASSOCIATION, "")], &["--prune"]);
    assert_eq!(terraform, BTreeSet::from(["delete aws_route_table_association.public_b".to_owned()]));
    assert_eq!(embedded, BTreeSet::from(["delete aws_route_table_association.without_address".to_owned()]));

    // As Terraform would have made it: what the embedded engine has to remember stands nowhere.
    let script = passage.account.world.path().join("forget.py");
    fs::write(&script, FORGET).expect("a script");
    let emulator = &passage.account.emulator;
    emulator.python(script.to_str().expect("a path"), &[&emulator.endpoint()]);
    let told = passage.json("plan", OUT, &["--engine", "embedded"]);
    assert!(!actions(&told).is_empty(), "there is something to remember: {told}");

    // And back: Terraform's state is empty, a copy of it is kept for one reader only.
    let back = passage.done("handover", OUT, &["--to", "embedded", "-y"]);
    assert!(back.contains("is embedded's now") && back.contains("Terraform's state is empty now"), "{back}");
    let (_, state) = passage.by_hand(&["state", "list", "-no-color"]);
    assert_eq!(state.trim(), "");
    a_copy_is_kept_for_its_owner(&passage);
    let (worked, said) = passage.by_hand(&["plan", "-no-color", "-input=false"]);
    assert!(!worked && said.contains(stopped), "{said}");
    let again = passage.json("plan", OUT, &[]);
    assert_eq!((again["engine"].as_str(), actions(&again)), (Some("embedded"), BTreeSet::new()));
    assert_eq!(ids(&lives), ids(&passage.account.emulator.everything()));
}

fn a_copy_is_kept_for_its_owner(passage: &Passage) {
    let kept = fs::read_dir(passage.account.world.path().join(".provision/orders")).expect("a folder");
    let paths = kept.map(|entry| entry.expect("an entry").path());
    let copies: Vec<_> = paths.filter(|path| path.to_string_lossy().contains("terraform-state-")).collect();
    assert_eq!(copies.len(), 1, "{copies:?}");
    let mode = fs::metadata(&copies[0]).expect("a file").permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
    assert!(fs::read_to_string(&copies[0]).expect("a copy").contains("aws_vpc"));
}

fn ids(everything: &Value) -> BTreeSet<String> {
    let categories = everything.as_object().expect("categories").iter();
    let of = |(category, items): (&String, &Value)| -> Vec<String> {
        items.as_object().expect("items").keys().map(|id| format!("{category} {id}")).collect()
    };
    categories.flat_map(of).collect()
}

/// There, the edits that make sense in it, and back.
fn there_and_back(example: &str, edits: &[Edit]) {
    let Some(mut passage) = Passage::begin(example) else { return };
    let lives = ids(&passage.account.emulator.everything());
    passage.hand_over();
    let found = passage.edited(edits);
    assert!(found.len() >= edits.len(), "{found:#?}");
    passage.done("handover", OUT, &["--to", "embedded", "-y"]);
    assert_eq!(actions(&passage.json("plan", OUT, &[])), BTreeSet::new());
    assert_eq!(lives, ids(&passage.account.emulator.everything()));
}

/// Shared files, machines with addresses and disks of their own.
#[test]
#[ignore = "one more whole estate: `cargo test --workspace --test it -- goes_there_and_back --ignored`"]
fn octopus_goes_there_and_back() {
    there_and_back(
        "octopus-high-availability",
        &[
            ("shared_storage.tf", "\"elastic\"", "\"bursting\""),
            ("alerting.tf", "\"eu-west-1a\"", "\"eu-west-1b\""),
            ("alerting.tf", "\"t3.medium\"", "\"t3.large\""),
        ],
    );
}

/// Kafka.
#[test]
#[ignore = "one more whole estate: `cargo test --workspace --test it -- goes_there_and_back --ignored`"]
fn the_event_platform_goes_there_and_back() {
    there_and_back(
        "event-platform",
        &[
            ("kafka.tf", "num.partitions=36", "num.partitions=48"),
            ("kafka.tf", "volume_size = 1000", "volume_size = 2000"),
            ("alerting.tf", "size              = 50", "size              = 60"),
        ],
    );
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
    let imports = || fs::read_to_string(account.world.path().join("tiny/imports.tf")).expect("it is there");
    let of_terraform = imports();
    // Whether there is something to do or not.
    for more in [&["-y"][..], &["-y", "--var", "retention=9"]] {
        let refused = account.tiny("apply", more);
        assert!(refused.starts_with("exit code: 1\n"), "{refused}");
        assert!(refused.contains("driven by the engine `terraform`, not by `embedded`"), "{refused}");
        assert_eq!(imports(), of_terraform, "it is refused before anything is written");
    }
    let other = account.tiny("handover", &["--to", "tofu", "-y", "--var", "retention=9"]);
    assert!(other.starts_with("exit code: 1\n"), "{other}");
    assert!(other.contains("driven by the engine `terraform`"), "{other}");
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
