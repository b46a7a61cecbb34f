//! `aws_route_table`, and what its lines and associations are read from.

use aws_sdk_ec2::types::{Filter, ResourceType, RouteTable as Table};
use provision_engine::driver::Failure;
use serde::{Deserialize, Serialize};

use super::{Which, read_tags, specification, tagged};
use crate::attributes::computed;
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};

pub(crate) struct RouteTable;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    vpc_id: String,
}

impl Kind for RouteTable {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_route_table";

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let tables = tables(cloud, Which::Of(&wanted.deployment).filters("")).await?;
        Ok(tables.into_iter().map(|table| found(cloud, table)).collect())
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        let mut tables = tables(cloud, Which::Id(&known.id).filters("route-table-id")).await?;
        Ok(tables.pop().map(|table| found(cloud, table)))
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let sent = cloud
            .ec2
            .create_route_table()
            .vpc_id(&order.arguments.vpc_id)
            .client_token(&order.token)
            .tag_specifications(specification(ResourceType::RouteTable, &order.tags))
            .send();
        let made = cloud.call("ec2", "CreateRouteTable", sent).await?;
        Ok(made.route_table.and_then(|table| table.route_table_id).unwrap_or_default())
    }

    async fn update(_: &Cloud, _: &Known<Arguments>, _: &Order<Arguments>) -> Result<(), Failure> {
        // Everything but its tags makes a new one.
        Ok(())
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let sent = cloud.ec2.delete_route_table().route_table_id(&known.id).send();
        unless_gone(cloud.call("ec2", "DeleteRouteTable", sent).await).map(|_| ())
    }

    tagged!();
}

fn found(cloud: &Cloud, table: Table) -> Found<Arguments> {
    let id = table.route_table_id.unwrap_or_default();
    let owner = table.owner_id.unwrap_or_default();
    let arn = cloud.arn("ec2", &owner, &format!("route-table/{id}"));
    let mut found = Found::new(id, Arguments { vpc_id: table.vpc_id.unwrap_or_default() });
    found.tags = read_tags(table.tags.as_deref());
    found.computed = computed([("arn", Some(arn)), ("owner_id", Some(owner))]);
    found
}

/// Tables with all that they hold.
pub(super) async fn tables(cloud: &Cloud, filters: Vec<Filter>) -> Result<Vec<Table>, Failure> {
    let ask = |token| {
        cloud.ec2.describe_route_tables().set_filters(Some(filters.clone())).set_next_token(token).send()
    };
    Ok(cloud.pages("ec2", "DescribeRouteTables", ask, |page| (page.route_tables, page.next_token)).await?)
}
