//! A group of nodes as the service describes it, as Terraform writes it.

use aws_sdk_eks::types::{Nodegroup, NodegroupHealth, NodegroupResources, NodegroupStatus};
use provision_engine::driver::{Failure, State};
use provision_engine::{Attributes, Value};

use super::{Arguments, Repair, Repelled, Rolling, Scaling, Template};
use crate::attributes::computed;
use crate::connection::Cloud;
use crate::eks::{read, reasons};
use crate::failure::unless_gone;
use crate::kind::Found;

pub(super) fn id(cluster: &str, name: &str) -> String {
    format!("{cluster}:{name}")
}

pub(super) async fn group(
    cloud: &Cloud,
    cluster: &str,
    name: &str,
) -> Result<Option<Found<Arguments>>, Failure> {
    let sent = cloud.eks.describe_nodegroup().cluster_name(cluster).nodegroup_name(name).send();
    let told = unless_gone(cloud.call("eks", "DescribeNodegroup", sent).await)?;
    Ok(told.and_then(|told| told.nodegroup).map(found))
}

fn found(group: Nodegroup) -> Found<Arguments> {
    let status = group.status.clone().unwrap_or(NodegroupStatus::Creating);
    let mut computed =
        computed([("arn", group.nodegroup_arn.clone()), ("status", Some(status.as_str().to_owned()))]);
    computed.extend(group.resources.clone().map(|told| ("resources".to_owned(), resources(told))));
    let tags = read(group.tags.clone());
    let issues = group.health.as_ref().map(NodegroupHealth::issues).unwrap_or_default();
    let reason = reasons(issues.iter().map(|issue| issue.message()));
    let arguments = arguments(group);
    let mut found = Found::new(id(&arguments.cluster_name, &arguments.node_group_name), arguments);
    found.computed = computed;
    found.tags = tags;
    found.reason = reason;
    found.state = state(&status);
    found
}

/// https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html. Degraded is what may still become well.
fn state(status: &NodegroupStatus) -> State {
    match status {
        NodegroupStatus::Active => State::Ready,
        NodegroupStatus::Deleting => State::Deleting,
        NodegroupStatus::CreateFailed | NodegroupStatus::DeleteFailed => State::Failed,
        _ => State::Pending,
    }
}

/// Degraded ones take changes: one may make them well.
pub(super) fn is_changing(found: &Found<Arguments>) -> bool {
    let status = found.computed.get("status").and_then(Value::as_text);
    status.is_some_and(|status| ["CREATING", "UPDATING"].contains(&status))
}

fn resources(told: NodegroupResources) -> Value {
    let groups = told.auto_scaling_groups.unwrap_or_default().into_iter();
    let groups = groups.map(|group| Value::Map(computed([("name", group.name)]))).collect();
    let mut resources = computed([("remote_access_security_group_id", told.remote_access_security_group)]);
    resources.insert("autoscaling_groups".to_owned(), Value::List(groups));
    Value::List(vec![Value::Map(resources)])
}

/// The names of the groups of machines behind it, of what `resources` made of them.
pub(crate) fn groups_of(computed: &Attributes) -> Vec<String> {
    provision_engine::members::texts_at(computed, "resources.autoscaling_groups.name")
}

fn arguments(group: Nodegroup) -> Arguments {
    let scaling = group.scaling_config.map(|told| Scaling {
        min_size: told.min_size,
        max_size: told.max_size,
        desired_size: told.desired_size,
    });
    let rolling = group.update_config.map(|told| Rolling {
        max_unavailable: told.max_unavailable,
        max_unavailable_percentage: told.max_unavailable_percentage,
    });
    let template =
        group.launch_template.map(|told| Template { id: told.id, name: told.name, version: told.version });
    let taints = group.taints.unwrap_or_default().into_iter().map(|taint| Repelled {
        key: taint.key.unwrap_or_default(),
        value: taint.value,
        effect: taint.effect.map(|effect| effect.as_str().to_owned()).unwrap_or_default(),
    });
    Arguments {
        cluster_name: group.cluster_name.unwrap_or_default(),
        node_group_name: group.nodegroup_name.unwrap_or_default(),
        node_role_arn: group.node_role.unwrap_or_default(),
        subnet_ids: group.subnets.unwrap_or_default(),
        ami_type: group.ami_type.map(|kind| kind.as_str().to_owned()),
        capacity_type: group.capacity_type.map(|kind| kind.as_str().to_owned()),
        instance_types: group.instance_types.unwrap_or_default(),
        disk_size: group.disk_size,
        version: group.version,
        release_version: group.release_version,
        scaling_config: scaling.into_iter().collect(),
        update_config: rolling.into_iter().collect(),
        node_repair_config: group
            .node_repair_config
            .map(|told| Repair { enabled: told.enabled })
            .into_iter()
            .collect(),
        launch_template: template.into_iter().collect(),
        labels: group.labels.unwrap_or_default().into_iter().collect(),
        taint: taints.collect(),
    }
}
