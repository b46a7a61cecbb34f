//! `aws_autoscaling_policy`
//!
//! Of a policy that tracks a target the service makes alarms in CloudWatch (`TargetTracking-…`). They are the service's
//! own, and go with the policy, or with its group
//! (https://docs.aws.amazon.com/autoscaling/ec2/userguide/deleting-scaling-policy.html): nothing here knows them.

use std::collections::BTreeSet;

use aws_sdk_autoscaling::types::{
    PredefinedMetricSpecification, ScalingPolicy, TargetTrackingConfiguration as Tracking,
};
use provision_engine::driver::Failure;
use serde::{Deserialize, Serialize};

use super::group::{id_in, ours, went_with_it};
use crate::attributes::computed;
use crate::connection::Cloud;
use crate::kind::{Found, Kind, Known, Order, Wanted};

pub(crate) struct Policy;

/// Of what else a policy may be there is only its type: enough to be seen among a group's, and taken away.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    name: String,
    autoscaling_group_name: String,
    policy_type: Option<String>,
    enabled: Option<bool>,
    estimated_instance_warmup: Option<i32>,
    #[serde(default)]
    target_tracking_configuration: Vec<Target>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Target {
    target_value: f64,
    disable_scale_in: Option<bool>,
    #[serde(default)]
    predefined_metric_specification: Vec<Metric>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Metric {
    predefined_metric_type: String,
    resource_label: Option<String>,
}

impl Kind for Policy {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_autoscaling_policy";

    /// All of the account by pages: one call asks about one group or about all of them.
    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let groups = ours(cloud, &wanted.deployment).await?.into_iter();
        let groups: BTreeSet<String> = groups.filter_map(|group| group.auto_scaling_group_name).collect();
        if groups.is_empty() {
            return Ok(Vec::new());
        }
        let policies = cloud
            .pages(
                "autoscaling",
                "DescribePolicies",
                |token| cloud.autoscaling.describe_policies().max_records(100).set_next_token(token).send(),
                |page| (page.scaling_policies, page.next_token),
            )
            .await?;
        let all = policies.into_iter().map(found);
        Ok(all.filter(|policy| groups.contains(&policy.arguments.autoscaling_group_name)).collect())
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        let ask = cloud.autoscaling.describe_policies().policy_names(&known.arguments.name);
        let sent = ask.auto_scaling_group_name(&known.arguments.autoscaling_group_name).send();
        let policies = match cloud.call("autoscaling", "DescribePolicies", sent).await {
            Err(failed) if went_with_it(&failed) => Vec::new(),
            result => result?.scaling_policies.unwrap_or_default(),
        };
        Ok(policies.into_iter().map(found).next())
    }

    /// A repeat writes the same over it.
    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        put(cloud, &order.arguments).await?;
        Ok(id_in(&order.arguments.autoscaling_group_name, &order.arguments.name))
    }

    async fn update(cloud: &Cloud, _: &Known<Arguments>, order: &Order<Arguments>) -> Result<(), Failure> {
        put(cloud, &order.arguments).await
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let ask = cloud.autoscaling.delete_policy().policy_name(&known.arguments.name);
        let sent = ask.auto_scaling_group_name(&known.arguments.autoscaling_group_name).send();
        match cloud.call("autoscaling", "DeletePolicy", sent).await {
            Err(failed) if went_with_it(&failed) => Ok(()),
            result => Ok(result.map(|_| ())?),
        }
    }
}

async fn put(cloud: &Cloud, arguments: &Arguments) -> Result<(), Failure> {
    let sent = cloud
        .autoscaling
        .put_scaling_policy()
        .policy_name(&arguments.name)
        .auto_scaling_group_name(&arguments.autoscaling_group_name)
        .set_policy_type(arguments.policy_type.clone())
        .set_enabled(arguments.enabled)
        .set_estimated_instance_warmup(arguments.estimated_instance_warmup)
        .set_target_tracking_configuration(arguments.target_tracking_configuration.first().map(tracking))
        .send();
    Ok(cloud.call("autoscaling", "PutScalingPolicy", sent).await.map(|_| ())?)
}

fn tracking(target: &Target) -> Tracking {
    let metric = target.predefined_metric_specification.first().map(|metric| {
        PredefinedMetricSpecification::builder()
            .predefined_metric_type(metric.predefined_metric_type.as_str().into())
            .set_resource_label(metric.resource_label.clone())
            .build()
    });
    Tracking::builder()
        .target_value(target.target_value)
        .set_disable_scale_in(target.disable_scale_in)
        .set_predefined_metric_specification(metric)
        .build()
}

fn found(policy: ScalingPolicy) -> Found<Arguments> {
    let name = policy.policy_name.unwrap_or_default();
    let group = policy.auto_scaling_group_name.unwrap_or_default();
    let id = id_in(&group, &name);
    let arguments = Arguments {
        name,
        autoscaling_group_name: group,
        policy_type: policy.policy_type,
        enabled: policy.enabled,
        estimated_instance_warmup: policy.estimated_instance_warmup,
        target_tracking_configuration: policy.target_tracking_configuration.map(target).into_iter().collect(),
    };
    let mut found = Found::new(id, arguments);
    found.computed = computed([("arn", policy.policy_arn)]);
    found.of_ours = true;
    found
}

fn target(tracking: Tracking) -> Target {
    let metric = tracking.predefined_metric_specification.map(|metric| Metric {
        predefined_metric_type: metric
            .predefined_metric_type
            .map_or_else(String::new, |kind| kind.as_str().to_owned()),
        resource_label: metric.resource_label,
    });
    Target {
        target_value: tracking.target_value.unwrap_or_default(),
        disable_scale_in: tracking.disable_scale_in,
        predefined_metric_specification: metric.into_iter().collect(),
    }
}
