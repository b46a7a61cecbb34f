//! `aws_efs_mount_target`

use aws_sdk_efs::types::MountTargetDescription;
use provision_engine::driver::Failure;
use serde::{Deserialize, Serialize};

use super::file_system::own;
use super::{SERVICE, state};
use crate::attributes::computed;
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};

pub(crate) struct MountTarget;

/// It has no tags of its own: it belongs to whom its file system belongs to.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    file_system_id: String,
    subnet_id: String,
    ip_address: Option<String>,
    #[serde(default)]
    security_groups: Vec<String>,
}

impl Kind for MountTarget {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_efs_mount_target";

    /// One call for each of our file systems, and one for the security groups of each target: no list has them.
    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let mut all = Vec::new();
        for system in own(cloud, &wanted.deployment).await? {
            for target in of(cloud, &system).await? {
                all.extend(described(cloud, target).await?);
            }
        }
        Ok(all)
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        let ask = cloud.efs.describe_mount_targets().mount_target_id(&known.id);
        let told = unless_gone(cloud.call(SERVICE, "DescribeMountTargets", ask.send()).await)?;
        match told.and_then(|told| told.mount_targets?.pop()) {
            Some(target) => described(cloud, target).await,
            None => Ok(None),
        }
    }

    /// A file system has one in a zone: a second one is refused, and the first is the one that was ordered when it
    /// stands in the same subnet.
    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let arguments = &order.arguments;
        let groups = (!arguments.security_groups.is_empty()).then(|| arguments.security_groups.clone());
        let sent = cloud
            .efs
            .create_mount_target()
            .file_system_id(&arguments.file_system_id)
            .subnet_id(&arguments.subnet_id)
            .set_ip_address(arguments.ip_address.clone())
            .set_security_groups(groups)
            .send();
        match cloud.call(SERVICE, "CreateMountTarget", sent).await {
            Ok(made) => Ok(made.mount_target_id),
            Err(failed) if failed.code == "MountTargetConflict" => {
                let same = |target: &MountTargetDescription| target.subnet_id == arguments.subnet_id;
                let there = of(cloud, &arguments.file_system_id).await?.into_iter().find(same);
                there.map(|target| target.mount_target_id).ok_or_else(|| failed.into())
            }
            Err(failed) => Err(failed.into()),
        }
    }

    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        let sent = cloud
            .efs
            .modify_mount_target_security_groups()
            .mount_target_id(&known.id)
            .set_security_groups(Some(order.arguments.security_groups.clone()))
            .send();
        let result = cloud.call(SERVICE, "ModifyMountTargetSecurityGroups", sent).await;
        Ok(result.map(|_| ())?)
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let sent = cloud.efs.delete_mount_target().mount_target_id(&known.id).send();
        unless_gone(cloud.call(SERVICE, "DeleteMountTarget", sent).await).map(|_| ())
    }
}

/// Of a file system that is gone there are none.
async fn of(cloud: &Cloud, system: &str) -> Result<Vec<MountTargetDescription>, Failure> {
    let targets = cloud
        .pages(
            SERVICE,
            "DescribeMountTargets",
            |marker| {
                let ask = cloud.efs.describe_mount_targets().file_system_id(system).max_items(100);
                ask.set_marker(marker).send()
            },
            |page| (page.mount_targets, page.next_marker),
        )
        .await;
    Ok(unless_gone(targets)?.unwrap_or_default())
}

async fn described(
    cloud: &Cloud,
    target: MountTargetDescription,
) -> Result<Option<Found<Arguments>>, Failure> {
    let id = target.mount_target_id;
    let sent = cloud.efs.describe_mount_target_security_groups().mount_target_id(&id).send();
    let reported = target.life_cycle_state.as_str();
    let told = cloud.call(SERVICE, "DescribeMountTargetSecurityGroups", sent).await;
    let groups = match told {
        // On its way in or out it has no interface whose groups could be told.
        Err(failed) if failed.code == "IncorrectMountTargetState" => Vec::new(),
        told => match unless_gone(told)? {
            Some(told) => told.security_groups,
            None => return Ok(None),
        },
    };
    let arguments = Arguments {
        file_system_id: target.file_system_id.clone(),
        subnet_id: target.subnet_id,
        ip_address: target.ip_address,
        security_groups: groups,
    };
    let (region, domain) = (cloud.region(), cloud.domain());
    let system = target.file_system_id;
    let zone = target.availability_zone_name.unwrap_or_default();
    let mut found = Found::new(id, arguments);
    found.computed = computed([
        ("dns_name", Some(format!("{system}.efs.{region}.{domain}"))),
        ("mount_target_dns_name", Some(format!("{zone}.{system}.efs.{region}.{domain}"))),
        ("network_interface_id", target.network_interface_id),
    ]);
    found.of_ours = true;
    found.state = state(reported);
    Ok(Some(found))
}
