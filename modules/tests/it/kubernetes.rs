//! What is installed in a cluster: manifests that Kubernetes takes, values that the chart reads, a script that runs, and
//! the rules that only these files can decide.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use provision_architecture::spec::{Platform, Runtime, StorageKind};
use provision_modules::Directory;
use provision_testing::{program, python_tool, workspace_root};
use serde_json::Value;

use crate::examples::write;
use crate::matrix::{Rendered, everything};

fn clusters() -> Vec<&'static Rendered> {
    let clusters: Vec<_> =
        everything().iter().filter(|it| it.topology.runtime == Runtime::Kubernetes).collect();
    assert!(!clusters.is_empty());
    clusters
}

/// The documents of a file of YAML.
pub(crate) fn documents(directory: &Directory, path: &str) -> Vec<Value> {
    let Some(text) = directory.text(path) else { return Vec::new() };
    text.split("\n---\n")
        .map(|text| serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{path}: {error}\n{text}")))
        .collect()
}

/// Every pod that is rendered: of a manifest, or as the chart would make it of the values.
fn pods(directory: &Directory) -> Vec<(String, Value)> {
    let mut pods = Vec::new();
    for document in documents(directory, "kubernetes/workloads.yaml") {
        if document["spec"]["template"].is_object() {
            let name = document["metadata"]["name"].as_str().unwrap().to_owned();
            pods.push((name, document["spec"]["template"]["spec"].clone()));
        }
    }
    for values in documents(directory, "kubernetes/values.yaml") {
        for (role, own) in values["deployments"].as_object().unwrap() {
            if own["enabled"] != true {
                continue;
            }
            let common = &values["common"];
            let pod = serde_json::json!({
                "terminationGracePeriodSeconds": own["terminationGracePeriodSeconds"],
                "nodeSelector": own["nodeSelector"],
                "topologySpreadConstraints": own["topologySpreadConstraints"],
                "securityContext": own["podSecurityContext"],
                "containers": [{
                    "image": format!("{}:{}", values["image"]["repository"].as_str().unwrap(), values["image"]["tag"].as_str().unwrap()),
                    "resources": own["resources"],
                    "startupProbe": common["startupProbe"],
                    "livenessProbe": common["livenessProbe"],
                    "readinessProbe": common["readinessProbe"],
                }],
            });
            pods.push((role.clone(), pod));
        }
    }
    assert!(!pods.is_empty());
    pods
}

#[test]
fn kubernetes_takes_every_manifest() {
    let Ok(validate) = python_tool("host", "kubernetes-validate") else { return };
    let place = tempfile::tempdir().unwrap();
    let (mut seen, mut files) = (BTreeSet::new(), Vec::new());
    for job in clusters() {
        for (path, file) in job.directory.files() {
            // Values are the chart's; the kinds of the secrets' controller are not Kubernetes' own.
            let own = ["values.yaml", "application.yaml", "secrets.yaml", "receivers.yaml"]
                .iter()
                .all(|it| !path.ends_with(it));
            let manifest = path.starts_with("kubernetes/") && path.ends_with(".yaml") && own;
            if manifest && seen.insert(file.bytes.clone()) {
                let path = place.path().join(format!("{}.yaml", files.len()));
                fs::write(&path, &file.bytes).unwrap();
                files.push(path);
            }
        }
    }
    assert!(files.len() > 10);
    let output = Command::new(validate).args(["-k", "1.35", "--strict"]).args(files).output().unwrap();
    let text =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{text}");
}

#[test]
fn the_secrets_controller_gets_what_it_knows() {
    for job in clusters() {
        for document in documents(&job.directory, "kubernetes/secrets.yaml") {
            assert_eq!(document["apiVersion"], "external-secrets.io/v1", "{}", job.name);
            let keys = |value: &Value| -> BTreeSet<String> {
                value.as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect()
            };
            let known = |keys: BTreeSet<String>, known: &[&str]| {
                assert!(keys.iter().all(|key| known.contains(&key.as_str())), "{}: {keys:?}", job.name);
            };
            if document["kind"] == "SecretStore" {
                known(keys(&document["spec"]), &["provider"]);
                continue;
            }
            known(keys(&document["spec"]), &["refreshInterval", "secretStoreRef", "target", "data"]);
            known(keys(&document["spec"]["target"]), &["name", "creationPolicy", "template"]);
            let data = document["spec"]["data"].as_array().unwrap();
            assert!(!data.is_empty());
            for entry in data {
                known(keys(entry), &["secretKey", "remoteRef", "sourceRef"]);
                known(keys(&entry["remoteRef"]), &["key", "property", "version"]);
            }
        }
    }
}

/// Every path of keys down to a value.
fn paths(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    match value.as_object() {
        Some(object) if !object.is_empty() => {
            for (key, value) in object {
                let path = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
                paths(value, &path, found);
            }
        }
        _ => {
            found.insert(at.to_owned());
        }
    }
}

#[test]
fn the_chart_reads_every_value() {
    let text = fs::read_to_string(workspace_root().join("modules/tests/charts.yaml")).unwrap();
    let known: Value = serde_saphyr::from_str(&text).unwrap();
    let list = |value: &Value| -> Vec<String> {
        value.as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect()
    };
    let (common, own) = (list(&known["kestra"]["keys"]), list(&known["kestra"]["deployments"]["keys"]));
    let roles = list(&known["kestra"]["deployments"]["roles"]);
    let reads = |keys: &[String], path: &str| {
        keys.iter().any(|key| match key.strip_suffix(".*") {
            Some(prefix) => {
                path == prefix || path.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('.'))
            }
            None => key == path,
        })
    };
    for job in clusters() {
        for values in documents(&job.directory, "kubernetes/values.yaml") {
            let mut found = BTreeSet::new();
            paths(&values, "", &mut found);
            for path in found {
                let read = match path.strip_prefix("deployments.").and_then(|rest| rest.split_once('.')) {
                    Some((role, rest)) => roles.contains(&role.to_owned()) && reads(&own, rest),
                    None => reads(&common, &path),
                };
                assert!(read, "{}: the chart is not known to read `{path}`", job.name);
            }
            let install = job.directory.text("kubernetes/install.sh").unwrap();
            let pinned = list(&known["kestra"]["versions"]);
            assert!(pinned.iter().any(|version| install.contains(&format!("--version '{version}'"))));
        }
    }
}

#[test]
fn pods_have_time_to_finish_limits_and_a_place_in_every_zone() {
    for job in clusters() {
        for (name, pod) in pods(&job.directory) {
            let at = format!("{}: {name}", job.name);
            let grace = pod["terminationGracePeriodSeconds"].as_u64().unwrap();
            let group =
                job.topology.groups.iter().find(|group| name.starts_with(group.component.word())).unwrap();
            let drain = group.drain.map_or(0, |drain| drain.milliseconds() / 1_000);
            assert!(grace > drain, "{at}: {grace} s, and a drain of {drain} s (OCT-24)");
            if job.topology.platform == Platform::Kestra {
                assert!(grace > 300, "{at}: KES-13");
            }
            let spread = &pod["topologySpreadConstraints"][0];
            assert_eq!(spread["topologyKey"], "topology.kubernetes.io/zone", "{at}");
            assert_eq!(spread["whenUnsatisfiable"], "DoNotSchedule", "{at}");
            let container = &pod["containers"][0];
            assert!(container["resources"]["limits"]["memory"].is_string(), "{at}: EVT-05");
            assert!(container["resources"]["requests"]["cpu"].is_string(), "{at}");
            let image = container["image"].as_str().unwrap();
            assert!(!image.ends_with(":latest") && image.contains(':'), "{at}: {image}");
            assert!(
                pod["hostNetwork"].is_null(),
                "{at}: parameters of a pod and the node's network exclude each other"
            );
        }
    }
}

/// Where the nodes of a pool are told what their kubelets allow.
fn allowed_by_nodes(job: &Rendered, pool: &str) -> String {
    if let Some(node) = job.directory.text(&format!("kubernetes/nodes/{pool}.mime")) {
        return node.to_owned();
    }
    let terraform = job.directory.text("kubernetes.tf").unwrap();
    let own: Vec<&str> = terraform
        .split("\nresource ")
        .filter(|it| it.contains("allowed_unsafe_sysctls") && it.contains(&format!("\"{pool}")))
        .collect();
    assert_eq!(own.len(), job.topology.zones.len(), "{}: {pool}", job.name);
    own[0].lines().find(|line| line.contains("allowed_unsafe_sysctls")).unwrap().to_owned()
}

#[test]
fn what_a_pod_sets_its_kubelet_allows() {
    let mut checked = 0;
    for job in clusters() {
        for (name, pod) in pods(&job.directory) {
            let pool = pod["nodeSelector"]["provision/pool"].as_str().unwrap();
            let node = allowed_by_nodes(job, pool);
            let safe = [
                "net.core.rmem_max", // not a parameter of pods; here so that the list is never empty by mistake
                "net.ipv4.ip_local_port_range",
                "net.ipv4.tcp_syncookies",
                "net.ipv4.ping_group_range",
                "net.ipv4.ip_unprivileged_port_start",
                "net.ipv4.ip_local_reserved_ports",
                "net.ipv4.tcp_keepalive_time",
                "net.ipv4.tcp_fin_timeout",
                "net.ipv4.tcp_keepalive_intvl",
                "net.ipv4.tcp_keepalive_probes",
                "net.ipv4.tcp_rmem",
                "net.ipv4.tcp_wmem",
                "kernel.shm_rmid_forced",
            ];
            let sysctls = pod["securityContext"]["sysctls"].as_array().unwrap();
            for sysctl in sysctls {
                let key = sysctl["name"].as_str().unwrap();
                let allowed = safe.contains(&key) || node.contains(&format!("\"{key}\""));
                assert!(allowed, "{}: {name}: the kubelet forbids {key}", job.name);
                checked += 1;
            }
            let retries = sysctls.iter().find(|it| it["name"] == "net.ipv4.tcp_retries2");
            assert!(retries.is_some(), "{}: {name}: begins with 15 retries", job.name);
        }
    }
    assert!(checked > 50);
}

#[test]
fn the_nodes_have_what_all_pods_share() {
    for job in clusters() {
        let text = job.directory.text("kubernetes/tuning.yaml").unwrap();
        let maps = text.lines().find(|line| line.contains("vm.max_map_count"));
        assert!(maps.is_some(), "{}: ELS-09", job.name);
    }
}

#[test]
fn a_draining_octopus_pod_stays_alive_and_gets_nothing_new() {
    let mut seen = 0;
    for job in clusters().into_iter().filter(|job| job.topology.platform == Platform::Octopus) {
        for (_, pod) in pods(&job.directory) {
            let container = &pod["containers"][0];
            let setting = |name: &str| {
                let settings = container["env"].as_array().unwrap();
                settings.iter().find(|it| it["name"] == name).unwrap()["value"].as_str().unwrap().to_owned()
            };
            assert_eq!(setting("DRAINING_STATUS"), "418", "OCT-16");
            for probe in ["startupProbe", "livenessProbe"] {
                let command = container[probe]["exec"]["command"][2].as_str().unwrap();
                assert!(command.contains("\"$DRAINING_STATUS\""), "OCT-16");
            }
            assert_eq!(
                container["readinessProbe"]["httpGet"]["path"], "/api/octopusservernodes/ping",
                "OCT-15"
            );
            let stop = container["lifecycle"]["preStop"]["exec"]["command"][2].as_str().unwrap();
            assert!(stop.contains("--drain=true --wait=\"$DRAIN_SECONDS\""), "OCT-24");
            seen += 1;
        }
        let server = &documents(&job.directory, "kubernetes/workloads.yaml")[0];
        assert_eq!(server["kind"], "StatefulSet");
        assert_eq!(server["spec"]["podManagementPolicy"], "OrderedReady", "OCT-22");
        assert_eq!(server["spec"]["updateStrategy"]["type"], "OnDelete", "OCT-23");
        let storage = documents(&job.directory, "kubernetes/storage.yaml");
        assert_eq!(storage[1]["spec"]["accessModes"][0], "ReadWriteMany", "OCT-12");
    }
    assert!(seen > 0);
}

/// The probes' own command, run by a real shell against what a server would answer.
#[test]
fn the_probe_takes_418_and_nothing_else() {
    let Ok(bash) = program("bash") else { return };
    let job = clusters().into_iter().find(|job| job.topology.platform == Platform::Octopus).unwrap();
    let (_, pod) = pods(&job.directory).remove(0);
    let command = pod["containers"][0]["livenessProbe"]["exec"]["command"][2].as_str().unwrap().to_owned();
    for (status, alive) in [("200", true), ("418", true), ("500", false), ("000", false), ("503", false)] {
        let place = tempfile::tempdir().unwrap();
        fake(place.path(), "curl", &format!("printf %s {status}"));
        let output = Command::new(&bash)
            .args(["-c", &command])
            .env("PATH", format!("{}:/usr/bin:/bin", place.path().display()))
            .env("HEALTH_PORT", "8080")
            .env("HEALTH_PATH", "/ping")
            .env("DRAINING_STATUS", "418")
            .status()
            .unwrap();
        assert_eq!(output.success(), alive, "{status}");
    }
}

#[test]
fn nothing_that_lasts_is_on_a_disk_of_one_zone() {
    for job in clusters() {
        for (path, _) in job.directory.files().filter(|(path, _)| path.starts_with("kubernetes/")) {
            let text = job.directory.text(path).unwrap_or_default();
            assert!(!text.contains("volumeClaimTemplates"), "{}: {path}: RUD-02b", job.name);
        }
        let class = &documents(&job.directory, "kubernetes/storage.yaml")[0];
        assert_eq!(class["volumeBindingMode"], "WaitForFirstConsumer", "{}", job.name);
        let shared = job.topology.storage == StorageKind::SharedFiles;
        assert_eq!(documents(&job.directory, "kubernetes/storage.yaml").len() > 1, shared, "{}", job.name);
    }
}

#[test]
fn jobs_have_nodes_of_their_own_and_no_way_to_a_database() {
    let mut seen = 0;
    for job in clusters().into_iter().filter(|job| job.topology.platform == Platform::EventPlatform) {
        for (name, pod) in pods(&job.directory) {
            let own = pod["nodeSelector"]["provision/pool"] == "jobs";
            assert_eq!(own, name == "job", "{}: EVT-05", job.name);
            assert_eq!(pod["tolerations"][0]["value"] == "jobs", own, "EVT-05");
            seen += 1;
        }
        let security = job.directory.text("security.tf").unwrap_or_default();
        assert!(!security.contains("database_from_jobs"), "EVT-05");
    }
    assert!(seen > 1);
}

#[test]
fn each_rudderstack_server_has_a_database_of_its_own() {
    for job in clusters().into_iter().filter(|job| job.topology.platform == Platform::Rudderstack) {
        let servers = job.topology.groups[0].instances.len();
        let workloads = documents(&job.directory, "kubernetes/workloads.yaml");
        let own: Vec<&Value> = workloads
            .iter()
            .filter(|it| it["metadata"]["name"].as_str().unwrap().starts_with("server-"))
            .collect();
        assert_eq!(own.len(), servers, "RUD-03");
        let mut hosts = BTreeSet::new();
        for server in own {
            assert_eq!(server["spec"]["replicas"], 1, "RUD-04");
            assert_eq!(server["spec"]["strategy"]["type"], "Recreate", "RUD-04");
            let settings = server["spec"]["template"]["spec"]["containers"][0]["env"].as_array().unwrap();
            let host = settings.iter().find(|it| it["name"] == "JOBS_DB_HOST").unwrap();
            hosts.insert(host["valueFrom"]["configMapKeyRef"]["key"].as_str().unwrap().to_owned());
        }
        assert_eq!(hosts.len(), servers, "RUD-03");
    }
}

#[test]
fn the_load_balancer_finds_the_ports_of_the_nodes() {
    for job in clusters().into_iter().filter(|job| job.topology.provider.word() != "azure") {
        let balancer = job.directory.text("load_balancer.tf").map(|text| {
            // Where the nodes' ports have names, these stand beside the nodes.
            format!("{text}{}", job.directory.text("kubernetes.tf").unwrap())
        });
        let Some(balancer) = balancer else { continue };
        let mut ports = 0;
        for service in documents(&job.directory, "kubernetes/users.yaml") {
            for port in service["spec"]["ports"].as_array().unwrap() {
                let node_port = port["nodePort"].as_u64().unwrap();
                assert!(
                    balancer.contains(&format!("= {node_port}\n"))
                        || balancer.contains(&format!("\"{node_port}\"")),
                    "{}",
                    job.name
                );
                ports += 1;
            }
        }
        assert!(ports > 0, "{}", job.name);
    }
}

#[test]
fn pods_let_in_only_who_has_business_with_them() {
    let mut open = 0;
    for job in clusters() {
        let policies = documents(&job.directory, "kubernetes/network-policies.yaml");
        assert_eq!(policies[0]["spec"]["podSelector"], serde_json::json!({}), "{}", job.name);
        assert!(policies[0]["spec"]["ingress"].is_null(), "{}: nothing by default", job.name);
        let users = documents(&job.directory, "kubernetes/users.yaml");
        let balanced: BTreeSet<u64> = users
            .iter()
            .flat_map(|service| service["spec"]["ports"].as_array().unwrap())
            .map(|port| port["targetPort"].as_u64().unwrap())
            .collect();
        for policy in &policies[1..] {
            for entry in policy["spec"]["ingress"].as_array().unwrap() {
                let port = entry["ports"][0]["port"].as_u64().unwrap();
                if entry["from"].is_null() {
                    assert!(balanced.contains(&port), "{}: {port} is open to all", job.name);
                    open += 1;
                }
            }
        }
    }
    assert!(open > 0);
}

pub(crate) fn fake(folder: &Path, name: &str, body: &str) {
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// What `terraform output -json` would write, with every output that the directory has.
fn outputs(directory: &Directory) -> String {
    let text = directory.text("outputs.tf").unwrap();
    let names = text.lines().filter_map(|line| line.strip_prefix("output \"")?.split('"').next());
    let outputs: BTreeMap<&str, Value> = names
        .map(|name| (name, serde_json::json!({ "value": format!("the-{name}"), "sensitive": false })))
        .collect();
    serde_json::to_string(&outputs).unwrap()
}

/// Runs the installation against programs that only write down what they are asked.
struct Installation {
    place: tempfile::TempDir,
}

impl Installation {
    fn of(job: &Rendered) -> Self {
        let place = tempfile::tempdir().unwrap();
        let (root, bin) = (place.path().join("out"), place.path().join("bin"));
        write(&job.directory, &root);
        fs::create_dir(&bin).unwrap();
        fs::write(place.path().join("outputs.json"), outputs(&job.directory)).unwrap();
        let log = place.path().join("log");
        fs::write(&log, "").unwrap();
        let (place_text, log) = (place.path().display(), log.display());
        fake(&bin, "terraform", &format!("echo \"terraform $*\" >> {log}; cat {place_text}/outputs.json"));
        fake(&bin, "helm", &format!("echo \"helm $*\" >> {log}"));
        fake(
            &bin,
            "kubectl",
            &format!(
                "echo \"kubectl $*\" >> {log}; case \"$*\" in *'apply -f -'*) cat >> {place_text}/applied ;; create*) echo made ;; esac"
            ),
        );
        // A store that knows a secret from the moment on that it was put there.
        let store = "key() { echo \"$*\" | sed -e 's/.*--secret-id \\([^ ]*\\).*/\\1/' -e 's/.* --secret \\([^ ]*\\).*/\\1/' \\
  -e 's/.*versions add \\([^ ]*\\).*/\\1/' -e 's/.* --name \\([^ ]*\\).*/\\1/' -e 's#.* --id [^ ]*/\\([^ ]*\\).*#\\1#' | tr / _; }
case \"$*\" in
  *get-secret-value* | *'versions access'* | *'secret show'*) test -e \"$STORE/$(key \"$*\")\" ;;
  *put-secret-value* | *'versions add'* | *'secret set'*) cat > \"$STORE/$(key \"$*\")\" ;;
esac";
        for tool in ["aws", "gcloud", "gke-gcloud-auth-plugin", "az", "kubelogin"] {
            fake(&bin, tool, &format!("echo \"{tool} $*\" >> {log}; {store}"));
        }
        fs::create_dir(place.path().join("store")).unwrap();
        Self { place }
    }

    fn run(&self) -> (bool, String) {
        let path = format!("{}:/usr/bin:/bin", self.place.path().join("bin").display());
        let output = Command::new("/bin/sh")
            .arg(self.place.path().join("out/kubernetes/install.sh"))
            .env("PATH", path)
            .env("STORE", self.place.path().join("store"))
            .output()
            .unwrap();
        let text =
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (output.status.success(), text)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.place.path().join(name)).unwrap_or_default()
    }
}

#[test]
fn the_installation_runs_and_runs_again() {
    if program("jq").is_err() {
        return;
    }
    for job in clusters() {
        let installation = Installation::of(job);
        // Secrets that their owner puts there.
        let (done, text) = installation.run();
        let owners = text.contains("put a value into the secret");
        assert_eq!(done, !owners, "{}: {text}", job.name);
        let script = job.directory.text("kubernetes/install.sh").unwrap();
        for line in script.lines().filter(|line| line.contains("put a value into the secret")) {
            let id = line.split('\'').nth(1).unwrap();
            // A vault knows no slashes.
            let own = id.rsplit('/').next().filter(|_| job.topology.provider.word() == "azure");
            let id = own.unwrap_or(id).replace('/', "_");
            fs::write(installation.place.path().join("store").join(id), "kept").unwrap();
        }
        let (done, text) = installation.run();
        assert!(done, "{}: {text}", job.name);
        let kept: Vec<String> = list(&installation.place.path().join("store"));
        fs::write(installation.place.path().join("applied"), "").unwrap();
        let (done, text) = installation.run();
        assert!(done, "{}: {text}", job.name);
        assert_eq!(kept, list(&installation.place.path().join("store")), "{}: made up twice", job.name);
        assert!(!text.contains("Making up"), "{}: {text}", job.name);
        let applied = installation.read("applied");
        assert!(
            !applied.contains('@') || !applied.contains("@\""),
            "{}: a place is left: {applied}",
            job.name
        );
        let log = installation.read("log");
        assert!(log.contains("--wait --atomic") || !log.contains("helm "), "{}", job.name);
        let fetched: Vec<&str> = log.lines().filter(|line| line.starts_with("helm")).collect();
        assert!(fetched.iter().all(|line| !line.contains("latest")), "{}: {fetched:?}", job.name);
        assert!(text.contains("==> Done"), "{}: {text}", job.name);
    }
}

fn list(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<String> =
        entries.map(|path| format!("{} {}", path.display(), fs::read_to_string(&path).unwrap())).collect();
    found.sort();
    found
}

#[test]
fn an_installation_before_the_terraform_says_so() {
    if program("jq").is_err() {
        return;
    }
    let job = clusters().into_iter().find(|job| job.topology.provider.word() == "aws").unwrap();
    let installation = Installation::of(job);
    fs::write(installation.place.path().join("outputs.json"), "{}").unwrap();
    let (done, text) = installation.run();
    assert!(!done && text.contains("apply the Terraform first"), "{text}");
    assert!(!installation.read("log").contains("kubectl"), "{text}");
}
