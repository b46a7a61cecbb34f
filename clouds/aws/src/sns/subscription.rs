//! `aws_sns_topic_subscription`
//!
//! Who is asked by mail has to say yes. Until then the subscription has no number of its own in any list, can't be taken
//! away, and goes by itself after two days, or with its topic
//! (https://docs.aws.amazon.com/sns/latest/dg/sns-delete-subscription-topic.html). What is given up before that is noted
//! in a tag of its topic: it doesn't count any more.

use std::collections::HashMap;

use aws_sdk_sns::types::Subscription as Listed;
use provision_engine::driver::{Class, Failure};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::topic::{Own, own, tags, write_tags};
use crate::attributes::computed;
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};
use crate::tags::Tags;

pub(crate) struct Subscription;

/// It has no tags of its own: it belongs to whom its topic belongs to.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    topic_arn: String,
    protocol: String,
    endpoint: String,
    raw_message_delivery: Option<bool>,
}

impl Kind for Subscription {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_sns_topic_subscription";

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let mut all = Vec::new();
        for Own { arn, tags } in own(cloud, wanted).await? {
            for listed in of_topic(cloud, &arn).await? {
                all.extend(described(cloud, listed, &tags).await?);
            }
        }
        Ok(all)
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        let topic = &known.arguments.topic_arn;
        let same = |listed: &Listed| id_of(listed) == known.id;
        let listed = of_topic(cloud, topic).await?.into_iter().find(same);
        match (listed, tags(cloud, topic).await?) {
            (Some(listed), Some(tags)) => described(cloud, listed, &tags).await,
            _ => Ok(None),
        }
    }

    /// A repeat makes no second one.
    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let arguments = &order.arguments;
        let raw = arguments.raw_message_delivery.map(|raw| (RAW.to_owned(), raw.to_string()));
        let id = id(&arguments.topic_arn, &arguments.protocol, &arguments.endpoint);
        give_up(cloud, &arguments.topic_arn, &id, false).await?;
        let sent = cloud
            .sns
            .subscribe()
            .topic_arn(&arguments.topic_arn)
            .protocol(&arguments.protocol)
            .endpoint(&arguments.endpoint)
            .set_attributes(raw.map(|pair| HashMap::from([pair])))
            .return_subscription_arn(true)
            .send();
        cloud.call("sns", "Subscribe", sent).await?;
        Ok(id)
    }

    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        let arn = known.computed_text("arn");
        if arn.is_empty() {
            let endpoint = &known.arguments.endpoint;
            let message =
                format!("`{endpoint}` hasn't agreed to be told yet; until then nothing about it changes");
            return Err(Failure::new(Class::Fatal, message));
        }
        let raw = order.arguments.raw_message_delivery.unwrap_or(false);
        let ask = cloud.sns.set_subscription_attributes().subscription_arn(arn);
        let sent = ask.attribute_name(RAW).attribute_value(raw.to_string()).send();
        Ok(cloud.call("sns", "SetSubscriptionAttributes", sent).await.map(|_| ())?)
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let arn = known.computed_text("arn");
        if arn.is_empty() {
            return give_up(cloud, &known.arguments.topic_arn, &known.id, true).await;
        }
        let sent = cloud.sns.unsubscribe().subscription_arn(arn).send();
        unless_gone(cloud.call("sns", "Unsubscribe", sent).await).map(|_| ())
    }
}

const RAW: &str = "RawMessageDelivery";

/// The service has a number only once somebody said yes.
fn id(topic: &str, protocol: &str, endpoint: &str) -> String {
    format!("{topic}/{protocol}/{endpoint}")
}

fn id_of(listed: &Listed) -> String {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    id(&text(&listed.topic_arn), &text(&listed.protocol), &text(&listed.endpoint))
}

/// On a topic: what was given up before anybody agreed to it, as short hashes.
const GIVEN_UP: &str = "provision:given-up";

fn hash(id: &str) -> String {
    Sha256::digest(id).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

fn is_given_up(tags: &Tags, id: &str) -> bool {
    tags.get(GIVEN_UP).is_some_and(|all| all.split(' ').any(|one| one == hash(id)))
}

/// Notes it, or takes the note away. On a topic that is gone there is nothing to note.
async fn give_up(cloud: &Cloud, topic: &str, id: &str, yes: bool) -> Result<(), Failure> {
    let Some(tags) = tags(cloud, topic).await? else { return Ok(()) };
    if is_given_up(&tags, id) == yes {
        return Ok(());
    }
    let hash = hash(id);
    let noted = tags.get(GIVEN_UP).into_iter().flat_map(|all| all.split(' '));
    let others = noted.filter(|one| *one != hash && !one.is_empty());
    let all: Vec<&str> = others.chain(yes.then_some(hash.as_str())).collect();
    write_tags(cloud, topic, &Tags::from([(GIVEN_UP.to_owned(), all.join(" "))])).await
}

/// Of a topic that is gone there are none.
async fn of_topic(cloud: &Cloud, topic: &str) -> Result<Vec<Listed>, Failure> {
    let subscriptions = cloud
        .pages(
            "sns",
            "ListSubscriptionsByTopic",
            |token| cloud.sns.list_subscriptions_by_topic().topic_arn(topic).set_next_token(token).send(),
            |page| (page.subscriptions, page.next_token),
        )
        .await;
    Ok(unless_gone(subscriptions)?.unwrap_or_default())
}

async fn described(cloud: &Cloud, listed: Listed, topic: &Tags) -> Result<Option<Found<Arguments>>, Failure> {
    let id = id_of(&listed);
    // What waits for a yes says `PendingConfirmation`, what said no says `Deleted`.
    let said = listed.subscription_arn.unwrap_or_default();
    if said == "Deleted" {
        return Ok(None);
    }
    let arn = Some(said).filter(|arn| arn.starts_with("arn:"));
    if arn.is_none() && is_given_up(topic, &id) {
        return Ok(None);
    }
    let raw_message_delivery = match &arn {
        Some(arn) => {
            let sent = cloud.sns.get_subscription_attributes().subscription_arn(arn).send();
            let told = unless_gone(cloud.call("sns", "GetSubscriptionAttributes", sent).await)?;
            let Some(told) = told else { return Ok(None) };
            told.attributes.and_then(|mut said| said.remove(RAW)).map(|text| text == "true")
        }
        None => None,
    };
    let arguments = Arguments {
        topic_arn: listed.topic_arn.unwrap_or_default(),
        protocol: listed.protocol.unwrap_or_default(),
        endpoint: listed.endpoint.unwrap_or_default(),
        raw_message_delivery,
    };
    let mut found = Found::new(id, arguments);
    found.computed = computed([("arn", arn), ("owner_id", listed.owner)]);
    found.of_ours = true;
    Ok(Some(found))
}
