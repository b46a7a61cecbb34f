//! `aws_default_security_group`: adopted, emptied, and given back with the network.

use aws_sdk_ec2::types::Filter;
use provision_engine::driver::{Class, Failure};
use serde::{Deserialize, Serialize};

use super::rule::{self, Block};
use super::security_group::groups;
use super::{Which, filter, read_tags, tagged};
use crate::attributes::computed;
use crate::connection::Cloud;
use crate::kind::{Found, Kind, Known, Order, Wanted};
use crate::tags;

pub(crate) struct DefaultSecurityGroup;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    vpc_id: String,
    #[serde(default)]
    ingress: Vec<Block>,
    #[serde(default)]
    egress: Vec<Block>,
}

impl Kind for DefaultSecurityGroup {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_default_security_group";

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        described(cloud, Which::Of(&wanted.deployment).filters("")).await
    }

    /// Without our tags it is the network's own again.
    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        let filters =
            vec![filter("vpc-id", [known.arguments.vpc_id.as_str()]), filter("tag-key", [tags::ADDRESS])];
        Ok(described(cloud, filters).await?.pop())
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let vpc = &order.arguments.vpc_id;
        let filters = vec![filter("vpc-id", [vpc.as_str()]), filter("group-name", ["default"])];
        let id = groups(cloud, filters).await?.pop().and_then(|group| group.group_id).ok_or_else(|| {
            Failure::new(Class::NotYetConsistent, format!("`{vpc}` shows no default security group"))
        })?;
        super::tag(cloud, &id, &order.tags).await?;
        Ok(id)
    }

    async fn finish(cloud: &Cloud, id: &str, order: &Order<Arguments>) -> Result<(), Failure> {
        if !order.arguments.ingress.is_empty() || !order.arguments.egress.is_empty() {
            let message = "a default security group is emptied; rules belong into groups of their own";
            return Err(Failure::new(Class::Fatal, message));
        }
        let rules = rule::of_groups(cloud, &[id.to_owned()]).await?;
        for egress in [false, true] {
            let of_this_way = rules.iter().filter(|rule| rule.is_egress == Some(egress));
            rule::revoke(cloud, egress, id, of_this_way.filter_map(rule::id).collect()).await?;
        }
        Ok(())
    }

    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        Self::finish(cloud, &known.id, order).await
    }

    /// It can't be deleted; it stays empty, and goes with its network.
    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let keys = [tags::DEPLOYMENT, tags::ADDRESS, tags::GENERATION, "Name"];
        super::untag(cloud, &known.id, keys.map(str::to_owned).into()).await
    }

    tagged!();
}

async fn described(cloud: &Cloud, mut filters: Vec<Filter>) -> Result<Vec<Found<Arguments>>, Failure> {
    filters.push(filter("group-name", ["default"]));
    let groups = groups(cloud, filters).await?;
    let ids: Vec<String> = groups.iter().filter_map(|group| group.group_id.clone()).collect();
    let rules = rule::of_groups(cloud, &ids).await?;
    let found = groups.into_iter().map(|group| {
        let id = group.group_id.unwrap_or_default();
        let blocks = |egress: bool| {
            let of_it = |rule: &&aws_sdk_ec2::types::SecurityGroupRule| {
                rule.group_id.as_ref() == Some(&id) && rule.is_egress == Some(egress)
            };
            rules.iter().filter(of_it).map(Block::from).collect()
        };
        let arguments = Arguments {
            vpc_id: group.vpc_id.unwrap_or_default(),
            ingress: blocks(false),
            egress: blocks(true),
        };
        let owner = group.owner_id.unwrap_or_default();
        let mut found = Found::new(id.clone(), arguments);
        found.tags = read_tags(group.tags.as_deref());
        found.computed = computed([
            ("arn", Some(cloud.arn("ec2", &owner, &format!("security-group/{id}")))),
            ("name", group.group_name),
            ("description", group.description),
            ("owner_id", Some(owner)),
        ]);
        found
    });
    Ok(found.collect())
}
