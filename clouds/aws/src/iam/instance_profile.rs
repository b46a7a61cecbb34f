//! `aws_iam_instance_profile`

use aws_sdk_iam::types::InstanceProfile;
use provision_engine::driver::Failure;
use serde::{Deserialize, Serialize};

use super::{read, written};
use crate::attributes::computed;
use crate::belonging::{adopted, may_be_ours};
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};
use crate::tags::Tags;

pub(crate) struct Profile;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    name: String,
    path: Option<String>,
    role: Option<String>,
}

impl Kind for Profile {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_iam_instance_profile";

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let profiles = cloud
            .pages(
                "iam",
                "ListInstanceProfiles",
                |marker| cloud.iam.list_instance_profiles().max_items(1000).set_marker(marker).send(),
                |page| (Some(page.instance_profiles), page.marker),
            )
            .await?;
        let mut all = Vec::new();
        for profile in profiles.iter().filter(|profile| may_be_ours(&profile.instance_profile_name, wanted)) {
            // The list has no tags.
            all.extend(named(cloud, &profile.instance_profile_name).await?);
        }
        Ok(all)
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        named(cloud, &known.id).await
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let arguments = &order.arguments;
        let ask = cloud.iam.create_instance_profile().instance_profile_name(&arguments.name);
        let sent = ask.set_path(arguments.path.clone()).set_tags(Some(written(&order.tags))).send();
        match cloud.call("iam", "CreateInstanceProfile", sent).await {
            Ok(_) => Ok(arguments.name.clone()),
            Err(failed) if failed.code == "EntityAlreadyExists" => {
                adopted(order, named(cloud, &arguments.name).await?, failed)
            }
            Err(failed) => Err(failed.into()),
        }
    }

    async fn finish(cloud: &Cloud, id: &str, order: &Order<Arguments>) -> Result<(), Failure> {
        let Some(role) = &order.arguments.role else { return Ok(()) };
        let ask = cloud.iam.add_role_to_instance_profile().instance_profile_name(id).role_name(role);
        match cloud.call("iam", "AddRoleToInstanceProfile", ask.send()).await {
            Ok(_) => Ok(()),
            // There is room for one role: it may be this one already, put there by a call whose answer was lost.
            Err(failed) if failed.code == "LimitExceeded" => {
                let has = named(cloud, id).await?.and_then(|found| found.arguments.role);
                if has.as_ref() == Some(role) { Ok(()) } else { Err(failed.into()) }
            }
            Err(failed) => Err(failed.into()),
        }
    }

    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        take_role_out(cloud, known).await?;
        Self::finish(cloud, &known.id, order).await
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        take_role_out(cloud, known).await?;
        let sent = cloud.iam.delete_instance_profile().instance_profile_name(&known.id).send();
        unless_gone(cloud.call("iam", "DeleteInstanceProfile", sent).await).map(|_| ())
    }

    async fn tag(cloud: &Cloud, known: &Known<Arguments>, tags: &Tags) -> Result<(), Failure> {
        let ask = cloud.iam.tag_instance_profile().instance_profile_name(&known.id);
        let sent = ask.set_tags(Some(written(tags))).send();
        Ok(cloud.call("iam", "TagInstanceProfile", sent).await.map(|_| ())?)
    }

    async fn untag(cloud: &Cloud, known: &Known<Arguments>, keys: Vec<String>) -> Result<(), Failure> {
        let ask = cloud.iam.untag_instance_profile().instance_profile_name(&known.id);
        let sent = ask.set_tag_keys(Some(keys)).send();
        unless_gone(cloud.call("iam", "UntagInstanceProfile", sent).await).map(|_| ())
    }
}

async fn take_role_out(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
    let Some(role) = &known.arguments.role else { return Ok(()) };
    let ask = cloud.iam.remove_role_from_instance_profile().instance_profile_name(&known.id).role_name(role);
    unless_gone(cloud.call("iam", "RemoveRoleFromInstanceProfile", ask.send()).await).map(|_| ())
}

async fn named(cloud: &Cloud, name: &str) -> Result<Option<Found<Arguments>>, Failure> {
    let sent = cloud.iam.get_instance_profile().instance_profile_name(name).send();
    let told = unless_gone(cloud.call("iam", "GetInstanceProfile", sent).await)?;
    Ok(told.and_then(|told| told.instance_profile).map(live))
}

fn live(profile: InstanceProfile) -> Found<Arguments> {
    let tags = read(profile.tags());
    let arguments = Arguments {
        name: profile.instance_profile_name,
        path: Some(profile.path),
        role: profile.roles.into_iter().next().map(|role| role.role_name),
    };
    let mut found = Found::new(arguments.name.clone(), arguments);
    found.computed = computed([
        ("arn", Some(profile.arn)),
        ("unique_id", Some(profile.instance_profile_id)),
        ("create_date", Some(profile.create_date.to_string())),
    ]);
    found.tags = tags;
    found
}
