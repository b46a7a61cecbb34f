//! EKS: clusters, their nodes, add-ons, and which pods act as which role.
//!
//! Lists have names only, and there is no filter: clusters that may be the deployment's are described one by one, and
//! so is what belongs to them. Everything takes one change at a time.

mod addon;
mod cluster;
mod node_group;
mod pod_identity;

use std::collections::HashMap;

use provision_engine::driver::{Class, Failure};

use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{AnyKind, implemented};
use crate::tags::Tags;

pub(crate) use node_group::groups_of;

pub(crate) fn kinds() -> Vec<Box<dyn AnyKind>> {
    vec![
        implemented::<addon::Addon>(),
        implemented::<cluster::Cluster>(),
        implemented::<node_group::NodeGroup>(),
        implemented::<pod_identity::PodIdentity>(),
    ]
}

fn written(tags: &Tags) -> HashMap<String, String> {
    tags.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn read(tags: Option<HashMap<String, String>>) -> Tags {
    tags.unwrap_or_default().into_iter().collect()
}

async fn tag(cloud: &Cloud, arn: &str, tags: &Tags) -> Result<(), Failure> {
    let sent = cloud.eks.tag_resource().resource_arn(arn).set_tags(Some(written(tags))).send();
    Ok(cloud.call("eks", "TagResource", sent).await.map(|_| ())?)
}

async fn untag(cloud: &Cloud, arn: &str, keys: Vec<String>) -> Result<(), Failure> {
    let sent = cloud.eks.untag_resource().resource_arn(arn).set_tag_keys(Some(keys)).send();
    unless_gone(cloud.call("eks", "UntagResource", sent).await).map(|_| ())
}

/// All kinds of EKS are tagged by their ARN; not all call it `arn`.
macro_rules! tagged {
    ($arn:literal) => {
        async fn tag(
            cloud: &$crate::connection::Cloud,
            known: &$crate::kind::Known<Self::Arguments>,
            tags: &$crate::tags::Tags,
        ) -> Result<(), provision_engine::driver::Failure> {
            super::tag(cloud, known.computed_text($arn), tags).await
        }

        async fn untag(
            cloud: &$crate::connection::Cloud,
            known: &$crate::kind::Known<Self::Arguments>,
            keys: Vec<String>,
        ) -> Result<(), provision_engine::driver::Failure> {
            super::untag(cloud, known.computed_text($arn), keys).await
        }
    };
}
use tagged;

/// What the service says is wrong with it.
fn reasons<'a>(issues: impl Iterator<Item = Option<&'a str>>) -> Option<String> {
    let all: Vec<&str> = issues.flatten().collect();
    (!all.is_empty()).then(|| all.join("; "))
}

/// What is asked for again until the change that is under way is done.
fn busy(id: &str) -> Failure {
    Failure::new(Class::Busy, format!("`{id}` takes one change at a time, and one is under way"))
}

/// What is wanted, where it is wanted and isn't so yet.
fn differs<T: PartialEq>(wanted: &Option<T>, lives: &Option<T>) -> bool {
    wanted.is_some() && wanted != lives
}

/// The same names, in whatever order.
fn same_names(some: &[String], others: &[String]) -> bool {
    let sorted = |list: &[String]| {
        let mut list = list.to_vec();
        list.sort();
        list
    };
    sorted(some) == sorted(others)
}
