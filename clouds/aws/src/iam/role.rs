//! `aws_iam_role`

use provision_engine::driver::Failure;
use serde::{Deserialize, Serialize};

use super::{document, read, written};
use crate::attributes::computed;
use crate::belonging::{adopted, is_of};
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};
use crate::tags::Tags;

pub(crate) struct Role;

/// What the list of all roles tells.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    name: String,
    path: Option<String>,
    assume_role_policy: String,
}

impl Kind for Role {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_iam_role";

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let mut all = Vec::new();
        for role in super::roles(cloud).await? {
            let tags = read(role.tags());
            let name = role.role_name.unwrap_or_default();
            if !is_of(&tags, &wanted.deployment) && !wanted.names.contains(&name) {
                continue;
            }
            let policy = document(&role.assume_role_policy_document.unwrap_or_default());
            let created = role.create_date.map(|date| date.to_string());
            let arguments = Arguments { name: name.clone(), path: role.path, assume_role_policy: policy };
            all.push(live(arguments, role.arn, role.role_id, created, tags));
        }
        Ok(all)
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        named(cloud, &known.id).await
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let arguments = &order.arguments;
        let sent = cloud
            .iam
            .create_role()
            .role_name(&arguments.name)
            .set_path(arguments.path.clone())
            .assume_role_policy_document(&arguments.assume_role_policy)
            .set_tags(Some(written(&order.tags)))
            .send();
        match cloud.call("iam", "CreateRole", sent).await {
            Ok(_) => Ok(arguments.name.clone()),
            Err(failed) if failed.code == "EntityAlreadyExists" => {
                adopted(order, named(cloud, &arguments.name).await?, failed)
            }
            Err(failed) => Err(failed.into()),
        }
    }

    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        let ask = cloud.iam.update_assume_role_policy().role_name(&known.id);
        let sent = ask.policy_document(&order.arguments.assume_role_policy).send();
        Ok(cloud.call("iam", "UpdateAssumeRolePolicy", sent).await.map(|_| ())?)
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let sent = cloud.iam.delete_role().role_name(&known.id).send();
        unless_gone(cloud.call("iam", "DeleteRole", sent).await).map(|_| ())
    }

    async fn tag(cloud: &Cloud, known: &Known<Arguments>, tags: &Tags) -> Result<(), Failure> {
        let sent = cloud.iam.tag_role().role_name(&known.id).set_tags(Some(written(tags))).send();
        Ok(cloud.call("iam", "TagRole", sent).await.map(|_| ())?)
    }

    async fn untag(cloud: &Cloud, known: &Known<Arguments>, keys: Vec<String>) -> Result<(), Failure> {
        let sent = cloud.iam.untag_role().role_name(&known.id).set_tag_keys(Some(keys)).send();
        unless_gone(cloud.call("iam", "UntagRole", sent).await).map(|_| ())
    }
}

async fn named(cloud: &Cloud, name: &str) -> Result<Option<Found<Arguments>>, Failure> {
    let sent = cloud.iam.get_role().role_name(name).send();
    let told = unless_gone(cloud.call("iam", "GetRole", sent).await)?;
    Ok(told.and_then(|told| told.role).map(|role| {
        let tags = read(role.tags());
        let arguments = Arguments {
            name: role.role_name,
            path: Some(role.path),
            assume_role_policy: document(&role.assume_role_policy_document.unwrap_or_default()),
        };
        live(arguments, Some(role.arn), Some(role.role_id), Some(role.create_date.to_string()), tags)
    }))
}

fn live(
    arguments: Arguments,
    arn: Option<String>,
    unique: Option<String>,
    created: Option<String>,
    tags: Tags,
) -> Found<Arguments> {
    let mut found = Found::new(arguments.name.clone(), arguments);
    found.computed = computed([("arn", arn), ("unique_id", unique), ("create_date", created)]);
    found.tags = tags;
    found
}
