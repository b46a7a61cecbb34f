//! A real cloud is changed only with a ledger that somebody named.

use std::fs;

use super::fake::Fake;

const NOBODY_NAMED: &[(&str, &str)] = &[("PROVISION_LEDGER", "")];
const TERRAFORM: &[&str] = &["tiny", "--engine", "terraform", "--deployment", "tiny"];

fn with<'a>(verb: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [verb].iter().chain(TERRAFORM).chain(more).copied().collect()
}

#[test]
fn a_ledger_that_nobody_named_is_for_looking_only() {
    let fake = Fake::new("");
    let planned = fake.run_in(NOBODY_NAMED, &with("plan", &[]), "");
    assert!(planned.starts_with("exit code: 0"), "{planned}");
    insta::assert_snapshot!("ledger-unnamed", fake.run_in(NOBODY_NAMED, &with("apply", &["-y"]), ""));
    let destroyed = fake.run_in(NOBODY_NAMED, &with("destroy", &["-y"]), "");
    assert!(destroyed.starts_with("exit code: 1") && destroyed.contains("no ledger that others see"));
    assert!(!fake.path(".provision/tiny/ledger").exists(), "nothing was locked");
}

#[test]
fn what_is_no_ledger_is_said_before_anything_else() {
    let fake = Fake::new("");
    for place in ["http://bucket/x", "s3://", "azblob://account", "gs://a/../b"] {
        let refused = fake.run_in(NOBODY_NAMED, &with("apply", &["-y", "--ledger", place]), "");
        assert!(
            refused.starts_with("exit code: 1") && refused.contains("no place for a ledger"),
            "{refused}"
        );
    }
    for (place, what) in [
        ("s3://Team/orders", "an S3 bucket"),
        ("gs://ab", "a Cloud Storage bucket"),
        ("azblob://my-account/state", "a storage account"),
    ] {
        for command in ["history", "bootstrap"] {
            let refused = fake.run_in(NOBODY_NAMED, &[command, "provision.yaml", "--ledger", place], "");
            assert!(refused.starts_with("exit code: 1") && refused.contains(what), "{refused}");
        }
    }
}

/// The spec's ledger is used where no argument names another; the sandbox keeps its own.
#[test]
fn a_spec_may_name_its_ledger() {
    let fake = Fake::new("");
    let spec = fs::read_to_string(crate::run::root().join("examples/kestra-small.yaml")).expect("a spec");
    fs::write(fake.path("provision.yaml"), spec + "\nledger: file:./team\n").expect("it can be written");
    fs::create_dir_all(fake.path("team/lock")).expect("a folder");
    fs::write(fake.path("team/lock/1.json"), "no ledger").expect("a file");
    let read = fake.run_in(NOBODY_NAMED, &["history"], "");
    assert!(read.starts_with("exit code: 1") && read.contains("file:./team"), "{read}");
    let other = fake.run_in(NOBODY_NAMED, &["history", "--ledger", "elsewhere"], "");
    assert!(other.starts_with("exit code: 0") && other.contains("Nothing was ever applied"), "{other}");
    let sandbox = fake.run_in(NOBODY_NAMED, &["history", "--engine", "sandbox"], "");
    assert!(sandbox.starts_with("exit code: 0"), "{sandbox}");
}

#[cfg(not(any(feature = "aws", feature = "google", feature = "azure")))]
#[test]
fn a_build_without_a_cloud_says_how_to_make_one_with_it() {
    let fake = Fake::new("");
    for (place, feature) in [("s3://team", "aws"), ("gs://team", "google"), ("azblob://team/state", "azure")]
    {
        let refused = fake.run_in(NOBODY_NAMED, &with("history", &["--ledger", place]), "");
        let hint = format!("--no-default-features --features {feature}");
        assert!(refused.starts_with("exit code: 1") && refused.contains(&hint), "{refused}");
        let found = ["bootstrap", "provision.yaml", "--ledger", place, "-y"];
        let spec = crate::run::root().join("examples/kestra-small.yaml");
        fs::copy(spec, fake.path("provision.yaml")).expect("a spec");
        let refused = fake.run_in(NOBODY_NAMED, &found, "");
        assert!(refused.starts_with("exit code: 1") && refused.contains(&hint), "{refused}");
    }
    let put = fake.run_in(NOBODY_NAMED, &["secret", "put", "provision.yaml", "licence"], "hunter2\n");
    assert!(put.starts_with("exit code: 1") && put.contains("--features aws") && !put.contains("hunter2"));
}
