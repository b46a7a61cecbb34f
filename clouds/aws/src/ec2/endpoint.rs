//! `aws_vpc_endpoint`

use aws_sdk_ec2::types::{ResourceType, State as Reported, UnsuccessfulItem, VpcEndpoint};
use provision_engine::driver::{Failure, State};
use serde::{Deserialize, Serialize};

use super::{Which, read_tags, specification, tagged};
use crate::attributes::computed;
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};

pub(crate) struct Endpoint;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    vpc_id: String,
    service_name: String,
    vpc_endpoint_type: Option<String>,
    #[serde(default)]
    route_table_ids: Vec<String>,
    #[serde(default)]
    subnet_ids: Vec<String>,
    #[serde(default)]
    security_group_ids: Vec<String>,
    private_dns_enabled: Option<bool>,
    policy: Option<String>,
}

impl Kind for Endpoint {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_vpc_endpoint";

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        describe(cloud, Which::Of(&wanted.deployment)).await
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        Ok(describe(cloud, Which::Id(&known.id)).await?.pop())
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let arguments = &order.arguments;
        let some = |ids: &Vec<String>| (!ids.is_empty()).then(|| ids.clone());
        let sent = cloud
            .ec2
            .create_vpc_endpoint()
            .vpc_id(&arguments.vpc_id)
            .service_name(&arguments.service_name)
            .set_vpc_endpoint_type(arguments.vpc_endpoint_type.as_deref().map(Into::into))
            .set_route_table_ids(some(&arguments.route_table_ids))
            .set_subnet_ids(some(&arguments.subnet_ids))
            .set_security_group_ids(some(&arguments.security_group_ids))
            .set_private_dns_enabled(arguments.private_dns_enabled)
            .set_policy_document(arguments.policy.clone())
            .client_token(&order.token)
            .tag_specifications(specification(ResourceType::VpcEndpoint, &order.tags))
            .send();
        let made = cloud.call("ec2", "CreateVpcEndpoint", sent).await?;
        Ok(made.vpc_endpoint.and_then(|endpoint| endpoint.vpc_endpoint_id).unwrap_or_default())
    }

    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        let (before, after) = (&known.arguments, &order.arguments);
        let sent = cloud
            .ec2
            .modify_vpc_endpoint()
            .vpc_endpoint_id(&known.id)
            .set_add_route_table_ids(beyond(&after.route_table_ids, &before.route_table_ids))
            .set_remove_route_table_ids(beyond(&before.route_table_ids, &after.route_table_ids))
            .set_add_subnet_ids(beyond(&after.subnet_ids, &before.subnet_ids))
            .set_remove_subnet_ids(beyond(&before.subnet_ids, &after.subnet_ids))
            .set_add_security_group_ids(beyond(&after.security_group_ids, &before.security_group_ids))
            .set_remove_security_group_ids(beyond(&before.security_group_ids, &after.security_group_ids))
            .set_private_dns_enabled(
                after.private_dns_enabled.filter(|_| order.changes("private_dns_enabled")),
            )
            .set_policy_document(after.policy.clone().filter(|_| order.changes("policy")))
            .send();
        Ok(cloud.call("ec2", "ModifyVpcEndpoint", sent).await.map(|_| ())?)
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let sent = cloud.ec2.delete_vpc_endpoints().vpc_endpoint_ids(&known.id).send();
        let told = unless_gone(cloud.call("ec2", "DeleteVpcEndpoints", sent).await)?;
        all_done("ec2:DeleteVpcEndpoints", told.and_then(|told| told.unsuccessful))
    }

    tagged!();
}

/// What stands in the one list and not in the other; none for nothing.
fn beyond(list: &[String], other: &[String]) -> Option<Vec<String>> {
    let more: Vec<String> = list.iter().filter(|id| !other.contains(id)).cloned().collect();
    (!more.is_empty()).then_some(more)
}

/// Calls about several things at once succeed as a whole and tell in their answer what they didn't do.
pub(super) fn all_done(action: &str, unsuccessful: Option<Vec<UnsuccessfulItem>>) -> Result<(), Failure> {
    let error = unsuccessful.unwrap_or_default().into_iter().find_map(|item| item.error);
    let Some(error) = error else { return Ok(()) };
    let (code, message) = (error.code.unwrap_or_default(), error.message.unwrap_or_default());
    unless_gone(Err::<(), _>(crate::failure::said(action, &code, &message, 400))).map(|_| ())
}

async fn describe(cloud: &Cloud, which: Which<'_>) -> Result<Vec<Found<Arguments>>, Failure> {
    let (filters, ids) = match which {
        Which::Of(_) => (Some(which.filters("")), None),
        Which::Id(id) => (None, Some(vec![id.to_owned()])),
    };
    let ask = |token| {
        let ask = cloud.ec2.describe_vpc_endpoints().set_filters(filters.clone());
        ask.set_vpc_endpoint_ids(ids.clone()).set_next_token(token).send()
    };
    let endpoints =
        cloud.pages("ec2", "DescribeVpcEndpoints", ask, |page| (page.vpc_endpoints, page.next_token)).await;
    let endpoints = unless_gone(endpoints)?.unwrap_or_default();
    Ok(endpoints.into_iter().map(|endpoint| found(cloud, endpoint)).collect())
}

fn found(cloud: &Cloud, endpoint: VpcEndpoint) -> Found<Arguments> {
    let id = endpoint.vpc_endpoint_id.unwrap_or_default();
    let groups = endpoint.groups.unwrap_or_default().into_iter();
    let arguments = Arguments {
        vpc_id: endpoint.vpc_id.unwrap_or_default(),
        service_name: endpoint.service_name.unwrap_or_default(),
        vpc_endpoint_type: endpoint.vpc_endpoint_type.map(|kind| kind.as_str().to_owned()),
        route_table_ids: endpoint.route_table_ids.unwrap_or_default(),
        subnet_ids: endpoint.subnet_ids.unwrap_or_default(),
        security_group_ids: groups.filter_map(|group| group.group_id).collect(),
        private_dns_enabled: endpoint.private_dns_enabled,
        policy: endpoint.policy_document,
    };
    let owner = endpoint.owner_id.unwrap_or_default();
    let arn = cloud.arn("ec2", &owner, &format!("vpc-endpoint/{id}"));
    let mut found = Found::new(id, arguments);
    // The service writes its states small in answers, large in its documentation.
    let state = endpoint.state.as_ref().map(|state: &Reported| state.as_str().to_lowercase());
    found.gone = matches!(state.as_deref(), Some("deleted" | "expired"));
    found.state = match state.as_deref() {
        Some("pending" | "pendingacceptance") => State::Pending,
        Some("deleting") => State::Deleting,
        Some("failed" | "rejected") => State::Failed,
        _ => State::Ready,
    };
    found.reason = endpoint.last_error.and_then(|error| error.message);
    found.tags = read_tags(endpoint.tags.as_deref());
    found.computed = computed([("arn", Some(arn)), ("owner_id", Some(owner)), ("state", state)]);
    found
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::UnsuccessfulItemError;
    use provision_engine::driver::Class;

    use super::*;

    #[test]
    fn what_an_answer_says_was_not_done_is_a_failure() {
        let item = |code: &str| {
            let error = UnsuccessfulItemError::builder().code(code).message("no").build();
            Some(vec![UnsuccessfulItem::builder().error(error).build()])
        };
        assert_eq!(all_done("x", item("DependencyViolation")).unwrap_err().class, Class::Conflict);
        assert!(all_done("x", item("InvalidVpcEndpointId.NotFound")).is_ok());
        assert!(all_done("x", None).is_ok());
    }
}
