//! The brokers of a Kafka cluster that the cloud runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_kafka::types::{ClusterState, NodeInfo};
use provision_engine::driver::{Failure, Health, Live, Member, Role};

use crate::connection::Cloud;
use crate::ec2;
use crate::failure::unless_gone;

pub(super) async fn members(cloud: Arc<Cloud>, cluster: Live) -> Result<Vec<Member>, Failure> {
    let sent = cloud.kafka.describe_cluster().cluster_arn(&cluster.id).send();
    let told = unless_gone(cloud.call("kafka", "DescribeCluster", sent).await)?;
    let Some(state) = told.and_then(|told| told.cluster_info).and_then(|told| told.state) else {
        return Ok(Vec::new());
    };
    let nodes = cloud
        .pages(
            "kafka",
            "ListNodes",
            |token| cloud.kafka.list_nodes().cluster_arn(&cluster.id).set_next_token(token).send(),
            |page| (page.node_info_list, page.next_token),
        )
        .await;
    let brokers: Vec<NodeInfo> = unless_gone(nodes)?
        .unwrap_or_default()
        .into_iter()
        .filter(|node| node.broker_node_info.is_some())
        .collect();
    let zones = ec2::zones(&cloud, brokers.iter().filter_map(subnet).collect()).await?;
    let (health, reason) = health(&state);
    Ok(brokers.iter().map(|broker| member(broker, &zones, health, reason.clone())).collect())
}

fn subnet(broker: &NodeInfo) -> Option<String> {
    broker.broker_node_info.as_ref()?.client_subnet.clone()
}

fn member(
    broker: &NodeInfo,
    zones: &BTreeMap<String, String>,
    health: Health,
    reason: Option<String>,
) -> Member {
    let number = broker.broker_node_info.as_ref().and_then(|told| told.broker_id).unwrap_or_default();
    let zone = subnet(broker).and_then(|subnet| zones.get(&subnet).cloned());
    Member { id: format!("broker-{number}"), role: Role::Machine, zone, health, reason, version: None }
}

/// The service tells of the cluster, not of a broker
/// (https://docs.aws.amazon.com/msk/latest/developerguide/msk-cluster-states.html).
fn health(state: &ClusterState) -> (Health, Option<String>) {
    match state {
        ClusterState::Creating => (Health::Starting, Some("the cluster is being made".to_owned())),
        ClusterState::Healing => {
            let why = "the service replaces a broker, and doesn't say which (HEALING)";
            (Health::Starting, Some(why.to_owned()))
        }
        ClusterState::Failed => (Health::Unhealthy, Some("the cluster has failed".to_owned())),
        ClusterState::Deleting => (Health::Leaving, Some("the cluster is being deleted".to_owned())),
        _ => (Health::Healthy, None),
    }
}
