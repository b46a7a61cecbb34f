//! Reads plans for Azure.

use std::collections::BTreeMap;

use provision_architecture::Topology;
use provision_architecture::spec::{Platform, Runtime};
use serde_json::Value;

use super::super::plan::{Plan, Resource};
use super::{Balancer, Cloud, Database, Group, network_exists};

pub(super) struct Azure;

const FLEXIBLE: [&str; 2] = ["azurerm_postgresql_flexible_server", "azurerm_mysql_flexible_server"];

impl Cloud for Azure {
    fn groups(&self, plan: &Plan) -> Vec<Group> {
        let group = |group: &Resource| {
            let address = &group.values["network_interface"][0]["ip_configuration"][0];
            Group {
                name: group.name.clone(),
                zones: length(&group.values["zones"]),
                private: length(&address["public_ip_address"]) == 0,
                balanced: is_behind_a_balancer(group),
                replaced_when_sick: group.values["automatic_instance_repair"][0]["enabled"] == true
                    && length(&group.values["extension"]) == 1,
            }
        };
        plan.of("azurerm_linux_virtual_machine_scale_set").map(group).chain(pools(plan)).collect()
    }

    fn balancers(&self, plan: &Plan) -> Vec<Balancer> {
        // Where a gateway and a load balancer share the work, users see one.
        let users = |it: &&Resource| it.name == "main";
        let gateways = plan.of("azurerm_application_gateway").filter(users);
        let passing = plan.of("azurerm_lb").filter(users);
        let public = |it: &Resource| {
            let frontend = it.expression("frontend_ip_configuration");
            frontend.to_string().contains("azurerm_public_ip.")
        };
        let all: Vec<bool> = gateways.chain(passing).map(public).collect();
        let one = Balancer { name: "main".to_owned(), zones: None, public: all.contains(&true) };
        if all.is_empty() { Vec::new() } else { vec![one] }
    }

    /// One load balancer with an address of every zone.
    fn ways_out(&self, _plan: &Plan) -> Option<usize> {
        None
    }

    fn databases(&self, plan: &Plan) -> Vec<Database> {
        let locked = |resource: &Resource| {
            plan.of("azurerm_management_lock").any(|lock| lock.referred("scope") == [resource.address()])
        };
        let flexible = FLEXIBLE.iter().flat_map(|kind| plan.of(kind)).map(|server| Database {
            name: server.name.clone(),
            standby: server.values["high_availability"][0]["mode"] == "ZoneRedundant",
            protected: locked(server),
            backup_days: server.values["backup_retention_days"].as_u64().unwrap_or(0),
            encrypted: true,
            public: server.values["public_network_access_enabled"] != false
                && server.text("public_network_access") != "Disabled",
            password_known: !server.values["administrator_password"].is_null(),
        });
        let sql = plan.of("azurerm_mssql_database").map(|database| {
            let server = plan.of("azurerm_mssql_server").find(|it| it.name == database.name);
            let server = server.expect("a database has a server of its name");
            Database {
                name: database.name.clone(),
                standby: database.is("zone_redundant"),
                protected: locked(server),
                backup_days: database.values["short_term_retention_policy"][0]["retention_days"]
                    .as_u64()
                    .unwrap_or(0),
                encrypted: database.is("transparent_data_encryption_enabled"),
                public: server.values["public_network_access_enabled"] != false,
                password_known: server.values["azuread_administrator"][0]["azuread_authentication_only"]
                    != true,
            }
        });
        flexible.chain(sql).collect()
    }

    fn nodes(&self, plan: &Plan) -> BTreeMap<String, String> {
        let disk = |disk: &Resource| (disk.name.clone(), disk.text("zone").to_owned());
        plan.of("azurerm_managed_disk").map(disk).collect()
    }

    fn open_ports(&self, plan: &Plan) -> Vec<u64> {
        let open = plan.of("azurerm_network_security_rule").filter(|rule| {
            rule.text("access") == "Allow"
                && rule.text("direction") == "Inbound"
                && matches!(rule.text("source_address_prefix"), "*" | "0.0.0.0/0" | "Internet")
        });
        // A machine listens on another port than its load balancer: what counts is who may reach the balancer.
        let entries = plan.of("azurerm_lb_rule").filter_map(|rule| rule.values["frontend_port"].as_u64());
        let entries: Vec<u64> = entries.collect();
        let ports = open.flat_map(|rule| {
            let single = rule.text("destination_port_range").parse::<u64>().ok();
            let several = rule.values["destination_port_ranges"].as_array().into_iter().flatten();
            let several = several.filter_map(|port| port.as_str()?.parse().ok());
            single.into_iter().chain(several).collect::<Vec<u64>>()
        });
        ports.filter(|port| !entries.contains(port) || *port == 10_943).collect()
    }

    fn tags(&self, resource: &Resource) -> BTreeMap<String, String> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let tags = resource.values["tags"].as_object().into_iter().flatten();
        tags.map(|(key, value)| (key.clone(), text(value))).collect()
    }

    fn tag_names(&self) -> (&'static str, Option<&'static str>) {
        ("provision-deployment", Some("provision-address"))
    }

    fn own(&self, plan: &Plan, topology: &Topology) -> Vec<String> {
        let mut problems = machines(plan);
        problems.extend(health(plan, topology));
        problems.extend(addresses(plan));
        problems.extend(clusters(plan));
        problems.extend(storage(plan));
        problems.extend(vaults(plan));
        if topology.runtime == Runtime::Machines {
            problems.extend(filters(plan, topology));
        }
        problems.extend(cluster(plan, topology));
        if !network_exists(topology) && plan.count("azurerm_lb_outbound_rule") == 0 {
            problems.push("no way out of the network".to_owned());
        }
        problems
    }
}

/// A pool is one of nodes in each zone.
fn pools(plan: &Plan) -> Vec<Group> {
    let mut pools: BTreeMap<String, Group> = BTreeMap::new();
    for nodes in plan.of("azurerm_kubernetes_cluster_node_pool") {
        let name = nodes.name.rsplit_once('_').map_or(nodes.name.as_str(), |(pool, _)| pool).to_owned();
        let pool = pools.entry(name.clone()).or_insert(Group {
            name,
            zones: 0,
            private: true,
            balanced: false,
            replaced_when_sick: true,
        });
        pool.zones += length(&nodes.values["zones"]);
        pool.private &= nodes.values["node_public_ip_enabled"] != true;
    }
    pools.into_values().collect()
}

/// A cluster that only its own network reaches and only the cloud's roles open, with nodes of each pool in each zone.
fn cluster(plan: &Plan, topology: &Topology) -> Vec<String> {
    let mut problems = Vec::new();
    for cluster in plan.of("azurerm_kubernetes_cluster") {
        let values = &cluster.values;
        let own = &values["default_node_pool"][0];
        for (holds, what) in [
            (
                cluster.is("private_cluster_enabled") && !cluster.is("private_cluster_public_fqdn_enabled"),
                "the cluster can be reached from outside",
            ),
            (cluster.is("local_account_disabled"), "the cluster has a log-in beside the cloud's"),
            (
                cluster.is("workload_identity_enabled") && cluster.is("oidc_issuer_enabled"),
                "pods act as their nodes",
            ),
            (values["network_profile"][0]["network_policy"] == "cilium", "nobody keeps the network policies"),
            (cluster.text("sku_tier") == "Standard", "nobody promises that the cluster answers"),
            (
                length(&own["zones"]) == topology.zones.len()
                    && own["node_count"].as_u64() == Some(topology.zones.len() as u64),
                "the cluster does not stand in the zones",
            ),
            (own["only_critical_addons_enabled"] == true, "components share nodes with the cluster itself"),
            (cluster.text("automatic_upgrade_channel") == "patch", "the cluster grows old"),
        ] {
            if !holds {
                problems.push(what.to_owned());
            }
        }
    }
    for nodes in plan.of("azurerm_kubernetes_cluster_node_pool") {
        let tuned = &nodes.values["linux_os_config"][0]["sysctl_config"][0];
        for (holds, what) in [
            (nodes.values["min_count"].as_u64().unwrap_or(0) > 0, "a zone may be without nodes"),
            (tuned["vm_max_map_count"] == 262_144, "is not tuned from the first moment on"),
            (
                length(&nodes.values["kubelet_config"][0]["allowed_unsafe_sysctls"]) > 0,
                "its pods can't be tuned",
            ),
            (
                nodes
                    .expression("node_network_profile")
                    .to_string()
                    .contains("azurerm_application_security_group."),
                "no rule knows its nodes",
            ),
        ] {
            if !holds {
                problems.push(format!("{}: {what}", nodes.name));
            }
        }
    }
    let jobs = topology.platform == Platform::EventPlatform && plan.count("azurerm_kubernetes_cluster") > 0;
    let tainted = plan
        .of("azurerm_kubernetes_cluster_node_pool")
        .filter(|nodes| nodes.values["node_taints"][0] == "provision/pool=jobs:NoSchedule");
    if jobs && tainted.count() != topology.zones.len() {
        problems.push("jobs share nodes with others (EVT-05)".to_owned());
    }
    problems
}

fn length(value: &Value) -> usize {
    value.as_array().map_or(0, Vec::len)
}

/// Of the exit, or of nobody: whether users or other components come through one.
fn is_behind_a_balancer(group: &Resource) -> bool {
    let pools = group.expression("network_interface").to_string();
    pools.contains("azurerm_application_gateway.")
        || pools.split("azurerm_lb_backend_address_pool.").skip(1).any(|rest| !rest.starts_with("exit"))
}

/// Groups of Ubuntu's that sound like users: `useradd` makes no user beside one of its name.
const UBUNTU_HAS: [&str; 7] = ["operator", "staff", "adm", "sudo", "users", "admin", "backup"];

fn machines(plan: &Plan) -> Vec<String> {
    let mut problems = Vec::new();
    for group in plan.of("azurerm_linux_virtual_machine_scale_set") {
        for (holds, what) in [
            (!group.is("zone_balance"), "can't grow while a zone is lost"),
            (!group.is("overprovision"), "more machines than asked for"),
            (group.values["termination_notification"][0]["enabled"] == true, "no time to finish"),
            (group.is("disable_password_authentication"), "log-in by password"),
            (length(&group.values["extension"]) == 1, "rolled without asking whether it is well"),
            (
                group.values["automatic_instance_repair"][0]["enabled"] == true,
                "nobody replaces a machine that is sick",
            ),
        ] {
            if !holds {
                problems.push(format!("{}: {what}", group.name));
            }
        }
    }
    for kind in ["azurerm_linux_virtual_machine_scale_set", "azurerm_linux_virtual_machine"] {
        for machine in plan.of(kind).filter(|it| UBUNTU_HAS.contains(&it.text("admin_username"))) {
            problems.push(format!("{}: beside a group of its name its user can't be made", machine.name));
        }
    }
    for disk in plan.of("azurerm_managed_disk") {
        if disk.text("network_access_policy") != "DenyAll" {
            problems.push(format!("{}: may be copied from anywhere", disk.name));
        }
    }
    problems
}

/// Where a machine says by an open port that it is well, because no load balancer may judge it.
const ALIVE: u64 = 9_099;

/// The platform's own health port and path where a load balancer asks, too; the machine's own word elsewhere.
fn health(plan: &Plan, topology: &Topology) -> Vec<String> {
    let mut problems = Vec::new();
    for component in &topology.groups {
        let word = component.component.to_string().replace('-', "_");
        let health = component.health.as_ref();
        let drains = health.is_some_and(|health| health.draining_status.is_some());
        let groups = plan.of("azurerm_linux_virtual_machine_scale_set");
        for group in groups.filter(|group| group.name.starts_with(&word)) {
            let settings = group.values["extension"][0]["settings"].as_str().unwrap_or_default();
            let asked: Value = serde_json::from_str(settings).unwrap_or_default();
            let expected = match health.filter(|_| is_behind_a_balancer(group) && !drains) {
                Some(health) => (Some("http"), Some(health.port.get()), Some(health.path.as_str())),
                None => (Some("tcp"), Some(ALIVE), None),
            };
            let found = (asked["protocol"].as_str(), asked["port"].as_u64(), asked["requestPath"].as_str());
            if found != expected {
                problems.push(format!("{}: asks {found:?}, not {expected:?}", group.name));
            }
            let alarm = format!("{}_unhealthy", group.name);
            if expected.0 == Some("tcp")
                && !plan.of("azurerm_monitor_metric_alert").any(|it| it.name == alarm)
            {
                problems.push(format!("{}: nobody is told when it gives up", group.name));
            }
        }
    }
    problems
}

/// Addresses of load balancers stand in every zone.
fn addresses(plan: &Plan) -> Vec<String> {
    let mut problems = Vec::new();
    let mut three = |name: &str, zones: &Value| {
        if length(zones) != 3 {
            problems.push(format!("{name}: its address does not stand in every zone"));
        }
    };
    for address in plan.of("azurerm_public_ip") {
        three(&address.name, &address.values["zones"]);
    }
    for gateway in plan.of("azurerm_application_gateway") {
        three(&gateway.name, &gateway.values["zones"]);
    }
    for balancer in plan.of("azurerm_lb") {
        let frontend = &balancer.values["frontend_ip_configuration"][0];
        if !balancer.expression("frontend_ip_configuration").to_string().contains("azurerm_public_ip.") {
            three(&balancer.name, &frontend["zones"]);
        }
    }
    for probe in plan.of("azurerm_lb_probe") {
        if probe.text("protocol") != "Http" || probe.text("request_path").is_empty() {
            problems.push(format!("{}: asks the port only, not the product", probe.name));
        }
    }
    problems
}

/// A machine stands where its disk stands, and never changes together with the one before it.
fn clusters(plan: &Plan) -> Vec<String> {
    let mut problems = Vec::new();
    for machine in plan.of("azurerm_linux_virtual_machine") {
        let disk = plan.of("azurerm_managed_disk").find(|disk| disk.name == machine.name);
        if disk.is_none_or(|disk| disk.text("zone") != machine.text("zone")) {
            problems.push(format!("{}: its disk is in another zone", machine.name));
        }
        let (role, number) = machine.name.rsplit_once('_').unwrap_or_default();
        let before = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let chained = before.is_none_or(|before| {
            let before = format!("azurerm_virtual_machine_data_disk_attachment.{role}_{before}");
            machine.depends_on().contains(&before)
        });
        if !chained {
            problems.push(format!("{}: may change together with the one before it", machine.name));
        }
    }
    problems
}

fn storage(plan: &Plan) -> Vec<String> {
    let mut problems = Vec::new();
    for account in plan.of("azurerm_storage_account") {
        for (holds, what) in [
            (account.text("account_replication_type") == "ZRS", "not in three zones"),
            (account.values["public_network_access_enabled"] == false, "public"),
            (account.values["allow_nested_items_to_be_public"] == false, "may be public"),
            (account.text("min_tls_version") == "TLS1_2", "old TLS"),
            (account.is("https_traffic_only_enabled"), "plain text"),
            (
                account.text("account_kind") == "FileStorage"
                    || account.values["blob_properties"][0]["versioning_enabled"] == true,
                "forgets what is overwritten",
            ),
        ] {
            if !holds {
                problems.push(format!("{}: {what}", account.name));
            }
        }
    }
    if plan.count("azurerm_storage_share") != plan.count("azurerm_backup_protected_file_share") {
        problems.push("files without backups".to_owned());
    }
    problems
}

fn vaults(plan: &Plan) -> Vec<String> {
    let mut problems = Vec::new();
    for vault in plan.of("azurerm_key_vault") {
        for (holds, what) in [
            (vault.is("rbac_authorization_enabled"), "access by lists of its own"),
            (vault.is("purge_protection_enabled"), "may be purged"),
            (vault.values["network_acls"][0]["default_action"] == "Deny", "open to the internet"),
        ] {
            if !holds {
                problems.push(format!("{}: {what}", vault.name));
            }
        }
    }
    problems
}

/// Every list of allowed connections ends with a refusal, in both directions.
fn filters(plan: &Plan, topology: &Topology) -> Vec<String> {
    let mut problems = Vec::new();
    for component in &topology.groups {
        let local = component.component.to_string().replace('-', "_");
        for direction in ["from", "to"] {
            let refusal = plan
                .of("azurerm_network_security_rule")
                .find(|rule| rule.name == format!("{local}_{direction}_others"));
            if refusal.is_none_or(|rule| rule.text("access") != "Deny" || rule.values["priority"] != 4_096) {
                problems.push(format!("{local}: nothing is refused"));
            }
        }
    }
    problems
}
