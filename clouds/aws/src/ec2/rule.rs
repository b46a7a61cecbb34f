//! `aws_vpc_security_group_ingress_rule` and `aws_vpc_security_group_egress_rule`

use aws_sdk_ec2::types::{
    IpPermission, IpRange, PrefixListId, ResourceType, SecurityGroupRule, SecurityGroupRuleRequest,
    SecurityGroupRuleUpdate, UserIdGroupPair,
};
use provision_engine::driver::Failure;
use serde::{Deserialize, Serialize};

use super::security_group::{groups, is_default};
use super::{VALUES, Which, filter, read_tags, specification, tagged};
use crate::attributes::computed;
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};

/// A rule in one of the two ways.
pub(crate) struct Rule<const EGRESS: bool>;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    security_group_id: String,
    description: Option<String>,
    ip_protocol: String,
    from_port: Option<i32>,
    to_port: Option<i32>,
    cidr_ipv4: Option<String>,
    prefix_list_id: Option<String>,
    referenced_security_group_id: Option<String>,
}

impl<const EGRESS: bool> Kind for Rule<EGRESS> {
    type Arguments = Arguments;
    const NAME: &'static str =
        if EGRESS { "aws_vpc_security_group_egress_rule" } else { "aws_vpc_security_group_ingress_rule" };

    /// Of our groups all rules are ours, those that somebody else wrote too.
    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let groups = groups(cloud, Which::Of(&wanted.deployment).filters("")).await?;
        let own = groups.into_iter().filter(|group| !is_default(group));
        let ids: Vec<String> = own.filter_map(|group| group.group_id).collect();
        let rules = of_groups(cloud, &ids).await?.into_iter();
        let of_this_way = rules.filter(|rule| rule.is_egress == Some(EGRESS) && !is_born_with(rule));
        Ok(of_this_way.map(found).collect())
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        let sent = cloud
            .ec2
            .describe_security_group_rules()
            .filters(filter("security-group-rule-id", [known.id.as_str()]))
            .send();
        let told = unless_gone(cloud.call("ec2", "DescribeSecurityGroupRules", sent).await)?;
        Ok(told.and_then(|told| told.security_group_rules).and_then(|mut rules| rules.pop()).map(found))
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let group = &order.arguments.security_group_id;
        let permission = permission(&order.arguments);
        let tags = specification(ResourceType::SecurityGroupRule, &order.tags);
        let made = if EGRESS {
            let ask = cloud.ec2.authorize_security_group_egress().group_id(group).ip_permissions(permission);
            let sent = ask.tag_specifications(tags).send();
            cloud.call("ec2", "AuthorizeSecurityGroupEgress", sent).await?.security_group_rules
        } else {
            let ask = cloud.ec2.authorize_security_group_ingress().group_id(group).ip_permissions(permission);
            let sent = ask.tag_specifications(tags).send();
            cloud.call("ec2", "AuthorizeSecurityGroupIngress", sent).await?.security_group_rules
        };
        Ok(made.and_then(|mut rules| rules.pop()).as_ref().and_then(id).unwrap_or_default())
    }

    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        let arguments = &order.arguments;
        let rule = SecurityGroupRuleRequest::builder()
            .ip_protocol(&arguments.ip_protocol)
            .set_from_port(arguments.from_port.or(Some(-1)))
            .set_to_port(arguments.to_port.or(Some(-1)))
            .set_cidr_ipv4(arguments.cidr_ipv4.clone())
            .set_prefix_list_id(arguments.prefix_list_id.clone())
            .set_referenced_group_id(arguments.referenced_security_group_id.clone())
            .set_description(arguments.description.clone())
            .build();
        let update = SecurityGroupRuleUpdate::builder()
            .security_group_rule_id(&known.id)
            .security_group_rule(rule)
            .build();
        let sent = cloud
            .ec2
            .modify_security_group_rules()
            .group_id(&arguments.security_group_id)
            .security_group_rules(update)
            .send();
        Ok(cloud.call("ec2", "ModifySecurityGroupRules", sent).await.map(|_| ())?)
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        revoke(cloud, EGRESS, &known.arguments.security_group_id, vec![known.id.clone()]).await
    }

    tagged!();
}

fn permission(arguments: &Arguments) -> IpPermission {
    let description = &arguments.description;
    let mut permission = IpPermission::builder()
        .ip_protocol(&arguments.ip_protocol)
        .set_from_port(arguments.from_port)
        .set_to_port(arguments.to_port);
    if let Some(range) = &arguments.cidr_ipv4 {
        let range = IpRange::builder().cidr_ip(range).set_description(description.clone()).build();
        permission = permission.ip_ranges(range);
    }
    if let Some(list) = &arguments.prefix_list_id {
        let list = PrefixListId::builder().prefix_list_id(list).set_description(description.clone()).build();
        permission = permission.prefix_list_ids(list);
    }
    if let Some(group) = &arguments.referenced_security_group_id {
        let group = UserIdGroupPair::builder().group_id(group).set_description(description.clone()).build();
        permission = permission.user_id_group_pairs(group);
    }
    permission.build()
}

fn found(rule: SecurityGroupRule) -> Found<Arguments> {
    let id = rule.security_group_rule_id.unwrap_or_default();
    // Where the protocol is "all", ports mean nothing and come back as -1.
    let port = |port: Option<i32>| port.filter(|port| *port != -1);
    let arguments = Arguments {
        security_group_id: rule.group_id.unwrap_or_default(),
        description: rule.description.filter(|text| !text.is_empty()),
        ip_protocol: rule.ip_protocol.unwrap_or_default(),
        from_port: port(rule.from_port),
        to_port: port(rule.to_port),
        cidr_ipv4: rule.cidr_ipv4,
        prefix_list_id: rule.prefix_list_id,
        referenced_security_group_id: rule.referenced_group_info.and_then(|group| group.group_id),
    };
    let mut found = Found::new(id.clone(), arguments);
    found.tags = read_tags(rule.tags.as_deref());
    found.of_ours = true;
    found.computed = computed([("security_group_rule_id", Some(id)), ("arn", rule.security_group_rule_arn)]);
    found
}

pub(super) fn id(rule: &SecurityGroupRule) -> Option<String> {
    rule.security_group_rule_id.clone()
}

/// All rules of these groups, in both ways.
pub(super) async fn of_groups(cloud: &Cloud, groups: &[String]) -> Result<Vec<SecurityGroupRule>, Failure> {
    let mut all = Vec::new();
    for some in groups.chunks(VALUES) {
        let of = filter("group-id", some.iter().cloned());
        let ask = |token| {
            cloud.ec2.describe_security_group_rules().filters(of.clone()).set_next_token(token).send()
        };
        let split = |page: aws_sdk_ec2::operation::describe_security_group_rules::DescribeSecurityGroupRulesOutput| {
            (page.security_group_rules, page.next_token)
        };
        all.extend(cloud.pages("ec2", "DescribeSecurityGroupRules", ask, split).await?);
    }
    Ok(all)
}

/// The rule that every new group comes with: everything out, for nobody in particular.
pub(super) fn is_born_with(rule: &SecurityGroupRule) -> bool {
    let everywhere =
        rule.cidr_ipv4.as_deref() == Some("0.0.0.0/0") || rule.cidr_ipv6.as_deref() == Some("::/0");
    rule.is_egress == Some(true)
        && rule.ip_protocol.as_deref() == Some("-1")
        && everywhere
        && rule.description.as_deref().unwrap_or_default().is_empty()
        && rule.tags.as_deref().unwrap_or_default().is_empty()
}

pub(super) async fn revoke(
    cloud: &Cloud,
    egress: bool,
    group: &str,
    rules: Vec<String>,
) -> Result<(), Failure> {
    if rules.is_empty() {
        return Ok(());
    }
    let gone = if egress {
        let ask = cloud.ec2.revoke_security_group_egress().group_id(group);
        let sent = ask.set_security_group_rule_ids(Some(rules)).send();
        cloud.call("ec2", "RevokeSecurityGroupEgress", sent).await.map(|_| ())
    } else {
        let ask = cloud.ec2.revoke_security_group_ingress().group_id(group);
        let sent = ask.set_security_group_rule_ids(Some(rules)).send();
        cloud.call("ec2", "RevokeSecurityGroupIngress", sent).await.map(|_| ())
    };
    unless_gone(gone).map(|_| ())
}

/// A rule as a block within a group.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Block {
    protocol: String,
    from_port: Option<i32>,
    to_port: Option<i32>,
    #[serde(default)]
    cidr_blocks: Vec<String>,
    #[serde(default)]
    security_groups: Vec<String>,
}

impl From<&SecurityGroupRule> for Block {
    fn from(rule: &SecurityGroupRule) -> Self {
        let group = rule.referenced_group_info.as_ref().and_then(|group| group.group_id.clone());
        Block {
            protocol: rule.ip_protocol.clone().unwrap_or_default(),
            from_port: rule.from_port,
            to_port: rule.to_port,
            cidr_blocks: rule.cidr_ipv4.iter().chain(&rule.cidr_ipv6).cloned().collect(),
            security_groups: group.into_iter().collect(),
        }
    }
}
