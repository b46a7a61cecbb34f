//! `aws_eks_node_group`

mod change;
mod described;

use std::collections::BTreeMap;

use aws_sdk_eks::types::{
    LaunchTemplateSpecification, NodeRepairConfig, NodegroupScalingConfig, NodegroupUpdateConfig, Taint,
};
use provision_engine::driver::Failure;
use serde::{Deserialize, Serialize};

use super::{busy, cluster, tagged, written};
use crate::belonging::adopted;
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};

pub(crate) use described::groups_of;

pub(crate) struct NodeGroup;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    cluster_name: String,
    node_group_name: String,
    node_role_arn: String,
    subnet_ids: Vec<String>,
    ami_type: Option<String>,
    capacity_type: Option<String>,
    #[serde(default)]
    instance_types: Vec<String>,
    disk_size: Option<i32>,
    version: Option<String>,
    release_version: Option<String>,
    #[serde(default)]
    scaling_config: Vec<Scaling>,
    #[serde(default)]
    update_config: Vec<Rolling>,
    #[serde(default)]
    node_repair_config: Vec<Repair>,
    #[serde(default)]
    launch_template: Vec<Template>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    taint: Vec<Repelled>,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Scaling {
    min_size: Option<i32>,
    max_size: Option<i32>,
    desired_size: Option<i32>,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Rolling {
    max_unavailable: Option<i32>,
    max_unavailable_percentage: Option<i32>,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Repair {
    enabled: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Template {
    id: Option<String>,
    name: Option<String>,
    version: Option<String>,
}

/// Pods that don't tolerate it stay away.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Repelled {
    key: String,
    value: Option<String>,
    /// As the configuration writes it: `NO_SCHEDULE`.
    effect: String,
}

impl Kind for NodeGroup {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_eks_node_group";

    /// One call for each cluster, and one for each of its groups.
    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let mut all = Vec::new();
        for cluster in cluster::own(cloud, wanted).await? {
            for name in names(cloud, &cluster).await? {
                all.extend(described::group(cloud, &cluster, &name).await?);
            }
        }
        Ok(all)
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        described::group(cloud, &known.arguments.cluster_name, &known.arguments.node_group_name).await
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let given = &order.arguments;
        let taints: Vec<Taint> = given.taint.iter().map(taint).collect();
        let sent = cloud
            .eks
            .create_nodegroup()
            .cluster_name(&given.cluster_name)
            .nodegroup_name(&given.node_group_name)
            .node_role(&given.node_role_arn)
            .set_subnets(Some(given.subnet_ids.clone()))
            .set_ami_type(given.ami_type.as_deref().map(Into::into))
            .set_capacity_type(given.capacity_type.as_deref().map(Into::into))
            .set_instance_types((!given.instance_types.is_empty()).then(|| given.instance_types.clone()))
            .set_disk_size(given.disk_size)
            .set_version(given.version.clone())
            .set_release_version(given.release_version.clone())
            .set_scaling_config(given.scaling_config.first().map(scaling))
            .set_update_config(given.update_config.first().map(rolling))
            .set_node_repair_config(given.node_repair_config.first().map(repair))
            .set_launch_template(given.launch_template.first().map(template))
            .set_labels((!given.labels.is_empty()).then(|| written(&given.labels)))
            .set_taints((!taints.is_empty()).then_some(taints))
            .client_request_token(&order.token)
            .set_tags(Some(written(&order.tags)))
            .send();
        match cloud.call("eks", "CreateNodegroup", sent).await {
            Ok(_) => Ok(described::id(&given.cluster_name, &given.node_group_name)),
            Err(failed) if failed.code == "ResourceInUseException" => {
                let found = described::group(cloud, &given.cluster_name, &given.node_group_name).await?;
                adopted(order, found, failed)
            }
            Err(failed) => Err(failed.into()),
        }
    }

    /// New machines first, then the rest. What is left to do says the group itself, so that it may be asked for again.
    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        let Some(found) = Self::look(cloud, known).await? else { return Ok(()) };
        let (version, config) =
            (change::version(order, &found.arguments), change::config(order, &found.arguments));
        if version.is_none() && config.is_none() {
            return Ok(());
        }
        if described::is_changing(&found) {
            return Err(busy(&known.id));
        }
        match (version, config) {
            (Some(version), config) => {
                change::roll(cloud, &known.arguments, version).await?;
                if config.is_some() { Err(busy(&known.id)) } else { Ok(()) }
            }
            (None, Some(config)) => change::configure(cloud, &known.arguments, config).await,
            (None, None) => Ok(()),
        }
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let ask = cloud.eks.delete_nodegroup().cluster_name(&known.arguments.cluster_name);
        let sent = ask.nodegroup_name(&known.arguments.node_group_name).send();
        unless_gone(cloud.call("eks", "DeleteNodegroup", sent).await).map(|_| ())
    }

    tagged!("arn");
}

async fn names(cloud: &Cloud, cluster: &str) -> Result<Vec<String>, Failure> {
    let told = cloud
        .pages(
            "eks",
            "ListNodegroups",
            |token| cloud.eks.list_nodegroups().cluster_name(cluster).set_next_token(token).send(),
            |page| (page.nodegroups, page.next_token),
        )
        .await;
    // Its cluster may be gone meanwhile.
    Ok(unless_gone(told)?.unwrap_or_default())
}

fn scaling(given: &Scaling) -> NodegroupScalingConfig {
    NodegroupScalingConfig::builder()
        .set_min_size(given.min_size)
        .set_max_size(given.max_size)
        .set_desired_size(given.desired_size)
        .build()
}

fn rolling(given: &Rolling) -> NodegroupUpdateConfig {
    NodegroupUpdateConfig::builder()
        .set_max_unavailable(given.max_unavailable)
        .set_max_unavailable_percentage(given.max_unavailable_percentage)
        .build()
}

fn repair(given: &Repair) -> NodeRepairConfig {
    NodeRepairConfig::builder().set_enabled(given.enabled).build()
}

/// By its id, or by its name: the service takes one of them.
fn template(given: &Template) -> LaunchTemplateSpecification {
    let name = given.name.clone().filter(|_| given.id.is_none());
    LaunchTemplateSpecification::builder()
        .set_id(given.id.clone())
        .set_name(name)
        .set_version(given.version.clone())
        .build()
}

fn taint(given: &Repelled) -> Taint {
    Taint::builder()
        .key(&given.key)
        .set_value(given.value.clone())
        .effect(given.effect.as_str().into())
        .build()
}
