//! What is said where it can't work, before anything is made.

use std::fs;

use serde_json::json;

use super::account::{Account, KEPT, TINY};
use crate::run::{root, shown};

fn nothing_was_made(account: &Account) {
    let calls = account.emulator.shim("calls", &json!({}));
    let calls = calls["journal"].as_array().expect("calls").iter().filter_map(|call| call.as_str());
    let made: Vec<&str> =
        calls.filter(|call| call.contains(":Create") && !call.ends_with("(dry run)")).collect();
    assert!(made.is_empty(), "{made:?}");
}

#[test]
fn a_ledger_that_nobody_named_is_for_looking_only() {
    let Some(account) = Account::new() else { return };
    let planned = account.run(&[&["plan"], TINY].concat());
    assert!(planned.starts_with("exit code: 0\n"), "{planned}");
    for verb in ["apply", "destroy"] {
        let refused = account.run(&[&[verb], TINY, &["-y"]].concat());
        assert!(refused.starts_with("exit code: 1\n"), "{refused}");
        assert!(refused.contains("has no ledger that others see"), "{refused}");
    }
    nothing_was_made(&account);
}

#[test]
fn credentials_that_do_not_work_are_said_with_the_ways_on() {
    let Some(account) = Account::new() else { return };
    let ways_on = "`--engine sandbox` tries everything without an account";
    let said = |command| {
        let said = shown(command, "");
        assert!(said.starts_with("exit code: 1\n") && said.contains(ways_on), "{said}");
        assert!(said.contains("AWS doesn't say who we are"), "{said}");
        said
    };
    let arguments = [&["apply", "-y"], TINY, KEPT].concat();
    let mut none = account.command(&arguments);
    none.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
    assert!(said(none).contains("credentials"));
    let mut nobody = account.command(&arguments);
    nobody.env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", provision_testing::free_port()));
    said(nobody);
    let expired = json!([{ "operation": "sts:GetCallerIdentity", "times": 50, "kind": "error", "status": 403, "code": "ExpiredToken" }]);
    account.emulator.shim("faults", &expired);
    assert!(said(account.command(&arguments)).contains("not accepted any more"));
    nothing_was_made(&account);
}

#[test]
fn a_region_without_the_zones_is_said_before_the_first_write() {
    let Some(account) = Account::new() else { return };
    account.world.edit("region = \"eu-west-1\"", "region = \"us-east-1\"");
    let refused = account.tiny("apply", &["-y"]);
    assert!(refused.starts_with("exit code: 1\n") && refused.contains("region us-east-1, as "), "{refused}");
    assert!(
        refused.contains("the account has no zone `eu-west-1a`, which `aws_subnet.a` asks for"),
        "{refused}"
    );
    nothing_was_made(&account);
    let next = account.tiny("unlock", &["-y"]);
    assert!(next.contains("nobody holds the lock"), "{next}");
}

#[test]
fn specs_of_other_clouds_are_for_terraform() {
    let Some(account) = Account::new() else { return };
    for (example, cloud) in
        [("kestra-high-availability-google", "Google Cloud"), ("kestra-high-availability-azure", "Azure")]
    {
        let spec = format!("{example}.yaml");
        fs::copy(root().join("examples").join(&spec), account.world.path().join(&spec)).expect("a spec");
        let refused = account.run(&["plan", &spec, "--engine", "embedded"]);
        assert!(refused.starts_with("exit code: 1\n"), "{refused}");
        assert!(refused.contains(&format!("makes estates on AWS, and this one is for {cloud}")), "{refused}");
        assert!(refused.contains("`--engine terraform` and `--engine tofu`"), "{refused}");
    }
}
