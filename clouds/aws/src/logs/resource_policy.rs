//! `aws_cloudwatch_log_resource_policy`: it can't have tags, so it is ours as long as the group that it is about is.

use aws_sdk_cloudwatchlogs::types::ResourcePolicy;
use provision_engine::driver::{Class, Failure};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::tags_of;
use crate::belonging::{is_of, may_be_ours};
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};

pub(super) struct Policy;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    policy_name: String,
    policy_document: String,
}

impl Kind for Policy {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_cloudwatch_log_resource_policy";

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let mut found = Vec::new();
        for policy in all(cloud).await? {
            if may_be_ours(policy.policy_name().unwrap_or_default(), wanted) {
                let ours = is_ours(cloud, &policy, &wanted.deployment).await?;
                found.push(live(policy, ours));
            }
        }
        Ok(found)
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        Ok(named(cloud, &known.id).await?.map(|policy| live(policy, false)))
    }

    /// The call writes over what has the name already.
    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let name = &order.arguments.policy_name;
        if let Some(policy) = named(cloud, name).await?
            && !is_ours(cloud, &policy, &order.deployment).await?
        {
            let message = format!(
                "`{name}` has the name that {} wants, and it is not this deployment's",
                order.address
            );
            return Err(Failure { class: Class::Conflict, message, blockers: vec![name.clone()] });
        }
        put(cloud, &order.arguments).await?;
        Ok(name.clone())
    }

    async fn update(cloud: &Cloud, _: &Known<Arguments>, order: &Order<Arguments>) -> Result<(), Failure> {
        put(cloud, &order.arguments).await
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let sent = cloud.logs.delete_resource_policy().policy_name(&known.id).send();
        unless_gone(cloud.call("logs", "DeleteResourcePolicy", sent).await).map(|_| ())
    }
}

async fn all(cloud: &Cloud) -> Result<Vec<ResourcePolicy>, Failure> {
    let ask = |token| cloud.logs.describe_resource_policies().set_next_token(token).send();
    let split =
        |page: aws_sdk_cloudwatchlogs::operation::describe_resource_policies::DescribeResourcePoliciesOutput| {
            (page.resource_policies, page.next_token)
        };
    Ok(cloud.pages("logs", "DescribeResourcePolicies", ask, split).await?)
}

async fn named(cloud: &Cloud, name: &str) -> Result<Option<ResourcePolicy>, Failure> {
    Ok(all(cloud).await?.into_iter().find(|policy| policy.policy_name() == Some(name)))
}

async fn put(cloud: &Cloud, arguments: &Arguments) -> Result<(), Failure> {
    let ask = cloud.logs.put_resource_policy().policy_name(&arguments.policy_name);
    let sent = ask.policy_document(&arguments.policy_document).send();
    Ok(cloud.call("logs", "PutResourcePolicy", sent).await.map(|_| ())?)
}

async fn is_ours(cloud: &Cloud, policy: &ResourcePolicy, deployment: &str) -> Result<bool, Failure> {
    let Some(group) = group(policy.policy_document().unwrap_or_default()) else { return Ok(false) };
    Ok(tags_of(cloud, &group).await?.is_some_and(|tags| is_of(&tags, deployment)))
}

/// The group of logs that a document is about, where it is about one.
fn group(document: &str) -> Option<String> {
    let document: Json = serde_json::from_str(document).ok()?;
    let [statement] = &document["Statement"].as_array()?[..] else { return None };
    let resource = match &statement["Resource"] {
        Json::Array(items) if items.len() == 1 => &items[0],
        one => one,
    };
    let group = resource.as_str()?.trim_end_matches(":*");
    (group.contains(":log-group:") && !group.contains('*')).then(|| group.to_owned())
}

fn live(policy: ResourcePolicy, ours: bool) -> Found<Arguments> {
    let name = policy.policy_name.unwrap_or_default();
    let arguments =
        Arguments { policy_name: name.clone(), policy_document: policy.policy_document.unwrap_or_default() };
    let mut found = Found::new(name, arguments);
    found.of_ours = ours;
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_about_one_group_or_about_nobodys() {
        let about = |resource: &str| group(&format!(r#"{{"Statement": [{{"Resource": {resource}}}]}}"#));
        let one = "arn:aws:logs:eu-west-1:123456789012:log-group:/provision/orders-search";
        assert_eq!(about(&format!("\"{one}:*\"")).as_deref(), Some(one));
        assert_eq!(about(&format!("[\"{one}\"]")).as_deref(), Some(one));
        for other in
            [r#""arn:aws:logs:eu-west-1:123456789012:log-group:/provision/*""#, r#""*""#, r#"["a", "b"]"#]
        {
            assert_eq!(about(other), None, "{other}");
        }
        assert_eq!(group("no document"), None);
    }
}
