//! What checkov finds in what is rendered, and why some of it stays.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::thread;

use provision_architecture::Topology;
use provision_architecture::topology::DatabaseTier;
use provision_testing::{python_tool, workspace_root};
use serde_json::{Value, json};

use crate::matrix::{Rendered, everything};
use crate::verdicts::{Slot, Verdicts, terraform_files};

/// What checkov finds and we leave, everywhere or on one resource, with the reason.
const ACCEPTED: &[(&str, &str)] = &[
    (
        "CKV2_AWS_15",
        "the groups are the cluster's, which replaces nodes by their own health; a pod that is ill is no ill node",
    ),
    ("CKV2_AWS_64", "the cloud's default policy: the account decides by IAM"),
    ("CKV_AWS_38", "the interface is open to the network only; a range of one's own is its owner's decision"),
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
    (
        "CKV_AWS_26",
        "alarms hold no secrets, and CloudWatch can't write to a topic with the service's own key",
    ),
    ("CKV_AWS_260", "port 80 of a public load balancer with a certificate redirects and does nothing else"),
    ("CKV_AWS_317", "audit logs need fine-grained access control, see CKV2_AWS_52"),
    ("CKV2_AWS_20", "without a certificate the load balancer is internal and speaks HTTP"),
    ("CKV_AWS_103", "as above: TLS 1.2 and 1.3 only, where there is a certificate"),
    ("CKV_AWS_2", "as above"),
    ("CKV_AWS_378", "as above: with a certificate TLS ends at the load balancer"),
    ("CKV_AWS_157", "databases for which the size's document asks for no standby"),
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
    ("CKV2_GCP_13", "the time of every statement is in Query Insights, which is on"),
    ("CKV_GCP_108", "a look-up of names at every connection would make the database wait for it"),
    ("CKV_GCP_109", "the product's own level, warnings, says more than errors alone"),
    ("CKV_GCP_110", "an audit of every statement is its owner's decision"),
    ("CKV_GCP_111", "statements hold what users write, which does not belong into logs"),
    ("CKV_GCP_37", "the service's own key; a key of one's own is its owner's decision"),
    ("CKV_GCP_38", "the service's own key; a key of one's own is its owner's decision"),
    ("CKV_GCP_6", "it looks for the argument that `ssl_mode` has replaced"),
    ("CKV_GCP_62", "the platform's bucket is reached by its machines only; audit logs are the project's"),
    ("CKV_GCP_73", "a web application firewall's rules are their owner's"),
    ("CKV_GCP_79", "which release it is, the spec says"),
    ("CKV_GCP_12", "the nodes' kernels keep network policies, which the check does not know"),
    ("CKV_GCP_65", "groups of people belong to a domain, and to its owner's decisions"),
    (
        "CKV_GCP_82",
        "what was destroyed can be had back for thirty days; a deployment can be destroyed as a whole",
    ),
    ("CKV2_AZURE_1", "the service's own key; a key of one's own is its owner's decision"),
    (
        "CKV2_AZURE_2",
        "vulnerability scans are ordered by the owner of the subscription, for all servers at once",
    ),
    (
        "CKV2_AZURE_21",
        "a log of who reads the files has no end; they are reached by the deployment's machines only",
    ),
    ("CKV2_AZURE_31", "every machine's own interface has a security group, which the check does not see"),
    (
        "CKV2_AZURE_38 azurerm_storage_account.files",
        "a share has a setting of its own, which is on, and backups",
    ),
    (
        "CKV2_AZURE_40",
        "SMB and RudderStack know no log-in by identity; where they are not in use, keys are off",
    ),
    ("CKV2_AZURE_41", "nobody hands out signed addresses"),
    ("CKV_AZURE_116", "which policies hold is a decision of the owner of the subscription"),
    ("CKV_AZURE_117", "the service's own key; a key of one's own is its owner's decision"),
    ("CKV_AZURE_172", "secrets come by External Secrets, every minute; the driver is not in use"),
    ("CKV_AZURE_226", "not every size of machine has room for its system; nodes hold nothing that lasts"),
    (
        "CKV_AZURE_227",
        "needs a feature that the subscription must have turned on; disks are encrypted at rest without it",
    ),
    ("CKV_AZURE_4", "where logs go is a decision of their owner's"),
    ("CKV_AZURE_120", "a web application firewall's rules are their owner's"),
    (
        "CKV_AZURE_206",
        "three copies in three zones; the check knows copies in other regions only, which are a decision about disaster recovery",
    ),
    ("CKV_AZURE_218", "port 80 redirects and does nothing else; TLS 1.2 and 1.3 only on the other"),
    ("CKV_AZURE_224", "a ledger changes how tables are made, and the product makes its own"),
    ("CKV_AZURE_229", "the sizes that are not highly available have no standby, as their documents say"),
    ("CKV_AZURE_23", "where audit logs go is a decision of their owner's"),
    ("CKV_AZURE_24", "as above"),
    ("CKV_AZURE_33", "nobody uses queues of this account"),
    ("CKV_AZURE_41", "keys that encrypt stored data must not run out, and addresses can't"),
    ("CKV_AZURE_43", "the check can't follow a name that is put together; a test holds its length"),
    ("CKV_AZURE_53", "the check reads an argument that flexible servers call otherwise; access is off"),
    ("CKV_AZURE_93", "the service's own key; a key of one's own is its owner's decision"),
    (
        "CKV_AZURE_97",
        "needs a feature that the subscription must have turned on; disks are encrypted at rest without it",
    ),
];

/// Whether the reason is true of this directory: what is accepted in one is not accepted in all.
fn reason_holds(id: &str, topology: &Topology) -> bool {
    let balancer = topology.spec.load_balancer.as_ref();
    let certificate = balancer.is_some_and(|balancer| balancer.certificate.is_some());
    match id {
        "CKV2_AWS_20" | "CKV_AWS_103" | "CKV_AWS_2" | "CKV_AWS_378" => {
            !certificate && balancer.is_none_or(|balancer| balancer.internal != Some(false))
        }
        "CKV_AWS_260" => certificate,
        "CKV_AWS_157" => !topology.database.as_ref().is_some_and(DatabaseTier::is_redundant),
        _ => true,
    }
}

/// How many directories one process looks at: it takes seconds to start, and compares everything with everything.
const AT_ONCE: usize = 20;

/// One thing that it finds: the check's id and what it says, the resource, and the file.
type Finding = (String, String, String, String);

/// What it finds in each directory, by name. It reads the Terraform only: a directory of which it has read the same
/// before is not read again.
fn findings(checkov: &Path) -> Vec<(&'static Rendered, Vec<Finding>)> {
    let pinned = fs::read_to_string(workspace_root().join("testing/python/render.txt")).unwrap();
    let verdicts = Verdicts::of("checkov", pinned);
    let key = |job: &Rendered| {
        verdicts.key(terraform_files(&job.directory).map(|(path, text)| (path, text.as_bytes())))
    };
    let mut unknown: Vec<&Rendered> = everything().iter().collect();
    let mut seen = BTreeSet::new();
    unknown.retain(|job| verdicts.get(&key(job)).is_none() && seen.insert(key(job)));
    let next = Mutex::new(unknown.chunks(AT_ONCE));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some(jobs) = next.lock().unwrap().next() else { return };
                    for (job, found) in judged(checkov, jobs) {
                        verdicts.put(&key(job), json!(found).to_string().as_bytes());
                    }
                }
            });
        }
    });
    let known = |job| (job, serde_json::from_value(verdicts.get(&key(job)).unwrap()).unwrap());
    everything().iter().map(known).collect()
}

/// One process for all of these.
fn judged<'a>(checkov: &Path, jobs: &[&'a Rendered]) -> Vec<(&'a Rendered, Vec<Finding>)> {
    let _slot = Slot::wait();
    let place = tempfile::tempdir().unwrap();
    for job in jobs {
        for (path, text) in terraform_files(&job.directory) {
            let path = place.path().join(&job.name).join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }
    let mut command = Command::new(checkov);
    command.args(["--framework", "terraform", "--compact", "--quiet", "--skip-download", "-o", "json", "-d"]);
    let output = command.arg(place.path()).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    // A file that it can't read it leaves out, and says so in a number only.
    assert_eq!(report["summary"]["parsing_errors"], 0, "{}", report["summary"]);
    let failed = report["results"]["failed_checks"].as_array().unwrap();
    let of = |job: &Rendered| {
        let folder = format!("/{}/", job.name);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let own = failed.iter().filter(|check| check["file_path"].as_str().unwrap().starts_with(&folder));
        own.map(|check| {
            let word = |name: &str| text(&check[name]);
            (word("check_id"), word("check_name"), word("resource"), word("file_path"))
        })
        .collect::<Vec<Finding>>()
    };
    let found: Vec<_> = jobs.iter().map(|job| (*job, of(job))).collect();
    assert_eq!(found.iter().map(|(_, found)| found.len()).sum::<usize>(), failed.len(), "each has one place");
    found
}

#[test]
fn it_finds_nothing_but_what_is_explained() {
    let Ok(checkov) = python_tool("render", "checkov") else { return };
    let (mut unexplained, mut found) = (BTreeSet::new(), BTreeSet::new());
    for (job, findings) in findings(&checkov) {
        for (id, says, resource, file) in findings {
            let names = [id.clone(), format!("{id} {resource}")];
            if !reason_holds(&id, &job.topology)
                || !ACCEPTED.iter().any(|(accepted, _)| names.iter().any(|name| name == accepted))
            {
                unexplained.insert(format!("{id} {says}: {resource} in {file} of {}", job.name));
            }
            found.extend(names);
        }
    }
    assert!(unexplained.is_empty(), "{unexplained:#?}");
    for (id, _) in ACCEPTED {
        assert!(found.contains(*id), "{id} is no longer found: take it off the list");
    }
}
