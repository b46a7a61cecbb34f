//! `aws_eks_pod_identity_association`: which role the pods of a service account act as.

use aws_sdk_eks::types::PodIdentityAssociation as Told;
use provision_engine::driver::Failure;
use serde::{Deserialize, Serialize};

use super::{cluster, read, tagged, written};
use crate::attributes::computed;
use crate::belonging::adopted;
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};

pub(crate) struct PodIdentity;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    cluster_name: String,
    namespace: String,
    service_account: String,
    role_arn: String,
    disable_session_tags: Option<bool>,
}

impl Kind for PodIdentity {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_eks_pod_identity_association";

    /// Those of add-ons are the add-ons' own.
    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let mut all = Vec::new();
        for cluster in cluster::own(cloud, wanted).await? {
            for key in keys(cloud, &cluster, None).await? {
                all.extend(described(cloud, &cluster, &key).await?.map(found));
            }
        }
        Ok(all)
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        Ok(described(cloud, &known.arguments.cluster_name, &known.id).await?.map(found))
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let given = &order.arguments;
        let sent = cloud
            .eks
            .create_pod_identity_association()
            .cluster_name(&given.cluster_name)
            .namespace(&given.namespace)
            .service_account(&given.service_account)
            .role_arn(&given.role_arn)
            .set_disable_session_tags(given.disable_session_tags)
            .client_request_token(&order.token)
            .set_tags(Some(written(&order.tags)))
            .send();
        match cloud.call("eks", "CreatePodIdentityAssociation", sent).await {
            Ok(made) => Ok(made.association.and_then(|made| made.association_id).unwrap_or_default()),
            Err(failed) if failed.code == "ResourceInUseException" => {
                let one = keys(cloud, &given.cluster_name, Some(given)).await?.pop();
                let found = match one {
                    Some(key) => described(cloud, &given.cluster_name, &key).await?.map(found),
                    None => None,
                };
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
        let sent = cloud
            .eks
            .update_pod_identity_association()
            .cluster_name(&known.arguments.cluster_name)
            .association_id(&known.id)
            .role_arn(&order.arguments.role_arn)
            .set_disable_session_tags(order.arguments.disable_session_tags)
            .send();
        Ok(cloud.call("eks", "UpdatePodIdentityAssociation", sent).await.map(|_| ())?)
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let ask = cloud.eks.delete_pod_identity_association().cluster_name(&known.arguments.cluster_name);
        let sent = ask.association_id(&known.id).send();
        unless_gone(cloud.call("eks", "DeletePodIdentityAssociation", sent).await).map(|_| ())
    }

    tagged!("association_arn");
}

/// The ids of those that nobody owns: all of a cluster, or the one of a service account.
async fn keys(cloud: &Cloud, cluster: &str, of: Option<&Arguments>) -> Result<Vec<String>, Failure> {
    let told = cloud
        .pages(
            "eks",
            "ListPodIdentityAssociations",
            |token| {
                cloud
                    .eks
                    .list_pod_identity_associations()
                    .cluster_name(cluster)
                    .set_namespace(of.map(|of| of.namespace.clone()))
                    .set_service_account(of.map(|of| of.service_account.clone()))
                    .set_next_token(token)
                    .send()
            },
            |page| (page.associations, page.next_token),
        )
        .await;
    let all = unless_gone(told)?.unwrap_or_default().into_iter();
    Ok(all.filter(|one| one.owner_arn.is_none()).filter_map(|one| one.association_id).collect())
}

pub(super) async fn described(cloud: &Cloud, cluster: &str, key: &str) -> Result<Option<Told>, Failure> {
    let sent = cloud.eks.describe_pod_identity_association().cluster_name(cluster).association_id(key).send();
    let told = unless_gone(cloud.call("eks", "DescribePodIdentityAssociation", sent).await)?;
    Ok(told.and_then(|told| told.association))
}

fn found(told: Told) -> Found<Arguments> {
    let arguments = Arguments {
        cluster_name: told.cluster_name.unwrap_or_default(),
        namespace: told.namespace.unwrap_or_default(),
        service_account: told.service_account.unwrap_or_default(),
        role_arn: told.role_arn.unwrap_or_default(),
        disable_session_tags: told.disable_session_tags,
    };
    let key = told.association_id.unwrap_or_default();
    let mut found = Found::new(key.clone(), arguments);
    found.computed = computed([("association_arn", told.association_arn), ("association_id", Some(key))]);
    found.tags = read(told.tags);
    found
}
