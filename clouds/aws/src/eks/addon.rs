//! `aws_eks_addon`

use aws_sdk_eks::types::{Addon as Told, AddonHealth, AddonPodIdentityAssociations, AddonStatus};
use aws_smithy_types::date_time::Format;
use provision_engine::driver::{Class, Failure, State};
use serde::{Deserialize, Serialize};

use super::{cluster, pod_identity, read, reasons, tagged, written};
use crate::attributes::computed;
use crate::belonging::adopted;
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};

pub(crate) struct Addon;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    cluster_name: String,
    addon_name: String,
    addon_version: Option<String>,
    configuration_values: Option<String>,
    service_account_role_arn: Option<String>,
    /// What happens to settings that somebody changed in the cluster; said with a call, never told again.
    resolve_conflicts_on_create: Option<String>,
    resolve_conflicts_on_update: Option<String>,
    #[serde(default)]
    pod_identity_association: Vec<Identity>,
}

/// Which role its pods act as.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Identity {
    role_arn: String,
    service_account: String,
}

impl Kind for Addon {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_eks_addon";

    /// One call for each cluster, one for each of its add-ons, and one for each role of theirs.
    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let mut all = Vec::new();
        for cluster in cluster::own(cloud, wanted).await? {
            let told = cloud
                .pages(
                    "eks",
                    "ListAddons",
                    |token| cloud.eks.list_addons().cluster_name(&cluster).set_next_token(token).send(),
                    |page| (page.addons, page.next_token),
                )
                .await;
            for name in unless_gone(told)?.unwrap_or_default() {
                all.extend(described(cloud, &cluster, &name).await?);
            }
        }
        Ok(all)
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        described(cloud, &known.arguments.cluster_name, &known.arguments.addon_name).await
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let given = &order.arguments;
        let identities = identities(given)?;
        let sent = cloud
            .eks
            .create_addon()
            .cluster_name(&given.cluster_name)
            .addon_name(&given.addon_name)
            .set_addon_version(given.addon_version.clone())
            .set_configuration_values(given.configuration_values.clone())
            .set_service_account_role_arn(given.service_account_role_arn.clone())
            .set_resolve_conflicts(given.resolve_conflicts_on_create.as_deref().map(Into::into))
            .set_pod_identity_associations((!identities.is_empty()).then_some(identities))
            .client_request_token(&order.token)
            .set_tags(Some(written(&order.tags)))
            .send();
        match cloud.call("eks", "CreateAddon", sent).await {
            Ok(_) => Ok(id(&given.cluster_name, &given.addon_name)),
            Err(failed) if failed.code == "ResourceInUseException" => {
                let found = described(cloud, &given.cluster_name, &given.addon_name).await?;
                adopted(order, found, failed)
            }
            Err(failed) => Err(failed.into()),
        }
    }

    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        let given = &order.arguments;
        let all = ["addon_version", "configuration_values", "pod_identity_association"];
        if !order.changes_any(&all) && !order.changes("service_account_role_arn") {
            return Ok(());
        }
        let sent = cloud
            .eks
            .update_addon()
            .cluster_name(&known.arguments.cluster_name)
            .addon_name(&known.arguments.addon_name)
            .set_addon_version(given.addon_version.clone())
            // Settings that aren't said are the add-on's own again.
            .configuration_values(given.configuration_values.as_deref().unwrap_or("{}"))
            .set_service_account_role_arn(given.service_account_role_arn.clone())
            .set_resolve_conflicts(given.resolve_conflicts_on_update.as_deref().map(Into::into))
            // Those that aren't named are taken away.
            .set_pod_identity_associations(Some(identities(given)?))
            .send();
        Ok(cloud.call("eks", "UpdateAddon", sent).await.map(|_| ())?)
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let ask = cloud.eks.delete_addon().cluster_name(&known.arguments.cluster_name);
        let sent = ask.addon_name(&known.arguments.addon_name).send();
        unless_gone(cloud.call("eks", "DeleteAddon", sent).await).map(|_| ())
    }

    tagged!("arn");
}

fn id(cluster: &str, name: &str) -> String {
    format!("{cluster}:{name}")
}

fn identities(given: &Arguments) -> Result<Vec<AddonPodIdentityAssociations>, Failure> {
    let identity = |given: &Identity| {
        AddonPodIdentityAssociations::builder()
            .service_account(&given.service_account)
            .role_arn(&given.role_arn)
            .build()
            .map_err(|error| Failure::new(Class::Fatal, error.to_string()))
    };
    given.pod_identity_association.iter().map(identity).collect()
}

async fn described(cloud: &Cloud, cluster: &str, name: &str) -> Result<Option<Found<Arguments>>, Failure> {
    let sent = cloud.eks.describe_addon().cluster_name(cluster).addon_name(name).send();
    let told = unless_gone(cloud.call("eks", "DescribeAddon", sent).await)?;
    let Some(addon) = told.and_then(|told| told.addon) else { return Ok(None) };
    let mut identities = Vec::new();
    for arn in addon.pod_identity_associations.iter().flatten() {
        // Its ARN ends with its id.
        let key = arn.rsplit('/').next().unwrap_or_default();
        let told = pod_identity::described(cloud, cluster, key).await?;
        identities.extend(told.map(|told| Identity {
            role_arn: told.role_arn.unwrap_or_default(),
            service_account: told.service_account.unwrap_or_default(),
        }));
    }
    Ok(Some(found(addon, identities)))
}

fn found(addon: Told, identities: Vec<Identity>) -> Found<Arguments> {
    let (cluster, name) = (addon.cluster_name.unwrap_or_default(), addon.addon_name.unwrap_or_default());
    let text = |at: Option<aws_smithy_types::DateTime>| at.and_then(|at| at.fmt(Format::DateTime).ok());
    let arguments = Arguments {
        cluster_name: cluster.clone(),
        addon_name: name.clone(),
        addon_version: addon.addon_version,
        configuration_values: addon.configuration_values,
        service_account_role_arn: addon.service_account_role_arn,
        resolve_conflicts_on_create: None,
        resolve_conflicts_on_update: None,
        pod_identity_association: identities,
    };
    let mut found = Found::new(id(&cluster, &name), arguments);
    found.computed = computed([
        ("arn", addon.addon_arn),
        ("created_at", text(addon.created_at)),
        ("modified_at", text(addon.modified_at)),
    ]);
    let issues = addon.health.as_ref().map(AddonHealth::issues).unwrap_or_default();
    found.reason = reasons(issues.iter().map(|issue| issue.message()));
    found.tags = read(addon.tags);
    found.state = state(addon.status.as_ref());
    found
}

/// https://docs.aws.amazon.com/eks/latest/APIReference/API_Addon.html. Degraded is what may still become well; an
/// update that failed leaves what was there.
fn state(status: Option<&AddonStatus>) -> State {
    match status {
        Some(AddonStatus::Active | AddonStatus::UpdateFailed) => State::Ready,
        Some(AddonStatus::Deleting) => State::Deleting,
        Some(AddonStatus::CreateFailed | AddonStatus::DeleteFailed) => State::Failed,
        _ => State::Pending,
    }
}
