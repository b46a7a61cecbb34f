//! What a cluster is told to change, one at a time: the service refuses two sorts of change in one call, and a second
//! call while the first is under way (https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateClusterConfig.html).

use aws_sdk_eks::types::UpdateAccessConfigRequest;
use provision_engine::driver::Failure;

use super::{Access, Arguments, Network, Shift, Upgrade, logging, network, shift, upgrade};
use crate::connection::Cloud;
use crate::eks::{differs, same_names};
use crate::kind::Order;

pub(super) enum Change {
    Version(String),
    Access(Access),
    Logs(Vec<String>),
    Upgrade(Upgrade),
    Network(Network),
    Shift(Shift),
    Protection(bool),
}

/// What is wanted and isn't so yet.
pub(super) fn left(order: &Order<Arguments>, lives: &Arguments) -> Vec<Change> {
    let wanted = &order.arguments;
    let mut left = Vec::new();
    let protection = wanted.deletion_protection.unwrap_or(false);
    if order.changes("deletion_protection") && lives.deletion_protection.unwrap_or(false) != protection {
        left.push(Change::Protection(protection));
    }
    if differs(&wanted.version, &lives.version) {
        left.extend(wanted.version.clone().map(Change::Version));
    }
    let mode = |arguments: &Arguments| arguments.access_config.first()?.authentication_mode.clone();
    if differs(&mode(wanted), &mode(lives)) {
        left.extend(wanted.access_config.first().cloned().map(Change::Access));
    }
    let logs = &wanted.enabled_cluster_log_types;
    if order.changes("enabled_cluster_log_types") && !same_names(logs, &lives.enabled_cluster_log_types) {
        left.push(Change::Logs(logs.clone()));
    }
    if differs(&wanted.upgrade_policy.first(), &lives.upgrade_policy.first()) {
        left.extend(wanted.upgrade_policy.first().cloned().map(Change::Upgrade));
    }
    left.extend(networks(wanted, lives).into_iter().map(Change::Network));
    if differs(&wanted.zonal_shift_config.first(), &lives.zonal_shift_config.first()) {
        left.extend(wanted.zonal_shift_config.first().cloned().map(Change::Shift));
    }
    left
}

/// Who reaches its API, in which subnets it stands, and which groups filter: a call each.
fn networks(wanted: &Arguments, lives: &Arguments) -> Vec<Network> {
    let Some(wanted) = wanted.vpc_config.first() else { return Vec::new() };
    let lives = lives.vpc_config.first().cloned().unwrap_or_default();
    let other = |wanted: &[String], lives: &[String]| !wanted.is_empty() && !same_names(wanted, lives);
    let mut all = Vec::new();
    if differs(&wanted.endpoint_private_access, &lives.endpoint_private_access)
        || differs(&wanted.endpoint_public_access, &lives.endpoint_public_access)
        || other(&wanted.public_access_cidrs, &lives.public_access_cidrs)
    {
        all.push(Network {
            endpoint_private_access: wanted.endpoint_private_access,
            endpoint_public_access: wanted.endpoint_public_access,
            public_access_cidrs: wanted.public_access_cidrs.clone(),
            ..Network::default()
        });
    }
    if other(&wanted.subnet_ids, &lives.subnet_ids) {
        all.push(Network { subnet_ids: wanted.subnet_ids.clone(), ..Network::default() });
    }
    if other(&wanted.security_group_ids, &lives.security_group_ids) {
        all.push(Network { security_group_ids: wanted.security_group_ids.clone(), ..Network::default() });
    }
    all
}

pub(super) async fn send(cloud: &Cloud, name: &str, change: Change) -> Result<(), Failure> {
    let ask = cloud.eks.update_cluster_config().name(name);
    let ask = match change {
        Change::Version(version) => {
            let sent = cloud.eks.update_cluster_version().name(name).version(version).send();
            return Ok(cloud.call("eks", "UpdateClusterVersion", sent).await.map(|_| ())?);
        }
        Change::Access(access) => {
            let mode = access.authentication_mode.as_deref().map(Into::into);
            let access = UpdateAccessConfigRequest::builder().set_authentication_mode(mode).build();
            ask.access_config(access)
        }
        Change::Logs(logs) => ask.logging(logging(&logs)),
        Change::Upgrade(policy) => ask.upgrade_policy(upgrade(&policy)),
        Change::Network(given) => ask.resources_vpc_config(network(&given)),
        Change::Shift(given) => ask.zonal_shift_config(shift(&given)),
        Change::Protection(on) => ask.deletion_protection(on),
    };
    Ok(cloud.call("eks", "UpdateClusterConfig", ask.send()).await.map(|_| ())?)
}
