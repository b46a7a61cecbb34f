//! `aws_nat_gateway`

use aws_sdk_ec2::types::{NatGatewayState, ResourceType};
use provision_engine::driver::{Failure, State};
use serde::{Deserialize, Serialize};

use super::{Which, read_tags, specification, tagged};
use crate::attributes::computed;
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};

pub(crate) struct NatGateway;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    subnet_id: String,
    allocation_id: Option<String>,
    connectivity_type: Option<String>,
    private_ip: Option<String>,
}

impl Kind for NatGateway {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_nat_gateway";

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
            .create_nat_gateway()
            .subnet_id(&arguments.subnet_id)
            .set_allocation_id(arguments.allocation_id.clone())
            .set_connectivity_type(arguments.connectivity_type.as_deref().map(Into::into))
            .set_private_ip_address(arguments.private_ip.clone())
            .client_token(&order.token)
            .tag_specifications(specification(ResourceType::Natgateway, &order.tags))
            .send();
        let made = cloud.call("ec2", "CreateNatGateway", sent).await?;
        Ok(made.nat_gateway.and_then(|gateway| gateway.nat_gateway_id).unwrap_or_default())
    }

    async fn update(_: &Cloud, _: &Known<Arguments>, _: &Order<Arguments>) -> Result<(), Failure> {
        // Everything but its tags makes a new one.
        Ok(())
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let sent = cloud.ec2.delete_nat_gateway().nat_gateway_id(&known.id).send();
        unless_gone(cloud.call("ec2", "DeleteNatGateway", sent).await).map(|_| ())
    }

    tagged!();
}

async fn describe(cloud: &Cloud, which: Which<'_>) -> Result<Vec<Found<Arguments>>, Failure> {
    let filters = which.filters("nat-gateway-id");
    let ask = |token| {
        cloud.ec2.describe_nat_gateways().set_filter(Some(filters.clone())).set_next_token(token).send()
    };
    let gateways =
        cloud.pages("ec2", "DescribeNatGateways", ask, |page| (page.nat_gateways, page.next_token)).await?;
    let found = gateways.into_iter().map(|gateway| {
        let addresses = gateway.nat_gateway_addresses.unwrap_or_default();
        // Those beyond the first are secondary.
        let address = addresses
            .into_iter()
            .find(|address| address.is_primary != Some(false))
            .unwrap_or_else(|| aws_sdk_ec2::types::NatGatewayAddress::builder().build());
        let arguments = Arguments {
            subnet_id: gateway.subnet_id.unwrap_or_default(),
            allocation_id: address.allocation_id,
            connectivity_type: gateway.connectivity_type.map(|kind| kind.as_str().to_owned()),
            private_ip: address.private_ip,
        };
        let mut found = Found::new(gateway.nat_gateway_id.unwrap_or_default(), arguments);
        found.tags = read_tags(gateway.tags.as_deref());
        found.gone = gateway.state == Some(NatGatewayState::Deleted);
        found.state = match gateway.state {
            Some(NatGatewayState::Pending) => State::Pending,
            Some(NatGatewayState::Deleting) => State::Deleting,
            Some(NatGatewayState::Failed) => State::Failed,
            _ => State::Ready,
        };
        found.reason = gateway.failure_message.or(gateway.failure_code);
        found.computed = computed([
            ("public_ip", address.public_ip),
            ("network_interface_id", address.network_interface_id),
            ("association_id", address.association_id),
        ]);
        found
    });
    Ok(found.collect())
}
