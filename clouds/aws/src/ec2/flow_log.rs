//! `aws_flow_log`

use aws_sdk_ec2::types::{FlowLog as Log, FlowLogsResourceType, ResourceType};
use provision_engine::driver::Failure;
use serde::{Deserialize, Serialize};

use super::endpoint::all_done;
use super::{Which, read_tags, specification, tagged};
use crate::attributes::computed;
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};

pub(crate) struct FlowLog;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    vpc_id: Option<String>,
    subnet_id: Option<String>,
    eni_id: Option<String>,
    traffic_type: Option<String>,
    log_destination: Option<String>,
    log_destination_type: Option<String>,
    log_format: Option<String>,
    iam_role_arn: Option<String>,
    max_aggregation_interval: Option<i32>,
}

impl Kind for FlowLog {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_flow_log";

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        describe(cloud, Which::Of(&wanted.deployment)).await
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        Ok(describe(cloud, Which::Id(&known.id)).await?.pop())
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let arguments = &order.arguments;
        let (kind, of) = match (&arguments.vpc_id, &arguments.subnet_id, &arguments.eni_id) {
            (Some(id), _, _) => (FlowLogsResourceType::Vpc, Some(id.clone())),
            (_, Some(id), _) => (FlowLogsResourceType::Subnet, Some(id.clone())),
            (.., id) => (FlowLogsResourceType::NetworkInterface, id.clone()),
        };
        let sent = cloud
            .ec2
            .create_flow_logs()
            .resource_type(kind)
            .set_resource_ids(Some(of.into_iter().collect()))
            .set_traffic_type(arguments.traffic_type.as_deref().map(Into::into))
            .set_log_destination_type(arguments.log_destination_type.as_deref().map(Into::into))
            .set_log_destination(arguments.log_destination.clone())
            .set_log_format(arguments.log_format.clone())
            .set_deliver_logs_permission_arn(arguments.iam_role_arn.clone())
            .set_max_aggregation_interval(arguments.max_aggregation_interval)
            .client_token(&order.token)
            .tag_specifications(specification(ResourceType::VpcFlowLog, &order.tags))
            .send();
        let made = cloud.call("ec2", "CreateFlowLogs", sent).await?;
        all_done("ec2:CreateFlowLogs", made.unsuccessful)?;
        Ok(made.flow_log_ids.and_then(|mut ids| ids.pop()).unwrap_or_default())
    }

    async fn update(_: &Cloud, _: &Known<Arguments>, _: &Order<Arguments>) -> Result<(), Failure> {
        // Everything but its tags makes a new one.
        Ok(())
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let sent = cloud.ec2.delete_flow_logs().flow_log_ids(&known.id).send();
        let told = unless_gone(cloud.call("ec2", "DeleteFlowLogs", sent).await)?;
        all_done("ec2:DeleteFlowLogs", told.and_then(|told| told.unsuccessful))
    }

    tagged!();
}

async fn describe(cloud: &Cloud, which: Which<'_>) -> Result<Vec<Found<Arguments>>, Failure> {
    let filters = which.filters("flow-log-id");
    // The service knows no filter by id: it has a list for that.
    let ids = match which {
        Which::Of(_) => None,
        Which::Id(id) => Some(vec![id.to_owned()]),
    };
    let filters = ids.is_none().then_some(filters);
    let ask = |token| {
        let ask = cloud.ec2.describe_flow_logs().set_filter(filters.clone()).set_flow_log_ids(ids.clone());
        ask.set_next_token(token).send()
    };
    let logs = cloud.pages("ec2", "DescribeFlowLogs", ask, |page| (page.flow_logs, page.next_token)).await;
    Ok(unless_gone(logs)?.unwrap_or_default().into_iter().map(|log| found(cloud, log)).collect())
}

fn found(cloud: &Cloud, log: Log) -> Found<Arguments> {
    let of = |prefix: &str| log.resource_id.clone().filter(|id| id.starts_with(prefix));
    let arguments = Arguments {
        vpc_id: of("vpc-"),
        subnet_id: of("subnet-"),
        eni_id: of("eni-"),
        traffic_type: log.traffic_type.map(|kind| kind.as_str().to_owned()),
        // A log group's name may come back as all of its streams.
        log_destination: log.log_destination.map(|arn| arn.trim_end_matches(":*").to_owned()),
        log_destination_type: log.log_destination_type.map(|kind| kind.as_str().to_owned()),
        log_format: log.log_format,
        iam_role_arn: log.deliver_logs_permission_arn,
        max_aggregation_interval: log.max_aggregation_interval,
    };
    let id = log.flow_log_id.unwrap_or_default();
    // An account's number stands in none of its fields but those of what it writes with.
    let account = arguments.iam_role_arn.as_deref().and_then(|arn| arn.split(':').nth(4)).unwrap_or_default();
    let arn = cloud.arn("ec2", account, &format!("vpc-flow-log/{id}"));
    let mut found = Found::new(id, arguments);
    found.tags = read_tags(log.tags.as_deref());
    found.computed = computed([("arn", Some(arn)), ("log_group_name", log.log_group_name)]);
    found
}
