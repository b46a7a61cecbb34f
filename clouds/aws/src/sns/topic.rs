//! `aws_sns_topic`

use std::collections::HashMap;

use aws_sdk_sns::types::Tag;
use provision_engine::driver::Failure;
use serde::{Deserialize, Serialize};

use crate::attributes::computed;
use crate::belonging::{adopted, is_of, may_be_ours};
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};
use crate::tags::Tags;

pub(crate) struct Topic;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    name: String,
    display_name: Option<String>,
    fifo_topic: Option<bool>,
    content_based_deduplication: Option<bool>,
    kms_master_key_id: Option<String>,
    policy: Option<String>,
}

impl Arguments {
    /// As the service has them, pairs of texts; before each its argument.
    fn settings(&self) -> [(&'static str, &'static str, Option<String>); 5] {
        let text = |flag: Option<bool>| flag.map(|flag| flag.to_string());
        [
            ("display_name", "DisplayName", self.display_name.clone()),
            ("fifo_topic", "FifoTopic", text(self.fifo_topic)),
            (
                "content_based_deduplication",
                "ContentBasedDeduplication",
                text(self.content_based_deduplication),
            ),
            ("kms_master_key_id", "KmsMasterKeyId", self.kms_master_key_id.clone()),
            ("policy", "Policy", self.policy.clone()),
        ]
    }
}

impl Kind for Topic {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_sns_topic";

    /// Lists have nothing but names: two calls for each topic whose name may be ours.
    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let mut all = Vec::new();
        for arn in topics(cloud).await? {
            if may_be_ours(name_of(&arn), wanted) {
                all.extend(described(cloud, &arn).await?);
            }
        }
        Ok(all)
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        described(cloud, &known.id).await
    }

    /// A repeat is answered with the topic that is there, when its tags are the same.
    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let given = order.arguments.settings().into_iter();
        let set: HashMap<String, String> =
            given.filter_map(|(_, name, value)| Some((name.to_owned(), value?))).collect();
        let sent = cloud
            .sns
            .create_topic()
            .name(&order.arguments.name)
            .set_attributes(Some(set).filter(|set| !set.is_empty()))
            .set_tags(Some(written(&order.tags)))
            .send();
        match cloud.call("sns", "CreateTopic", sent).await {
            Ok(made) => Ok(made.topic_arn.unwrap_or_default()),
            Err(failed) if failed.failure.message.contains("already exists") => {
                let same = |arn: &String| name_of(arn) == order.arguments.name;
                let found = match topics(cloud).await?.into_iter().find(same) {
                    Some(arn) => described(cloud, &arn).await?,
                    None => None,
                };
                adopted(order, found, failed)
            }
            Err(failed) => Err(failed.into()),
        }
    }

    /// One call for each setting: the service takes no two at a time. What isn't set any more is set to nothing.
    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        for (argument, name, value) in order.arguments.settings() {
            if order.changes(argument) {
                let ask = cloud.sns.set_topic_attributes().topic_arn(&known.id).attribute_name(name);
                let sent = ask.attribute_value(value.unwrap_or_default()).send();
                cloud.call("sns", "SetTopicAttributes", sent).await?;
            }
        }
        Ok(())
    }

    /// Its subscriptions go with it.
    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let sent = cloud.sns.delete_topic().topic_arn(&known.id).send();
        unless_gone(cloud.call("sns", "DeleteTopic", sent).await).map(|_| ())
    }

    async fn tag(cloud: &Cloud, known: &Known<Arguments>, tags: &Tags) -> Result<(), Failure> {
        write_tags(cloud, &known.id, tags).await
    }

    async fn untag(cloud: &Cloud, known: &Known<Arguments>, keys: Vec<String>) -> Result<(), Failure> {
        let sent = cloud.sns.untag_resource().resource_arn(&known.id).set_tag_keys(Some(keys)).send();
        unless_gone(cloud.call("sns", "UntagResource", sent).await).map(|_| ())
    }
}

pub(super) async fn write_tags(cloud: &Cloud, arn: &str, tags: &Tags) -> Result<(), Failure> {
    let sent = cloud.sns.tag_resource().resource_arn(arn).set_tags(Some(written(tags))).send();
    Ok(cloud.call("sns", "TagResource", sent).await.map(|_| ())?)
}

fn written(tags: &Tags) -> Vec<Tag> {
    let tag = |(key, value): (&String, &String)| {
        Tag::builder().key(key).value(value).build().expect("key and value are set")
    };
    tags.iter().map(tag).collect()
}

/// `arn:aws:sns:eu-west-1:123456789012:orders` → `orders`
fn name_of(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or(arn)
}

async fn topics(cloud: &Cloud) -> Result<Vec<String>, Failure> {
    let all = cloud
        .pages(
            "sns",
            "ListTopics",
            |token| cloud.sns.list_topics().set_next_token(token).send(),
            |page| (page.topics, page.next_token),
        )
        .await?;
    Ok(all.into_iter().filter_map(|topic| topic.topic_arn).collect())
}

pub(super) struct Own {
    pub(super) arn: String,
    pub(super) tags: Tags,
}

/// The deployment's topics: their subscriptions are the deployment's, too.
pub(super) async fn own(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Own>, Failure> {
    let mut all = Vec::new();
    for arn in topics(cloud).await?.into_iter().filter(|arn| may_be_ours(name_of(arn), wanted)) {
        let tags = tags(cloud, &arn).await?.filter(|tags| is_of(tags, &wanted.deployment));
        all.extend(tags.map(|tags| Own { arn, tags }));
    }
    Ok(all)
}

pub(super) async fn tags(cloud: &Cloud, arn: &str) -> Result<Option<Tags>, Failure> {
    let sent = cloud.sns.list_tags_for_resource().resource_arn(arn).send();
    let told = unless_gone(cloud.call("sns", "ListTagsForResource", sent).await)?;
    let pairs = |tags: Vec<Tag>| tags.into_iter().map(|tag| (tag.key, tag.value)).collect();
    Ok(told.map(|told| pairs(told.tags.unwrap_or_default())))
}

async fn described(cloud: &Cloud, arn: &str) -> Result<Option<Found<Arguments>>, Failure> {
    let sent = cloud.sns.get_topic_attributes().topic_arn(arn).send();
    let told = unless_gone(cloud.call("sns", "GetTopicAttributes", sent).await)?;
    let (Some(told), Some(tags)) = (told, tags(cloud, arn).await?) else { return Ok(None) };
    let mut said = told.attributes.unwrap_or_default();
    let flag = |text: Option<String>| text.map(|text| text == "true");
    let arguments = Arguments {
        name: name_of(arn).to_owned(),
        display_name: said.remove("DisplayName"),
        fifo_topic: flag(said.remove("FifoTopic")),
        content_based_deduplication: flag(said.remove("ContentBasedDeduplication")),
        kms_master_key_id: said.remove("KmsMasterKeyId"),
        policy: said.remove("Policy"),
    };
    let mut found = Found::new(arn, arguments);
    found.computed = computed([("arn", Some(arn.to_owned())), ("owner", said.remove("Owner"))]);
    found.tags = tags;
    Ok(Some(found))
}
