//! `aws_db_parameter_group`

use aws_sdk_rds::types::{DbParameterGroup, Parameter as Given};
use provision_engine::driver::Failure;
use serde::{Deserialize, Serialize};

use super::{tagged, tags, written};
use crate::attributes::computed;
use crate::belonging::{adopted, may_be_ours};
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};

pub(crate) struct ParameterGroup;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    name: String,
    description: Option<String>,
    family: String,
    #[serde(default)]
    parameter: Vec<Parameter>,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Parameter {
    name: String,
    value: String,
    apply_method: Option<String>,
}

/// As many as one call changes (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBParameterGroup.html).
const AT_ONCE: usize = 20;

impl Kind for ParameterGroup {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_db_parameter_group";

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let groups = cloud
            .pages(
                "rds",
                "DescribeDBParameterGroups",
                |marker| cloud.rds.describe_db_parameter_groups().set_marker(marker).send(),
                |page| (page.db_parameter_groups, page.marker),
            )
            .await?;
        let mut all = Vec::new();
        for group in groups {
            if may_be_ours(group.db_parameter_group_name().unwrap_or_default(), wanted) {
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
            .create_db_parameter_group()
            .db_parameter_group_name(&arguments.name)
            .db_parameter_group_family(&arguments.family)
            .description(arguments.description.as_deref().unwrap_or("Managed by Terraform"))
            .set_tags(Some(written(&order.tags)))
            .send();
        match cloud.call("rds", "CreateDBParameterGroup", sent).await {
            Ok(_) => Ok(arguments.name.to_lowercase()),
            Err(failed) if failed.code.contains("AlreadyExists") => {
                adopted(order, named(cloud, &arguments.name).await?, failed)
            }
            Err(failed) => Err(failed.into()),
        }
    }

    async fn finish(cloud: &Cloud, id: &str, order: &Order<Arguments>) -> Result<(), Failure> {
        set(cloud, id, &order.arguments.parameter).await
    }

    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        let wanted = &order.arguments.parameter;
        let (named, has) =
            (|name: &str| wanted.iter().any(|other| other.name == name), &known.arguments.parameter);
        let dropped: Vec<Parameter> = has.iter().filter(|given| !named(&given.name)).cloned().collect();
        for some in dropped.chunks(AT_ONCE) {
            let ask = cloud.rds.reset_db_parameter_group().db_parameter_group_name(&known.id);
            let sent = ask.set_parameters(Some(some.iter().map(asked).collect())).send();
            cloud.call("rds", "ResetDBParameterGroup", sent).await?;
        }
        let changed: Vec<Parameter> = wanted.iter().filter(|given| !has.contains(given)).cloned().collect();
        set(cloud, &known.id, &changed).await
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let sent = cloud.rds.delete_db_parameter_group().db_parameter_group_name(&known.id).send();
        unless_gone(cloud.call("rds", "DeleteDBParameterGroup", sent).await).map(|_| ())
    }

    tagged!();
}

async fn set(cloud: &Cloud, name: &str, parameters: &[Parameter]) -> Result<(), Failure> {
    for some in parameters.chunks(AT_ONCE) {
        let ask = cloud.rds.modify_db_parameter_group().db_parameter_group_name(name);
        let sent = ask.set_parameters(Some(some.iter().map(asked).collect())).send();
        cloud.call("rds", "ModifyDBParameterGroup", sent).await?;
    }
    Ok(())
}

fn asked(parameter: &Parameter) -> Given {
    Given::builder()
        .parameter_name(&parameter.name)
        .parameter_value(&parameter.value)
        .apply_method(parameter.apply_method.as_deref().unwrap_or("immediate").into())
        .build()
}

async fn named(cloud: &Cloud, name: &str) -> Result<Option<Found<Arguments>>, Failure> {
    let sent = cloud.rds.describe_db_parameter_groups().db_parameter_group_name(name).send();
    let told = unless_gone(cloud.call("rds", "DescribeDBParameterGroups", sent).await)?;
    match told.and_then(|told| told.db_parameter_groups?.pop()) {
        Some(group) => described(cloud, group).await,
        None => Ok(None),
    }
}

async fn described(cloud: &Cloud, group: DbParameterGroup) -> Result<Option<Found<Arguments>>, Failure> {
    let arn = group.db_parameter_group_arn.unwrap_or_default();
    let Some(tags) = tags(cloud, &arn).await? else { return Ok(None) };
    let name = group.db_parameter_group_name.unwrap_or_default();
    let parameters = cloud
        .pages(
            "rds",
            "DescribeDBParameters",
            |marker| {
                let ask = cloud.rds.describe_db_parameters().db_parameter_group_name(&name);
                ask.source("user").set_marker(marker).send()
            },
            |page| (page.parameters, page.marker),
        )
        .await?;
    let set = parameters.into_iter().filter_map(|given| {
        let method = given.apply_method.map(|method| method.as_str().to_owned());
        Some(Parameter { name: given.parameter_name?, value: given.parameter_value?, apply_method: method })
    });
    let arguments = Arguments {
        name: name.clone(),
        description: group.description,
        family: group.db_parameter_group_family.unwrap_or_default(),
        parameter: set.collect(),
    };
    let mut found = Found::new(name, arguments);
    found.computed = computed([("arn", Some(arn))]);
    found.tags = tags;
    Ok(Some(found))
}
