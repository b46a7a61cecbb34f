//! CloudWatch Logs: groups of log lines, and which services may write to them.

mod group;
mod resource_policy;

use provision_engine::driver::Failure;

use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{AnyKind, implemented};
use crate::tags::Tags;

pub(crate) fn kinds() -> Vec<Box<dyn AnyKind>> {
    vec![implemented::<group::Group>(), implemented::<resource_policy::Policy>()]
}

/// The tags of a group; none where there is no such group.
async fn tags_of(cloud: &Cloud, group: &str) -> Result<Option<Tags>, Failure> {
    let sent = cloud.logs.list_tags_for_resource().resource_arn(group).send();
    let told = unless_gone(cloud.call("logs", "ListTagsForResource", sent).await)?;
    Ok(told.map(|told| told.tags.unwrap_or_default().into_iter().collect()))
}
