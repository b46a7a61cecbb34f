//! `aws_opensearch_domain`

use aws_sdk_opensearch::types::Tag;
use provision_engine::driver::{Class, Failure};
use serde::{Deserialize, Serialize};

use super::described::{is_at_rest, is_version, listed, named, status};
use super::{SERVICE, linked_role, ordered};
use crate::belonging::adopted;
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};
use crate::tags::Tags;

pub(crate) struct Domain;

#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    pub(super) domain_name: String,
    pub(super) engine_version: Option<String>,
    pub(super) access_policies: Option<String>,
    #[serde(default)]
    pub(super) cluster_config: Vec<Nodes>,
    #[serde(default)]
    pub(super) vpc_options: Vec<Network>,
    #[serde(default)]
    pub(super) ebs_options: Vec<Disk>,
    #[serde(default)]
    pub(super) encrypt_at_rest: Vec<AtRest>,
    #[serde(default)]
    pub(super) node_to_node_encryption: Vec<BetweenNodes>,
    #[serde(default)]
    pub(super) domain_endpoint_options: Vec<Endpoint>,
    #[serde(default)]
    pub(super) log_publishing_options: Vec<Log>,
}

#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nodes {
    pub(super) instance_type: Option<String>,
    pub(super) instance_count: Option<i32>,
    pub(super) dedicated_master_enabled: Option<bool>,
    pub(super) dedicated_master_count: Option<i32>,
    pub(super) dedicated_master_type: Option<String>,
    pub(super) zone_awareness_enabled: Option<bool>,
    #[serde(default)]
    pub(super) zone_awareness_config: Vec<Zones>,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Zones {
    pub(super) availability_zone_count: Option<i32>,
}

/// The zones and the network are those of the subnets: the service tells them, nobody orders them.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Network {
    #[serde(default)]
    pub(super) subnet_ids: Vec<String>,
    #[serde(default)]
    pub(super) security_group_ids: Vec<String>,
    #[serde(default)]
    pub(super) availability_zones: Vec<String>,
    pub(super) vpc_id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Disk {
    pub(super) ebs_enabled: bool,
    pub(super) volume_type: Option<String>,
    /// In GiB.
    pub(super) volume_size: Option<i32>,
    pub(super) iops: Option<i32>,
    pub(super) throughput: Option<i32>,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AtRest {
    pub(super) enabled: bool,
    pub(super) kms_key_id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BetweenNodes {
    pub(super) enabled: bool,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Endpoint {
    pub(super) enforce_https: Option<bool>,
    pub(super) tls_security_policy: Option<String>,
}

/// One that is written: a log that is off says as much as none.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Log {
    pub(super) log_type: String,
    pub(super) cloudwatch_log_group_arn: String,
}

impl Kind for Domain {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_opensearch_domain";

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        listed(cloud, wanted).await
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        named(cloud, &known.arguments.domain_name).await
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let given = &order.arguments;
        let sent = cloud
            .opensearch
            .create_domain()
            .domain_name(&given.domain_name)
            .set_engine_version(given.engine_version.clone())
            .set_access_policies(given.access_policies.clone())
            .set_cluster_config(given.cluster_config.first().map(ordered::nodes))
            .set_vpc_options(given.vpc_options.first().map(ordered::network))
            .set_ebs_options(given.ebs_options.first().map(ordered::disk))
            .set_encryption_at_rest_options(given.encrypt_at_rest.first().map(ordered::at_rest))
            .set_node_to_node_encryption_options(
                given.node_to_node_encryption.first().map(ordered::between_nodes),
            )
            .set_domain_endpoint_options(given.domain_endpoint_options.first().map(ordered::endpoint))
            .set_log_publishing_options(ordered::logs(&[], &given.log_publishing_options))
            .set_tag_list(Some(written(&order.tags)))
            .send();
        match cloud.call(SERVICE, "CreateDomain", sent).await {
            Ok(made) => Ok(made.domain_status.map(|made| made.arn).unwrap_or_default()),
            Err(failed) if failed.code == "ResourceAlreadyExistsException" => {
                adopted(order, named(cloud, &given.domain_name).await?, failed)
            }
            Err(failed) if linked_role::is_missing(&failed) => Err(linked_role::made(cloud).await?),
            Err(failed) => Err(failed.into()),
        }
    }

    /// A new version is a call of its own, and comes first: whether it has come can be told for certain, so the second
    /// call is made once. Other changes go in one call. A domain that is being changed is left to finish: a change on top of
    /// another is refused, or begins the copying of data anew
    /// (https://docs.aws.amazon.com/opensearch-service/latest/developerguide/managedomains-configuration-changes.html).
    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        let name = &known.arguments.domain_name;
        let Some(now) = status(cloud, name).await? else {
            return Err(Failure::new(Class::NotYetConsistent, format!("`{name}` isn't visible")));
        };
        let waits = |message: String| Err(Failure::new(Class::Busy, message));
        if !is_at_rest(&now) {
            return waits(format!(
                "`{name}` is being changed, and takes no second change before that is done"
            ));
        }
        let version = order.arguments.engine_version.as_deref().filter(|_| order.changes("engine_version"));
        let version = version.filter(|wanted| !is_version(now.engine_version(), wanted));
        if let Some(version) = version {
            let sent = cloud.opensearch.upgrade_domain().domain_name(name).target_version(version).send();
            cloud.call(SERVICE, "UpgradeDomain", sent).await?;
        }
        match (order.changed_beyond("engine_version"), version) {
            (false, _) => Ok(()),
            (true, None) => configure(cloud, known, order).await,
            (true, Some(_)) => waits(format!("more changes of `{name}` wait until it has its new version")),
        }
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let name = &known.arguments.domain_name;
        let sent = cloud.opensearch.delete_domain().domain_name(name).send();
        unless_gone(cloud.call(SERVICE, "DeleteDomain", sent).await).map(|_| ())
    }

    async fn tag(cloud: &Cloud, known: &Known<Arguments>, tags: &Tags) -> Result<(), Failure> {
        let sent = cloud.opensearch.add_tags().arn(&known.id).set_tag_list(Some(written(tags))).send();
        Ok(cloud.call(SERVICE, "AddTags", sent).await.map(|_| ())?)
    }

    async fn untag(cloud: &Cloud, known: &Known<Arguments>, keys: Vec<String>) -> Result<(), Failure> {
        let sent = cloud.opensearch.remove_tags().arn(&known.id).set_tag_keys(Some(keys)).send();
        unless_gone(cloud.call(SERVICE, "RemoveTags", sent).await).map(|_| ())
    }
}

/// What isn't said stays as it is.
async fn configure(cloud: &Cloud, known: &Known<Arguments>, order: &Order<Arguments>) -> Result<(), Failure> {
    let given = &order.arguments;
    let nodes = given.cluster_config.first().filter(|_| order.changes("cluster_config"));
    let network = given.vpc_options.first().filter(|_| order.changes("vpc_options"));
    let disk = given.ebs_options.first().filter(|_| order.changes("ebs_options"));
    let at_rest = given.encrypt_at_rest.first().filter(|_| order.changes("encrypt_at_rest"));
    let between = given.node_to_node_encryption.first().filter(|_| order.changes("node_to_node_encryption"));
    let endpoint = given.domain_endpoint_options.first().filter(|_| order.changes("domain_endpoint_options"));
    let logs = order
        .changes("log_publishing_options")
        .then(|| ordered::logs(&known.arguments.log_publishing_options, &given.log_publishing_options));
    let sent = cloud
        .opensearch
        .update_domain_config()
        .domain_name(&known.arguments.domain_name)
        .set_access_policies(given.access_policies.clone().filter(|_| order.changes("access_policies")))
        .set_cluster_config(nodes.map(ordered::nodes))
        .set_vpc_options(network.map(ordered::network))
        .set_ebs_options(disk.map(ordered::disk))
        .set_encryption_at_rest_options(at_rest.map(ordered::at_rest))
        .set_node_to_node_encryption_options(between.map(ordered::between_nodes))
        .set_domain_endpoint_options(endpoint.map(ordered::endpoint))
        .set_log_publishing_options(logs.flatten())
        .send();
    Ok(cloud.call(SERVICE, "UpdateDomainConfig", sent).await.map(|_| ())?)
}

fn written(tags: &Tags) -> Vec<Tag> {
    let tag = |(key, value): (&String, &String)| {
        Tag::builder().key(key).value(value).build().expect("key and value are set")
    };
    tags.iter().map(tag).collect()
}
