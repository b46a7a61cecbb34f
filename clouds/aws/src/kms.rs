//! `aws_kms_key` and `aws_kms_alias`

use aws_sdk_kms::types::{AliasListEntry, KeyManagerType, KeyState, Tag};
use provision_engine::driver::{Failure, State};
use serde::{Deserialize, Serialize};

use crate::attributes::computed;
use crate::belonging::{adopted, is_of, may_be_ours};
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{AnyKind, Found, Kind, Known, Order, Wanted, implemented};
use crate::tags::Tags;

pub(crate) fn kinds() -> Vec<Box<dyn AnyKind>> {
    vec![implemented::<Key>(), implemented::<Alias>()]
}

struct Key;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct KeyArguments {
    description: Option<String>,
    enable_key_rotation: Option<bool>,
}

impl Kind for Key {
    type Arguments = KeyArguments;
    const NAME: &'static str = "aws_kms_key";
    const KEPT: &'static [&'static str] = &["deletion_window_in_days"];

    /// Lists have ids only, and there is no filter: one call for the tags of each key that isn't the cloud's own.
    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<KeyArguments>>, Failure> {
        let keys = cloud
            .pages(
                "kms",
                "ListKeys",
                |marker| cloud.kms.list_keys().limit(1000).set_marker(marker).send(),
                |page| (page.keys, page.next_marker),
            )
            .await?;
        let theirs: Vec<String> = aliases(cloud)
            .await?
            .into_iter()
            .filter(|alias| alias.alias_name().is_some_and(|name| name.starts_with("alias/aws/")))
            .filter_map(|alias| alias.target_key_id)
            .collect();
        let mut all = Vec::new();
        for id in keys.into_iter().filter_map(|key| key.key_id).filter(|id| !theirs.contains(id)) {
            let tags = tags_of(cloud, &id).await?;
            if is_of(&tags, &wanted.deployment) {
                all.extend(key(cloud, &id, tags).await?);
            }
        }
        Ok(all)
    }

    async fn look(
        cloud: &Cloud,
        known: &Known<KeyArguments>,
    ) -> Result<Option<Found<KeyArguments>>, Failure> {
        let tags = tags_of(cloud, &known.id).await?;
        key(cloud, &known.id, tags).await
    }

    async fn create(cloud: &Cloud, order: &Order<KeyArguments>) -> Result<String, Failure> {
        let ask = cloud.kms.create_key().set_description(order.arguments.description.clone());
        let made = cloud.call("kms", "CreateKey", ask.set_tags(Some(written(&order.tags))).send()).await?;
        Ok(made.key_metadata.map(|key| key.key_id).unwrap_or_default())
    }

    async fn finish(cloud: &Cloud, id: &str, order: &Order<KeyArguments>) -> Result<(), Failure> {
        match order.arguments.enable_key_rotation {
            Some(true) => rotate(cloud, id, true).await,
            _ => Ok(()),
        }
    }

    async fn update(
        cloud: &Cloud,
        known: &Known<KeyArguments>,
        order: &Order<KeyArguments>,
    ) -> Result<(), Failure> {
        if order.changes("enable_key_rotation") {
            rotate(cloud, &known.id, order.arguments.enable_key_rotation.unwrap_or(false)).await?;
        }
        if order.changes("description") {
            let text = order.arguments.description.clone().unwrap_or_default();
            let sent = cloud.kms.update_key_description().key_id(&known.id).description(text).send();
            cloud.call("kms", "UpdateKeyDescription", sent).await?;
        }
        Ok(())
    }

    /// Keys only go after some days; until then they are gone for us.
    async fn delete(cloud: &Cloud, known: &Known<KeyArguments>) -> Result<(), Failure> {
        let days = known.kept.get("deletion_window_in_days");
        let days = days.and_then(|days| crate::attributes::read_value::<i32>(days).ok()).unwrap_or(30);
        let sent = cloud.kms.schedule_key_deletion().key_id(&known.id).pending_window_in_days(days).send();
        match cloud.call("kms", "ScheduleKeyDeletion", sent).await {
            Err(failed)
                if failed.code == "KMSInvalidStateException" && is_going(cloud, &known.id).await? =>
            {
                Ok(())
            }
            result => unless_gone(result).map(|_| ()),
        }
    }

    async fn tag(cloud: &Cloud, known: &Known<KeyArguments>, tags: &Tags) -> Result<(), Failure> {
        let sent = cloud.kms.tag_resource().key_id(&known.id).set_tags(Some(written(tags))).send();
        Ok(cloud.call("kms", "TagResource", sent).await.map(|_| ())?)
    }

    async fn untag(cloud: &Cloud, known: &Known<KeyArguments>, keys: Vec<String>) -> Result<(), Failure> {
        let sent = cloud.kms.untag_resource().key_id(&known.id).set_tag_keys(Some(keys)).send();
        unless_gone(cloud.call("kms", "UntagResource", sent).await).map(|_| ())
    }
}

fn written(tags: &Tags) -> Vec<Tag> {
    let tag = |(key, value): (&String, &String)| {
        Tag::builder().tag_key(key).tag_value(value).build().expect("key and value are set")
    };
    tags.iter().map(tag).collect()
}

async fn rotate(cloud: &Cloud, id: &str, on: bool) -> Result<(), Failure> {
    if on {
        let sent = cloud.kms.enable_key_rotation().key_id(id).send();
        cloud.call("kms", "EnableKeyRotation", sent).await?;
    } else {
        let sent = cloud.kms.disable_key_rotation().key_id(id).send();
        cloud.call("kms", "DisableKeyRotation", sent).await?;
    }
    Ok(())
}

/// None of a key whose own policy keeps us out: it isn't ours. When it is we who may not, every key would seem to be
/// somebody else's, and one would be made anew each time
/// (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html: which policy it was stands in the
/// message).
async fn tags_of(cloud: &Cloud, id: &str) -> Result<Tags, Failure> {
    let sent = cloud.kms.list_resource_tags().key_id(id).send();
    match cloud.call("kms", "ListResourceTags", sent).await {
        Ok(told) => {
            Ok(told.tags.unwrap_or_default().into_iter().map(|tag| (tag.tag_key, tag.tag_value)).collect())
        }
        Err(failed) if failed.is_gone() => Ok(Tags::new()),
        Err(failed) if failed.failure.message.contains("resource-based policy") => Ok(Tags::new()),
        Err(failed) => Err(failed.into()),
    }
}

async fn is_going(cloud: &Cloud, id: &str) -> Result<bool, Failure> {
    Ok(key(cloud, id, Tags::new()).await?.is_none_or(|found| found.gone))
}

async fn key(cloud: &Cloud, id: &str, tags: Tags) -> Result<Option<Found<KeyArguments>>, Failure> {
    let told =
        unless_gone(cloud.call("kms", "DescribeKey", cloud.kms.describe_key().key_id(id).send()).await)?;
    let Some(key) = told.and_then(|told| told.key_metadata) else { return Ok(None) };
    if key.key_manager == Some(KeyManagerType::Aws) {
        return Ok(None);
    }
    let going = matches!(key.key_state, Some(KeyState::PendingDeletion | KeyState::PendingReplicaDeletion));
    let mut rotates = None;
    if !going {
        let sent = cloud.kms.get_key_rotation_status().key_id(id).send();
        let told = unless_gone(cloud.call("kms", "GetKeyRotationStatus", sent).await)?;
        rotates = told.map(|told| told.key_rotation_enabled);
    }
    let arguments = KeyArguments { description: key.description, enable_key_rotation: rotates };
    let mut found = Found::new(id, arguments);
    found.computed = computed([("arn", key.arn), ("key_id", Some(id.to_owned()))]);
    found.tags = tags;
    found.gone = going;
    found.state = if key.key_state == Some(KeyState::Creating) { State::Pending } else { State::Ready };
    Ok(Some(found))
}

async fn aliases(cloud: &Cloud) -> Result<Vec<AliasListEntry>, Failure> {
    let aliases = cloud
        .pages(
            "kms",
            "ListAliases",
            |marker| cloud.kms.list_aliases().limit(100).set_marker(marker).send(),
            |page| (page.aliases, page.next_marker),
        )
        .await?;
    Ok(aliases)
}

struct Alias;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct AliasArguments {
    name: String,
    target_key_id: String,
}

impl Kind for Alias {
    type Arguments = AliasArguments;
    const NAME: &'static str = "aws_kms_alias";

    /// It has no tags of its own: it belongs to whom its key belongs to.
    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<AliasArguments>>, Failure> {
        let mut all = Vec::new();
        for alias in aliases(cloud).await? {
            if may_be_ours(alias.alias_name().unwrap_or_default(), wanted) {
                all.extend(self::alias(cloud, alias, &wanted.deployment).await?);
            }
        }
        Ok(all)
    }

    async fn look(
        cloud: &Cloud,
        known: &Known<AliasArguments>,
    ) -> Result<Option<Found<AliasArguments>>, Failure> {
        named(cloud, &known.id, "").await
    }

    async fn create(cloud: &Cloud, order: &Order<AliasArguments>) -> Result<String, Failure> {
        let arguments = &order.arguments;
        let ask =
            cloud.kms.create_alias().alias_name(&arguments.name).target_key_id(&arguments.target_key_id);
        match cloud.call("kms", "CreateAlias", ask.send()).await {
            Ok(_) => Ok(arguments.name.clone()),
            Err(failed) if failed.code == "AlreadyExistsException" => {
                adopted(order, named(cloud, &arguments.name, &order.deployment).await?, failed)
            }
            Err(failed) => Err(failed.into()),
        }
    }

    async fn update(
        cloud: &Cloud,
        known: &Known<AliasArguments>,
        order: &Order<AliasArguments>,
    ) -> Result<(), Failure> {
        let ask = cloud.kms.update_alias().alias_name(&known.id);
        let sent = ask.target_key_id(&order.arguments.target_key_id).send();
        Ok(cloud.call("kms", "UpdateAlias", sent).await.map(|_| ())?)
    }

    async fn delete(cloud: &Cloud, known: &Known<AliasArguments>) -> Result<(), Failure> {
        let sent = cloud.kms.delete_alias().alias_name(&known.id).send();
        unless_gone(cloud.call("kms", "DeleteAlias", sent).await).map(|_| ())
    }
}

async fn named(
    cloud: &Cloud,
    name: &str,
    deployment: &str,
) -> Result<Option<Found<AliasArguments>>, Failure> {
    match aliases(cloud).await?.into_iter().find(|alias| alias.alias_name() == Some(name)) {
        Some(alias) => self::alias(cloud, alias, deployment).await,
        None => Ok(None),
    }
}

async fn alias(
    cloud: &Cloud,
    alias: AliasListEntry,
    deployment: &str,
) -> Result<Option<Found<AliasArguments>>, Failure> {
    // An alias without a key is one of the cloud's own that nobody uses yet.
    let Some(target) = alias.target_key_id else { return Ok(None) };
    let ours = is_of(&tags_of(cloud, &target).await?, deployment);
    let name = alias.alias_name.unwrap_or_default();
    let mut found = Found::new(name.clone(), AliasArguments { name, target_key_id: target });
    found.computed = computed([("arn", alias.alias_arn)]);
    found.of_ours = ours;
    Ok(Some(found))
}
