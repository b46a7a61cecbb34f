//! `aws_autoscaling_lifecycle_hook`

use aws_sdk_autoscaling::types::LifecycleHook;
use provision_engine::driver::Failure;
use serde::{Deserialize, Serialize};

use super::group::{id_in, ours, went_with_it};
use crate::connection::Cloud;
use crate::kind::{Found, Kind, Known, Order, Wanted};

pub(crate) struct Hook;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    name: String,
    autoscaling_group_name: String,
    lifecycle_transition: String,
    heartbeat_timeout: Option<i32>,
    default_result: Option<String>,
    notification_metadata: Option<String>,
    notification_target_arn: Option<String>,
    role_arn: Option<String>,
}

impl Kind for Hook {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_autoscaling_lifecycle_hook";

    /// One call for each group: the service lists no others.
    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let mut all = Vec::new();
        for group in ours(cloud, &wanted.deployment).await? {
            all.extend(of_group(cloud, group.auto_scaling_group_name.as_deref().unwrap_or_default()).await?);
        }
        Ok(all)
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        let hooks = of_group(cloud, &known.arguments.autoscaling_group_name).await?;
        Ok(hooks.into_iter().find(|hook| hook.arguments.name == known.arguments.name))
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        put(cloud, &order.arguments).await?;
        Ok(id_in(&order.arguments.autoscaling_group_name, &order.arguments.name))
    }

    async fn update(cloud: &Cloud, _: &Known<Arguments>, order: &Order<Arguments>) -> Result<(), Failure> {
        put(cloud, &order.arguments).await
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let ask = cloud.autoscaling.delete_lifecycle_hook().lifecycle_hook_name(&known.arguments.name);
        let sent = ask.auto_scaling_group_name(&known.arguments.autoscaling_group_name).send();
        match cloud.call("autoscaling", "DeleteLifecycleHook", sent).await {
            Err(failed) if went_with_it(&failed) => Ok(()),
            result => Ok(result.map(|_| ())?),
        }
    }
}

async fn put(cloud: &Cloud, arguments: &Arguments) -> Result<(), Failure> {
    let sent = cloud
        .autoscaling
        .put_lifecycle_hook()
        .lifecycle_hook_name(&arguments.name)
        .auto_scaling_group_name(&arguments.autoscaling_group_name)
        .lifecycle_transition(&arguments.lifecycle_transition)
        .set_heartbeat_timeout(arguments.heartbeat_timeout)
        .set_default_result(arguments.default_result.clone())
        .set_notification_metadata(arguments.notification_metadata.clone())
        .set_notification_target_arn(arguments.notification_target_arn.clone())
        .set_role_arn(arguments.role_arn.clone())
        .send();
    Ok(cloud.call("autoscaling", "PutLifecycleHook", sent).await.map(|_| ())?)
}

async fn of_group(cloud: &Cloud, group: &str) -> Result<Vec<Found<Arguments>>, Failure> {
    let sent = cloud.autoscaling.describe_lifecycle_hooks().auto_scaling_group_name(group).send();
    let hooks = match cloud.call("autoscaling", "DescribeLifecycleHooks", sent).await {
        Err(failed) if went_with_it(&failed) => Vec::new(),
        result => result?.lifecycle_hooks.unwrap_or_default(),
    };
    let found = |hook: LifecycleHook| {
        let name = hook.lifecycle_hook_name.unwrap_or_default();
        let arguments = Arguments {
            name: name.clone(),
            autoscaling_group_name: group.to_owned(),
            lifecycle_transition: hook.lifecycle_transition.unwrap_or_default(),
            heartbeat_timeout: hook.heartbeat_timeout,
            default_result: hook.default_result,
            notification_metadata: hook.notification_metadata,
            notification_target_arn: hook.notification_target_arn,
            role_arn: hook.role_arn,
        };
        let mut found = Found::new(id_in(group, &name), arguments);
        found.of_ours = true;
        found
    };
    Ok(hooks.into_iter().map(found).collect())
}
