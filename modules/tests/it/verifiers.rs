//! What is rendered, judged by other people's programs.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use provision_testing::{program, python_tool};
use serde_json::Value;

use crate::examples::{examples, rendered, variants, write};

/// Every directory of examples and variants, on a disk.
fn all(place: &Path) -> Vec<PathBuf> {
    let write_one = |(name, spec): (String, String)| {
        let root = place.join(&name);
        write(&rendered(&spec).unwrap_or_else(|error| panic!("{name}: {error}")), &root);
        root
    };
    examples().into_iter().chain(variants()).map(write_one).collect()
}

fn files(roots: &[PathBuf], ends: &str) -> Vec<PathBuf> {
    let (mut left, mut found) = (roots.to_vec(), Vec::new());
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                left.push(path);
            } else if path.to_str().unwrap().ends_with(ends) {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(!found.is_empty());
    found
}

fn passes(command: &mut Command) {
    let output = command.output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
}

#[test]
fn shellcheck_finds_nothing() {
    let Ok(shellcheck) = program("shellcheck") else { return };
    let place = tempfile::tempdir().unwrap();
    // One script of each text: most of them are the same.
    let mut seen = BTreeSet::new();
    let mut scripts = files(&all(place.path()), ".sh");
    scripts.retain(|path| seen.insert(fs::read(path).unwrap()));
    passes(Command::new(shellcheck).args(scripts));
}

#[test]
fn cloud_init_takes_the_user_data() {
    let Ok(cloud_init) = program("cloud-init") else { return };
    let place = tempfile::tempdir().unwrap();
    let (_, spec) = examples().remove_entry("kestra-high-availability").unwrap();
    let root = place.path().join("out");
    write(&rendered(&spec).unwrap(), &root);
    for path in files(&[root], "cloud-init.yaml") {
        passes(Command::new(&cloud_init).args(["schema", "-c"]).arg(path));
    }
}

/// What checkov finds and we leave, everywhere or on one resource, with the reason.
const ACCEPTED: [(&str, &str); 27] = [
    (
        "CKV_AWS_91 aws_lb.controller",
        "network load balancers log TLS listeners only, and this one passes TCP through",
    ),
    (
        "CKV_AWS_91 aws_lb.transformer",
        "network load balancers log TLS listeners only, and this one passes TCP through",
    ),
    (
        "CKV2_AWS_28",
        "a web application firewall's rules are their owner's; the load balancer drops malformed headers",
    ),
    (
        "CKV2_AWS_52",
        "who may connect is decided by the security group; the product logs in with no identity of the cloud",
    ),
    ("CKV_AWS_247", "the service's own key; a key of one's own is its owner's decision"),
    ("CKV_AWS_260", "port 80 of a public load balancer redirects and does nothing else"),
    ("CKV_AWS_317", "audit logs need fine-grained access control, see CKV2_AWS_52"),
    (
        "CKV2_AWS_20",
        "without a certificate the load balancer is internal and speaks HTTP; with one it redirects",
    ),
    ("CKV_AWS_103", "as above: TLS 1.2 and 1.3 only, where there is a certificate"),
    ("CKV_AWS_2", "as above"),
    ("CKV_AWS_378", "TLS ends at the load balancer; behind it the network is private"),
    ("CKV_AWS_157", "the sizes that are not highly available have no standby, as their documents say"),
    ("CKV2_AWS_34", "the parameters hold addresses, no secrets"),
    (
        "CKV2_AWS_57",
        "keys that encrypt stored data can't be rotated by a schedule; the database's password is rotated by its service",
    ),
    ("CKV2_AWS_62", "nobody waits for events of these buckets"),
    (
        "CKV_AWS_118",
        "Performance Insights is on; enhanced monitoring needs a role that can write to all logs",
    ),
    (
        "CKV_AWS_144",
        "a copy in another region is a decision about disaster recovery, not about this deployment",
    ),
    ("CKV_AWS_145", "load balancers write logs to no bucket with a KMS key; the platform's bucket has one"),
    ("CKV_AWS_149", "the service's own key; a key of one's own is its owner's decision"),
    ("CKV_AWS_158", "the service's own key; a key of one's own is its owner's decision"),
    ("CKV_AWS_161", "the products log in with a password"),
    (
        "CKV_AWS_18",
        "a log of who reads the logs has no end; the platform's bucket is reached by its machines only",
    ),
    ("CKV_AWS_184", "the service's own key; a key of one's own is its owner's decision"),
    ("CKV_AWS_189", "the service's own key; a key of one's own is its owner's decision"),
    ("CKV_AWS_290", "Session Manager's actions know no resources"),
    ("CKV_AWS_354", "the service's own key; a key of one's own is its owner's decision"),
    ("CKV_AWS_355", "Session Manager's actions know no resources"),
];

#[test]
fn checkov_finds_nothing_but_what_is_explained() {
    let Ok(checkov) = python_tool("render", "checkov") else { return };
    let place = tempfile::tempdir().unwrap();
    all(place.path());
    let mut command = Command::new(checkov);
    command.args(["--framework", "terraform", "--compact", "--quiet", "--skip-download", "-o", "json", "-d"]);
    let output = command.arg(place.path()).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let mut unexplained = BTreeSet::new();
    let mut found = BTreeSet::new();
    for check in report["results"]["failed_checks"].as_array().unwrap() {
        let (id, resource) = (check["check_id"].as_str().unwrap(), check["resource"].as_str().unwrap());
        let names = [id.to_owned(), format!("{id} {resource}")];
        if !ACCEPTED.iter().any(|(accepted, _)| names.iter().any(|name| name == accepted)) {
            unexplained.insert(format!("{id} {}: {resource}", check["check_name"]));
        }
        found.extend(names);
    }
    assert!(unexplained.is_empty(), "{unexplained:#?}");
    for (id, _) in ACCEPTED {
        assert!(found.contains(id), "{id} is no longer found: take it off the list");
    }
}
