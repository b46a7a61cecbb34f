//! Reads plans for Google Cloud.

use std::collections::BTreeMap;

use provision_architecture::Topology;
use provision_architecture::spec::{Platform, Runtime};
use serde_json::Value;

use super::super::plan::{Plan, Resource};
use super::{Balancer, Cloud, Database, Group, network_exists};

pub(super) struct Google;

const GROUP: &str = "google_compute_region_instance_group_manager";
const TEMPLATE: &str = "google_compute_region_instance_template";
const SERVICES: [&str; 2] = ["google_compute_backend_service", "google_compute_region_backend_service"];

impl Cloud for Google {
    fn groups(&self, plan: &Plan) -> Vec<Group> {
        let balanced: Vec<String> =
            SERVICES.iter().flat_map(|kind| plan.of(kind)).flat_map(groups_behind).collect();
        let group = |group: &Resource| Group {
            name: group.name.clone(),
            zones: group.values["distribution_policy_zones"].as_array().map_or(0, Vec::len),
            private: plan
                .of(TEMPLATE)
                .filter(|template| template.name == group.name)
                .all(|template| has_no_public_address(&template.values)),
            balanced: balanced.contains(&group.address()),
            replaced_when_sick: !list(&group.values["auto_healing_policies"]).is_empty(),
        };
        plan.of(GROUP).map(group).chain(pools(plan, &balanced)).collect()
    }

    /// They are of all zones of a region, or of none.
    fn balancers(&self, plan: &Plan) -> Vec<Balancer> {
        let public =
            plan.of("google_compute_global_address").filter(|it| it.text("purpose") != "VPC_PEERING");
        let public = public.map(|it| Balancer { name: it.name.clone(), zones: None, public: true });
        let inside = plan.of("google_compute_forwarding_rule").map(|it| Balancer {
            name: it.name.clone(),
            zones: None,
            public: !it.text("load_balancing_scheme").starts_with("INTERNAL"),
        });
        public.chain(inside).collect()
    }

    /// Cloud NAT is a service of the whole region.
    fn ways_out(&self, _plan: &Plan) -> Option<usize> {
        None
    }

    fn databases(&self, plan: &Plan) -> Vec<Database> {
        let database = |database: &Resource| {
            let settings = &database.values["settings"][0];
            let backups = &settings["backup_configuration"][0];
            let users = plan.of("google_sql_user").filter(|user| user.name == database.name);
            let recovers =
                backups["point_in_time_recovery_enabled"] == true || backups["binary_log_enabled"] == true;
            let days = backups["backup_retention_settings"][0]["retained_backups"].as_u64().unwrap_or(0);
            Database {
                name: database.name.clone(),
                standby: settings["availability_type"] == "REGIONAL",
                protected: database.is("deletion_protection")
                    && settings["deletion_protection_enabled"] == true,
                backup_days: if backups["enabled"] == true && recovers { days } else { 0 },
                // Disks are, always; the connections have to be.
                encrypted: settings["ip_configuration"][0]["ssl_mode"] == "ENCRYPTED_ONLY",
                public: settings["ip_configuration"][0]["ipv4_enabled"] != false,
                password_known: users.chain(plan.of("google_secret_manager_secret_version")).any(|it| {
                    ["password", "password_wo", "secret_data", "secret_data_wo"]
                        .iter()
                        .any(|argument| it.values[argument].is_string())
                }),
            }
        };
        plan.of("google_sql_database_instance").map(database).collect()
    }

    fn nodes(&self, plan: &Plan) -> BTreeMap<String, String> {
        plan.of("google_compute_disk").map(|disk| (disk.name.clone(), disk.text("zone").to_owned())).collect()
    }

    fn open_ports(&self, plan: &Plan) -> Vec<u64> {
        let rules = plan.of("google_compute_firewall").filter(|rule| {
            rule.text("direction") == "INGRESS"
                && list(&rule.values["source_ranges"]).iter().any(|it| it == "0.0.0.0/0")
        });
        let ports =
            rules.flat_map(|rule| list(&rule.values["allow"]).iter().flat_map(|allow| list(&allow["ports"])));
        let by_rule = ports.map(|port| port.as_str().and_then(|it| it.parse().ok()).unwrap_or(0));
        let entries = plan.of("google_compute_global_forwarding_rule");
        by_rule.chain(entries.map(|it| it.text("port_range").parse().unwrap_or(0))).collect()
    }

    fn tags(&self, resource: &Resource) -> BTreeMap<String, String> {
        let values = &resource.values;
        let places = [
            &values["labels"],
            &values["user_labels"],
            &values["settings"][0]["user_labels"],
            &values["all_instances_config"][0]["labels"],
            &values["resource_labels"],
            &values["node_config"][0]["resource_labels"],
        ];
        let labels = places.into_iter().filter_map(Value::as_object).flatten();
        labels.map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
    }

    fn tag_names(&self) -> (&'static str, Option<&'static str>) {
        ("provision-deployment", None)
    }

    fn own(&self, plan: &Plan, topology: &Topology) -> Vec<String> {
        let mut problems = spread(plan, topology);
        problems.extend(machines(plan));
        problems.extend(health(plan, topology));
        problems.extend(firewall(plan));
        problems.extend(storage(plan, topology));
        problems.extend(cluster(plan, topology));
        if !network_exists(topology) && plan.count("google_compute_router_nat") != 1 {
            problems.push("no way out of the network".to_owned());
        }
        problems
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The groups of a backend service, by address.
fn groups_behind(service: &Resource) -> Vec<String> {
    let backends = list(&service.expressions()["backend"]);
    let references = backends.iter().flat_map(|backend| list(&backend["group"]["references"]));
    let whole = references.filter_map(Value::as_str).filter(|it| it.matches('.').count() == 1);
    whole.map(str::to_owned).collect()
}

fn has_no_public_address(values: &Value) -> bool {
    list(&values["network_interface"]).iter().all(|it| list(&it["access_config"]).is_empty())
}

/// The zones that the topology names, evenly.
fn spread(plan: &Plan, topology: &Topology) -> Vec<String> {
    let mut problems = Vec::new();
    let mut zones: Vec<String> = topology.zones.iter().map(ToString::to_string).collect();
    zones.sort();
    for group in plan.of(GROUP) {
        let mut its: Vec<&str> =
            list(&group.values["distribution_policy_zones"]).iter().filter_map(Value::as_str).collect();
        its.sort_unstable();
        if its != zones {
            problems.push(format!("{}: in {its:?}, not in {zones:?}", group.name));
        }
        let paired = group.values["target_size"] == 1;
        if !paired && group.text("distribution_policy_target_shape") != "EVEN" {
            problems.push(format!("{}: not even over the zones", group.name));
        }
        let policy = &group.values["update_policy"][0];
        for argument in ["max_surge_fixed", "max_unavailable_fixed"] {
            let number = policy[argument].as_u64().unwrap_or(0);
            if number != 0 && number < zones.len() as u64 {
                problems.push(format!("{}: {argument} is below the number of zones", group.name));
            }
        }
        let scaled = plan.of("google_compute_region_autoscaler").any(|it| it.name == group.name);
        if scaled != group.values["target_size"].is_null() {
            problems.push(format!("{}: both a size and an autoscaler, or neither", group.name));
        }
    }
    for machine in plan.of("google_compute_instance") {
        let disk = plan.of("google_compute_disk").find(|disk| disk.name == machine.name);
        if disk.is_none_or(|disk| disk.text("zone") != machine.text("zone")) {
            problems.push(format!("{}: its disk is in another zone", machine.name));
        }
        if machine.values["metadata"]["provision-instance"]
            .as_str()
            .is_none_or(|it| !machine.name.ends_with(it))
        {
            problems.push(format!("{}: does not know its number", machine.name));
        }
    }
    problems
}

fn machines(plan: &Plan) -> Vec<String> {
    let mut problems = Vec::new();
    for machine in plan.of(TEMPLATE).chain(plan.of("google_compute_instance")) {
        let name = machine.address();
        if !has_no_public_address(&machine.values) {
            problems.push(format!("{name}: has a public address"));
        }
        if machine.values["shielded_instance_config"][0]["enable_secure_boot"] != true {
            problems.push(format!("{name}: boots what nobody signed"));
        }
        let metadata = &machine.values["metadata"];
        if metadata["enable-oslogin"] != "TRUE" || metadata["block-project-ssh-keys"] != "TRUE" {
            problems.push(format!("{name}: keys of the project open it"));
        }
        if list(&machine.values["service_account"]).is_empty() {
            problems.push(format!("{name}: acts as the project's default account"));
        }
    }
    for disk in plan.of("google_compute_disk").filter(|disk| !disk.is("create_snapshot_before_destroy")) {
        problems.push(format!("{}: goes without a last snapshot", disk.name));
    }
    problems
}

/// A pool is one of nodes in each zone.
fn pools(plan: &Plan, balanced: &[String]) -> Vec<Group> {
    let private = plan
        .of("google_container_cluster")
        .all(|cluster| cluster.values["private_cluster_config"][0]["enable_private_nodes"] == true);
    let mut pools: BTreeMap<String, Group> = BTreeMap::new();
    for nodes in plan.of("google_container_node_pool") {
        let name = nodes.name.rsplit_once('_').map_or(nodes.name.as_str(), |(pool, _)| pool).to_owned();
        let pool = pools.entry(name.clone()).or_insert(Group {
            name,
            zones: 0,
            private,
            balanced: false,
            replaced_when_sick: true,
        });
        pool.zones += list(&nodes.values["node_locations"]).len();
        pool.balanced |= balanced.contains(&nodes.address());
        pool.replaced_when_sick &= nodes.values["management"][0]["auto_repair"] == true;
    }
    pools.into_values().collect()
}

/// A cluster that only its own network reaches, whose secrets are encrypted, with nodes of each pool in each zone.
fn cluster(plan: &Plan, topology: &Topology) -> Vec<String> {
    let mut problems = Vec::new();
    let mut zones: Vec<String> = topology.zones.iter().map(ToString::to_string).collect();
    zones.sort();
    for cluster in plan.of("google_container_cluster") {
        let values = &cluster.values;
        let mut its: Vec<&str> = list(&values["node_locations"]).iter().filter_map(Value::as_str).collect();
        its.sort_unstable();
        for (holds, what) in [
            (cluster.is("deletion_protection"), "the cluster may be deleted"),
            (
                values["private_cluster_config"][0]["enable_private_endpoint"] == true,
                "the cluster can be reached from outside",
            ),
            (
                values["database_encryption"][0]["state"] == "ENCRYPTED",
                "the cluster's secrets are not encrypted with a key",
            ),
            (
                list(&values["logging_config"][0]["enable_components"]).len() == 5,
                "the cluster does not log everything",
            ),
            (cluster.is("enable_shielded_nodes"), "nodes boot what nobody signed"),
            (cluster.text("datapath_provider") == "ADVANCED_DATAPATH", "nobody keeps the network policies"),
            (list(&values["release_channel"]).len() == 1, "the cluster grows old"),
            (list(&values["workload_identity_config"]).len() == 1, "pods act as their nodes"),
            (
                if zones.len() > 1 {
                    its == zones && cluster.text("location") == topology.region.as_str()
                } else {
                    zones.first().is_some_and(|zone| zone == cluster.text("location"))
                },
                "the cluster does not stand in the zones",
            ),
        ] {
            if !holds {
                problems.push(what.to_owned());
            }
        }
    }
    for nodes in plan.of("google_container_node_pool") {
        let config = &nodes.values["node_config"][0];
        let least = nodes.values["autoscaling"][0]["min_node_count"].as_u64().unwrap_or(0);
        for (holds, what) in [
            (
                config["workload_metadata_config"][0]["mode"] == "GKE_METADATA",
                "pods reach the metadata of their node",
            ),
            (config["shielded_instance_config"][0]["enable_secure_boot"] == true, "boots what nobody signed"),
            (
                nodes.values["upgrade_settings"][0]["max_unavailable"] == 0,
                "an upgrade takes nodes away before it brings some",
            ),
            (least > 0, "a zone may be without nodes"),
            (!config["kubelet_config"][0]["allowed_unsafe_sysctls"].is_null(), "its pods can't be tuned"),
            (
                config["linux_node_config"][0]["sysctls"]["vm.max_map_count"] == "262144",
                "is not tuned from the first moment on",
            ),
        ] {
            if !holds {
                problems.push(format!("{}: {what}", nodes.name));
            }
        }
    }
    let jobs = topology.platform == Platform::EventPlatform && plan.count("google_container_cluster") > 0;
    let tainted = plan
        .of("google_container_node_pool")
        .filter(|nodes| nodes.values["node_config"][0]["taint"][0]["effect"] == "NO_SCHEDULE");
    if jobs && tainted.count() != topology.zones.len() {
        problems.push("jobs share nodes with others (EVT-05)".to_owned());
    }
    problems
}

/// Where a machine says by an open port that it is well, because no load balancer may judge it.
const ALIVE: u64 = 9_099;

/// The platform's own health port and path; or the machine's own word, which it has to be let say.
fn health(plan: &Plan, topology: &Topology) -> Vec<String> {
    let mut problems = Vec::new();
    for component in topology.groups.iter().filter(|_| topology.runtime == Runtime::Machines) {
        let word = component.component.to_string();
        let checks = ["google_compute_health_check", "google_compute_region_health_check"];
        let its = checks.iter().flat_map(|kind| plan.of(kind)).filter(|it| it.name.starts_with(&word));
        for check in its {
            let http = &check.values["http_health_check"][0];
            let tcp = &check.values["tcp_health_check"][0];
            let (port, path) =
                (http["port"].as_u64().or(tcp["port"].as_u64()), http["request_path"].as_str());
            let asked = component
                .health
                .as_ref()
                .is_some_and(|health| port == Some(health.port.get()) && path == Some(health.path.as_str()));
            let says_itself =
                check.name.ends_with("_repair") && port == Some(ALIVE) && lets_cloud_ask(plan, &word);
            if !asked && !says_itself {
                problems.push(format!("{}: asks {port:?} {path:?}", check.address()));
            }
            let alarm = format!("{}_unhealthy", word.replace('-', "_"));
            if tcp.is_object() && !plan.of("google_monitoring_alert_policy").any(|it| it.name == alarm) {
                problems.push(format!("{word}: nobody is told when it gives up"));
            }
        }
    }
    for group in plan.of(GROUP) {
        if list(&group.values["auto_healing_policies"]).is_empty() {
            problems.push(format!("{}: nobody replaces a machine that is sick", group.name));
        }
    }
    problems
}

fn lets_cloud_ask(plan: &Plan, component: &str) -> bool {
    plan.of("google_compute_firewall").any(|rule| {
        rule.name == format!("{}_from_health_checks_{ALIVE}", component.replace('-', "_"))
            && rule.values["allow"][0]["ports"][0].as_str().and_then(|it| it.parse().ok()) == Some(ALIVE)
    })
}

/// No address alone opens a machine, but those of the cloud's own front ends; what is not allowed out is refused.
fn firewall(plan: &Plan) -> Vec<String> {
    let mut problems = Vec::new();
    for rule in plan.of("google_compute_firewall") {
        if rule.referred("target_service_accounts").is_empty() {
            problems.push(format!("{}: is for every machine of the network", rule.name));
        }
    }
    let pods = |account: &Resource| {
        plan.of("google_service_account_iam_member").any(|member| member.name == account.name)
    };
    for account in plan.of("google_service_account").filter(|account| !pods(account)) {
        let refused = plan.of("google_compute_firewall").any(|rule| {
            !list(&rule.values["deny"]).is_empty()
                && rule.referred("target_service_accounts").contains(&account.address())
        });
        if !refused {
            problems.push(format!("{}: its machines reach everything", account.name));
        }
    }
    if plan.count("google_compute_global_forwarding_rule") > 0 {
        for service in plan.of("google_compute_backend_service") {
            if service.referred("security_policy").is_empty() {
                problems.push(format!("{}: everybody on the internet may come", service.name));
            }
        }
    }
    problems
}

fn storage(plan: &Plan, topology: &Topology) -> Vec<String> {
    let mut problems = Vec::new();
    for bucket in plan.of("google_storage_bucket") {
        let kept = bucket.values["versioning"][0]["enabled"] == true;
        let private =
            bucket.text("public_access_prevention") == "enforced" && bucket.is("uniform_bucket_level_access");
        if !kept || !private {
            problems.push(format!("{}: may be public, or forgets", bucket.name));
        }
    }
    for files in plan.of("google_filestore_instance") {
        if topology.zones.len() > 1 && files.text("tier") != "REGIONAL" {
            problems.push("the shared files are lost with a zone".to_owned());
        }
        if !files.is("deletion_protection_enabled") {
            problems.push("the shared files may be deleted".to_owned());
        }
    }
    problems
}
