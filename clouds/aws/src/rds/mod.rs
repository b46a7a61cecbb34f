//! RDS: databases, where they stand, and their settings.

mod instance;
mod live_instance;
mod parameter_group;
mod subnet_group;

use aws_sdk_rds::types::Tag;
use provision_engine::driver::Failure;

use crate::belonging::pairs;
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{AnyKind, implemented};
use crate::tags::Tags;

pub(crate) fn kinds() -> Vec<Box<dyn AnyKind>> {
    vec![
        implemented::<instance::Instance>(),
        implemented::<parameter_group::ParameterGroup>(),
        implemented::<subnet_group::SubnetGroup>(),
    ]
}

fn written(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

async fn tags(cloud: &Cloud, arn: &str) -> Result<Option<Tags>, Failure> {
    let sent = cloud.rds.list_tags_for_resource().resource_name(arn).send();
    let told = unless_gone(cloud.call("rds", "ListTagsForResource", sent).await)?;
    Ok(told.map(|told| pairs!(told.tag_list)))
}

async fn tag(cloud: &Cloud, arn: &str, tags: &Tags) -> Result<(), Failure> {
    let sent = cloud.rds.add_tags_to_resource().resource_name(arn).set_tags(Some(written(tags))).send();
    Ok(cloud.call("rds", "AddTagsToResource", sent).await.map(|_| ())?)
}

async fn untag(cloud: &Cloud, arn: &str, keys: Vec<String>) -> Result<(), Failure> {
    let sent = cloud.rds.remove_tags_from_resource().resource_name(arn).set_tag_keys(Some(keys)).send();
    unless_gone(cloud.call("rds", "RemoveTagsFromResource", sent).await).map(|_| ())
}

/// All kinds of RDS are tagged by their ARN.
macro_rules! tagged {
    () => {
        async fn tag(
            cloud: &$crate::connection::Cloud,
            known: &$crate::kind::Known<Self::Arguments>,
            tags: &$crate::tags::Tags,
        ) -> Result<(), provision_engine::driver::Failure> {
            super::tag(cloud, known.computed_text("arn"), tags).await
        }

        async fn untag(
            cloud: &$crate::connection::Cloud,
            known: &$crate::kind::Known<Self::Arguments>,
            keys: Vec<String>,
        ) -> Result<(), provision_engine::driver::Failure> {
            super::untag(cloud, known.computed_text("arn"), keys).await
        }
    };
}
use tagged;
