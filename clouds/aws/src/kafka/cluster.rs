//! `aws_msk_cluster`

use provision_engine::driver::{Class, Failure};
use serde::{Deserialize, Serialize};

use super::described::{described, info, is_at_rest, listed, named};
use super::{SERVICE, changes, ordered};
use crate::belonging::adopted;
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};
use crate::tags::Tags;

pub(crate) struct Cluster;

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    pub(super) cluster_name: String,
    pub(super) kafka_version: String,
    pub(super) number_of_broker_nodes: i32,
    pub(super) enhanced_monitoring: Option<String>,
    pub(super) storage_mode: Option<String>,
    pub(super) broker_node_group_info: Vec<Group>,
    #[serde(default)]
    pub(super) configuration_info: Vec<Configured>,
    #[serde(default)]
    pub(super) client_authentication: Vec<Authentication>,
    #[serde(default)]
    pub(super) encryption_info: Vec<Encryption>,
    #[serde(default)]
    pub(super) logging_info: Vec<Logging>,
}

#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    pub(super) instance_type: String,
    pub(super) client_subnets: Vec<String>,
    #[serde(default)]
    pub(super) security_groups: Vec<String>,
    pub(super) az_distribution: Option<String>,
    #[serde(default)]
    pub(super) storage_info: Vec<Storage>,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Storage {
    #[serde(default)]
    pub(super) ebs_storage_info: Vec<Disk>,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Disk {
    /// In GiB.
    pub(super) volume_size: Option<i32>,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Configured {
    pub(super) arn: String,
    pub(super) revision: i64,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Authentication {
    pub(super) unauthenticated: Option<bool>,
    #[serde(default)]
    pub(super) sasl: Vec<Sasl>,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sasl {
    pub(super) iam: Option<bool>,
    pub(super) scram: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Encryption {
    pub(super) encryption_at_rest_kms_key_arn: Option<String>,
    #[serde(default)]
    pub(super) encryption_in_transit: Vec<Transit>,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Transit {
    pub(super) client_broker: Option<String>,
    pub(super) in_cluster: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Logging {
    pub(super) broker_logs: Vec<Logs>,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Logs {
    #[serde(default)]
    pub(super) cloudwatch_logs: Vec<LogGroup>,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogGroup {
    pub(super) enabled: bool,
    pub(super) log_group: Option<String>,
}

impl Arguments {
    pub(super) fn group(&self) -> Group {
        self.broker_node_group_info.first().cloned().unwrap_or_default()
    }
}

impl Kind for Cluster {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_msk_cluster";

    /// The list has the tags; where the brokers are is asked of each of ours.
    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        listed(cloud, wanted).await
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        match info(cloud, &known.id).await? {
            Some(cluster) => Ok(Some(described(cloud, cluster).await?)),
            None => Ok(None),
        }
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let given = &order.arguments;
        let sent = cloud
            .kafka
            .create_cluster()
            .cluster_name(&given.cluster_name)
            .kafka_version(&given.kafka_version)
            .number_of_broker_nodes(given.number_of_broker_nodes)
            .broker_node_group_info(ordered::group(&given.group()))
            .set_enhanced_monitoring(given.enhanced_monitoring.as_deref().map(Into::into))
            .set_storage_mode(given.storage_mode.as_deref().map(Into::into))
            .set_configuration_info(given.configuration_info.first().map(ordered::configuration))
            .set_client_authentication(given.client_authentication.first().map(ordered::authentication))
            .set_encryption_info(given.encryption_info.first().map(ordered::encryption))
            .set_logging_info(given.logging_info.first().map(ordered::logging))
            .set_tags(Some(order.tags.clone().into_iter().collect()))
            .send();
        match cloud.call(SERVICE, "CreateCluster", sent).await {
            Ok(made) => Ok(made.cluster_arn.unwrap_or_default()),
            Err(failed) if failed.code == "ConflictException" => {
                adopted(order, named(cloud, &given.cluster_name).await?, failed)
            }
            Err(failed) => Err(failed.into()),
        }
    }

    /// The service changes one thing at a time, and takes minutes to hours for it. So this begins with the first of
    /// those that are still to be done, and asks to be called again for the next.
    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        let id = &known.id;
        let Some(now) = info(cloud, id).await? else {
            return Err(Failure::new(Class::NotYetConsistent, format!("`{id}` isn't visible")));
        };
        let outstanding = changes::outstanding(&super::described::arguments(&now), &order.arguments);
        let Some(first) = outstanding.first() else { return Ok(()) };
        let waits = |message: String| Err(Failure::new(Class::Busy, message));
        if !is_at_rest(&now) {
            return waits(format!("`{id}` is being changed, and takes no second change before that is done"));
        }
        changes::begin(cloud, &now, *first, &order.arguments).await?;
        match outstanding.len() {
            1 => Ok(()),
            count => waits(format!("{} more changes of `{id}` wait until the first is done", count - 1)),
        }
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let sent = cloud.kafka.delete_cluster().cluster_arn(&known.id).send();
        let failed = match cloud.call(SERVICE, "DeleteCluster", sent).await {
            Err(failed) if failed.code == "BadRequestException" => failed,
            result => return unless_gone(result).map(|_| ()),
        };
        // It goes already, or something else is done with it first.
        match info(cloud, &known.id).await?.and_then(|now| now.state) {
            None | Some(aws_sdk_kafka::types::ClusterState::Deleting) => Ok(()),
            Some(aws_sdk_kafka::types::ClusterState::Active) => Err(failed.into()),
            Some(_) => Err(Failure { class: Class::Busy, ..failed.failure }),
        }
    }

    async fn tag(cloud: &Cloud, known: &Known<Arguments>, tags: &Tags) -> Result<(), Failure> {
        let tags = tags.clone().into_iter().collect();
        let sent = cloud.kafka.tag_resource().resource_arn(&known.id).set_tags(Some(tags)).send();
        Ok(cloud.call(SERVICE, "TagResource", sent).await.map(|_| ())?)
    }

    async fn untag(cloud: &Cloud, known: &Known<Arguments>, keys: Vec<String>) -> Result<(), Failure> {
        let sent = cloud.kafka.untag_resource().resource_arn(&known.id).set_tag_keys(Some(keys)).send();
        unless_gone(cloud.call(SERVICE, "UntagResource", sent).await).map(|_| ())
    }
}
