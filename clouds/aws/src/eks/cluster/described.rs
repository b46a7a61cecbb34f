//! A cluster as the service describes it, as Terraform writes it.

use aws_sdk_eks::types::{
    Cluster, ClusterHealth, ClusterStatus, EncryptionConfig, Logging, VpcConfigResponse,
};
use aws_smithy_types::date_time::Format;
use provision_engine::driver::{Failure, State};

use super::{Access, Arguments, Encryption, Key, Network, Shift, Upgrade};
use crate::attributes::computed;
use crate::connection::Cloud;
use crate::eks::{read, reasons};
use crate::failure::unless_gone;
use crate::kind::Found;

pub(super) async fn cluster(cloud: &Cloud, name: &str) -> Result<Option<Found<Arguments>>, Failure> {
    let sent = cloud.eks.describe_cluster().name(name).send();
    let told = unless_gone(cloud.call("eks", "DescribeCluster", sent).await)?;
    Ok(told.and_then(|told| told.cluster).map(found))
}

fn found(cluster: Cluster) -> Found<Arguments> {
    let status = cluster.status.clone().unwrap_or(ClusterStatus::Creating);
    let computed = computed([
        ("arn", cluster.arn.clone()),
        ("endpoint", cluster.endpoint.clone()),
        ("platform_version", cluster.platform_version.clone()),
        ("created_at", cluster.created_at.and_then(|at| at.fmt(Format::DateTime).ok())),
        ("status", Some(status.as_str().to_owned())),
    ]);
    let tags = read(cluster.tags.clone());
    let issues = cluster.health.as_ref().map(ClusterHealth::issues).unwrap_or_default();
    let reason = reasons(issues.iter().map(|issue| issue.message()));
    let mut found = Found::new(cluster.name.clone().unwrap_or_default(), arguments(cluster));
    found.computed = computed;
    found.tags = tags;
    found.reason = reason;
    found.state = match status {
        ClusterStatus::Active => State::Ready,
        ClusterStatus::Deleting => State::Deleting,
        ClusterStatus::Failed => State::Failed,
        _ => State::Pending,
    };
    found
}

fn arguments(cluster: Cluster) -> Arguments {
    let access = cluster.access_config.map(|access| Access {
        authentication_mode: access.authentication_mode.map(|mode| mode.as_str().to_owned()),
        bootstrap_cluster_creator_admin_permissions: None,
    });
    let upgrade = cluster
        .upgrade_policy
        .map(|policy| Upgrade { support_type: policy.support_type.map(|kind| kind.as_str().to_owned()) });
    Arguments {
        name: cluster.name.unwrap_or_default(),
        version: cluster.version,
        role_arn: cluster.role_arn.unwrap_or_default(),
        deletion_protection: cluster.deletion_protection,
        bootstrap_self_managed_addons: None,
        enabled_cluster_log_types: logs(cluster.logging),
        vpc_config: cluster.resources_vpc_config.map(network).into_iter().collect(),
        access_config: access.into_iter().collect(),
        encryption_config: cluster
            .encryption_config
            .unwrap_or_default()
            .into_iter()
            .map(encryption)
            .collect(),
        upgrade_policy: upgrade.into_iter().collect(),
        zonal_shift_config: cluster
            .zonal_shift_config
            .map(|shift| Shift { enabled: shift.enabled })
            .into_iter()
            .collect(),
    }
}

fn logs(logging: Option<Logging>) -> Vec<String> {
    let setups = logging.and_then(|logging| logging.cluster_logging).unwrap_or_default().into_iter();
    let types = setups.filter(|setup| setup.enabled == Some(true)).filter_map(|setup| setup.types).flatten();
    types.map(|log| log.as_str().to_owned()).collect()
}

fn network(told: VpcConfigResponse) -> Network {
    Network {
        subnet_ids: told.subnet_ids.unwrap_or_default(),
        security_group_ids: told.security_group_ids.unwrap_or_default(),
        endpoint_private_access: Some(told.endpoint_private_access),
        endpoint_public_access: Some(told.endpoint_public_access),
        public_access_cidrs: told.public_access_cidrs.unwrap_or_default(),
        cluster_security_group_id: told.cluster_security_group_id,
        vpc_id: told.vpc_id,
    }
}

#[expect(deprecated, reason = "it is what the configuration says")]
fn encryption(told: EncryptionConfig) -> Encryption {
    let key = told.provider.map(|provider| Key { key_arn: provider.key_arn });
    Encryption { resources: told.resources.unwrap_or_default(), provider: key.into_iter().collect() }
}
