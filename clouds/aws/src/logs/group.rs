//! `aws_cloudwatch_log_group`

use aws_sdk_cloudwatchlogs::types::LogGroup;
use provision_engine::driver::Failure;
use serde::{Deserialize, Serialize};

use super::tags_of;
use crate::attributes::computed;
use crate::belonging::{adopted, may_be_ours};
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};
use crate::tags::Tags;

pub(super) struct Group;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    name: String,
    retention_in_days: Option<i32>,
    kms_key_id: Option<String>,
    log_group_class: Option<String>,
}

impl Kind for Group {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_cloudwatch_log_group";

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let groups = cloud
            .pages(
                "logs",
                "DescribeLogGroups",
                |token| cloud.logs.describe_log_groups().set_next_token(token).send(),
                |page| (page.log_groups, page.next_token),
            )
            .await?;
        let mut all = Vec::new();
        for group in
            groups.into_iter().filter(|group| may_be_ours(group.log_group_name().unwrap_or(""), wanted))
        {
            all.extend(described(cloud, group).await?);
        }
        Ok(all)
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        named(cloud, &known.id).await
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let arguments = &order.arguments;
        let sent = cloud
            .logs
            .create_log_group()
            .log_group_name(&arguments.name)
            .set_kms_key_id(arguments.kms_key_id.clone())
            .set_log_group_class(arguments.log_group_class.as_deref().map(Into::into))
            .set_tags(Some(order.tags.clone().into_iter().collect()))
            .send();
        match cloud.call("logs", "CreateLogGroup", sent).await {
            Ok(_) => Ok(arguments.name.clone()),
            Err(failed) if failed.code == "ResourceAlreadyExistsException" => {
                adopted(order, named(cloud, &arguments.name).await?, failed)
            }
            Err(failed) => Err(failed.into()),
        }
    }

    async fn finish(cloud: &Cloud, id: &str, order: &Order<Arguments>) -> Result<(), Failure> {
        match order.arguments.retention_in_days {
            Some(days) if days > 0 => keep_for(cloud, id, days).await,
            _ => Ok(()),
        }
    }

    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        if order.changes("retention_in_days") {
            match order.arguments.retention_in_days {
                Some(days) if days > 0 => keep_for(cloud, &known.id, days).await?,
                _ => {
                    let sent = cloud.logs.delete_retention_policy().log_group_name(&known.id).send();
                    cloud.call("logs", "DeleteRetentionPolicy", sent).await?;
                }
            }
        }
        if !order.changes("kms_key_id") {
            return Ok(());
        }
        match &order.arguments.kms_key_id {
            Some(key) => {
                let sent = cloud.logs.associate_kms_key().log_group_name(&known.id).kms_key_id(key).send();
                cloud.call("logs", "AssociateKmsKey", sent).await?;
            }
            None => {
                let sent = cloud.logs.disassociate_kms_key().log_group_name(&known.id).send();
                cloud.call("logs", "DisassociateKmsKey", sent).await?;
            }
        }
        Ok(())
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let sent = cloud.logs.delete_log_group().log_group_name(&known.id).send();
        unless_gone(cloud.call("logs", "DeleteLogGroup", sent).await).map(|_| ())
    }

    async fn tag(cloud: &Cloud, known: &Known<Arguments>, tags: &Tags) -> Result<(), Failure> {
        let tags = tags.clone().into_iter().collect();
        let sent =
            cloud.logs.tag_resource().resource_arn(known.computed_text("arn")).set_tags(Some(tags)).send();
        Ok(cloud.call("logs", "TagResource", sent).await.map(|_| ())?)
    }

    async fn untag(cloud: &Cloud, known: &Known<Arguments>, keys: Vec<String>) -> Result<(), Failure> {
        let arn = known.computed_text("arn");
        let sent = cloud.logs.untag_resource().resource_arn(arn).set_tag_keys(Some(keys)).send();
        unless_gone(cloud.call("logs", "UntagResource", sent).await).map(|_| ())
    }
}

async fn keep_for(cloud: &Cloud, name: &str, days: i32) -> Result<(), Failure> {
    let sent = cloud.logs.put_retention_policy().log_group_name(name).retention_in_days(days).send();
    Ok(cloud.call("logs", "PutRetentionPolicy", sent).await.map(|_| ())?)
}

async fn named(cloud: &Cloud, name: &str) -> Result<Option<Found<Arguments>>, Failure> {
    // Names that begin alike are listed, too; the shortest comes first.
    let sent = cloud.logs.describe_log_groups().log_group_name_prefix(name).send();
    let groups = cloud.call("logs", "DescribeLogGroups", sent).await?.log_groups.unwrap_or_default();
    match groups.into_iter().find(|group| group.log_group_name() == Some(name)) {
        Some(group) => described(cloud, group).await,
        None => Ok(None),
    }
}

async fn described(cloud: &Cloud, group: LogGroup) -> Result<Option<Found<Arguments>>, Failure> {
    // The one ends in `:*`, which means its streams; tags and references want the other.
    let arn = group.arn.unwrap_or_default();
    let arn = arn.strip_suffix(":*").unwrap_or(&arn).to_owned();
    let Some(tags) = tags_of(cloud, &arn).await? else { return Ok(None) };
    let name = group.log_group_name.unwrap_or_default();
    let arguments = Arguments {
        name: name.clone(),
        retention_in_days: group.retention_in_days,
        kms_key_id: group.kms_key_id,
        log_group_class: group.log_group_class.map(|class| class.as_str().to_owned()),
    };
    let mut found = Found::new(name, arguments);
    found.tags = tags;
    found.computed = computed([("arn", Some(arn))]);
    Ok(Some(found))
}
