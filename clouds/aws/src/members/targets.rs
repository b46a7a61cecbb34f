//! Where load balancers send to.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_elasticloadbalancingv2::types::{TargetHealthDescription, TargetHealthStateEnum};
use provision_engine::driver::{Failure, Health, Live, Member, Role};

use super::machines::State;
use crate::connection::Cloud;
use crate::failure::unless_gone;

pub(super) async fn told(cloud: Arc<Cloud>, pool: Live) -> Result<Vec<TargetHealthDescription>, Failure> {
    let sent = cloud.elb.describe_target_health().target_group_arn(&pool.id).send();
    let told = unless_gone(cloud.call("elasticloadbalancing", "DescribeTargetHealth", sent).await)?;
    Ok(told.and_then(|told| told.target_health_descriptions).unwrap_or_default())
}

/// The ids of the machines among them: their zones are told elsewhere.
pub(super) fn machines(targets: &[TargetHealthDescription]) -> Vec<String> {
    let ids = targets.iter().filter_map(|told| told.target.as_ref()?.id.clone());
    ids.filter(|id| id.starts_with("i-")).collect()
}

/// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html
pub(super) fn member(told: TargetHealthDescription, states: &BTreeMap<String, State>) -> Member {
    let target = told.target.as_ref();
    let id = target.and_then(|target| target.id.clone()).unwrap_or_default();
    // `all` is one that is reached from every zone.
    let named = target.and_then(|target| target.availability_zone.clone()).filter(|zone| zone != "all");
    let zone = named.or_else(|| states.get(&id).and_then(|state| state.zone.clone()));
    let how = told.target_health;
    let state = how.as_ref().and_then(|how| how.state.clone()).unwrap_or(TargetHealthStateEnum::Initial);
    let health = match state {
        TargetHealthStateEnum::Healthy => Health::Healthy,
        TargetHealthStateEnum::Initial => Health::Starting,
        TargetHealthStateEnum::Draining | TargetHealthStateEnum::UnhealthyDraining => Health::Leaving,
        _ => Health::Unhealthy,
    };
    let words = how.and_then(|how| how.description.or(how.reason.map(|reason| reason.as_str().to_owned())));
    let reason = words.filter(|_| health != Health::Healthy).or((health == Health::Unhealthy).then(|| {
        // Better its state than nothing.
        state.as_str().to_owned()
    }));
    Member { id, role: Role::Target, zone, health, reason, version: None }
}
