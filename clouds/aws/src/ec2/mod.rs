//! EC2: networks, what filters their traffic, machines and their disks.

mod address;
mod blockers;
mod default_security_group;
mod endpoint;
mod flow_log;
mod instance;
mod internet_gateway;
mod launch_template;
mod nat_gateway;
mod network_interface;
mod route;
mod route_table;
mod route_table_association;
mod rule;
mod security_group;
mod subnet;
mod volume;
mod volume_attachment;
mod vpc;

use aws_sdk_ec2::types::{Filter, ResourceType, Tag, TagSpecification};
use provision_engine::driver::Failure;

use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{AnyKind, implemented};
use crate::tags::{self, Tags};

pub(crate) use network_interface::interfaces;
pub(crate) use subnet::zones;
pub(crate) use volume::{snapshots, volumes};

pub(crate) fn kinds() -> Vec<Box<dyn AnyKind>> {
    vec![
        implemented::<address::Address>(),
        implemented::<default_security_group::DefaultSecurityGroup>(),
        implemented::<endpoint::Endpoint>(),
        implemented::<flow_log::FlowLog>(),
        implemented::<instance::Instance>(),
        implemented::<internet_gateway::InternetGateway>(),
        implemented::<launch_template::LaunchTemplate>(),
        implemented::<nat_gateway::NatGateway>(),
        implemented::<network_interface::NetworkInterface>(),
        implemented::<route::Route>(),
        implemented::<route_table::RouteTable>(),
        implemented::<route_table_association::RouteTableAssociation>(),
        implemented::<rule::Rule<false>>(),
        implemented::<rule::Rule<true>>(),
        implemented::<security_group::SecurityGroup>(),
        implemented::<subnet::Subnet>(),
        implemented::<volume::Volume>(),
        implemented::<volume_attachment::VolumeAttachment>(),
        implemented::<vpc::Vpc>(),
    ]
}

/// Which objects a description is asked for.
#[derive(Clone, Copy)]
pub(crate) enum Which<'a> {
    /// Those with the deployment's tag and an address: members of groups carry the tag alone.
    Of(&'a str),
    Id(&'a str),
}

impl Which<'_> {
    /// As a filter. By a filter, not by an id: what isn't there is an empty list then, no error.
    fn filters(self, id: &str) -> Vec<Filter> {
        match self {
            Which::Of(deployment) => vec![
                filter(&format!("tag:{}", tags::DEPLOYMENT), [deployment]),
                filter("tag-key", [tags::ADDRESS]),
            ],
            Which::Id(wanted) => vec![filter(id, [wanted])],
        }
    }
}

pub(crate) fn filter<I: Into<String>>(name: &str, values: impl IntoIterator<Item = I>) -> Filter {
    Filter::builder().name(name).set_values(Some(values.into_iter().map(Into::into).collect())).build()
}

/// The most values that one filter takes
/// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Filter.html).
const VALUES: usize = 200;

fn read_tags(tags: Option<&[Tag]>) -> Tags {
    let pair = |tag: &Tag| Some((tag.key()?.to_owned(), tag.value().unwrap_or_default().to_owned()));
    tags.unwrap_or_default().iter().filter_map(pair).collect()
}

fn written(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

/// Tags that go into the call that makes the object.
fn specification(kind: ResourceType, tags: &Tags) -> TagSpecification {
    TagSpecification::builder().resource_type(kind).set_tags(Some(written(tags))).build()
}

async fn tag(cloud: &Cloud, id: &str, tags: &Tags) -> Result<(), Failure> {
    let sent = cloud.ec2.create_tags().resources(id).set_tags(Some(written(tags))).send();
    Ok(cloud.call("ec2", "CreateTags", sent).await.map(|_| ())?)
}

async fn untag(cloud: &Cloud, id: &str, keys: Vec<String>) -> Result<(), Failure> {
    let keys = keys.into_iter().map(|key| Tag::builder().key(key).build()).collect();
    let sent = cloud.ec2.delete_tags().resources(id).set_tags(Some(keys)).send();
    unless_gone(cloud.call("ec2", "DeleteTags", sent).await).map(|_| ())
}

/// What all kinds of EC2 with tags do alike.
macro_rules! tagged {
    () => {
        async fn tag(
            cloud: &$crate::connection::Cloud,
            known: &$crate::kind::Known<Self::Arguments>,
            tags: &$crate::tags::Tags,
        ) -> Result<(), provision_engine::driver::Failure> {
            $crate::ec2::tag(cloud, &known.id, tags).await
        }

        async fn untag(
            cloud: &$crate::connection::Cloud,
            known: &$crate::kind::Known<Self::Arguments>,
            keys: Vec<String>,
        ) -> Result<(), provision_engine::driver::Failure> {
            $crate::ec2::untag(cloud, &known.id, keys).await
        }
    };
}
pub(crate) use tagged;
