//! `aws_route_table_association`

use aws_sdk_ec2::types::{RouteTable, RouteTableAssociationStateCode as Code};
use provision_engine::driver::{Failure, State};
use serde::{Deserialize, Serialize};

use super::Which;
use super::route_table::tables;
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};

pub(crate) struct RouteTableAssociation;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    subnet_id: String,
    route_table_id: String,
}

impl Kind for RouteTableAssociation {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_route_table_association";

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let tables = tables(cloud, Which::Of(&wanted.deployment).filters("")).await?;
        Ok(tables.into_iter().flat_map(associations).collect())
    }

    /// By the subnet, which has one: another table gives it another id.
    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        let subnet = &known.arguments.subnet_id;
        let tables = tables(cloud, Which::Id(subnet).filters("association.subnet-id")).await?;
        Ok(tables.into_iter().flat_map(associations).find(|found| found.arguments.subnet_id == *subnet))
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let sent = cloud
            .ec2
            .associate_route_table()
            .subnet_id(&order.arguments.subnet_id)
            .route_table_id(&order.arguments.route_table_id)
            .send();
        let made = cloud.call("ec2", "AssociateRouteTable", sent).await?;
        Ok(made.association_id.unwrap_or_default())
    }

    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        let sent = cloud
            .ec2
            .replace_route_table_association()
            .association_id(&known.id)
            .route_table_id(&order.arguments.route_table_id)
            .send();
        match cloud.call("ec2", "ReplaceRouteTableAssociation", sent).await {
            // An answer that was lost: the old id is gone because the new table is there already.
            Err(failed) if failed.is_gone() => {
                let now = Self::look(cloud, known).await?;
                let done =
                    now.is_some_and(|now| now.arguments.route_table_id == order.arguments.route_table_id);
                if done { Ok(()) } else { Err(failed.into()) }
            }
            result => Ok(result.map(|_| ())?),
        }
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let sent = cloud.ec2.disassociate_route_table().association_id(&known.id).send();
        unless_gone(cloud.call("ec2", "DisassociateRouteTable", sent).await).map(|_| ())
    }
}

fn associations(table: RouteTable) -> Vec<Found<Arguments>> {
    let id_of_table = table.route_table_id.unwrap_or_default();
    let associations = table.associations.unwrap_or_default().into_iter();
    associations
        .filter_map(|association| {
            let arguments =
                Arguments { subnet_id: association.subnet_id?, route_table_id: id_of_table.clone() };
            let mut found = Found::new(association.route_table_association_id.unwrap_or_default(), arguments);
            let state = association.association_state.and_then(|state| state.state);
            found.of_ours = true;
            found.gone = state == Some(Code::Disassociated);
            found.state = match state {
                Some(Code::Associating) => State::Pending,
                Some(Code::Disassociating) => State::Deleting,
                Some(Code::Failed) => State::Failed,
                _ => State::Ready,
            };
            Some(found)
        })
        .collect()
}
