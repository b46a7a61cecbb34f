//! `aws_eip`

use aws_sdk_ec2::operation::allocate_address::builders::AllocateAddressFluentBuilder;
use aws_sdk_ec2::types::{DomainType, ResourceType};
use provision_engine::driver::Failure;
use serde::{Deserialize, Serialize};

use super::{Which, read_tags, specification, tagged};
use crate::attributes::computed;
use crate::connection::Cloud;
use crate::failure::{Failed, unless_gone};
use crate::kind::{Found, Kind, Known, Order, Wanted};

pub(crate) struct Address;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    domain: Option<String>,
    network_border_group: Option<String>,
    public_ipv4_pool: Option<String>,
}

impl Kind for Address {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_eip";

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        describe(cloud, Which::Of(&wanted.deployment)).await
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        Ok(describe(cloud, Which::Id(&known.id)).await?.pop())
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let made = cloud.call("ec2", "AllocateAddress", ask(cloud, order).send()).await?;
        Ok(made.allocation_id.unwrap_or_default())
    }

    async fn rehearse(cloud: &Cloud, order: &Order<Arguments>) -> Result<(), Failed> {
        let sent = ask(cloud, order).dry_run(true).send();
        cloud.call("ec2", "AllocateAddress", sent).await.map(|_| ())
    }

    async fn update(_: &Cloud, _: &Known<Arguments>, _: &Order<Arguments>) -> Result<(), Failure> {
        // Everything but its tags makes a new one.
        Ok(())
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let sent = cloud.ec2.release_address().allocation_id(&known.id).send();
        unless_gone(cloud.call("ec2", "ReleaseAddress", sent).await).map(|_| ())
    }

    tagged!();
}

fn ask(cloud: &Cloud, order: &Order<Arguments>) -> AllocateAddressFluentBuilder {
    let arguments = &order.arguments;
    cloud
        .ec2
        .allocate_address()
        .domain(arguments.domain.as_deref().map_or(DomainType::Vpc, Into::into))
        .set_network_border_group(arguments.network_border_group.clone())
        .set_public_ipv4_pool(arguments.public_ipv4_pool.clone())
        .tag_specifications(specification(ResourceType::ElasticIp, &order.tags))
}

async fn describe(cloud: &Cloud, which: Which<'_>) -> Result<Vec<Found<Arguments>>, Failure> {
    let sent = cloud.ec2.describe_addresses().set_filters(Some(which.filters("allocation-id"))).send();
    let addresses = cloud.call("ec2", "DescribeAddresses", sent).await?.addresses.unwrap_or_default();
    let found = addresses.into_iter().map(|address| {
        let id = address.allocation_id.unwrap_or_default();
        let arguments = Arguments {
            domain: address.domain.map(|domain| domain.as_str().to_owned()),
            network_border_group: address.network_border_group,
            public_ipv4_pool: None,
        };
        let mut found = Found::new(id.clone(), arguments);
        found.tags = read_tags(address.tags.as_deref());
        found.computed = computed([
            ("allocation_id", Some(id)),
            ("association_id", address.association_id),
            ("public_ip", address.public_ip),
            ("private_ip", address.private_ip_address),
        ]);
        found
    });
    Ok(found.collect())
}
