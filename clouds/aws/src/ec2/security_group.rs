//! `aws_security_group`

use aws_sdk_ec2::types::{Filter, ResourceType, SecurityGroup as Group};
use provision_engine::driver::Failure;
use serde::{Deserialize, Serialize};

use super::blockers::{Holder, deleted};
use super::rule::{self, Block};
use super::{Which, read_tags, specification, tagged};
use crate::attributes::computed;
use crate::connection::Cloud;
use crate::kind::{Found, Kind, Known, Order, Wanted};

pub(crate) struct SecurityGroup;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    name: Option<String>,
    description: Option<String>,
    vpc_id: Option<String>,
    /// The cloud gives a new group a rule that lets everything out. It is not the configuration's, whose rules are
    /// resources of their own, so it has to go.
    #[serde(default)]
    egress: Vec<Block>,
}

impl Kind for SecurityGroup {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_security_group";

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        described(cloud, Which::Of(&wanted.deployment).filters("")).await
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        Ok(described(cloud, Which::Id(&known.id).filters("group-id")).await?.pop())
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let arguments = &order.arguments;
        let sent = cloud
            .ec2
            .create_security_group()
            .set_group_name(arguments.name.clone())
            .description(arguments.description.as_deref().unwrap_or("Managed by Terraform"))
            .set_vpc_id(arguments.vpc_id.clone())
            .tag_specifications(specification(ResourceType::SecurityGroup, &order.tags))
            .send();
        let made = cloud.call("ec2", "CreateSecurityGroup", sent).await?;
        Ok(made.group_id.unwrap_or_default())
    }

    async fn finish(cloud: &Cloud, id: &str, _: &Order<Arguments>) -> Result<(), Failure> {
        let rules = rule::of_groups(cloud, &[id.to_owned()]).await?;
        let came_with_it: Vec<String> =
            rules.iter().filter(|rule| rule::is_born_with(rule)).filter_map(rule::id).collect();
        rule::revoke(cloud, true, id, came_with_it).await
    }

    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        if order.changes("egress") {
            Self::finish(cloud, &known.id, order).await?;
        }
        Ok(())
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let sent = cloud.ec2.delete_security_group().group_id(&known.id).send();
        let told = cloud.call("ec2", "DeleteSecurityGroup", sent).await;
        deleted(cloud, Holder::Group, &known.id, told).await
    }

    tagged!();
}

async fn described(cloud: &Cloud, filters: Vec<Filter>) -> Result<Vec<Found<Arguments>>, Failure> {
    let groups = groups(cloud, filters).await?;
    let ids: Vec<String> = groups.iter().filter_map(|group| group.group_id.clone()).collect();
    let rules = rule::of_groups(cloud, &ids).await?;
    let found = groups.into_iter().filter(|group| !is_default(group)).map(|group| {
        let id = group.group_id.unwrap_or_default();
        let egress = rules
            .iter()
            .filter(|rule| rule.group_id.as_ref() == Some(&id) && rule::is_born_with(rule))
            .map(Block::from)
            .collect();
        let arguments = Arguments {
            name: group.group_name,
            description: group.description,
            vpc_id: group.vpc_id,
            egress,
        };
        let owner = group.owner_id.unwrap_or_default();
        let mut found = Found::new(id.clone(), arguments);
        found.tags = read_tags(group.tags.as_deref());
        found.computed = computed([
            ("arn", Some(cloud.arn("ec2", &owner, &format!("security-group/{id}")))),
            ("owner_id", Some(owner)),
        ]);
        found
    });
    Ok(found.collect())
}

pub(super) async fn groups(cloud: &Cloud, filters: Vec<Filter>) -> Result<Vec<Group>, Failure> {
    let ask = |token| {
        cloud.ec2.describe_security_groups().set_filters(Some(filters.clone())).set_next_token(token).send()
    };
    Ok(cloud
        .pages("ec2", "DescribeSecurityGroups", ask, |page| (page.security_groups, page.next_token))
        .await?)
}

/// Each network has one, and it can't be deleted.
pub(super) fn is_default(group: &Group) -> bool {
    group.group_name.as_deref() == Some("default")
}
