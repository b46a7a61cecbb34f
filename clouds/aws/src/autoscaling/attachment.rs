//! `aws_autoscaling_attachment`: a group that somebody else made, behind a load balancer of ours.

use aws_sdk_autoscaling::types::{AutoScalingGroup, Filter};
use provision_engine::driver::Failure;
use serde::{Deserialize, Serialize};

use super::group::{attach, detach, groups, id_in};
use crate::connection::Cloud;
use crate::kind::{Found, Kind, Known, Order, Wanted};
use crate::load_balancing;
use crate::tags;

pub(crate) struct Attachment;

/// The cluster's service puts it on the groups of its node pools
/// (https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html).
const OF_A_CLUSTER: &str = "eks:cluster-name";

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    autoscaling_group_name: String,
    lb_target_group_arn: String,
}

impl Kind for Attachment {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_autoscaling_attachment";

    /// Which target groups a group of ours serves is an argument of its own.
    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let targets = load_balancing::own_target_groups(cloud, &wanted.deployment).await?;
        if targets.is_empty() {
            return Ok(Vec::new());
        }
        let filter = Filter::builder().name("tag-key").values(OF_A_CLUSTER).build();
        let groups = groups(cloud, &[filter], &[]).await?;
        let pairs = groups.into_iter().filter(|group| !is_ours(group)).flat_map(pairs);
        Ok(pairs.filter(|found| targets.contains(&found.arguments.lb_target_group_arn)).collect())
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        let name = &known.arguments.autoscaling_group_name;
        let groups = groups(cloud, &[], std::slice::from_ref(name)).await?;
        Ok(groups.into_iter().flat_map(pairs).find(|found| found.id == known.id))
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let (group, targets) =
            (&order.arguments.autoscaling_group_name, &order.arguments.lb_target_group_arn);
        attach(cloud, group, vec![targets.clone()]).await?;
        Ok(id_in(group, targets))
    }

    async fn update(_: &Cloud, _: &Known<Arguments>, _: &Order<Arguments>) -> Result<(), Failure> {
        // Any change makes a new one.
        Ok(())
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let targets = vec![known.arguments.lb_target_group_arn.clone()];
        detach(cloud, &known.arguments.autoscaling_group_name, targets).await
    }
}

fn is_ours(group: &AutoScalingGroup) -> bool {
    group.tags.as_deref().unwrap_or_default().iter().any(|tag| tag.key.as_deref() == Some(tags::ADDRESS))
}

fn pairs(group: AutoScalingGroup) -> Vec<Found<Arguments>> {
    let name = group.auto_scaling_group_name.unwrap_or_default();
    let targets = group.target_group_arns.unwrap_or_default().into_iter();
    targets
        .map(|arn| {
            let arguments =
                Arguments { autoscaling_group_name: name.clone(), lb_target_group_arn: arn.clone() };
            let mut found = Found::new(id_in(&name, &arn), arguments);
            found.of_ours = true;
            found
        })
        .collect()
}
