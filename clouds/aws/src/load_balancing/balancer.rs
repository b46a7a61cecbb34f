//! `aws_lb`

mod settings;

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::types::{
    LoadBalancer, LoadBalancerSchemeEnum as Scheme, LoadBalancerStateEnum as Code,
};
use provision_engine::driver::{Failure, State};
use serde::{Deserialize, Serialize};

use super::{SERVICE, is_of, tagged, tags_of, written};
use crate::attributes::computed;
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};
use crate::tags::Tags;

pub(crate) struct Balancer;

#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    name: Option<String>,
    load_balancer_type: Option<String>,
    internal: Option<bool>,
    ip_address_type: Option<String>,
    #[serde(default)]
    subnets: Vec<String>,
    #[serde(default)]
    security_groups: Vec<String>,
    enable_deletion_protection: Option<bool>,
    enable_cross_zone_load_balancing: Option<bool>,
    enable_http2: Option<bool>,
    idle_timeout: Option<i32>,
    drop_invalid_header_fields: Option<bool>,
    preserve_host_header: Option<bool>,
    desync_mitigation_mode: Option<String>,
    xff_header_processing_mode: Option<String>,
    #[serde(default)]
    access_logs: Vec<Logs>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Logs {
    bucket: String,
    prefix: Option<String>,
    enabled: Option<bool>,
}

impl Kind for Balancer {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_lb";
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html: "idempotent"
    const ANSWERS_WITH_OTHERS: bool = true;

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let mut all = Vec::new();
        for (balancer, tags) in tagged_balancers(cloud).await? {
            let named = balancer.load_balancer_name.as_ref().is_some_and(|name| wanted.names.contains(name));
            if named || is_of(&tags, &wanted.deployment) {
                all.extend(found(cloud, balancer, tags).await?);
            }
        }
        Ok(all)
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        let sent = cloud.elb.describe_load_balancers().load_balancer_arns(&known.id).send();
        let told = unless_gone(cloud.call(SERVICE, "DescribeLoadBalancers", sent).await)?;
        let Some(balancer) = told.and_then(|told| told.load_balancers).and_then(|mut all| all.pop()) else {
            return Ok(None);
        };
        let tags = tags_of(cloud, std::slice::from_ref(&known.id)).await?.remove(&known.id);
        found(cloud, balancer, tags.unwrap_or_default()).await
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let arguments = &order.arguments;
        let scheme = if arguments.internal == Some(true) { Scheme::Internal } else { Scheme::InternetFacing };
        let groups = Some(arguments.security_groups.clone()).filter(|groups| !groups.is_empty());
        let sent = cloud
            .elb
            .create_load_balancer()
            .set_name(arguments.name.clone())
            .set_type(arguments.load_balancer_type.as_deref().map(Into::into))
            .scheme(scheme)
            .set_ip_address_type(arguments.ip_address_type.as_deref().map(Into::into))
            .set_subnets(Some(arguments.subnets.clone()))
            .set_security_groups(groups)
            .set_tags(Some(written(&order.tags)))
            .send();
        let made = cloud.call(SERVICE, "CreateLoadBalancer", sent).await?;
        let balancer = made.load_balancers.and_then(|mut all| all.pop());
        Ok(balancer.and_then(|balancer| balancer.load_balancer_arn).unwrap_or_default())
    }

    async fn finish(cloud: &Cloud, id: &str, order: &Order<Arguments>) -> Result<(), Failure> {
        settings::write(cloud, id, &order.arguments, |_| true).await
    }

    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        let arguments = &order.arguments;
        if order.changes("security_groups") {
            let ask = cloud.elb.set_security_groups().load_balancer_arn(&known.id);
            let sent = ask.set_security_groups(Some(arguments.security_groups.clone())).send();
            cloud.call(SERVICE, "SetSecurityGroups", sent).await?;
        }
        if order.changes("subnets") {
            let ask = cloud.elb.set_subnets().load_balancer_arn(&known.id);
            let sent = ask.set_subnets(Some(arguments.subnets.clone())).send();
            cloud.call(SERVICE, "SetSubnets", sent).await?;
        }
        if order.changes("ip_address_type") {
            let kind = arguments.ip_address_type.as_deref().unwrap_or("ipv4");
            let ask = cloud.elb.set_ip_address_type().load_balancer_arn(&known.id);
            let sent = ask.ip_address_type(kind.into()).send();
            cloud.call(SERVICE, "SetIpAddressType", sent).await?;
        }
        settings::write(cloud, &known.id, arguments, |argument| order.changes(argument)).await
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let sent = cloud.elb.delete_load_balancer().load_balancer_arn(&known.id).send();
        unless_gone(cloud.call(SERVICE, "DeleteLoadBalancer", sent).await).map(|_| ())
    }

    tagged!();
}

/// All of the account, each with its tags.
async fn tagged_balancers(cloud: &Cloud) -> Result<Vec<(LoadBalancer, Tags)>, Failure> {
    let ask = |marker| cloud.elb.describe_load_balancers().page_size(400).set_marker(marker).send();
    let split = |page: aws_sdk_elasticloadbalancingv2::operation::describe_load_balancers::DescribeLoadBalancersOutput| {
        (page.load_balancers, page.next_marker)
    };
    let all = cloud.pages(SERVICE, "DescribeLoadBalancers", ask, split).await?;
    let arns: Vec<String> = all.iter().filter_map(|balancer| balancer.load_balancer_arn.clone()).collect();
    let mut tags: BTreeMap<String, Tags> = tags_of(cloud, &arns).await?;
    Ok(all
        .into_iter()
        .map(|balancer| {
            let tags = balancer.load_balancer_arn.as_ref().and_then(|arn| tags.remove(arn));
            (balancer, tags.unwrap_or_default())
        })
        .collect())
}

/// The balancers of a deployment: what has listeners.
pub(super) async fn own(cloud: &Cloud, deployment: &str) -> Result<Vec<String>, Failure> {
    let all = tagged_balancers(cloud).await?.into_iter().filter(|(_, tags)| is_of(tags, deployment));
    Ok(all.filter_map(|(balancer, _)| balancer.load_balancer_arn).collect())
}

/// By which names the balancers of a deployment answer.
pub(crate) async fn own_names(cloud: &Cloud, deployment: &str) -> Result<Vec<String>, Failure> {
    let all = tagged_balancers(cloud).await?.into_iter().filter(|(_, tags)| is_of(tags, deployment));
    Ok(all.filter_map(|(balancer, _)| balancer.dns_name).collect())
}

async fn found(
    cloud: &Cloud,
    balancer: LoadBalancer,
    tags: Tags,
) -> Result<Option<Found<Arguments>>, Failure> {
    let arn = balancer.load_balancer_arn.unwrap_or_default();
    let Some(mut arguments) = settings::read(cloud, &arn).await? else { return Ok(None) };
    let zones = balancer.availability_zones.unwrap_or_default().into_iter();
    arguments.name = balancer.load_balancer_name;
    arguments.load_balancer_type = balancer.r#type.map(|kind| kind.as_str().to_owned());
    arguments.internal = Some(balancer.scheme == Some(Scheme::Internal));
    arguments.ip_address_type = balancer.ip_address_type.map(|kind| kind.as_str().to_owned());
    arguments.subnets = zones.filter_map(|zone| zone.subnet_id).collect();
    arguments.security_groups = balancer.security_groups.unwrap_or_default();
    let mut found = Found::new(arn.clone(), arguments);
    found.tags = tags;
    let (code, reason) = balancer.state.map(|state| (state.code, state.reason)).unwrap_or_default();
    found.reason = reason;
    found.state = match code {
        Some(Code::Provisioning) => State::Pending,
        Some(Code::Failed) => State::Failed,
        _ => State::Ready,
    };
    let suffix = arn.split_once(":loadbalancer/").map(|(_, suffix)| suffix.to_owned());
    found.computed = computed([
        ("arn", Some(arn)),
        ("arn_suffix", suffix),
        ("dns_name", balancer.dns_name),
        ("zone_id", balancer.canonical_hosted_zone_id),
        ("vpc_id", balancer.vpc_id),
    ]);
    Ok(Some(found))
}
