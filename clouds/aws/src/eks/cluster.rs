//! `aws_eks_cluster`

mod change;
mod described;

use aws_sdk_eks::types::{
    CreateAccessConfigRequest, EncryptionConfig, LogSetup, Logging, Provider, UpgradePolicyRequest,
    VpcConfigRequest, ZonalShiftConfigRequest,
};
use provision_engine::driver::{Failure, State};
use serde::{Deserialize, Serialize};

use super::{busy, tagged, written};
use crate::belonging::{adopted, is_of, may_be_ours};
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};

pub(crate) struct Cluster;

#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    name: String,
    version: Option<String>,
    role_arn: String,
    deletion_protection: Option<bool>,
    /// Never told again.
    bootstrap_self_managed_addons: Option<bool>,
    #[serde(default)]
    enabled_cluster_log_types: Vec<String>,
    #[serde(default)]
    vpc_config: Vec<Network>,
    #[serde(default)]
    access_config: Vec<Access>,
    #[serde(default)]
    encryption_config: Vec<Encryption>,
    #[serde(default)]
    upgrade_policy: Vec<Upgrade>,
    #[serde(default)]
    zonal_shift_config: Vec<Shift>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Network {
    #[serde(default)]
    subnet_ids: Vec<String>,
    #[serde(default)]
    security_group_ids: Vec<String>,
    endpoint_private_access: Option<bool>,
    endpoint_public_access: Option<bool>,
    #[serde(default)]
    public_access_cidrs: Vec<String>,
    /// The service's own, for its nodes.
    cluster_security_group_id: Option<String>,
    vpc_id: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Access {
    authentication_mode: Option<String>,
    /// Never told again.
    bootstrap_cluster_creator_admin_permissions: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Encryption {
    resources: Vec<String>,
    #[serde(default)]
    provider: Vec<Key>,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Key {
    key_arn: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Upgrade {
    support_type: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Shift {
    enabled: Option<bool>,
}

impl Kind for Cluster {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_eks_cluster";

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let mut all = Vec::new();
        for name in names(cloud, wanted).await? {
            all.extend(described::cluster(cloud, &name).await?);
        }
        Ok(all)
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        described::cluster(cloud, &known.id).await
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let given = &order.arguments;
        let some = |list: Vec<EncryptionConfig>| (!list.is_empty()).then_some(list);
        let sent = cloud
            .eks
            .create_cluster()
            .name(&given.name)
            .set_version(given.version.clone())
            .role_arn(&given.role_arn)
            .set_deletion_protection(given.deletion_protection)
            .set_bootstrap_self_managed_addons(given.bootstrap_self_managed_addons)
            .set_resources_vpc_config(given.vpc_config.first().map(network))
            .set_logging(
                (!given.enabled_cluster_log_types.is_empty())
                    .then(|| logging(&given.enabled_cluster_log_types)),
            )
            .set_access_config(given.access_config.first().map(access))
            .set_encryption_config(some(given.encryption_config.iter().map(encryption).collect()))
            .set_upgrade_policy(given.upgrade_policy.first().map(upgrade))
            .set_zonal_shift_config(given.zonal_shift_config.first().map(shift))
            .client_request_token(&order.token)
            .set_tags(Some(written(&order.tags)))
            .send();
        match cloud.call("eks", "CreateCluster", sent).await {
            Ok(_) => Ok(given.name.clone()),
            Err(failed) if failed.code == "ResourceInUseException" => {
                adopted(order, described::cluster(cloud, &given.name).await?, failed)
            }
            Err(failed) => Err(failed.into()),
        }
    }

    /// One change after the other: what is left to do says the cluster itself, so that it may be asked for again.
    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        let Some(found) = described::cluster(cloud, &known.id).await? else { return Ok(()) };
        let mut left = change::left(order, &found.arguments).into_iter();
        let Some(next) = left.next() else { return Ok(()) };
        if found.state == State::Pending {
            return Err(busy(&known.id));
        }
        change::send(cloud, &known.id, next).await?;
        if left.next().is_some() { Err(busy(&known.id)) } else { Ok(()) }
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let sent = cloud.eks.delete_cluster().name(&known.id).send();
        unless_gone(cloud.call("eks", "DeleteCluster", sent).await).map(|_| ())
    }

    tagged!("arn");
}

/// Of clusters that may be the deployment's.
async fn names(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<String>, Failure> {
    let names = cloud
        .pages(
            "eks",
            "ListClusters",
            |token| cloud.eks.list_clusters().set_next_token(token).send(),
            |page| (page.clusters, page.next_token),
        )
        .await?;
    Ok(names.into_iter().filter(|name| may_be_ours(name, wanted)).collect())
}

/// The names of the deployment's clusters.
pub(super) async fn own(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<String>, Failure> {
    let found = Cluster::list(cloud, wanted).await?;
    Ok(found
        .into_iter()
        .filter(|found| is_of(&found.tags, &wanted.deployment))
        .map(|found| found.id)
        .collect())
}

fn network(given: &Network) -> VpcConfigRequest {
    let some = |list: &Vec<String>| (!list.is_empty()).then(|| list.clone());
    VpcConfigRequest::builder()
        .set_subnet_ids(some(&given.subnet_ids))
        .set_security_group_ids(some(&given.security_group_ids))
        .set_endpoint_private_access(given.endpoint_private_access)
        .set_endpoint_public_access(given.endpoint_public_access)
        .set_public_access_cidrs(some(&given.public_access_cidrs))
        .build()
}

/// What the service can log.
const LOGS: [&str; 5] = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

/// Which are written, and that the others aren't.
fn logging(wanted: &[String]) -> Logging {
    let (on, off): (Vec<&str>, Vec<&str>) =
        LOGS.into_iter().partition(|log| wanted.iter().any(|wanted| wanted == *log));
    let setup = |logs: Vec<&str>, enabled| {
        let types = logs.into_iter().map(Into::into).collect();
        LogSetup::builder().set_types(Some(types)).enabled(enabled).build()
    };
    let setups = [(on, true), (off, false)].into_iter().filter(|(logs, _)| !logs.is_empty());
    Logging::builder()
        .set_cluster_logging(Some(setups.map(|(logs, enabled)| setup(logs, enabled)).collect()))
        .build()
}

fn access(given: &Access) -> CreateAccessConfigRequest {
    CreateAccessConfigRequest::builder()
        .set_authentication_mode(given.authentication_mode.as_deref().map(Into::into))
        .set_bootstrap_cluster_creator_admin_permissions(given.bootstrap_cluster_creator_admin_permissions)
        .build()
}

#[expect(deprecated, reason = "clusters from before everything was encrypted still need it said")]
fn encryption(given: &Encryption) -> EncryptionConfig {
    let key = |key: &Key| Provider::builder().set_key_arn(key.key_arn.clone()).build();
    EncryptionConfig::builder()
        .set_resources(Some(given.resources.clone()))
        .set_provider(given.provider.first().map(key))
        .build()
}

fn upgrade(given: &Upgrade) -> UpgradePolicyRequest {
    UpgradePolicyRequest::builder().set_support_type(given.support_type.as_deref().map(Into::into)).build()
}

fn shift(given: &Shift) -> ZonalShiftConfigRequest {
    ZonalShiftConfigRequest::builder().set_enabled(given.enabled).build()
}
