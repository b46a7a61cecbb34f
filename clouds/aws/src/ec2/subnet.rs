//! `aws_subnet`

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types::{AttributeBooleanValue, ResourceType, SubnetState};
use provision_engine::driver::{Failure, State};
use serde::{Deserialize, Serialize};

use super::blockers::{Holder, deleted};
use super::{VALUES, Which, filter, read_tags, specification, tagged};
use crate::attributes::computed;
use crate::connection::Cloud;
use crate::kind::{Found, Kind, Known, Order, Wanted};

pub(crate) struct Subnet;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    vpc_id: String,
    cidr_block: String,
    availability_zone: Option<String>,
    availability_zone_id: Option<String>,
    map_public_ip_on_launch: Option<bool>,
}

impl Kind for Subnet {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_subnet";

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        describe(cloud, Which::Of(&wanted.deployment)).await
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        Ok(describe(cloud, Which::Id(&known.id)).await?.pop())
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let arguments = &order.arguments;
        let sent = cloud
            .ec2
            .create_subnet()
            .vpc_id(&arguments.vpc_id)
            .cidr_block(&arguments.cidr_block)
            .set_availability_zone(arguments.availability_zone.clone())
            .set_availability_zone_id(arguments.availability_zone_id.clone())
            .tag_specifications(specification(ResourceType::Subnet, &order.tags))
            .send();
        let made = cloud.call("ec2", "CreateSubnet", sent).await?;
        Ok(made.subnet.and_then(|subnet| subnet.subnet_id).unwrap_or_default())
    }

    async fn finish(cloud: &Cloud, id: &str, order: &Order<Arguments>) -> Result<(), Failure> {
        match order.arguments.map_public_ip_on_launch {
            // A new subnet gives none.
            Some(true) => public_addresses(cloud, id, true).await,
            _ => Ok(()),
        }
    }

    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        public_addresses(cloud, &known.id, order.arguments.map_public_ip_on_launch.unwrap_or(false)).await
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let sent = cloud.ec2.delete_subnet().subnet_id(&known.id).send();
        let told = cloud.call("ec2", "DeleteSubnet", sent).await;
        deleted(cloud, Holder::Subnet, &known.id, told).await
    }

    tagged!();
}

/// The zones of these subnets, by their ids.
pub(crate) async fn zones(cloud: &Cloud, ids: BTreeSet<String>) -> Result<BTreeMap<String, String>, Failure> {
    let ids: Vec<String> = ids.into_iter().collect();
    let mut all = BTreeMap::new();
    for some in ids.chunks(VALUES) {
        let which = filter("subnet-id", some.to_vec());
        let subnets = cloud
            .pages(
                "ec2",
                "DescribeSubnets",
                |token| cloud.ec2.describe_subnets().filters(which.clone()).set_next_token(token).send(),
                |page| (page.subnets, page.next_token),
            )
            .await?;
        all.extend(
            subnets.into_iter().filter_map(|subnet| Some((subnet.subnet_id?, subnet.availability_zone?))),
        );
    }
    Ok(all)
}

async fn public_addresses(cloud: &Cloud, id: &str, on: bool) -> Result<(), Failure> {
    let value = AttributeBooleanValue::builder().value(on).build();
    let sent = cloud.ec2.modify_subnet_attribute().subnet_id(id).map_public_ip_on_launch(value).send();
    Ok(cloud.call("ec2", "ModifySubnetAttribute", sent).await.map(|_| ())?)
}

async fn describe(cloud: &Cloud, which: Which<'_>) -> Result<Vec<Found<Arguments>>, Failure> {
    let filters = which.filters("subnet-id");
    let subnets = cloud
        .pages(
            "ec2",
            "DescribeSubnets",
            |token| {
                cloud.ec2.describe_subnets().set_filters(Some(filters.clone())).set_next_token(token).send()
            },
            |page| (page.subnets, page.next_token),
        )
        .await?;
    let found = subnets.into_iter().map(|subnet| {
        let arguments = Arguments {
            vpc_id: subnet.vpc_id.unwrap_or_default(),
            cidr_block: subnet.cidr_block.unwrap_or_default(),
            availability_zone: subnet.availability_zone,
            availability_zone_id: subnet.availability_zone_id,
            map_public_ip_on_launch: subnet.map_public_ip_on_launch,
        };
        let mut found = Found::new(subnet.subnet_id.unwrap_or_default(), arguments);
        found.tags = read_tags(subnet.tags.as_deref());
        found.state = if subnet.state == Some(SubnetState::Pending) { State::Pending } else { State::Ready };
        found.computed = computed([("arn", subnet.subnet_arn), ("owner_id", subnet.owner_id)]);
        found
    });
    Ok(found.collect())
}
