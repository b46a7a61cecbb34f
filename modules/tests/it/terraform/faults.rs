//! Faults planted in good plans for AWS and for clusters: each expectation notices the one that it is there for.

use provision_architecture::spec::Provider;
use serde_json::json;

use super::checker::{Check, Checker};
use super::clouds;
use super::plan::Plan;
use crate::matrix::everything;

/// What of a resource's planned values is set to what, and what is then said.
type Fault = (&'static str, &'static str, &'static str, &'static str);

const AWS: [Fault; 13] = [
    ("aws_db_instance", "/deletion_protection", "false", "may be deleted"),
    ("aws_db_instance", "/backup_retention_period", "0", "backups"),
    ("aws_db_instance", "/storage_encrypted", "false", "not encrypted"),
    ("aws_db_instance", "/publicly_accessible", "true", "public"),
    ("aws_db_instance", "/multi_az", "false", "standby"),
    ("aws_db_instance", "/manage_master_user_password", "false", "password"),
    ("aws_autoscaling_group", "/health_check_type", "\"EC2\"", "does not answer"),
    ("aws_lb", "/internal", "false", "load balancers are public"),
    ("aws_launch_template", "/metadata_options/0/http_tokens", "\"optional\"", "without a token"),
    (
        "aws_launch_template",
        "/block_device_mappings/0/ebs/0/encrypted",
        "\"false\"",
        "a disk is not encrypted",
    ),
    ("aws_s3_bucket_public_access_block", "/block_public_acls", "false", "may be public"),
    ("aws_vpc_security_group_ingress_rule", "/cidr_ipv4", "\"0.0.0.0/0\"", "is open to the world"),
    ("aws_subnet", "/tags/provision:address", "\"aws_subnet.x\"", "does not carry its tags"),
];

#[test]
fn planted_faults_are_noticed() {
    notices("rudderstack-multi-zone", Provider::Aws, &AWS);
}

fn notices(name: &str, provider: Provider, faults: &[Fault]) {
    let Some(checker) = Checker::find() else { return };
    let job = everything().iter().find(|it| it.name == name).unwrap();
    assert_eq!(job.topology.provider, provider);
    let plan = checker.check(&job.directory, Check::Plan).unwrap();
    for (kind, pointer, value, said) in faults {
        let mut damaged = plan.clone();
        let resources = damaged["planned_values"]["root_module"]["resources"].as_array_mut().unwrap();
        let resource = resources.iter_mut().rfind(|it| it["type"] == *kind).unwrap();
        let at = resource["values"].pointer_mut(pointer).unwrap_or_else(|| panic!("{kind}{pointer}"));
        *at = serde_json::from_str(value).unwrap();
        let problems = clouds::problems(&Plan::new(&damaged), &job.topology);
        assert!(problems.iter().any(|problem| problem.contains(said)), "{kind}{pointer}: {problems:?}");
    }
}

/// The same, of clusters.
const CLUSTER: [(&str, &str, &str, &str); 6] = [
    ("aws_eks_cluster", "/vpc_config/0/endpoint_public_access", "true", "from outside"),
    ("aws_eks_cluster", "/encryption_config/0/resources/0", "\"none\"", "not encrypted with a key"),
    ("aws_eks_cluster", "/deletion_protection", "false", "the cluster may be deleted"),
    ("aws_eks_cluster", "/enabled_cluster_log_types", "[\"api\"]", "does not log everything"),
    ("aws_eks_node_group", "/taint", "[]", "jobs share nodes"),
    (
        "aws_launch_template",
        "/metadata_options/0/http_put_response_hop_limit",
        "2",
        "pods reach the metadata",
    ),
];

const GOOGLE_CLUSTER: &[Fault] = &[
    (
        "google_container_cluster",
        "/private_cluster_config/0/enable_private_endpoint",
        "false",
        "from outside",
    ),
    ("google_container_cluster", "/private_cluster_config/0/enable_private_nodes", "false", "not private"),
    ("google_container_cluster", "/database_encryption/0/state", "\"DECRYPTED\"", "not encrypted with a key"),
    ("google_container_cluster", "/deletion_protection", "false", "the cluster may be deleted"),
    ("google_container_cluster", "/node_locations", "[\"europe-west4-a\"]", "does not stand in the zones"),
    ("google_container_cluster", "/datapath_provider", "\"LEGACY_DATAPATH\"", "nobody keeps"),
    ("google_container_cluster", "/workload_identity_config", "[]", "pods act as their nodes"),
    ("google_container_node_pool", "/node_config/0/taint", "[]", "jobs share nodes"),
    ("google_container_node_pool", "/node_locations", "[]", "2 zones, not 3"),
    ("google_container_node_pool", "/autoscaling/0/min_node_count", "0", "without nodes"),
    (
        "google_container_node_pool",
        "/node_config/0/workload_metadata_config/0/mode",
        "\"GCE_METADATA\"",
        "metadata of their node",
    ),
    ("google_container_node_pool", "/node_config/0/linux_node_config", "[]", "is not tuned"),
];

const AZURE_CLUSTER: &[Fault] = &[
    ("azurerm_kubernetes_cluster", "/private_cluster_enabled", "false", "from outside"),
    ("azurerm_kubernetes_cluster", "/local_account_disabled", "false", "a log-in beside"),
    ("azurerm_kubernetes_cluster", "/workload_identity_enabled", "false", "pods act as their nodes"),
    ("azurerm_kubernetes_cluster", "/network_profile/0/network_policy", "null", "nobody keeps"),
    ("azurerm_kubernetes_cluster", "/default_node_pool/0/zones", "[\"1\"]", "does not stand in the zones"),
    ("azurerm_kubernetes_cluster", "/sku_tier", "\"Free\"", "nobody promises"),
    ("azurerm_kubernetes_cluster_node_pool", "/node_taints", "[]", "jobs share nodes"),
    ("azurerm_kubernetes_cluster_node_pool", "/zones", "[]", "2 zones, not 3"),
    ("azurerm_kubernetes_cluster_node_pool", "/min_count", "0", "without nodes"),
    ("azurerm_kubernetes_cluster_node_pool", "/linux_os_config", "[]", "is not tuned"),
];

#[test]
fn planted_faults_of_clusters_are_noticed() {
    let missing = "2 zones, not 3";
    notices_in_cluster("event-platform-on-kubernetes", &CLUSTER, "aws_eks_node_group", missing);
    let google = "google-kubernetes-event-platform-high-availability";
    notices_in_cluster(google, GOOGLE_CLUSTER, "google_container_node_pool", missing);
    let azure = "azure-kubernetes-event-platform-high-availability";
    notices_in_cluster(azure, AZURE_CLUSTER, "azurerm_kubernetes_cluster_node_pool", missing);
}

fn notices_in_cluster(name: &str, faults: &[Fault], nodes_of_a_zone: &str, missing: &str) {
    let Some(checker) = Checker::find() else { return };
    let job = everything().iter().find(|it| it.name == name).unwrap();
    let plan = checker.check(&job.directory, Check::Plan).unwrap();
    assert_eq!(clouds::problems(&Plan::new(&plan), &job.topology), Vec::<String>::new());
    for (kind, pointer, value, said) in faults {
        let mut damaged = plan.clone();
        let resources = damaged["planned_values"]["root_module"]["resources"].as_array_mut().unwrap();
        let jobs = |name: &str| *kind != nodes_of_a_zone || name.starts_with("jobs");
        let nodes = |name: &str| *kind != "aws_launch_template" || name.ends_with("_nodes");
        let resource = resources
            .iter_mut()
            .find(|it| {
                let name = it["name"].as_str().unwrap();
                it["type"] == *kind && jobs(name) && nodes(name)
            })
            .unwrap();
        let at = resource["values"].pointer_mut(pointer).unwrap_or_else(|| panic!("{kind}{pointer}"));
        *at = serde_json::from_str(value).unwrap();
        let problems = clouds::problems(&Plan::new(&damaged), &job.topology);
        assert!(problems.iter().any(|problem| problem.contains(said)), "{kind}{pointer}: {problems:?}");
    }
    let mut damaged = plan;
    let resources = damaged["planned_values"]["root_module"]["resources"].as_array_mut().unwrap();
    let at = resources.iter().position(|it| it["type"] == nodes_of_a_zone).unwrap();
    resources.remove(at);
    let problems = clouds::problems(&Plan::new(&damaged), &job.topology);
    assert!(problems.iter().any(|problem| problem.contains(missing)), "{problems:?}");
}

/// What is not there any more, and what is then said.
#[test]
fn what_is_missing_is_noticed() {
    let Some(checker) = Checker::find() else { return };
    let job = everything().iter().find(|it| it.name == "kestra-high-availability").unwrap();
    let plan = checker.check(&job.directory, Check::Plan).unwrap();
    for (kind, said) in [
        ("aws_nat_gateway", "ways out"),
        ("aws_autoscaling_group", "no group of machines"),
        ("aws_ebs_volume", "nodes in"),
        ("aws_s3_bucket_versioning", "not every bucket"),
        ("aws_subnet", "two subnets"),
    ] {
        let mut damaged = plan.clone();
        let resources = damaged["planned_values"]["root_module"]["resources"].as_array_mut().unwrap();
        let at = resources.iter().position(|it| it["type"] == kind).unwrap();
        resources.remove(at);
        let problems = clouds::problems(&Plan::new(&damaged), &job.topology);
        assert!(problems.iter().any(|problem| problem.contains(said)), "{kind}: {problems:?}");
    }
    let mut narrow = plan;
    let configured = narrow["configuration"]["root_module"]["resources"].as_array_mut().unwrap();
    for (kind, argument) in [("aws_autoscaling_group", "vpc_zone_identifier"), ("aws_lb", "subnets")] {
        let resource = configured.iter_mut().find(|it| it["type"] == kind).unwrap();
        resource["expressions"][argument]["references"] =
            json!(["aws_subnet.private_a.id", "aws_subnet.private_a"]);
    }
    let problems = clouds::problems(&Plan::new(&narrow), &job.topology);
    assert!(problems.iter().filter(|problem| problem.contains("zones, not 3")).count() == 2, "{problems:?}");
}
