//! Elastic Load Balancing: balancers, where they send to, and the ports that they answer on.
//!
//! The service has no filter by tags: everything of a sort is listed, and the tags of twenty at a time.

mod balancer;
mod listener;
mod target_group;

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::types::Tag;
use provision_engine::driver::Failure;

use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{AnyKind, implemented};
use crate::tags::{self, Tags};

pub(crate) use balancer::own_names;
pub(crate) use target_group::own as own_target_groups;

pub(crate) fn kinds() -> Vec<Box<dyn AnyKind>> {
    vec![
        implemented::<balancer::Balancer>(),
        implemented::<listener::Listener>(),
        implemented::<target_group::TargetGroup>(),
    ]
}

const SERVICE: &str = "elasticloadbalancing";

/// The most that one call tells the tags of
/// (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTags.html).
const AT_ONCE: usize = 20;

/// The tags of each, by ARN. What is gone meanwhile has none.
async fn tags_of(cloud: &Cloud, arns: &[String]) -> Result<BTreeMap<String, Tags>, Failure> {
    let mut all = BTreeMap::new();
    for some in arns.chunks(AT_ONCE) {
        let sent = cloud.elb.describe_tags().set_resource_arns(Some(some.to_vec())).send();
        let told = unless_gone(cloud.call(SERVICE, "DescribeTags", sent).await)?;
        for described in told.and_then(|told| told.tag_descriptions).unwrap_or_default() {
            let tags = described.tags.unwrap_or_default().into_iter();
            let tags = tags.filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default()))).collect();
            all.insert(described.resource_arn.unwrap_or_default(), tags);
        }
    }
    Ok(all)
}

fn is_of(tags: &Tags, deployment: &str) -> bool {
    tags.get(tags::DEPLOYMENT).is_some_and(|name| name == deployment) && tags.contains_key(tags::ADDRESS)
}

fn written(tags: &Tags) -> Vec<Tag> {
    // A key is all that a tag needs.
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

async fn tag(cloud: &Cloud, arn: &str, tags: &Tags) -> Result<(), Failure> {
    let sent = cloud.elb.add_tags().resource_arns(arn).set_tags(Some(written(tags))).send();
    Ok(cloud.call(SERVICE, "AddTags", sent).await.map(|_| ())?)
}

async fn untag(cloud: &Cloud, arn: &str, keys: Vec<String>) -> Result<(), Failure> {
    let sent = cloud.elb.remove_tags().resource_arns(arn).set_tag_keys(Some(keys)).send();
    unless_gone(cloud.call(SERVICE, "RemoveTags", sent).await).map(|_| ())
}

/// What all kinds of this service do alike.
macro_rules! tagged {
    () => {
        async fn tag(
            cloud: &$crate::connection::Cloud,
            known: &$crate::kind::Known<Self::Arguments>,
            tags: &$crate::tags::Tags,
        ) -> Result<(), provision_engine::driver::Failure> {
            $crate::load_balancing::tag(cloud, &known.id, tags).await
        }

        async fn untag(
            cloud: &$crate::connection::Cloud,
            known: &$crate::kind::Known<Self::Arguments>,
            keys: Vec<String>,
        ) -> Result<(), provision_engine::driver::Failure> {
            $crate::load_balancing::untag(cloud, &known.id, keys).await
        }
    };
}
use tagged;

/// Settings that the service keeps as pairs of texts: by its name for them.
type Settings = BTreeMap<String, String>;

fn flag(settings: &Settings, key: &str) -> Option<bool> {
    settings.get(key).map(|text| text == "true")
}

fn number(settings: &Settings, key: &str) -> Option<i32> {
    settings.get(key)?.parse().ok()
}
