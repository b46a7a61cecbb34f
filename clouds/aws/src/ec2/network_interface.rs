//! `aws_network_interface`

use aws_sdk_ec2::operation::describe_network_interfaces::DescribeNetworkInterfacesOutput;
use aws_sdk_ec2::types::{
    AttributeBooleanValue, Filter, NetworkInterface as Interface, NetworkInterfaceStatus as Status,
    ResourceType,
};
use provision_engine::driver::{Failure, State};
use serde::{Deserialize, Serialize};

use super::{Which, read_tags, specification, tagged};
use crate::attributes::computed;
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};

pub(crate) struct NetworkInterface;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    subnet_id: String,
    description: Option<String>,
    #[serde(default)]
    security_groups: Vec<String>,
    source_dest_check: Option<bool>,
}

impl Kind for NetworkInterface {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_network_interface";

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        describe(cloud, Which::Of(&wanted.deployment)).await
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        Ok(describe(cloud, Which::Id(&known.id)).await?.pop())
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let arguments = &order.arguments;
        let groups = Some(arguments.security_groups.clone()).filter(|groups| !groups.is_empty());
        let sent = cloud
            .ec2
            .create_network_interface()
            .subnet_id(&arguments.subnet_id)
            .set_description(arguments.description.clone())
            .set_groups(groups)
            .client_token(&order.token)
            .tag_specifications(specification(ResourceType::NetworkInterface, &order.tags))
            .send();
        let made = cloud.call("ec2", "CreateNetworkInterface", sent).await?;
        Ok(made.network_interface.and_then(|made| made.network_interface_id).unwrap_or_default())
    }

    async fn finish(cloud: &Cloud, id: &str, order: &Order<Arguments>) -> Result<(), Failure> {
        match order.arguments.source_dest_check {
            // A new one checks.
            Some(false) => check(cloud, id, false).await,
            _ => Ok(()),
        }
    }

    /// One attribute a call.
    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        let arguments = &order.arguments;
        let modify = || cloud.ec2.modify_network_interface_attribute().network_interface_id(&known.id);
        if order.changes("description") {
            let text = arguments.description.clone().unwrap_or_default();
            let text = aws_sdk_ec2::types::AttributeValue::builder().value(text).build();
            let sent = modify().description(text).send();
            cloud.call("ec2", "ModifyNetworkInterfaceAttribute", sent).await?;
        }
        if order.changes("security_groups") {
            let sent = modify().set_groups(Some(arguments.security_groups.clone())).send();
            cloud.call("ec2", "ModifyNetworkInterfaceAttribute", sent).await?;
        }
        if order.changes("source_dest_check") {
            check(cloud, &known.id, arguments.source_dest_check.unwrap_or(true)).await?;
        }
        Ok(())
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let sent = cloud.ec2.delete_network_interface().network_interface_id(&known.id).send();
        unless_gone(cloud.call("ec2", "DeleteNetworkInterface", sent).await).map(|_| ())
    }

    tagged!();
}

async fn check(cloud: &Cloud, id: &str, on: bool) -> Result<(), Failure> {
    let value = AttributeBooleanValue::builder().value(on).build();
    let ask = cloud.ec2.modify_network_interface_attribute().network_interface_id(id);
    let sent = ask.source_dest_check(value).send();
    Ok(cloud.call("ec2", "ModifyNetworkInterfaceAttribute", sent).await.map(|_| ())?)
}

pub(crate) async fn interfaces(cloud: &Cloud, filters: Vec<Filter>) -> Result<Vec<Interface>, Failure> {
    let ask = |token| {
        let ask = cloud.ec2.describe_network_interfaces().set_filters(Some(filters.clone()));
        ask.set_next_token(token).send()
    };
    let split = |page: DescribeNetworkInterfacesOutput| (page.network_interfaces, page.next_token);
    Ok(cloud.pages("ec2", "DescribeNetworkInterfaces", ask, split).await?)
}

async fn describe(cloud: &Cloud, which: Which<'_>) -> Result<Vec<Found<Arguments>>, Failure> {
    let interfaces = interfaces(cloud, which.filters("network-interface-id")).await?;
    let found = interfaces.into_iter().map(|interface| {
        let groups = interface.groups.unwrap_or_default().into_iter();
        let arguments = Arguments {
            subnet_id: interface.subnet_id.unwrap_or_default(),
            description: interface.description.filter(|text| !text.is_empty()),
            security_groups: groups.filter_map(|group| group.group_id).collect(),
            source_dest_check: interface.source_dest_check,
        };
        let id = interface.network_interface_id.unwrap_or_default();
        let owner = interface.owner_id.unwrap_or_default();
        let arn = cloud.arn("ec2", &owner, &format!("network-interface/{id}"));
        let mut found = Found::new(id, arguments);
        found.tags = read_tags(interface.tag_set.as_deref());
        found.state = match interface.status.as_ref().map(Status::as_str) {
            Some("pending") => State::Pending,
            _ => State::Ready,
        };
        found.computed = computed([
            ("arn", Some(arn)),
            ("mac_address", interface.mac_address),
            ("private_ip", interface.private_ip_address),
        ]);
        found
    });
    Ok(found.collect())
}
