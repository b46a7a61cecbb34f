//! `aws_lb_target_group`

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::types::{Matcher, TargetGroup as Targets, TargetGroupAttribute};
use provision_engine::driver::Failure;
use serde::{Deserialize, Serialize};

use super::{SERVICE, Settings, flag, is_of, number, tagged, tags_of, written};
use crate::attributes::computed;
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};
use crate::tags::Tags;

pub(crate) struct TargetGroup;

const DRAIN: &str = "deregistration_delay.timeout_seconds";
const SLOW_START: &str = "slow_start.duration_seconds";
const ALGORITHM: &str = "load_balancing.algorithm.type";
const CLIENT_ADDRESS: &str = "preserve_client_ip.enabled";
const PROXY: &str = "proxy_protocol_v2.enabled";

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    name: Option<String>,
    port: Option<i32>,
    protocol: Option<String>,
    protocol_version: Option<String>,
    target_type: Option<String>,
    vpc_id: Option<String>,
    deregistration_delay: Option<i32>,
    slow_start: Option<i32>,
    load_balancing_algorithm_type: Option<String>,
    preserve_client_ip: Option<bool>,
    proxy_protocol_v2: Option<bool>,
    #[serde(default)]
    health_check: Vec<Check>,
}

#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Check {
    enabled: Option<bool>,
    port: Option<String>,
    protocol: Option<String>,
    path: Option<String>,
    matcher: Option<String>,
    interval: Option<i32>,
    timeout: Option<i32>,
    healthy_threshold: Option<i32>,
    unhealthy_threshold: Option<i32>,
}

impl Kind for TargetGroup {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_lb_target_group";
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html: "idempotent"
    const ANSWERS_WITH_OTHERS: bool = true;

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let mut all = Vec::new();
        for (group, tags) in tagged_groups(cloud).await? {
            let named = group.target_group_name.as_ref().is_some_and(|name| wanted.names.contains(name));
            if named || is_of(&tags, &wanted.deployment) {
                all.extend(found(cloud, group, tags).await?);
            }
        }
        Ok(all)
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        let sent = cloud.elb.describe_target_groups().target_group_arns(&known.id).send();
        let told = unless_gone(cloud.call(SERVICE, "DescribeTargetGroups", sent).await)?;
        let Some(group) = told.and_then(|told| told.target_groups).and_then(|mut all| all.pop()) else {
            return Ok(None);
        };
        let tags = tags_of(cloud, std::slice::from_ref(&known.id)).await?.remove(&known.id);
        found(cloud, group, tags.unwrap_or_default()).await
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let arguments = &order.arguments;
        let check = arguments.health_check.first().cloned().unwrap_or_default();
        let sent = cloud
            .elb
            .create_target_group()
            .set_name(arguments.name.clone())
            .set_port(arguments.port)
            .set_protocol(arguments.protocol.as_deref().map(Into::into))
            .set_protocol_version(arguments.protocol_version.clone())
            .set_target_type(arguments.target_type.as_deref().map(Into::into))
            .set_vpc_id(arguments.vpc_id.clone())
            .set_health_check_enabled(check.enabled)
            .set_health_check_port(check.port)
            .set_health_check_protocol(check.protocol.as_deref().map(Into::into))
            .set_health_check_path(check.path)
            .set_matcher(check.matcher.map(matcher))
            .set_health_check_interval_seconds(check.interval)
            .set_health_check_timeout_seconds(check.timeout)
            .set_healthy_threshold_count(check.healthy_threshold)
            .set_unhealthy_threshold_count(check.unhealthy_threshold)
            .set_tags(Some(written(&order.tags)))
            .send();
        let made = cloud.call(SERVICE, "CreateTargetGroup", sent).await?;
        let group = made.target_groups.and_then(|mut all| all.pop());
        Ok(group.and_then(|group| group.target_group_arn).unwrap_or_default())
    }

    async fn finish(cloud: &Cloud, id: &str, order: &Order<Arguments>) -> Result<(), Failure> {
        settings(cloud, id, &order.arguments, |_| true).await
    }

    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        if order.changes("health_check") {
            let check = order.arguments.health_check.first().cloned().unwrap_or_default();
            let sent = cloud
                .elb
                .modify_target_group()
                .target_group_arn(&known.id)
                .set_health_check_enabled(check.enabled)
                .set_health_check_port(check.port)
                .set_health_check_protocol(check.protocol.as_deref().map(Into::into))
                .set_health_check_path(check.path)
                .set_matcher(check.matcher.map(matcher))
                .set_health_check_interval_seconds(check.interval)
                .set_health_check_timeout_seconds(check.timeout)
                .set_healthy_threshold_count(check.healthy_threshold)
                .set_unhealthy_threshold_count(check.unhealthy_threshold)
                .send();
            cloud.call(SERVICE, "ModifyTargetGroup", sent).await?;
        }
        settings(cloud, &known.id, &order.arguments, |argument| order.changes(argument)).await
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let sent = cloud.elb.delete_target_group().target_group_arn(&known.id).send();
        unless_gone(cloud.call(SERVICE, "DeleteTargetGroup", sent).await).map(|_| ())
    }

    tagged!();
}

fn matcher(codes: String) -> Matcher {
    Matcher::builder().http_code(codes).build()
}

/// Those of the configuration that are asked for.
async fn settings(
    cloud: &Cloud,
    arn: &str,
    arguments: &Arguments,
    wanted: impl Fn(&str) -> bool,
) -> Result<(), Failure> {
    let text = |number: Option<i32>| number.map(|number| number.to_string());
    let flag = |on: Option<bool>| on.map(|on| on.to_string());
    let pairs = [
        ("deregistration_delay", DRAIN, text(arguments.deregistration_delay)),
        ("slow_start", SLOW_START, text(arguments.slow_start)),
        ("load_balancing_algorithm_type", ALGORITHM, arguments.load_balancing_algorithm_type.clone()),
        ("preserve_client_ip", CLIENT_ADDRESS, flag(arguments.preserve_client_ip)),
        ("proxy_protocol_v2", PROXY, flag(arguments.proxy_protocol_v2)),
    ];
    let pairs: Vec<TargetGroupAttribute> = pairs
        .into_iter()
        .filter(|(argument, ..)| wanted(argument))
        .filter_map(|(_, key, value)| Some(TargetGroupAttribute::builder().key(key).value(value?).build()))
        .collect();
    if pairs.is_empty() {
        return Ok(());
    }
    let ask = cloud.elb.modify_target_group_attributes().target_group_arn(arn);
    let sent = ask.set_attributes(Some(pairs)).send();
    Ok(cloud.call(SERVICE, "ModifyTargetGroupAttributes", sent).await.map(|_| ())?)
}

/// All of the account, each with its tags.
async fn tagged_groups(cloud: &Cloud) -> Result<Vec<(Targets, Tags)>, Failure> {
    let ask = |marker| cloud.elb.describe_target_groups().page_size(400).set_marker(marker).send();
    let split = |page: aws_sdk_elasticloadbalancingv2::operation::describe_target_groups::DescribeTargetGroupsOutput| {
        (page.target_groups, page.next_marker)
    };
    let all = cloud.pages(SERVICE, "DescribeTargetGroups", ask, split).await?;
    let arns: Vec<String> = all.iter().filter_map(|group| group.target_group_arn.clone()).collect();
    let mut tags: BTreeMap<String, Tags> = tags_of(cloud, &arns).await?;
    Ok(all
        .into_iter()
        .map(|group| {
            let tags = group.target_group_arn.as_ref().and_then(|arn| tags.remove(arn));
            (group, tags.unwrap_or_default())
        })
        .collect())
}

/// The target groups of a deployment.
pub(crate) async fn own(cloud: &Cloud, deployment: &str) -> Result<Vec<String>, Failure> {
    let all = tagged_groups(cloud).await?.into_iter().filter(|(_, tags)| is_of(tags, deployment));
    Ok(all.filter_map(|(group, _)| group.target_group_arn).collect())
}

async fn found(cloud: &Cloud, group: Targets, tags: Tags) -> Result<Option<Found<Arguments>>, Failure> {
    let arn = group.target_group_arn.clone().unwrap_or_default();
    let sent = cloud.elb.describe_target_group_attributes().target_group_arn(&arn).send();
    let Some(told) = unless_gone(cloud.call(SERVICE, "DescribeTargetGroupAttributes", sent).await)? else {
        return Ok(None);
    };
    let pairs = told.attributes.unwrap_or_default().into_iter();
    let settings: Settings = pairs.filter_map(|pair| Some((pair.key?, pair.value?))).collect();
    let mut found = Found::new(arn.clone(), arguments(group, &settings));
    found.tags = tags;
    let suffix = arn.rsplit(':').next().map(str::to_owned);
    found.computed = computed([("arn", Some(arn)), ("arn_suffix", suffix)]);
    Ok(Some(found))
}

fn arguments(group: Targets, settings: &Settings) -> Arguments {
    let check = Check {
        // What nobody sets is on.
        enabled: group.health_check_enabled.filter(|on| !on),
        port: group.health_check_port.filter(|port| port != "traffic-port"),
        protocol: group.health_check_protocol.map(|protocol| protocol.as_str().to_owned()),
        path: group.health_check_path,
        matcher: group.matcher.and_then(|matcher| matcher.http_code),
        interval: group.health_check_interval_seconds,
        timeout: group.health_check_timeout_seconds,
        healthy_threshold: group.healthy_threshold_count,
        unhealthy_threshold: group.unhealthy_threshold_count,
    };
    Arguments {
        name: group.target_group_name,
        port: group.port,
        protocol: group.protocol.map(|protocol| protocol.as_str().to_owned()),
        protocol_version: group.protocol_version,
        target_type: group.target_type.map(|kind| kind.as_str().to_owned()),
        vpc_id: group.vpc_id,
        deregistration_delay: number(settings, DRAIN),
        slow_start: number(settings, SLOW_START),
        load_balancing_algorithm_type: settings.get(ALGORITHM).cloned(),
        preserve_client_ip: flag(settings, CLIENT_ADDRESS),
        proxy_protocol_v2: flag(settings, PROXY),
        health_check: vec![check],
    }
}
