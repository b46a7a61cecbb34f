//! Limits that the services tell themselves, against what stands and what comes to it.

use std::sync::Arc;

use aws_sdk_ec2::types::AccountAttributeName;
use aws_sdk_elasticloadbalancingv2::operation::describe_load_balancers::DescribeLoadBalancersOutput;
use aws_sdk_elasticloadbalancingv2::operation::describe_target_groups::DescribeTargetGroupsOutput;
use provision_engine::driver::Failure;

use super::Foreseen;
use super::wanted::Wanted;
use crate::connection::Cloud;

/// How much there may be of something, how much there is, and how much more is wanted.
pub(super) struct Limit<'a> {
    pub(super) most: usize,
    pub(super) held: usize,
    pub(super) wanted: usize,
    /// `public addresses`
    pub(super) what: &'a str,
    /// As Service Quotas calls it.
    pub(super) name: &'a str,
}

impl Limit<'_> {
    pub(super) fn shortfall(&self) -> Option<String> {
        let Limit { most, held, wanted, what, name } = self;
        (*wanted > 0 && held + wanted > *most).then(|| {
            format!(
                "the account may have {most} {what} and has {held}; {wanted} more are wanted. Service Quotas raises \
                 the limit ({name})"
            )
        })
    }
}

const ADDRESSES: &str = "vpc-max-elastic-ips";

/// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAccountAttributes.html
pub(super) async fn addresses(cloud: Arc<Cloud>, all: Arc<Wanted>) -> Result<Foreseen, Failure> {
    let wanted = all.count("aws_eip");
    if wanted == 0 {
        return Ok(Foreseen::default());
    }
    let ask = cloud.ec2.describe_account_attributes();
    let sent = ask.attribute_names(AccountAttributeName::from(ADDRESSES)).send();
    let told = cloud.call("ec2", "DescribeAccountAttributes", sent).await?;
    let told = told.account_attributes.unwrap_or_default();
    let told = told.into_iter().find(|told| told.attribute_name.as_deref() == Some(ADDRESSES));
    let most = told.and_then(|told| told.attribute_values?.pop()?.attribute_value?.parse::<usize>().ok());
    let Some(most) = most else { return Ok(Foreseen::default()) };
    let sent = cloud.ec2.describe_addresses().send();
    let held = cloud.call("ec2", "DescribeAddresses", sent).await?.addresses.unwrap_or_default().len();
    let limit = Limit { most, held, wanted, what: "public addresses", name: "EC2-VPC Elastic IPs" };
    Ok(Foreseen::short(limit.shortfall()))
}

/// https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAccountLimits.html
pub(super) async fn groups(cloud: Arc<Cloud>, all: Arc<Wanted>) -> Result<Foreseen, Failure> {
    let wanted = all.count("aws_autoscaling_group");
    if wanted == 0 {
        return Ok(Foreseen::default());
    }
    let sent = cloud.autoscaling.describe_account_limits().send();
    let told = cloud.call("autoscaling", "DescribeAccountLimits", sent).await?;
    let (Some(most), Some(held)) =
        (told.max_number_of_auto_scaling_groups, told.number_of_auto_scaling_groups)
    else {
        return Ok(Foreseen::default());
    };
    let (what, name) = ("groups of machines", "Auto Scaling groups per region");
    Ok(Foreseen::short(Limit { most: size(most), held: size(held), wanted, what, name }.shortfall()))
}

/// What RDS counts itself: the kind that counts, as which argument of it, what that is, and the limit's name
/// (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_AccountQuota.html,
/// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html).
const OF_DATABASES: &[(&str, &str, Option<&str>, &str, &str)] = &[
    ("DBInstances", "aws_db_instance", None, "databases", "DB instances"),
    (
        "AllocatedStorage",
        "aws_db_instance",
        Some("allocated_storage"),
        "GiB of databases",
        "Total storage for all DB instances",
    ),
    ("DBSubnetGroups", "aws_db_subnet_group", None, "subnet groups of databases", "DB subnet groups"),
    (
        "DBParameterGroups",
        "aws_db_parameter_group",
        None,
        "parameter groups of databases",
        "Parameter groups",
    ),
];

pub(super) async fn databases(cloud: Arc<Cloud>, all: Arc<Wanted>) -> Result<Foreseen, Failure> {
    if OF_DATABASES.iter().all(|(_, kind, ..)| all.count(kind) == 0) {
        return Ok(Foreseen::default());
    }
    let sent = cloud.rds.describe_account_attributes().send();
    let told = cloud.call("rds", "DescribeAccountAttributes", sent).await?.account_quotas.unwrap_or_default();
    let lines = OF_DATABASES.iter().filter_map(|(quota, kind, argument, what, name)| {
        let told = told.iter().find(|told| told.account_quota_name.as_deref() == Some(quota))?;
        let wanted = argument.map_or_else(|| all.count(kind), |argument| all.sum(kind, argument));
        Limit { most: size(told.max?), held: size(told.used?), wanted, what, name }.shortfall()
    });
    Ok(Foreseen::short(lines))
}

/// The service's name of a limit, the type of balancers that it is about, what these are, and Service Quotas' name
/// (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Limit.html,
/// https://docs.aws.amazon.com/general/latest/gr/elb.html).
const OF_BALANCERS: &[(&str, &str, &str, &str)] = &[
    (
        "application-load-balancers",
        "application",
        "application load balancers",
        "Application Load Balancers per Region",
    ),
    ("network-load-balancers", "network", "network load balancers", "Network Load Balancers per Region"),
];

const TARGETS: &str = "target-groups";

pub(super) async fn balancers(cloud: Arc<Cloud>, all: Arc<Wanted>) -> Result<Foreseen, Failure> {
    let (balancers, groups) = (all.count("aws_lb"), all.count("aws_lb_target_group"));
    if balancers + groups == 0 {
        return Ok(Foreseen::default());
    }
    let sent = cloud.elb.describe_account_limits().page_size(400).send();
    let told = cloud.call("elasticloadbalancing", "DescribeAccountLimits", sent).await?;
    let told = told.limits.unwrap_or_default();
    let most = |limit: &str| {
        let told = told.iter().find(|told| told.name.as_deref() == Some(limit))?;
        told.max.as_deref()?.parse::<usize>().ok()
    };
    let mut limits = Vec::new();
    if balancers > 0 {
        let kinds = kinds_of_balancers(&cloud).await?;
        limits.extend(OF_BALANCERS.iter().filter_map(|(limit, kind, what, name)| {
            let wanted = all.count_with("aws_lb", "load_balancer_type", kind);
            let held = kinds.iter().filter(|held| held == kind).count();
            Some(Limit { most: most(limit)?, held, wanted, what, name })
        }));
    }
    if groups > 0 {
        let (held, what, name) =
            (target_groups(&cloud).await?, "groups of targets", "Target Groups per Region");
        limits.extend(most(TARGETS).map(|most| Limit { most, held, wanted: groups, what, name }));
    }
    Ok(Foreseen::short(limits.iter().filter_map(Limit::shortfall)))
}

async fn kinds_of_balancers(cloud: &Cloud) -> Result<Vec<String>, Failure> {
    let ask = |marker| cloud.elb.describe_load_balancers().page_size(400).set_marker(marker).send();
    let split = |page: DescribeLoadBalancersOutput| (page.load_balancers, page.next_marker);
    let all = cloud.pages("elasticloadbalancing", "DescribeLoadBalancers", ask, split).await?;
    Ok(all.into_iter().filter_map(|balancer| Some(balancer.r#type?.as_str().to_owned())).collect())
}

async fn target_groups(cloud: &Cloud) -> Result<usize, Failure> {
    let ask = |marker| cloud.elb.describe_target_groups().page_size(400).set_marker(marker).send();
    let split = |page: DescribeTargetGroupsOutput| (page.target_groups, page.next_marker);
    Ok(cloud.pages("elasticloadbalancing", "DescribeTargetGroups", ask, split).await?.len())
}

/// A number of things is never less than none.
fn size(number: impl TryInto<usize>) -> usize {
    number.try_into().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_may_be_reached_but_not_exceeded() {
        let of = |held, wanted| {
            Limit { most: 5, held, wanted, what: "public addresses", name: "EC2-VPC Elastic IPs" }.shortfall()
        };
        assert_eq!(of(2, 3), None);
        // More than there may be stand already; nothing comes to it.
        assert_eq!(of(7, 0), None);
        let said = "the account may have 5 public addresses and has 3; 3 more are wanted. Service Quotas raises the limit \
             (EC2-VPC Elastic IPs)";
        assert_eq!(of(3, 3).as_deref(), Some(said));
    }
}
