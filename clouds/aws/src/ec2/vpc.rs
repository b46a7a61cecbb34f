//! `aws_vpc`

use std::collections::BTreeMap;

use aws_sdk_ec2::operation::create_vpc::builders::CreateVpcFluentBuilder;
use aws_sdk_ec2::types::{AttributeBooleanValue, ResourceType, VpcAttributeName, VpcState};
use provision_engine::driver::{Failure, State};
use serde::{Deserialize, Serialize};

use super::blockers::{Holder, deleted};
use super::{Which, filter, read_tags, specification, tagged};
use crate::attributes::computed;
use crate::connection::Cloud;
use crate::failure::{Failed, unless_gone};
use crate::kind::{Found, Kind, Known, Order, Wanted};

pub(crate) struct Vpc;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    cidr_block: String,
    enable_dns_support: Option<bool>,
    enable_dns_hostnames: Option<bool>,
    instance_tenancy: Option<String>,
}

impl Kind for Vpc {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_vpc";

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        describe(cloud, Which::Of(&wanted.deployment)).await
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        Ok(describe(cloud, Which::Id(&known.id)).await?.pop())
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let made = cloud.call("ec2", "CreateVpc", ask(cloud, order).send()).await?;
        Ok(made.vpc.and_then(|vpc| vpc.vpc_id).unwrap_or_default())
    }

    async fn rehearse(cloud: &Cloud, order: &Order<Arguments>) -> Result<(), Failed> {
        let sent = ask(cloud, order).dry_run(true).send();
        cloud.call("ec2", "CreateVpc", sent).await.map(|_| ())
    }

    async fn finish(cloud: &Cloud, id: &str, order: &Order<Arguments>) -> Result<(), Failure> {
        // Names need support: that one first.
        if let Some(on) = order.arguments.enable_dns_support {
            support(cloud, id, on).await?;
        }
        match order.arguments.enable_dns_hostnames {
            Some(on) => hostnames(cloud, id, on).await,
            None => Ok(()),
        }
    }

    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        if order.changes("enable_dns_support") {
            support(cloud, &known.id, order.arguments.enable_dns_support.unwrap_or(true)).await?;
        }
        if order.changes("enable_dns_hostnames") {
            hostnames(cloud, &known.id, order.arguments.enable_dns_hostnames.unwrap_or(false)).await?;
        }
        Ok(())
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let sent = cloud.ec2.delete_vpc().vpc_id(&known.id).send();
        let told = cloud.call("ec2", "DeleteVpc", sent).await;
        deleted(cloud, Holder::Network, &known.id, told).await
    }

    tagged!();
}

fn ask(cloud: &Cloud, order: &Order<Arguments>) -> CreateVpcFluentBuilder {
    let arguments = &order.arguments;
    cloud
        .ec2
        .create_vpc()
        .cidr_block(&arguments.cidr_block)
        .set_instance_tenancy(arguments.instance_tenancy.as_deref().map(Into::into))
        .tag_specifications(specification(ResourceType::Vpc, &order.tags))
}

fn switch(on: bool) -> AttributeBooleanValue {
    AttributeBooleanValue::builder().value(on).build()
}

async fn support(cloud: &Cloud, id: &str, on: bool) -> Result<(), Failure> {
    let sent = cloud.ec2.modify_vpc_attribute().vpc_id(id).enable_dns_support(switch(on)).send();
    Ok(cloud.call("ec2", "ModifyVpcAttribute", sent).await.map(|_| ())?)
}

async fn hostnames(cloud: &Cloud, id: &str, on: bool) -> Result<(), Failure> {
    let sent = cloud.ec2.modify_vpc_attribute().vpc_id(id).enable_dns_hostnames(switch(on)).send();
    Ok(cloud.call("ec2", "ModifyVpcAttribute", sent).await.map(|_| ())?)
}

async fn describe(cloud: &Cloud, which: Which<'_>) -> Result<Vec<Found<Arguments>>, Failure> {
    let filters = which.filters("vpc-id");
    let vpcs = cloud
        .pages(
            "ec2",
            "DescribeVpcs",
            |token| cloud.ec2.describe_vpcs().set_filters(Some(filters.clone())).set_next_token(token).send(),
            |page| (page.vpcs, page.next_token),
        )
        .await?;
    let ids: Vec<String> = vpcs.iter().filter_map(|vpc| vpc.vpc_id.clone()).collect();
    let defaults = defaults(cloud, &ids).await?;
    let mut all = Vec::new();
    for vpc in vpcs {
        let id = vpc.vpc_id.unwrap_or_default();
        let arguments = Arguments {
            cidr_block: vpc.cidr_block.unwrap_or_default(),
            enable_dns_support: is_on(cloud, &id, VpcAttributeName::EnableDnsSupport).await?,
            enable_dns_hostnames: is_on(cloud, &id, VpcAttributeName::EnableDnsHostnames).await?,
            instance_tenancy: vpc.instance_tenancy.map(|tenancy| tenancy.as_str().to_owned()),
        };
        let owner = vpc.owner_id.unwrap_or_default();
        let mut found = Found::new(id.clone(), arguments);
        found.tags = read_tags(vpc.tags.as_deref());
        found.state = if vpc.state == Some(VpcState::Pending) { State::Pending } else { State::Ready };
        found.computed = computed([
            ("arn", Some(cloud.arn("ec2", &owner, &format!("vpc/{id}")))),
            ("owner_id", Some(owner)),
        ]);
        found.computed.extend(defaults.get(&id).cloned().unwrap_or_default());
        all.push(found);
    }
    Ok(all)
}

/// There is no call that tells it for several networks at once.
async fn is_on(cloud: &Cloud, id: &str, attribute: VpcAttributeName) -> Result<Option<bool>, Failure> {
    let sent = cloud.ec2.describe_vpc_attribute().vpc_id(id).attribute(attribute).send();
    let told = unless_gone(cloud.call("ec2", "DescribeVpcAttribute", sent).await)?;
    let value = told.and_then(|told| told.enable_dns_support.or(told.enable_dns_hostnames));
    Ok(value.and_then(|value| value.value))
}

/// What each network came with: by network, the attributes that name it.
async fn defaults(
    cloud: &Cloud,
    ids: &[String],
) -> Result<BTreeMap<String, provision_engine::Attributes>, Failure> {
    let mut all: BTreeMap<String, provision_engine::Attributes> = BTreeMap::new();
    if ids.is_empty() {
        return Ok(all);
    }
    let mut note = |vpc: Option<String>, names: &[&str], id: Option<String>| {
        let attributes = all.entry(vpc.unwrap_or_default()).or_default();
        for name in names {
            attributes.extend(computed([(*name, id.clone())]));
        }
    };
    let of = filter("vpc-id", ids.iter().cloned());
    let groups =
        cloud.ec2.describe_security_groups().filters(of.clone()).filters(filter("group-name", ["default"]));
    for group in
        cloud.call("ec2", "DescribeSecurityGroups", groups.send()).await?.security_groups.unwrap_or_default()
    {
        note(group.vpc_id, &["default_security_group_id"], group.group_id);
    }
    let tables =
        cloud.ec2.describe_route_tables().filters(of.clone()).filters(filter("association.main", ["true"]));
    for table in
        cloud.call("ec2", "DescribeRouteTables", tables.send()).await?.route_tables.unwrap_or_default()
    {
        note(table.vpc_id, &["main_route_table_id", "default_route_table_id"], table.route_table_id);
    }
    let acls = cloud.ec2.describe_network_acls().filters(of).filters(filter("default", ["true"]));
    for acl in cloud.call("ec2", "DescribeNetworkAcls", acls.send()).await?.network_acls.unwrap_or_default() {
        note(acl.vpc_id, &["default_network_acl_id"], acl.network_acl_id);
    }
    Ok(all)
}
