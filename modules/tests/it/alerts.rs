//! The alerts, tried by Prometheus' and Alertmanager's own programs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use provision_testing::program;
use serde::Deserialize;
use serde_json::json;

use crate::examples::{examples, rendered, write};
use crate::matrix::example;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    alert: String,
    example: String,
    /// Where several components have an alert of that name.
    component: Option<String>,
    minute: u32,
    fires: BTreeMap<String, String>,
    quiet: BTreeMap<String, String>,
}

impl Case {
    /// Two tests for promtool: it fires, and it doesn't.
    fn tests(&self) -> [serde_json::Value; 2] {
        let component =
            self.component.as_ref().map(|name| format!(", component='{name}'")).unwrap_or_default();
        let firing = format!("count(ALERTS{{alertname='{}', alertstate='firing'{component}}})", self.alert);
        let test = |series: &BTreeMap<String, String>, expected: serde_json::Value| {
            let series: Vec<_> =
                series.iter().map(|(series, values)| json!({ "series": series, "values": values })).collect();
            let minute = format!("{}m", self.minute);
            let expression = json!({ "expr": firing, "eval_time": minute, "exp_samples": expected });
            json!({ "interval": "1m", "input_series": series, "promql_expr_test": [expression] })
        };
        [test(&self.fires, json!([{ "labels": "{}", "value": 1 }])), test(&self.quiet, json!([]))]
    }
}

fn cases() -> Vec<Case> {
    serde_saphyr::from_str(include_str!("../alerts.yaml")).unwrap()
}

fn passes(command: &mut Command) {
    let output = command.output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
}

/// The rules of an example, on a disk.
fn write_example(name: &str, place: &Path) {
    write(example(name), place);
}

fn rule_files(place: &Path) -> Vec<String> {
    let entries = fs::read_dir(place.join("alerting/rules")).unwrap();
    entries.map(|entry| entry.unwrap().path().to_str().unwrap().to_owned()).collect()
}

/// Every alert that some example renders.
fn alerts() -> BTreeSet<String> {
    let mut alerts = BTreeSet::new();
    for name in examples().keys() {
        for (path, file) in example(name).files() {
            if path.starts_with("alerting/rules/") {
                let text = std::str::from_utf8(&file.bytes).unwrap();
                let names = text.lines().filter_map(|line| line.trim().strip_prefix("- alert: "));
                alerts.extend(names.map(str::to_owned));
            }
        }
    }
    alerts
}

#[test]
fn every_alert_is_tried() {
    let tried: BTreeSet<String> = cases().into_iter().map(|case| case.alert).collect();
    assert_eq!(alerts(), tried);
}

#[test]
fn each_alert_fires_when_it_should_and_only_then() {
    let Ok(promtool) = program("promtool") else { return };
    let mut by_example: BTreeMap<String, Vec<Case>> = BTreeMap::new();
    for case in cases() {
        by_example.entry(case.example.clone()).or_default().push(case);
    }
    for (example, cases) in by_example {
        let place = tempfile::tempdir().unwrap();
        write_example(&example, place.path());
        let tests: Vec<_> = cases.iter().flat_map(Case::tests).collect();
        let document = json!({
            "rule_files": rule_files(place.path()), "evaluation_interval": "1m", "tests": tests,
        });
        let path = place.path().join("tests.yaml");
        fs::write(&path, document.to_string()).unwrap();
        passes(Command::new(&promtool).args(["test", "rules"]).arg(&path));
    }
}
/// Debian builds its Prometheus without the search for pods and nodes: what it doesn't know is looked at here.
fn without_the_search_of_clusters(path: &Path) {
    let mut configuration: serde_json::Value =
        serde_saphyr::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    for job in configuration["scrape_configs"].as_array_mut().unwrap() {
        let Some(search) = job.as_object_mut().unwrap().remove("kubernetes_sd_configs") else { continue };
        for place in search.as_array().unwrap() {
            let known = ["role", "namespaces", "selectors", "attach_metadata"];
            assert!(place.as_object().unwrap().keys().all(|key| known.contains(&key.as_str())), "{place}");
            assert!(["node", "pod"].contains(&place["role"].as_str().unwrap()), "{place}");
        }
    }
    fs::write(path, configuration.to_string()).unwrap();
}

#[test]
fn prometheus_and_alertmanager_take_their_configuration() {
    let (Ok(promtool), Ok(amtool)) = (program("promtool"), program("amtool")) else { return };
    for name in examples().keys() {
        let place = tempfile::tempdir().unwrap();
        let directory = example(name);
        if directory.file("alerting/alertmanager.yml").is_none() {
            continue;
        }
        write_example(name, place.path());
        let alerting = place.path().join("alerting");
        passes(Command::new(&promtool).args(["check", "rules"]).args(rule_files(place.path())));
        let prometheus = alerting.join("prometheus.yml");
        without_the_search_of_clusters(&prometheus);
        passes(Command::new(&promtool).args(["check", "config", "--syntax-only"]).arg(prometheus));
        passes(Command::new(&amtool).arg("check-config").arg(alerting.join("alertmanager.yml")));
    }
}

/// Every way to be told, at once.
#[test]
fn every_receiver_is_configured_and_its_secret_stays_out_of_the_files() {
    let Ok(amtool) = program("amtool") else { return };
    let spec = "\
deployment: orders\nplatform: kestra\nversion: \"1.3.15\"\nedition: open-source\nsize: medium\n\
cloud: { provider: aws, region: eu-west-1, zones: 2 }\n\
alerting:\n  pagerduty: { from: aws-secretsmanager, name: orders/pagerduty }\n  \
victorops: { from: aws-secretsmanager, name: orders/victorops }\n  \
webhook: { from: aws-secretsmanager, name: orders/webhook }\n  email: oncall@example.com\n  \
smtp: { host: smtp.example.com, port: 465, from: p@example.com, user: me, password: { from: aws-secretsmanager, name: orders/smtp } }\n";
    let directory = rendered(spec).unwrap();
    let place = tempfile::tempdir().unwrap();
    write(&directory, place.path());
    passes(Command::new(&amtool).arg("check-config").arg(place.path().join("alerting/alertmanager.yml")));
    let boot = directory.text("hosts/monitoring/boot-values.sh").unwrap();
    let identity = directory.text("identity.tf").unwrap();
    for name in ["orders/pagerduty", "orders/victorops", "orders/webhook", "orders/smtp"] {
        assert!(boot.contains(&format!("secret '{name}'")), "{name}");
        assert!(identity.contains(&format!("secret:{name}-??????")), "{name}");
        let elsewhere = directory
            .text("hosts/webserver/boot-values.sh")
            .or(directory.text("hosts/standalone/boot-values.sh"));
        assert!(!elsewhere.unwrap().contains(name), "{name} is for those who watch only");
    }
}

/// The script that a watching machine boots with, run for real in a folder of its own against a cloud that is a file.
#[test]
fn a_watching_machine_reads_whom_it_watches_and_how_to_tell() {
    let directory = example("octopus-high-availability");
    let place = tempfile::tempdir().unwrap();
    let root = place.path().to_str().unwrap();
    fs::create_dir_all(place.path().join("bin")).unwrap();
    fs::create_dir_all(place.path().join("etc/alerting")).unwrap();
    let webhook = "https://hooks.example.com/a?b=c&d=\\1";
    let cloud = format!(
        "node_disk() {{ echo /dev/null; }}\ninstance_number() {{ echo 1; }}\n\
         parameter() {{ echo 10.0.0.5:9094,10.0.1.5:9094; }}\n\
         parameters() {{ printf 'database/host\\tdb.example.com\\nstorage/bucket\\tx\\n'; }}\n\
         secret() {{ printf '%s\\n' '{webhook}'; }}\n"
    );
    fs::write(place.path().join("cloud.sh"), cloud).unwrap();
    fs::write(
        place.path().join("etc/alerting/alertmanager.yml"),
        directory.text("alerting/alertmanager.yml").unwrap(),
    )
    .unwrap();
    fs::write(
        place.path().join("etc/alerting/prometheus.yml"),
        directory.text("alerting/prometheus.yml").unwrap(),
    )
    .unwrap();
    let script = directory.text("hosts/monitoring/boot-values.sh").unwrap();
    let script = script
        .replace("/usr/local/lib/provision/cloud.sh", &format!("{root}/cloud.sh"))
        .replace("/run/provision", &format!("{root}/run"))
        .replace("/etc/provision", &format!("{root}/etc"))
        .replace("/var/lib/provision/data", &format!("{root}/data"))
        // No disk is there, and nobody else's files are given away.
        .replace("[ -b ", "[ -e ")
        .replace("\nblkid", "\ntrue")
        .replace("if ! blkid", "if ! true")
        .replace("mountpoint -q", "true")
        .replace("\nchown ", "\ntrue ");
    let path = place.path().join("boot-values.sh");
    fs::write(&path, script).unwrap();
    passes(Command::new("sh").arg(&path));
    let read = |name: &str| fs::read_to_string(place.path().join("run").join(name)).unwrap();
    let targets = |name: &str| serde_json::from_str::<serde_json::Value>(&read(name)).unwrap();
    assert_eq!(
        targets("targets/prometheus.json"),
        json!([{ "targets": ["10.0.0.5:9090", "10.0.1.5:9090"] }])
    );
    assert_eq!(
        targets("targets/alertmanagers.json"),
        json!([{ "targets": ["10.0.0.5:9093", "10.0.1.5:9093"] }])
    );
    assert_eq!(targets("targets/database.json"), json!([{ "targets": ["db.example.com:1433"] }]));
    assert_eq!(read("values.env"), "PEERS=--cluster.peer=10.0.0.5:9094 --cluster.peer=10.0.1.5:9094\n");
    assert!(read("alertmanager.yml").contains(&format!("url: \"{webhook}\"")));
}

#[test]
fn mail_needs_a_server() {
    let spec = "\
deployment: orders\nplatform: kestra\nversion: \"1.3.15\"\nedition: open-source\nsize: medium\n\
cloud: { provider: aws, region: eu-west-1, zones: 2 }\nalerting: { email: oncall@example.com }\n";
    let refusal = rendered(spec).unwrap_err().to_string();
    assert!(refusal.contains("alerting.smtp") && refusal.contains("smtp.example.com"), "{refusal}");
}
