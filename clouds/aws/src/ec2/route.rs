//! `aws_route`

use aws_sdk_ec2::types::{Route as Line, RouteOrigin, RouteTable};
use provision_engine::driver::Failure;
use serde::{Deserialize, Serialize};

use super::Which;
use super::route_table::tables;
use crate::attributes::computed;
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};

pub(crate) struct Route;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    route_table_id: String,
    destination_cidr_block: String,
    gateway_id: Option<String>,
    nat_gateway_id: Option<String>,
    network_interface_id: Option<String>,
    transit_gateway_id: Option<String>,
    vpc_peering_connection_id: Option<String>,
}

impl Kind for Route {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_route";

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let tables = tables(cloud, Which::Of(&wanted.deployment).filters("")).await?;
        Ok(tables.into_iter().flat_map(lines).collect())
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        let tables =
            tables(cloud, Which::Id(&known.arguments.route_table_id).filters("route-table-id")).await?;
        Ok(tables.into_iter().flat_map(lines).find(|found| found.id == known.id))
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let arguments = &order.arguments;
        let sent = cloud
            .ec2
            .create_route()
            .route_table_id(&arguments.route_table_id)
            .destination_cidr_block(&arguments.destination_cidr_block)
            .set_gateway_id(arguments.gateway_id.clone())
            .set_nat_gateway_id(arguments.nat_gateway_id.clone())
            .set_network_interface_id(arguments.network_interface_id.clone())
            .set_transit_gateway_id(arguments.transit_gateway_id.clone())
            .set_vpc_peering_connection_id(arguments.vpc_peering_connection_id.clone())
            .send();
        cloud.call("ec2", "CreateRoute", sent).await?;
        Ok(id(&arguments.route_table_id, &arguments.destination_cidr_block))
    }

    async fn update(cloud: &Cloud, _: &Known<Arguments>, order: &Order<Arguments>) -> Result<(), Failure> {
        let arguments = &order.arguments;
        let sent = cloud
            .ec2
            .replace_route()
            .route_table_id(&arguments.route_table_id)
            .destination_cidr_block(&arguments.destination_cidr_block)
            .set_gateway_id(arguments.gateway_id.clone())
            .set_nat_gateway_id(arguments.nat_gateway_id.clone())
            .set_network_interface_id(arguments.network_interface_id.clone())
            .set_transit_gateway_id(arguments.transit_gateway_id.clone())
            .set_vpc_peering_connection_id(arguments.vpc_peering_connection_id.clone())
            .send();
        Ok(cloud.call("ec2", "ReplaceRoute", sent).await.map(|_| ())?)
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let sent = cloud
            .ec2
            .delete_route()
            .route_table_id(&known.arguments.route_table_id)
            .destination_cidr_block(&known.arguments.destination_cidr_block)
            .send();
        unless_gone(cloud.call("ec2", "DeleteRoute", sent).await).map(|_| ())
    }
}

fn id(table: &str, destination: &str) -> String {
    format!("{table}_{destination}")
}

/// The lines that somebody wrote: not the network's own, not those that endpoints and other gateways brought.
fn lines(table: RouteTable) -> Vec<Found<Arguments>> {
    let id_of_table = table.route_table_id.unwrap_or_default();
    let written = |line: &Line| {
        line.origin == Some(RouteOrigin::CreateRoute)
            && !line.gateway_id.as_deref().is_some_and(|id| id == "local" || id.starts_with("vpce-"))
    };
    let lines = table.routes.unwrap_or_default().into_iter().filter(written);
    lines
        .filter_map(|line| {
            let destination = line.destination_cidr_block?;
            let arguments = Arguments {
                route_table_id: id_of_table.clone(),
                destination_cidr_block: destination.clone(),
                gateway_id: line.gateway_id,
                nat_gateway_id: line.nat_gateway_id,
                network_interface_id: line.network_interface_id,
                transit_gateway_id: line.transit_gateway_id,
                vpc_peering_connection_id: line.vpc_peering_connection_id,
            };
            let mut found = Found::new(id(&id_of_table, &destination), arguments);
            found.of_ours = true;
            found.computed = computed([
                ("state", line.state.map(|state| state.as_str().to_owned())),
                ("origin", line.origin.map(|origin| origin.as_str().to_owned())),
            ]);
            Some(found)
        })
        .collect()
}
