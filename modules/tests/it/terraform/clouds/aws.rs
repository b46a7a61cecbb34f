//! Reads plans for AWS.

use std::collections::BTreeMap;

use provision_architecture::Topology;
use provision_architecture::spec::Platform;

use super::super::plan::{Plan, Resource};
use super::{Balancer, Cloud, Database, Group, network_exists};

pub(super) struct Aws;

impl Cloud for Aws {
    fn groups(&self, plan: &Plan) -> Vec<Group> {
        let group = |group: &Resource| Group {
            name: group.name.clone(),
            zones: group.named_in("vpc_zone_identifier"),
            private: group.referred("vpc_zone_identifier").iter().all(|subnet| subnet.contains(".private_")),
            balanced: !group.referred("target_group_arns").is_empty(),
            replaced_when_sick: group.text("health_check_type") == "ELB",
        };
        plan.of("aws_autoscaling_group").map(group).chain(pools(plan)).collect()
    }

    fn balancers(&self, plan: &Plan) -> Vec<Balancer> {
        let balancer = |balancer: &Resource| Balancer {
            name: balancer.name.clone(),
            zones: Some(balancer.named_in("subnets")),
            public: !balancer.is("internal"),
        };
        plan.of("aws_lb").map(balancer).collect()
    }

    fn least_zones_of_balancers(&self) -> usize {
        2
    }

    fn ways_out(&self, plan: &Plan) -> Option<usize> {
        Some(plan.count("aws_nat_gateway"))
    }

    fn databases(&self, plan: &Plan) -> Vec<Database> {
        let database = |database: &Resource| Database {
            name: database.name.clone(),
            standby: database.is("multi_az"),
            protected: database.is("deletion_protection"),
            backup_days: database.values["backup_retention_period"].as_u64().unwrap_or(0),
            encrypted: database.is("storage_encrypted"),
            public: database.is("publicly_accessible"),
            password_known: !database.is("manage_master_user_password"),
        };
        plan.of("aws_db_instance").map(database).collect()
    }

    fn nodes(&self, plan: &Plan) -> BTreeMap<String, String> {
        let disk = |disk: &Resource| (disk.name.clone(), disk.text("availability_zone").to_owned());
        plan.of("aws_ebs_volume").map(disk).collect()
    }

    fn open_ports(&self, plan: &Plan) -> Vec<u64> {
        let open = plan
            .of("aws_vpc_security_group_ingress_rule")
            .filter(|rule| rule.text("cidr_ipv4") == "0.0.0.0/0" || rule.text("cidr_ipv6") == "::/0");
        open.map(|rule| rule.values["from_port"].as_u64().unwrap_or(0)).collect()
    }

    fn tags(&self, resource: &Resource) -> BTreeMap<String, String> {
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        if let Some(tags) = resource.values["tag"].as_array() {
            return tags.iter().map(|tag| (text(&tag["key"]), text(&tag["value"]))).collect();
        }
        let tags = resource.values["tags"].as_object().into_iter().flatten();
        tags.map(|(key, value)| (key.clone(), text(value))).collect()
    }

    fn tag_names(&self) -> (&'static str, Option<&'static str>) {
        ("provision:deployment", Some("provision:address"))
    }

    fn own(&self, plan: &Plan, topology: &Topology) -> Vec<String> {
        let mut problems = machines(plan);
        problems.extend(clusters(plan, topology));
        problems.extend(cluster(plan, topology));
        problems.extend(buckets(plan));
        problems.extend(files(plan, topology));
        // Load balancers and databases want two zones, even if everything runs in one.
        let zones = topology.zones.len().max(2);
        if !network_exists(topology) && plan.count("aws_subnet") != 2 * zones {
            problems.push("not two subnets in each zone".to_owned());
        }
        for group in plan.of("aws_db_subnet_group").filter(|it| it.named_in("subnet_ids") != zones) {
            problems.push(format!("{}: the database's subnets are not in {zones} zones", group.name));
        }
        problems
    }
}

/// A pool is a group of nodes in each zone.
fn pools(plan: &Plan) -> Vec<Group> {
    let mut pools: BTreeMap<String, Group> = BTreeMap::new();
    for group in plan.of("aws_eks_node_group") {
        let name = group.name.rsplit_once('_').map_or(group.name.as_str(), |(pool, _)| pool).to_owned();
        let pool = pools.entry(name.clone()).or_insert(Group {
            name,
            zones: 0,
            private: true,
            balanced: false,
            replaced_when_sick: true,
        });
        pool.zones += group.named_in("subnet_ids");
        pool.private &= group.referred("subnet_ids").iter().all(|subnet| !subnet.contains(".public_"));
    }
    pools.into_values().collect()
}

/// A cluster that only its own network reaches, whose secrets are encrypted, with room for a zone's pods elsewhere.
fn cluster(plan: &Plan, topology: &Topology) -> Vec<String> {
    let mut problems = Vec::new();
    for cluster in plan.of("aws_eks_cluster") {
        let reach = &cluster.values["vpc_config"][0];
        if reach["endpoint_private_access"] != true || reach["endpoint_public_access"] != false {
            problems.push("the cluster can be reached from outside".to_owned());
        }
        if cluster.values["encryption_config"][0]["resources"][0] != "secrets" {
            problems.push("the cluster's secrets are not encrypted with a key".to_owned());
        }
        if !cluster.is("deletion_protection") {
            problems.push("the cluster may be deleted".to_owned());
        }
        if cluster.values["enabled_cluster_log_types"].as_array().is_none_or(|logs| logs.len() != 5) {
            problems.push("the cluster does not log everything".to_owned());
        }
        if cluster.named_in("vpc_config") == 0
            && cluster.values["access_config"][0]["authentication_mode"] != "API"
        {
            problems.push("the cluster has access lists beside the cloud's".to_owned());
        }
    }
    let jobs = topology.platform == Platform::EventPlatform && plan.count("aws_eks_cluster") > 0;
    let tainted =
        plan.of("aws_eks_node_group").filter(|group| group.values["taint"][0]["effect"] == "NO_SCHEDULE");
    if jobs && tainted.count() != topology.zones.len() {
        problems.push("jobs share nodes with others (EVT-05)".to_owned());
    }
    if plan.count("aws_eks_cluster") > 0 {
        for template in plan.of("aws_launch_template").filter(|template| template.name.ends_with("_nodes")) {
            if template.values["metadata_options"][0]["http_put_response_hop_limit"] != 1 {
                problems.push(format!("{}: pods reach the metadata of their node", template.name));
            }
        }
        let wanted = usize::from(topology.load_balancer.is_some()) * topology.zones.len();
        if plan.count("aws_lb_target_group") > 0 && plan.count("aws_autoscaling_attachment") < wanted {
            problems.push("the load balancer does not send to the nodes of every zone".to_owned());
        }
    }
    problems
}

/// Metadata with a token only, and no disk in plain text.
fn machines(plan: &Plan) -> Vec<String> {
    let mut problems = Vec::new();
    for template in plan.of("aws_launch_template") {
        if template.values["metadata_options"][0]["http_tokens"] != "required" {
            problems.push(format!("{}: metadata without a token", template.name));
        }
        let disks = template.values["block_device_mappings"].as_array().into_iter().flatten();
        if disks.clone().count() == 0 || disks.into_iter().any(|disk| disk["ebs"][0]["encrypted"] != "true") {
            problems.push(format!("{}: a disk is not encrypted", template.name));
        }
    }
    for disk in plan.of("aws_ebs_volume").filter(|disk| !(disk.is("encrypted") && disk.is("final_snapshot")))
    {
        problems.push(format!("{}: not safe", disk.name));
    }
    problems
}

fn clusters(plan: &Plan, topology: &Topology) -> Vec<String> {
    let mut problems = Vec::new();
    for cluster in plan.of("aws_msk_cluster") {
        let brokers = cluster.values["number_of_broker_nodes"].as_u64().unwrap_or(0);
        if brokers == 0 || !brokers.is_multiple_of(topology.zones.len() as u64) {
            problems.push(format!("{brokers} brokers are not even over the zones"));
        }
        let transit = &cluster.values["encryption_info"][0]["encryption_in_transit"][0];
        if transit["client_broker"] != "TLS" || transit["in_cluster"] != true {
            problems.push("Kafka in plain text".to_owned());
        }
    }
    for configuration in plan.of("aws_msk_configuration") {
        for setting in [
            "unclean.leader.election.enable=false",
            "auto.create.topics.enable=false",
            "min.insync.replicas=2",
        ] {
            if !configuration.text("server_properties").lines().any(|line| line == setting) {
                problems.push(format!("Kafka without {setting}"));
            }
        }
    }
    for domain in plan.of("aws_opensearch_domain") {
        let aware =
            &domain.values["cluster_config"][0]["zone_awareness_config"][0]["availability_zone_count"];
        if topology.zones.len() > 1 && aware.as_u64() != Some(topology.zones.len() as u64) {
            problems.push("the search cluster does not know every zone".to_owned());
        }
    }
    problems
}

fn buckets(plan: &Plan) -> Vec<String> {
    let mut problems = Vec::new();
    for block in plan.of("aws_s3_bucket_public_access_block") {
        let all =
            ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"];
        if !all.iter().all(|argument| block.is(argument)) {
            problems.push(format!("{}: may be public", block.name));
        }
    }
    for kind in [
        "aws_s3_bucket_public_access_block",
        "aws_s3_bucket_server_side_encryption_configuration",
        "aws_s3_bucket_versioning",
        "aws_s3_bucket_policy",
    ] {
        if plan.count(kind) != plan.count("aws_s3_bucket") {
            problems.push(format!("not every bucket has {kind}"));
        }
    }
    problems
}

fn files(plan: &Plan, topology: &Topology) -> Vec<String> {
    let mut problems = Vec::new();
    for files in plan.of("aws_efs_file_system") {
        if !files.is("encrypted") {
            problems.push("the shared files are not encrypted".to_owned());
        }
        if plan.count("aws_efs_mount_target") != topology.zones.len() {
            problems.push("files not mounted in every zone".to_owned());
        }
        if plan.count("aws_efs_backup_policy") == 0 {
            problems.push("files without backups".to_owned());
        }
    }
    problems
}
