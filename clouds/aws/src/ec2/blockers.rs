//! What keeps a network, or a part of it, from being deleted: the refusal itself doesn't say.

use aws_sdk_ec2::types::NetworkInterface;
use provision_engine::driver::{Class, Failure};

use super::{filter, interfaces};
use crate::connection::Cloud;
use crate::failure::{Failed, unless_gone};

/// What an object is for what stands in it or uses it: the filter that finds those.
#[derive(Clone, Copy)]
pub(super) enum Holder {
    Network,
    Subnet,
    Group,
}

impl Holder {
    fn filter(self) -> &'static str {
        match self {
            Holder::Network => "vpc-id",
            Holder::Subnet => "subnet-id",
            Holder::Group => "group-id",
        }
    }
}

/// The answer to a delete, and where something is in the way, what it is.
pub(super) async fn deleted<T>(
    cloud: &Cloud,
    holder: Holder,
    id: &str,
    result: Result<T, Failed>,
) -> Result<(), Failure> {
    let Err(failure) = unless_gone(result) else { return Ok(()) };
    if failure.class != Class::Conflict {
        return Err(failure);
    }
    // That it can't be told makes the refusal no worse.
    let blockers = in_the_way(cloud, holder, id).await.unwrap_or_default();
    Err(Failure { blockers, ..failure })
}

async fn in_the_way(cloud: &Cloud, holder: Holder, id: &str) -> Result<Vec<String>, Failure> {
    let interfaces = interfaces(cloud, vec![filter(holder.filter(), [id])]).await?;
    let mut blockers: Vec<String> = interfaces.into_iter().map(described).collect();
    match holder {
        Holder::Network => blockers.extend(groups(cloud, "vpc-id", id).await?),
        Holder::Group => blockers.extend(groups(cloud, "ip-permission.group-id", id).await?),
        Holder::Subnet => {}
    }
    blockers.sort();
    Ok(blockers)
}

/// Services say in the description what an interface is for: `ELB app/orders/50dc6c495c0c9188`.
fn described(interface: NetworkInterface) -> String {
    let id = interface.network_interface_id.unwrap_or_default();
    let machine = interface.attachment.and_then(|attachment| attachment.instance_id);
    match interface.description.filter(|text| !text.is_empty()).or(machine) {
        Some(what) => format!("{id}, {what}"),
        None => id,
    }
}

/// Other groups in a network, or those with rules that name a group. The network's own goes with it.
async fn groups(cloud: &Cloud, by: &str, id: &str) -> Result<Vec<String>, Failure> {
    let of = filter(by, [id]);
    let ask = |token| cloud.ec2.describe_security_groups().filters(of.clone()).set_next_token(token).send();
    let groups = cloud
        .pages("ec2", "DescribeSecurityGroups", ask, |page| (page.security_groups, page.next_token))
        .await?;
    let others = groups.into_iter().filter(|group| {
        group.group_name.as_deref() != Some("default") && group.group_id.as_deref() != Some(id)
    });
    Ok(others
        .map(|group| {
            let name = group.group_name.unwrap_or_default();
            format!("{}, the security group {name}", group.group_id.unwrap_or_default())
        })
        .collect())
}
