//! Limits that only Service Quotas tells. Whoever may not ask it goes without: the services themselves refuse later.

mod processors;

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_ec2::operation::describe_internet_gateways::DescribeInternetGatewaysOutput;
use aws_sdk_ec2::operation::describe_nat_gateways::DescribeNatGatewaysOutput;
use aws_sdk_ec2::operation::describe_vpcs::DescribeVpcsOutput;
use provision_engine::driver::{Class, Failure};

use super::Foreseen;
use super::limits::Limit;
use super::wanted::Wanted;
use crate::again::{A_FEW_TIMES, again};
use crate::connection::Cloud;
use crate::ec2::{filter, zones};

/// One of them, as Service Quotas knows it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quota {
    service: &'static str,
    code: &'static str,
    name: &'static str,
    what: &'static str,
    of: Of,
}

#[derive(Debug, Clone, Copy)]
enum Of {
    Networks,
    InternetGateways,
    NatGateways,
    Processors,
}

/// The first three: https://docs.aws.amazon.com/general/latest/gr/vpc-service.html; the last one:
/// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html and, with its code,
/// https://docs.aws.amazon.com/cli/latest/userguide/cli_service-quotas_code_examples.html.
pub(super) const ALL: [Quota; 4] = [
    Quota { service: "vpc", code: "L-F678F1CE", name: "VPCs per Region", what: "networks", of: Of::Networks },
    Quota {
        service: "vpc",
        code: "L-A4707A72",
        name: "Internet gateways per Region",
        what: "internet gateways",
        of: Of::InternetGateways,
    },
    Quota {
        service: "vpc",
        code: "L-FE5A380F",
        name: "NAT gateways per Availability Zone",
        what: "NAT gateways",
        of: Of::NatGateways,
    },
    Quota {
        service: "ec2",
        code: "L-1216C47A",
        name: "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances",
        what: "vCPUs of running machines",
        of: Of::Processors,
    },
];

/// How many in each zone; what counts in the whole region stands under no name.
type Counts = BTreeMap<String, usize>;

pub(super) async fn check(cloud: Arc<Cloud>, wanted: Arc<Wanted>, quota: Quota) -> Result<Foreseen, Failure> {
    let more = match quota.of {
        Of::Networks => everywhere(wanted.count("aws_vpc")),
        Of::InternetGateways => everywhere(wanted.count("aws_internet_gateway")),
        Of::NatGateways => wanted.count_in_zones("aws_nat_gateway"),
        Of::Processors => everywhere(processors::wanted(&cloud, &wanted).await?),
    };
    if more.values().all(|count| *count == 0) {
        return Ok(Foreseen::default());
    }
    let most = match again(A_FEW_TIMES, || most(&cloud, quota)).await {
        Ok(Some(most)) => most,
        Ok(None) => return Ok(Foreseen::default()),
        Err(failure) if failure.class == Class::LoggedOut => return Err(failure),
        Err(failure) => {
            let (what, why) = (quota.what, failure.message);
            return Ok(Foreseen::note(format!("the limits of {what} could not be read: {why}")));
        }
    };
    let held = match quota.of {
        Of::Networks => everywhere(networks(&cloud).await?),
        Of::InternetGateways => everywhere(internet_gateways(&cloud).await?),
        Of::NatGateways => nat_gateways(&cloud).await?,
        Of::Processors => everywhere(processors::running(&cloud).await?),
    };
    Ok(Foreseen::short(more.iter().filter_map(|(zone, wanted)| {
        let what = if zone.is_empty() { quota.what.to_owned() } else { format!("{} in {zone}", quota.what) };
        let held = held.get(zone).copied().unwrap_or_default();
        Limit { most, held, wanted: *wanted, what: &what, name: quota.name }.shortfall()
    })))
}

fn everywhere(count: usize) -> Counts {
    [(String::new(), count)].into()
}

/// https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html
async fn most(cloud: &Cloud, quota: Quota) -> Result<Option<usize>, Failure> {
    let ask = cloud.quotas.get_service_quota().service_code(quota.service).quota_code(quota.code);
    let told = cloud.call("servicequotas", "GetServiceQuota", ask.send()).await?;
    // A number of things, though it is told with a point in it.
    Ok(told.quota.and_then(|quota| quota.value).and_then(|value| format!("{value:.0}").parse().ok()))
}

async fn networks(cloud: &Cloud) -> Result<usize, Failure> {
    let ask = |token| cloud.ec2.describe_vpcs().set_next_token(token).send();
    let split = |page: DescribeVpcsOutput| (page.vpcs, page.next_token);
    Ok(cloud.pages("ec2", "DescribeVpcs", ask, split).await?.len())
}

async fn internet_gateways(cloud: &Cloud) -> Result<usize, Failure> {
    let ask = |token| cloud.ec2.describe_internet_gateways().set_next_token(token).send();
    let split = |page: DescribeInternetGatewaysOutput| (page.internet_gateways, page.next_token);
    Ok(cloud.pages("ec2", "DescribeInternetGateways", ask, split).await?.len())
}

/// Those that count (https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html, "Gateways").
const COUNTING: [&str; 3] = ["pending", "available", "deleting"];

async fn nat_gateways(cloud: &Cloud) -> Result<Counts, Failure> {
    let ask = |token| {
        let ask = cloud.ec2.describe_nat_gateways().filter(filter("state", COUNTING));
        ask.set_next_token(token).send()
    };
    let split = |page: DescribeNatGatewaysOutput| (page.nat_gateways, page.next_token);
    let gateways = cloud.pages("ec2", "DescribeNatGateways", ask, split).await?;
    let subnets: Vec<String> = gateways.into_iter().filter_map(|gateway| gateway.subnet_id).collect();
    let zones = zones(cloud, subnets.iter().cloned().collect()).await?;
    let mut held = Counts::new();
    for zone in subnets.iter().filter_map(|subnet| zones.get(subnet)) {
        *held.entry(zone.clone()).or_default() += 1;
    }
    Ok(held)
}
