//! From the team's store to the end of an estate.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use super::account::{Account, in_order};
use crate::run::root;

const BUCKET: &str = "s3://acme-provision";
const IDENTITY: &str = "AWS account 123456789012, region eu-west-1, as arn:aws:";

fn ids(everything: &Value) -> BTreeSet<String> {
    let categories = everything.as_object().expect("categories").iter();
    let of = |(name, items): (&String, &Value)| -> Vec<String> {
        items.as_object().expect("items").keys().map(|id| format!("{name} {id}")).collect()
    };
    categories.flat_map(of).collect()
}

#[test]
fn from_bootstrap_to_destroy_with_a_ledger_that_a_team_shares() {
    let Some(account) = Account::new() else { return };
    let before = ids(&account.emulator.everything());
    fs::copy(root().join("examples/kestra-small.yaml"), account.world.path().join("provision.yaml"))
        .expect("a spec");
    let made = account.run(&["bootstrap", "--ledger", BUCKET, "-y"]);
    assert!(made.starts_with("exit code: 0") && made.contains("+ made the bucket"), "{made}");

    // Nobody says which engine: a new deployment on AWS is the embedded one's, and then its owner goes on.
    let tiny = |verb: &str, more: &[&str]| {
        let usual: &[&str] = &["tiny", "--deployment", "tiny", "--ledger", BUCKET];
        account.run(&[&[verb], usual, more].concat())
    };
    let planned = tiny("plan", &["--detailed-exitcode"]);
    assert!(planned.starts_with("exit code: 2\n"), "{planned}");
    assert!(planned.contains("6 to create") && planned.contains(IDENTITY), "{planned}");

    let applied = tiny("apply", &["-y", "--stats", "--detailed-exitcode"]);
    assert!(applied.starts_with("exit code: 2\n"), "{applied}");
    assert!(applied.contains("Looked again: nothing is left to change."), "{applied}");
    let told = applied.split("----- stderr -----").nth(1).expect("stderr");
    in_order(
        told,
        &[
            IDENTITY,
            &format!("The ledger is {BUCKET}/tiny; it is written as arn:aws:"),
            "created aws_vpc.main",
            "created aws_db_instance.main",
            "created aws_ssm_parameter.host",
            "Calls to the cloud: ",
        ],
    );
    // Once as a dry run, to see whether it may be made.
    assert!(told.contains("2  ec2:CreateVpc\n"), "{told}");

    let again = tiny("plan", &["--detailed-exitcode", "--stats"]);
    assert!(again.starts_with("exit code: 0\n") && again.contains("ec2:DescribeVpcs"), "{again}");
    assert!(!again.contains("ec2:Create"), "it only looks: {again}");
    let output = tiny("output", &["--json"]);
    assert!(output.starts_with("exit code: 0\n") && output.contains("\"host\": \"tiny."), "{output}");
    let history = tiny("history", &[]);
    assert!(history.contains("6 to create") && history.contains("6 done"), "{history}");
    assert!(tiny("unlock", &["-y"]).contains("nobody holds the lock"));
    let status = tiny("status", &[]);
    assert!(status.contains("Lock: nobody holds it."), "{status}");

    let change = tiny("apply", &["-y", "--var", "retention=9", "--json"]);
    assert!(change.starts_with("exit code: 0\n"), "{change}");
    let done = change.lines().find(|line| line.contains("\"type\":\"report\"")).expect("a report");
    let report: Value = serde_json::from_str(done).expect("JSON");
    let did: Vec<&str> =
        report["done"].as_array().expect("done").iter().filter_map(|done| done["address"].as_str()).collect();
    assert_eq!(did, ["aws_db_instance.main"], "{report}");

    let kept = tiny("destroy", &["-y"]);
    assert!(
        kept.starts_with("exit code: 1\n") && kept.contains("--allow-data-loss=aws_db_instance.main"),
        "{kept}"
    );
    let destroyed =
        tiny("destroy", &["-y", "--allow-data-loss=aws_db_instance.main", "--var", "retention=9"]);
    assert!(destroyed.starts_with("exit code: 0\n"), "{destroyed}");
    assert!(
        destroyed.contains("nothing of it lives any more") && destroyed.contains("tiny-final"),
        "{destroyed}"
    );
    let left: Vec<String> = ids(&account.emulator.everything()).difference(&before).cloned().collect();
    // The team's store, the backup that was asked for, and what a database brings along that is the cloud's own.
    let stays =
        ["buckets acme-provision", "database_snapshots tiny-final", "keys ", "parameter_groups default."];
    let ours = |item: &&String| !stays.iter().any(|known| item.starts_with(known));
    assert_eq!(left.iter().filter(ours).count(), 0, "{left:#?}");
    assert!(!account.world.path().join(".provision").exists(), "nothing of it is kept here");
}
