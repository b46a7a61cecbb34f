//! A group as the service describes it, as Terraform writes it.

use aws_sdk_autoscaling::types::AutoScalingGroup;
use provision_engine::driver::State;

use super::{Arguments, Maintenance, TagBlock, Template};
use crate::attributes::computed;
use crate::kind::Found;
use crate::tags;

pub(super) fn found(group: AutoScalingGroup) -> Found<Arguments> {
    let id = group.auto_scaling_group_name.clone().unwrap_or_default();
    let (arn, status) = (group.auto_scaling_group_arn.clone(), group.status.clone());
    let described = group.tags.clone().unwrap_or_default();
    let mut found = Found::new(id, arguments(group));
    found.tags =
        described.into_iter().filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default()))).collect();
    // There is a status only while it goes.
    found.state =
        if status.is_some_and(|status| status.contains("Delete")) { State::Deleting } else { State::Ready };
    found.computed = computed([("arn", arn)]);
    found
}

fn arguments(group: AutoScalingGroup) -> Arguments {
    let subnets = group.vpc_zone_identifier.unwrap_or_default();
    let tags = group.tags.unwrap_or_default().into_iter();
    let metrics = group.enabled_metrics.unwrap_or_default().into_iter();
    // The policy that is taken where none is named.
    let policies = group.termination_policies.unwrap_or_default();
    Arguments {
        name: group.auto_scaling_group_name,
        vpc_zone_identifier: subnets.split(',').filter(|id| !id.is_empty()).map(str::to_owned).collect(),
        min_size: group.min_size.unwrap_or_default(),
        max_size: group.max_size.unwrap_or_default(),
        desired_capacity: group.desired_capacity,
        default_cooldown: group.default_cooldown,
        health_check_type: group.health_check_type,
        health_check_grace_period: group.health_check_grace_period,
        default_instance_warmup: group.default_instance_warmup,
        wait_for_capacity_timeout: None,
        enabled_metrics: metrics.filter_map(|metric| metric.metric).collect(),
        target_group_arns: group.target_group_arns.unwrap_or_default(),
        termination_policies: policies.into_iter().filter(|policy| policy != "Default").collect(),
        protect_from_scale_in: group.new_instances_protected_from_scale_in,
        max_instance_lifetime: group.max_instance_lifetime,
        capacity_rebalance: group.capacity_rebalance,
        launch_template: group
            .launch_template
            .map(|template| Template { id: template.launch_template_id, version: template.version })
            .into_iter()
            .collect(),
        instance_maintenance_policy: group
            .instance_maintenance_policy
            .map(|policy| Maintenance {
                min_healthy_percentage: policy.min_healthy_percentage,
                max_healthy_percentage: policy.max_healthy_percentage,
            })
            .into_iter()
            .collect(),
        tag: tags
            .filter_map(|tag| {
                let key = tag.key.filter(|key| tags::is_argument(key))?;
                let propagate_at_launch = tag.propagate_at_launch.unwrap_or(false);
                Some(TagBlock { key, value: tag.value.unwrap_or_default(), propagate_at_launch })
            })
            .collect(),
    }
}
