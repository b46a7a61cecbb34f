//! `aws_autoscaling_group`

mod described;

use std::collections::BTreeMap;

use aws_sdk_autoscaling::types::{
    AutoScalingGroup, Filter, InstanceMaintenancePolicy, LaunchTemplateSpecification, Tag,
};
use provision_engine::driver::Failure;
use serde::{Deserialize, Serialize};

use crate::connection::Cloud;
use crate::failure::{Failed, unless_gone};
use crate::kind::{Found, Kind, Known, Order, Wanted};
use crate::tags::{self, Tags};

pub(crate) struct Group;

const VALIDATION: &str = "ValidationError";

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    name: Option<String>,
    #[serde(default)]
    vpc_zone_identifier: Vec<String>,
    min_size: i32,
    max_size: i32,
    desired_capacity: Option<i32>,
    default_cooldown: Option<i32>,
    health_check_type: Option<String>,
    health_check_grace_period: Option<i32>,
    default_instance_warmup: Option<i32>,
    /// How long Terraform waits for machines; here the steps wait for what needs them.
    wait_for_capacity_timeout: Option<String>,
    #[serde(default)]
    enabled_metrics: Vec<String>,
    #[serde(default)]
    target_group_arns: Vec<String>,
    #[serde(default)]
    termination_policies: Vec<String>,
    protect_from_scale_in: Option<bool>,
    max_instance_lifetime: Option<i32>,
    capacity_rebalance: Option<bool>,
    #[serde(default)]
    launch_template: Vec<Template>,
    #[serde(default)]
    instance_maintenance_policy: Vec<Maintenance>,
    #[serde(default)]
    tag: Vec<TagBlock>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Template {
    id: Option<String>,
    version: Option<String>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Maintenance {
    min_healthy_percentage: Option<i32>,
    max_healthy_percentage: Option<i32>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct TagBlock {
    key: String,
    value: String,
    propagate_at_launch: bool,
}

impl Kind for Group {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_autoscaling_group";
    const TAG_BLOCKS: bool = true;

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let mut all = ours(cloud, &wanted.deployment).await?;
        all.extend(named(cloud, &wanted.names).await?);
        let by_name: BTreeMap<_, _> =
            all.into_iter().map(|group| (group.auto_scaling_group_name.clone(), group)).collect();
        Ok(by_name.into_values().map(described::found).collect())
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        let mut groups = groups(cloud, &[], std::slice::from_ref(&known.id)).await?;
        Ok(groups.pop().map(described::found))
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let arguments = &order.arguments;
        let some = |list: &Vec<String>| (!list.is_empty()).then(|| list.clone());
        let name = arguments.name.clone().unwrap_or_default();
        let sent = cloud
            .autoscaling
            .create_auto_scaling_group()
            .auto_scaling_group_name(&name)
            .vpc_zone_identifier(arguments.vpc_zone_identifier.join(","))
            .min_size(arguments.min_size)
            .max_size(arguments.max_size)
            .set_desired_capacity(arguments.desired_capacity)
            .set_default_cooldown(arguments.default_cooldown)
            .set_health_check_type(arguments.health_check_type.clone())
            .set_health_check_grace_period(arguments.health_check_grace_period)
            .set_default_instance_warmup(arguments.default_instance_warmup)
            .set_target_group_arns(some(&arguments.target_group_arns))
            .set_termination_policies(some(&arguments.termination_policies))
            .set_new_instances_protected_from_scale_in(arguments.protect_from_scale_in)
            .set_max_instance_lifetime(arguments.max_instance_lifetime)
            .set_capacity_rebalance(arguments.capacity_rebalance)
            .set_launch_template(arguments.launch_template.first().map(template))
            .set_instance_maintenance_policy(arguments.instance_maintenance_policy.first().map(maintenance))
            .set_tags(Some(written(&name, &order.tags, &arguments.tag)))
            .send();
        cloud.call("autoscaling", "CreateAutoScalingGroup", sent).await?;
        Ok(name)
    }

    async fn finish(cloud: &Cloud, id: &str, order: &Order<Arguments>) -> Result<(), Failure> {
        if order.arguments.enabled_metrics.is_empty() {
            return Ok(());
        }
        record(cloud, id, order.arguments.enabled_metrics.clone()).await
    }

    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        if order.changed_beyond("tag") {
            settings(cloud, &known.id, &order.arguments).await?;
        }
        if order.changes("target_group_arns") {
            balanced(cloud, known, &order.arguments.target_group_arns).await?;
        }
        if order.changes("enabled_metrics") {
            let (before, after) = (&known.arguments.enabled_metrics, &order.arguments.enabled_metrics);
            let gone: Vec<String> = before.iter().filter(|metric| !after.contains(metric)).cloned().collect();
            if !gone.is_empty() {
                let ask = cloud.autoscaling.disable_metrics_collection().auto_scaling_group_name(&known.id);
                let sent = ask.set_metrics(Some(gone)).send();
                cloud.call("autoscaling", "DisableMetricsCollection", sent).await?;
            }
            Self::finish(cloud, &known.id, order).await?;
        }
        if order.changes("tag") {
            write_tags(cloud, written(&known.id, &order.tags, &order.arguments.tag)).await?;
        }
        Ok(())
    }

    /// Its machines go first, each in its own time: they have work to finish.
    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let ask = cloud.autoscaling.update_auto_scaling_group().auto_scaling_group_name(&known.id);
        let sent = ask.min_size(0).max_size(0).desired_capacity(0).send();
        match cloud.call("autoscaling", "UpdateAutoScalingGroup", sent).await {
            Err(failed) if is_gone(&failed) => return Ok(()),
            result => result?,
        };
        let sent = cloud.autoscaling.delete_auto_scaling_group().auto_scaling_group_name(&known.id).send();
        match cloud.call("autoscaling", "DeleteAutoScalingGroup", sent).await {
            Err(failed) if is_gone(&failed) => Ok(()),
            result => unless_gone(result).map(|_| ()),
        }
    }

    async fn tag(cloud: &Cloud, known: &Known<Arguments>, tags: &Tags) -> Result<(), Failure> {
        write_tags(cloud, written(&known.id, tags, &known.arguments.tag)).await
    }

    async fn untag(cloud: &Cloud, known: &Known<Arguments>, keys: Vec<String>) -> Result<(), Failure> {
        let tags = keys.into_iter().map(|key| on(&known.id).key(key).build()).collect();
        let sent = cloud.autoscaling.delete_tags().set_tags(Some(tags)).send();
        Ok(cloud.call("autoscaling", "DeleteTags", sent).await.map(|_| ())?)
    }
}

/// The service has no code of its own for it.
fn is_gone(failed: &Failed) -> bool {
    failed.code == VALIDATION && failed.failure.message.contains("not found")
}

/// What a group has went with it: asked for by nothing but names, there is nothing else that could be wrong with it.
pub(super) fn went_with_it(failed: &Failed) -> bool {
    failed.code == VALIDATION
}

/// Of what belongs to a group.
pub(super) fn id_in(group: &str, name: &str) -> String {
    format!("{group}/{name}")
}

async fn settings(cloud: &Cloud, id: &str, arguments: &Arguments) -> Result<(), Failure> {
    let some = |list: &Vec<String>| (!list.is_empty()).then(|| list.clone());
    let sent = cloud
        .autoscaling
        .update_auto_scaling_group()
        .auto_scaling_group_name(id)
        .vpc_zone_identifier(arguments.vpc_zone_identifier.join(","))
        .min_size(arguments.min_size)
        .max_size(arguments.max_size)
        .set_desired_capacity(arguments.desired_capacity)
        .set_default_cooldown(arguments.default_cooldown)
        .set_health_check_type(arguments.health_check_type.clone())
        .set_health_check_grace_period(arguments.health_check_grace_period)
        .set_default_instance_warmup(arguments.default_instance_warmup)
        .set_termination_policies(some(&arguments.termination_policies))
        .set_new_instances_protected_from_scale_in(arguments.protect_from_scale_in)
        .set_max_instance_lifetime(arguments.max_instance_lifetime)
        .set_capacity_rebalance(arguments.capacity_rebalance)
        .set_launch_template(arguments.launch_template.first().map(template))
        .set_instance_maintenance_policy(arguments.instance_maintenance_policy.first().map(maintenance))
        .send();
    Ok(cloud.call("autoscaling", "UpdateAutoScalingGroup", sent).await.map(|_| ())?)
}

/// In front of the new ones before it leaves the old ones.
async fn balanced(cloud: &Cloud, known: &Known<Arguments>, after: &[String]) -> Result<(), Failure> {
    let before = &known.arguments.target_group_arns;
    let beyond = |list: &[String], other: &[String]| -> Vec<String> {
        list.iter().filter(|arn| !other.contains(arn)).cloned().collect()
    };
    let (new, old) = (beyond(after, before), beyond(before, after));
    if !new.is_empty() {
        attach(cloud, &known.id, new).await?;
    }
    if !old.is_empty() {
        detach(cloud, &known.id, old).await?;
    }
    Ok(())
}

pub(super) async fn attach(cloud: &Cloud, group: &str, targets: Vec<String>) -> Result<(), Failure> {
    let ask = cloud.autoscaling.attach_load_balancer_target_groups().auto_scaling_group_name(group);
    let sent = ask.set_target_group_arns(Some(targets)).send();
    Ok(cloud.call("autoscaling", "AttachLoadBalancerTargetGroups", sent).await.map(|_| ())?)
}

pub(super) async fn detach(cloud: &Cloud, group: &str, targets: Vec<String>) -> Result<(), Failure> {
    let ask = cloud.autoscaling.detach_load_balancer_target_groups().auto_scaling_group_name(group);
    let sent = ask.set_target_group_arns(Some(targets)).send();
    match cloud.call("autoscaling", "DetachLoadBalancerTargetGroups", sent).await {
        Err(failed) if is_gone(&failed) => Ok(()),
        result => Ok(result.map(|_| ())?),
    }
}

async fn record(cloud: &Cloud, id: &str, metrics: Vec<String>) -> Result<(), Failure> {
    let ask = cloud.autoscaling.enable_metrics_collection().auto_scaling_group_name(id);
    let sent = ask.granularity("1Minute").set_metrics(Some(metrics)).send();
    Ok(cloud.call("autoscaling", "EnableMetricsCollection", sent).await.map(|_| ())?)
}

fn template(template: &Template) -> LaunchTemplateSpecification {
    LaunchTemplateSpecification::builder()
        .set_launch_template_id(template.id.clone())
        .set_version(template.version.clone())
        .build()
}

fn maintenance(policy: &Maintenance) -> InstanceMaintenancePolicy {
    InstanceMaintenancePolicy::builder()
        .set_min_healthy_percentage(policy.min_healthy_percentage)
        .set_max_healthy_percentage(policy.max_healthy_percentage)
        .build()
}

fn on(group: &str) -> aws_sdk_autoscaling::types::builders::TagBuilder {
    Tag::builder().resource_id(group).resource_type("auto-scaling-group")
}

/// What is identity is never passed on: a machine of a group is no object of the configuration.
fn written(group: &str, tags: &Tags, blocks: &[TagBlock]) -> Vec<Tag> {
    let propagated = |key: &str| {
        blocks.iter().any(|block| block.key == key && block.propagate_at_launch)
            && ![tags::ADDRESS, tags::GENERATION].contains(&key)
    };
    tags.iter()
        .map(|(key, value)| on(group).key(key).value(value).propagate_at_launch(propagated(key)).build())
        .collect()
}

async fn write_tags(cloud: &Cloud, tags: Vec<Tag>) -> Result<(), Failure> {
    let sent = cloud.autoscaling.create_or_update_tags().set_tags(Some(tags)).send();
    Ok(cloud.call("autoscaling", "CreateOrUpdateTags", sent).await.map(|_| ())?)
}

/// The groups with the deployment's tag.
pub(super) async fn ours(cloud: &Cloud, deployment: &str) -> Result<Vec<AutoScalingGroup>, Failure> {
    let tag = Filter::builder().name(format!("tag:{}", tags::DEPLOYMENT)).values(deployment).build();
    groups(cloud, &[tag], &[]).await
}

/// The most names that one call takes
/// (https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingGroups.html).
const AT_ONCE: usize = 50;

/// Those of these names that there are.
pub(crate) async fn named(cloud: &Cloud, names: &[String]) -> Result<Vec<AutoScalingGroup>, Failure> {
    let mut all = Vec::new();
    for some in names.chunks(AT_ONCE) {
        all.extend(groups(cloud, &[], some).await?);
    }
    Ok(all)
}

pub(super) async fn groups(
    cloud: &Cloud,
    filters: &[Filter],
    names: &[String],
) -> Result<Vec<AutoScalingGroup>, Failure> {
    let some = |names: &[String]| (!names.is_empty()).then(|| names.to_vec());
    let ask = |token| {
        cloud
            .autoscaling
            .describe_auto_scaling_groups()
            .set_filters((!filters.is_empty()).then(|| filters.to_vec()))
            .set_auto_scaling_group_names(some(names))
            .set_next_token(token)
            .send()
    };
    let split =
        |page: aws_sdk_autoscaling::operation::describe_auto_scaling_groups::DescribeAutoScalingGroupsOutput| {
            (page.auto_scaling_groups, page.next_token)
        };
    Ok(cloud.pages("autoscaling", "DescribeAutoScalingGroups", ask, split).await?)
}
