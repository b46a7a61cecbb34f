//! `aws_db_subnet_group`

use aws_sdk_rds::types::DbSubnetGroup;
use provision_engine::driver::Failure;
use serde::{Deserialize, Serialize};

use super::{tagged, tags, written};
use crate::attributes::computed;
use crate::belonging::{adopted, may_be_ours};
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};

pub(crate) struct SubnetGroup;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    name: String,
    description: Option<String>,
    subnet_ids: Vec<String>,
}

impl Kind for SubnetGroup {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_db_subnet_group";

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let groups = cloud
            .pages(
                "rds",
                "DescribeDBSubnetGroups",
                |marker| cloud.rds.describe_db_subnet_groups().set_marker(marker).send(),
                |page| (page.db_subnet_groups, page.marker),
            )
            .await?;
        let mut all = Vec::new();
        for group in groups {
            if may_be_ours(group.db_subnet_group_name().unwrap_or_default(), wanted) {
                all.extend(described(cloud, group).await?);
            }
        }
        Ok(all)
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        named(cloud, &known.id).await
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let arguments = &order.arguments;
        let sent = cloud
            .rds
            .create_db_subnet_group()
            .db_subnet_group_name(&arguments.name)
            .db_subnet_group_description(description(arguments))
            .set_subnet_ids(Some(arguments.subnet_ids.clone()))
            .set_tags(Some(written(&order.tags)))
            .send();
        match cloud.call("rds", "CreateDBSubnetGroup", sent).await {
            Ok(_) => Ok(arguments.name.to_lowercase()),
            Err(failed) if failed.code.contains("AlreadyExists") => {
                adopted(order, named(cloud, &arguments.name).await?, failed)
            }
            Err(failed) => Err(failed.into()),
        }
    }

    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        let sent = cloud
            .rds
            .modify_db_subnet_group()
            .db_subnet_group_name(&known.id)
            .db_subnet_group_description(description(&order.arguments))
            .set_subnet_ids(Some(order.arguments.subnet_ids.clone()))
            .send();
        Ok(cloud.call("rds", "ModifyDBSubnetGroup", sent).await.map(|_| ())?)
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let sent = cloud.rds.delete_db_subnet_group().db_subnet_group_name(&known.id).send();
        unless_gone(cloud.call("rds", "DeleteDBSubnetGroup", sent).await).map(|_| ())
    }

    tagged!();
}

/// The default that Terraform writes; the service wants one.
fn description(arguments: &Arguments) -> &str {
    arguments.description.as_deref().unwrap_or("Managed by Terraform")
}

async fn named(cloud: &Cloud, name: &str) -> Result<Option<Found<Arguments>>, Failure> {
    let sent = cloud.rds.describe_db_subnet_groups().db_subnet_group_name(name).send();
    let told = unless_gone(cloud.call("rds", "DescribeDBSubnetGroups", sent).await)?;
    match told.and_then(|told| told.db_subnet_groups?.pop()) {
        Some(group) => described(cloud, group).await,
        None => Ok(None),
    }
}

async fn described(cloud: &Cloud, group: DbSubnetGroup) -> Result<Option<Found<Arguments>>, Failure> {
    let arn = group.db_subnet_group_arn.unwrap_or_default();
    let Some(tags) = tags(cloud, &arn).await? else { return Ok(None) };
    let name = group.db_subnet_group_name.unwrap_or_default();
    let subnets = group.subnets.unwrap_or_default().into_iter().filter_map(|subnet| subnet.subnet_identifier);
    let arguments = Arguments {
        name: name.clone(),
        description: group.db_subnet_group_description,
        subnet_ids: subnets.collect(),
    };
    let mut found = Found::new(name, arguments);
    found.computed = computed([("arn", Some(arn)), ("vpc_id", group.vpc_id)]);
    found.tags = tags;
    Ok(Some(found))
}
