//! Pods that hold a password which has changed: who starts anew, when, and with which permissions.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use provision_testing::program;
use serde_json::{Value, json};

use crate::kubernetes::{documents, fake};
use crate::matrix::example;

/// A pod: its name, how many seconds ago its container started, if it runs, and whether it is ready.
type Pod = (&'static str, Option<u64>, bool);

/// A cluster whose secret changed so many seconds ago.
struct Cluster {
    changed: u64,
    pods: &'static [Pod],
    /// How many seconds ago its deployments were told to start anew.
    told: Option<u64>,
}

fn time(seconds_ago: u64) -> String {
    let ago = format!("-{seconds_ago} seconds");
    let output = Command::new("date").args(["-u", "-d", &ago, "+%Y-%m-%dT%H:%M:%SZ"]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

impl Cluster {
    fn secret(&self) -> Value {
        // That somebody labelled it later is no change of what it holds.
        json!({"metadata": {"managedFields": [
            {"manager": "external-secrets", "time": time(self.changed + 100_000), "fieldsV1": {"f:data": {}}},
            {"manager": "external-secrets", "time": time(self.changed), "fieldsV1": {"f:data": {}}},
            {"manager": "somebody", "time": time(0), "fieldsV1": {"f:metadata": {}}},
        ]}})
    }

    fn pods(&self) -> Value {
        let pod = |(name, started, ready): &Pod| {
            let state = match started {
                Some(ago) => json!({"running": {"startedAt": time(*ago)}}),
                None => json!({"waiting": {"reason": "CrashLoopBackOff"}}),
            };
            json!({
                "metadata": {"name": name},
                "status": {
                    "containerStatuses": [{"state": state}],
                    "conditions": [{"type": "Ready", "status": if *ready { "True" } else { "False" }}],
                },
            })
        };
        json!({"items": self.pods.iter().map(pod).collect::<Vec<_>>()})
    }

    fn deployment(&self) -> Value {
        let annotations = self
            .told
            .map(|ago| json!({"kubectl.kubernetes.io/restartedAt": time(ago)}))
            .unwrap_or(json!(null));
        json!({"spec": {"template": {"metadata": {"annotations": annotations}}}})
    }

    /// Runs the script that an example renders, and returns what it asked of the cluster.
    fn looked_after(&self, rendered: &str) -> Vec<String> {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        let script = example(rendered).text("kubernetes/renew.sh").unwrap();
        fs::write(at("renew.sh"), script).unwrap();
        let answers = [("secret", self.secret()), ("pods", self.pods()), ("deployment", self.deployment())];
        for (name, answer) in answers {
            fs::write(at(name), answer.to_string()).unwrap();
        }
        let here = place.path().display();
        fake(
            place.path(),
            "kubectl",
            &format!("echo \"$*\" >> {here}/log\nif [ \"$1\" = get ]; then cat \"{here}/$2\"; fi"),
        );
        let output = Command::new("/bin/sh")
            .arg(at("renew.sh"))
            .env("PATH", format!("{here}:/usr/bin:/bin"))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let log = fs::read_to_string(at("log")).unwrap();
        log.lines().map(str::to_owned).collect()
    }
}

/// What it did beyond looking.
fn done(asked: &[String]) -> Vec<&str> {
    asked.iter().map(String::as_str).filter(|line| !line.starts_with("get ")).collect()
}

const SERVERS: &str = "rudderstack-on-kubernetes";
const NODES: &str = "octopus-on-kubernetes";

#[test]
fn nothing_starts_anew_while_nothing_has_changed() {
    if program("jq").is_err() {
        return;
    }
    let fresh =
        Cluster { changed: 9_000, pods: &[("a", Some(8_000), true), ("b", Some(60), false)], told: None };
    // Not every node knows yet; it is seen to in two minutes.
    let just_now = Cluster { changed: 5, pods: &[("a", Some(8_000), true)], told: None };
    let none_yet = Cluster { changed: 9_000, pods: &[], told: None };
    for cluster in [fresh, just_now, none_yet] {
        for rendered in [SERVERS, NODES] {
            assert_eq!(done(&cluster.looked_after(rendered)), [""; 0], "{rendered}");
        }
    }
}

#[test]
fn a_deployment_is_told_once_and_waited_for() {
    if program("jq").is_err() {
        return;
    }
    let pods = &[("a", Some(90_000), true), ("b", Some(30), true)];
    let cluster = Cluster { changed: 300, pods, told: Some(80_000) };
    let asked = cluster.looked_after(SERVERS);
    let done_by_it = done(&asked);
    assert!(done_by_it.len() >= 2, "{asked:?}");
    for pair in done_by_it.chunks(2) {
        let name = pair[0].strip_prefix("rollout restart deployment/").unwrap();
        assert_eq!(pair[1], format!("rollout status deployment/{name} --timeout 20m"));
    }
    let again = Cluster { told: Some(100), ..cluster }.looked_after(SERVERS);
    assert!(!done(&again).is_empty());
    assert!(done(&again).iter().all(|line| line.starts_with("rollout status")), "{again:?}");
}

#[test]
fn nodes_of_octopus_go_one_after_the_other() {
    if program("jq").is_err() {
        return;
    }
    let both: &[Pod] = &[("server-1", Some(9_000), false), ("server-0", Some(9_000), true)];
    let one_back: &[Pod] = &[("server-0", Some(60), true), ("server-1", Some(9_000), true)];
    let one_coming: &[Pod] = &[("server-0", Some(60), false), ("server-1", Some(9_000), true)];
    // Who was not let in may have ended, and reads the new password when it starts again.
    let one_crashed: &[Pod] = &[("server-0", None, false), ("server-1", Some(9_000), false)];
    let expected = [
        (both, Some("delete pod server-0 --wait=false")),
        (one_back, Some("delete pod server-1 --wait=false")),
        (one_coming, None),
        (one_crashed, None),
    ];
    for (pods, line) in expected {
        let asked = Cluster { changed: 300, pods, told: None }.looked_after(NODES);
        assert_eq!(done(&asked), line.into_iter().collect::<Vec<_>>(), "{pods:?}");
    }
}

/// As Kubernetes would ask: a verb and a resource, and its name where there is one.
fn needed(asked: &str) -> Vec<(&'static str, &'static str, String)> {
    let words: Vec<&str> = asked.split(' ').collect();
    let deployment = |verb, name: &str| (verb, "deployments", name.replace("deployment/", ""));
    match words[..] {
        ["get", "secret", name, ..] => vec![("get", "secrets", name.to_owned())],
        ["get", "pods", ..] => vec![("list", "pods", String::new())],
        ["get", "deployment", name, ..] => vec![deployment("get", name)],
        ["delete", "pod", name, ..] => vec![("delete", "pods", name.to_owned())],
        ["rollout", "restart", name] => vec![deployment("get", name), deployment("patch", name)],
        ["rollout", "status", name, ..] => {
            ["get", "list", "watch"].map(|verb| deployment(verb, name)).to_vec()
        }
        _ => panic!("what does `{asked}` need?"),
    }
}

#[test]
fn what_it_asks_for_it_may_and_it_may_read_no_other_secret() {
    if program("jq").is_err() {
        return;
    }
    for rendered in [SERVERS, NODES] {
        let pods = &[("server-0", Some(90_000), true)];
        let asked = Cluster { changed: 300, pods, told: None }.looked_after(rendered);
        let manifests = documents(example(rendered), "kubernetes/renewal.yaml");
        let role = manifests.iter().find(|it| it["kind"] == "Role").unwrap();
        let rules = role["rules"].as_array().unwrap();
        let holds = |list: &Value, word: &str| list.as_array().unwrap().iter().any(|it| it == word);
        let needed: BTreeSet<_> = asked.iter().flat_map(|line| needed(line)).collect();
        for (verb, resource, name) in &needed {
            let allows = |rule: &&Value| {
                let named = rule["resourceNames"].is_null() || holds(&rule["resourceNames"], name);
                holds(&rule["resources"], resource) && holds(&rule["verbs"], verb) && named
            };
            assert!(rules.iter().any(|rule| allows(&rule)), "{rendered}: {verb} {resource} {name}");
        }
        let of_secrets = rules.iter().find(|rule| holds(&rule["resources"], "secrets")).unwrap();
        let read: BTreeSet<&str> =
            needed.iter().filter(|it| it.1 == "secrets").map(|it| it.2.as_str()).collect();
        let names = of_secrets["resourceNames"].as_array().unwrap().iter().map(|it| it.as_str().unwrap());
        assert_eq!(names.collect::<BTreeSet<_>>(), read, "{rendered}");
    }
}
