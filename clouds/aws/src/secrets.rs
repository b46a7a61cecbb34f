//! `aws_secretsmanager_secret`: a secret's place. Its value never passes through here.

use aws_sdk_secretsmanager::types::{Filter, FilterNameStringType, Tag};
use provision_engine::driver::{Class, Failure};
use serde::{Deserialize, Serialize};

use crate::attributes::computed;
use crate::belonging::{adopted, pairs};
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{AnyKind, Found, Kind, Known, Order, Wanted, implemented};
use crate::tags::{self, Tags};

pub(crate) fn kinds() -> Vec<Box<dyn AnyKind>> {
    vec![implemented::<Secret>()]
}

struct Secret;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Arguments {
    name: String,
    description: Option<String>,
    kms_key_id: Option<String>,
}

impl Kind for Secret {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_secretsmanager_secret";
    const KEPT: &'static [&'static str] = &["recovery_window_in_days"];

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let filter =
            |name: FilterNameStringType, value: &str| Filter::builder().key(name).values(value).build();
        let ours = vec![
            filter(FilterNameStringType::TagKey, tags::DEPLOYMENT),
            filter(FilterNameStringType::TagValue, &wanted.deployment),
        ];
        let secrets = cloud
            .pages(
                "secretsmanager",
                "ListSecrets",
                |token| {
                    cloud.secrets.list_secrets().set_filters(Some(ours.clone())).set_next_token(token).send()
                },
                |page| (page.secret_list, page.next_token),
            )
            .await?;
        let mut all: Vec<Found<Arguments>> = secrets
            .into_iter()
            .filter(|secret| secret.deleted_date.is_none())
            .map(|secret| {
                let arguments = Arguments {
                    name: secret.name.unwrap_or_default(),
                    description: secret.description,
                    kms_key_id: secret.kms_key_id,
                };
                live(secret.arn.unwrap_or_default(), arguments, pairs!(secret.tags))
            })
            .collect();
        for name in &wanted.names {
            if !all.iter().any(|found| found.arguments.name == *name) {
                all.extend(described(cloud, name).await?);
            }
        }
        Ok(all)
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        described(cloud, &known.id).await
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let arguments = &order.arguments;
        let sent = cloud
            .secrets
            .create_secret()
            .name(&arguments.name)
            .client_request_token(&order.token)
            .set_description(arguments.description.clone())
            .set_kms_key_id(arguments.kms_key_id.clone())
            .set_tags(Some(written(&order.tags)))
            .send();
        match cloud.call("secretsmanager", "CreateSecret", sent).await {
            Ok(made) => Ok(made.arn.unwrap_or_default()),
            Err(failed) if failed.code == "ResourceExistsException" => {
                adopted(order, described(cloud, &arguments.name).await?, failed)
            }
            Err(failed) if failed.failure.message.contains("scheduled for deletion") => {
                let name = &arguments.name;
                let message = format!(
                    "the secret `{name}` was deleted and can still be restored; until then its name is taken. Take it \
                     back with `aws secretsmanager restore-secret --secret-id {name}`, or give it up for good with \
                     `aws secretsmanager delete-secret --force-delete-without-recovery --secret-id {name}`"
                );
                Err(Failure::new(Class::Fatal, message))
            }
            Err(failed) => Err(failed.into()),
        }
    }

    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        if !order.changes_any(&["description", "kms_key_id"]) {
            return Ok(());
        }
        let sent = cloud
            .secrets
            .update_secret()
            .secret_id(&known.id)
            .description(order.arguments.description.clone().unwrap_or_default())
            .set_kms_key_id(order.arguments.kms_key_id.clone())
            .send();
        Ok(cloud.call("secretsmanager", "UpdateSecret", sent).await.map(|_| ())?)
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let days = known.kept.get("recovery_window_in_days").and_then(number).unwrap_or(30);
        let ask = cloud.secrets.delete_secret().secret_id(&known.id);
        // None means at once.
        let ask = if days == 0 {
            ask.force_delete_without_recovery(true)
        } else {
            ask.recovery_window_in_days(days)
        };
        unless_gone(cloud.call("secretsmanager", "DeleteSecret", ask.send()).await).map(|_| ())
    }

    async fn tag(cloud: &Cloud, known: &Known<Arguments>, tags: &Tags) -> Result<(), Failure> {
        let sent = cloud.secrets.tag_resource().secret_id(&known.id).set_tags(Some(written(tags))).send();
        Ok(cloud.call("secretsmanager", "TagResource", sent).await.map(|_| ())?)
    }

    async fn untag(cloud: &Cloud, known: &Known<Arguments>, keys: Vec<String>) -> Result<(), Failure> {
        let sent = cloud.secrets.untag_resource().secret_id(&known.id).set_tag_keys(Some(keys)).send();
        unless_gone(cloud.call("secretsmanager", "UntagResource", sent).await).map(|_| ())
    }
}

fn number(value: &provision_engine::Value) -> Option<i64> {
    crate::attributes::read_value(value).ok()
}

fn written(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

/// By name or ARN.
async fn described(cloud: &Cloud, id: &str) -> Result<Option<Found<Arguments>>, Failure> {
    let sent = cloud.secrets.describe_secret().secret_id(id).send();
    let told = unless_gone(cloud.call("secretsmanager", "DescribeSecret", sent).await)?;
    Ok(told.map(|secret| {
        let arguments = Arguments {
            name: secret.name.unwrap_or_default(),
            description: secret.description,
            kms_key_id: secret.kms_key_id,
        };
        let mut found = live(secret.arn.unwrap_or_default(), arguments, pairs!(secret.tags));
        found.gone = secret.deleted_date.is_some();
        found
    }))
}

fn live(arn: String, arguments: Arguments, tags: Tags) -> Found<Arguments> {
    let mut found = Found::new(arn.clone(), arguments);
    found.computed = computed([("arn", Some(arn))]);
    found.tags = tags;
    found
}
