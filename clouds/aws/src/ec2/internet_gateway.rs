//! `aws_internet_gateway`

use aws_sdk_ec2::operation::create_internet_gateway::builders::CreateInternetGatewayFluentBuilder;
use aws_sdk_ec2::types::ResourceType;
use provision_engine::driver::Failure;
use serde::{Deserialize, Serialize};

use super::{Which, read_tags, specification, tagged};
use crate::attributes::computed;
use crate::connection::Cloud;
use crate::failure::{Failed, unless_gone};
use crate::kind::{Found, Kind, Known, Order, Wanted};

pub(crate) struct InternetGateway;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    vpc_id: Option<String>,
}

impl Kind for InternetGateway {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_internet_gateway";

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        describe(cloud, Which::Of(&wanted.deployment)).await
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        Ok(describe(cloud, Which::Id(&known.id)).await?.pop())
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let made = cloud.call("ec2", "CreateInternetGateway", ask(cloud, order).send()).await?;
        Ok(made.internet_gateway.and_then(|gateway| gateway.internet_gateway_id).unwrap_or_default())
    }

    async fn rehearse(cloud: &Cloud, order: &Order<Arguments>) -> Result<(), Failed> {
        let sent = ask(cloud, order).dry_run(true).send();
        cloud.call("ec2", "CreateInternetGateway", sent).await.map(|_| ())
    }

    async fn finish(cloud: &Cloud, id: &str, order: &Order<Arguments>) -> Result<(), Failure> {
        match &order.arguments.vpc_id {
            Some(vpc) => attach(cloud, id, vpc).await,
            None => Ok(()),
        }
    }

    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        if let Some(vpc) = &known.arguments.vpc_id {
            detach(cloud, &known.id, vpc).await?;
        }
        match &order.arguments.vpc_id {
            Some(vpc) => attach(cloud, &known.id, vpc).await,
            None => Ok(()),
        }
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        if let Some(vpc) = &known.arguments.vpc_id {
            detach(cloud, &known.id, vpc).await?;
        }
        let sent = cloud.ec2.delete_internet_gateway().internet_gateway_id(&known.id).send();
        unless_gone(cloud.call("ec2", "DeleteInternetGateway", sent).await).map(|_| ())
    }

    tagged!();
}

fn ask(cloud: &Cloud, order: &Order<Arguments>) -> CreateInternetGatewayFluentBuilder {
    let tags = specification(ResourceType::InternetGateway, &order.tags);
    cloud.ec2.create_internet_gateway().tag_specifications(tags)
}

async fn attach(cloud: &Cloud, id: &str, vpc: &str) -> Result<(), Failure> {
    let sent = cloud.ec2.attach_internet_gateway().internet_gateway_id(id).vpc_id(vpc).send();
    match cloud.call("ec2", "AttachInternetGateway", sent).await {
        // An answer that was lost: it may be attached already, and to nothing else than this network.
        Err(failed) if failed.code == "Resource.AlreadyAssociated" => {
            let attached =
                describe(cloud, Which::Id(id)).await?.pop().and_then(|found| found.arguments.vpc_id);
            if attached.as_deref() == Some(vpc) { Ok(()) } else { Err(failed.into()) }
        }
        result => Ok(result.map(|_| ())?),
    }
}

async fn detach(cloud: &Cloud, id: &str, vpc: &str) -> Result<(), Failure> {
    let sent = cloud.ec2.detach_internet_gateway().internet_gateway_id(id).vpc_id(vpc).send();
    match cloud.call("ec2", "DetachInternetGateway", sent).await {
        Err(failed) if failed.code == "Gateway.NotAttached" || failed.is_gone() => Ok(()),
        result => Ok(result.map(|_| ())?),
    }
}

async fn describe(cloud: &Cloud, which: Which<'_>) -> Result<Vec<Found<Arguments>>, Failure> {
    let filters = which.filters("internet-gateway-id");
    let ask = |token| {
        cloud.ec2.describe_internet_gateways().set_filters(Some(filters.clone())).set_next_token(token).send()
    };
    let gateways = cloud
        .pages("ec2", "DescribeInternetGateways", ask, |page| (page.internet_gateways, page.next_token))
        .await?;
    let found = gateways.into_iter().map(|gateway| {
        let id = gateway.internet_gateway_id.unwrap_or_default();
        let attachment = gateway.attachments.unwrap_or_default().pop();
        let owner = gateway.owner_id.unwrap_or_default();
        let arn = cloud.arn("ec2", &owner, &format!("internet-gateway/{id}"));
        let mut found =
            Found::new(id, Arguments { vpc_id: attachment.and_then(|attachment| attachment.vpc_id) });
        found.tags = read_tags(gateway.tags.as_deref());
        found.computed = computed([("arn", Some(arn)), ("owner_id", Some(owner))]);
        found
    });
    Ok(found.collect())
}
