//! `aws_ebs_volume`

use aws_sdk_ec2::operation::create_volume::builders::CreateVolumeFluentBuilder;
use aws_sdk_ec2::types::{Filter, ResourceType, Snapshot, SnapshotState, Volume as Disk, VolumeState};
use provision_engine::driver::{Class, Failure, State};
use serde::{Deserialize, Serialize};

use super::{Which, filter, read_tags, specification, tagged};
use crate::attributes::computed;
use crate::connection::Cloud;
use crate::failure::{Failed, unless_gone};
use crate::kind::{Found, Kind, Known, Order, Wanted};
use crate::tags::{self, Tags};

pub(crate) struct Volume;

/// On a last snapshot: of which volume it is.
const LAST_OF: &str = "provision:last-of";

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    availability_zone: String,
    size: Option<i32>,
    #[serde(rename = "type")]
    kind: Option<String>,
    iops: Option<i32>,
    throughput: Option<i32>,
    encrypted: Option<bool>,
    kms_key_id: Option<String>,
    snapshot_id: Option<String>,
    multi_attach_enabled: Option<bool>,
}

impl Kind for Volume {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_ebs_volume";
    const KEPT: &'static [&'static str] = &["final_snapshot"];

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let volumes = volumes(cloud, Which::Of(&wanted.deployment).filters("")).await?;
        Ok(volumes.into_iter().map(|volume| found(cloud, volume)).collect())
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        let mut volumes = volumes(cloud, Which::Id(&known.id).filters("volume-id")).await?;
        Ok(volumes.pop().map(|volume| found(cloud, volume)))
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let made = cloud.call("ec2", "CreateVolume", ask(cloud, order).send()).await?;
        Ok(made.volume_id.unwrap_or_default())
    }

    async fn rehearse(cloud: &Cloud, order: &Order<Arguments>) -> Result<(), Failed> {
        let sent = ask(cloud, order).dry_run(true).send();
        cloud.call("ec2", "CreateVolume", sent).await.map(|_| ())
    }

    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        if !order.changes_any(&["size", "type", "iops", "throughput"]) {
            return Ok(());
        }
        let arguments = &order.arguments;
        let sent = cloud
            .ec2
            .modify_volume()
            .volume_id(&known.id)
            .set_size(arguments.size)
            .set_volume_type(arguments.kind.as_deref().map(Into::into))
            .set_iops(arguments.iops)
            .set_throughput(arguments.throughput)
            .send();
        Ok(cloud.call("ec2", "ModifyVolume", sent).await.map(|_| ())?)
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        if known.keeps("final_snapshot") {
            last_snapshot(cloud, &known.id).await?;
        }
        let sent = cloud.ec2.delete_volume().volume_id(&known.id).send();
        unless_gone(cloud.call("ec2", "DeleteVolume", sent).await).map(|_| ())
    }

    tagged!();
}

fn ask(cloud: &Cloud, order: &Order<Arguments>) -> CreateVolumeFluentBuilder {
    let arguments = &order.arguments;
    cloud
        .ec2
        .create_volume()
        .availability_zone(&arguments.availability_zone)
        .set_size(arguments.size)
        .set_volume_type(arguments.kind.as_deref().map(Into::into))
        .set_iops(arguments.iops)
        .set_throughput(arguments.throughput)
        .set_encrypted(arguments.encrypted)
        .set_kms_key_id(arguments.kms_key_id.clone())
        .set_snapshot_id(arguments.snapshot_id.clone())
        .set_multi_attach_enabled(arguments.multi_attach_enabled)
        .client_token(&order.token)
        .tag_specifications(specification(ResourceType::Volume, &order.tags))
}

/// One, however often it is asked for; the volume may only go when it is there. A snapshot has tags and no token: it is
/// looked for first, and after it was asked for lists get the time to show it, whatever the answer was. Whoever comes after
/// one that was killed has waited longer than that for the lock.
async fn last_snapshot(cloud: &Cloud, id: &str) -> Result<(), Failure> {
    let listed = tokio::time::Instant::now();
    let there = snapshots(cloud, filter(&format!("tag:{LAST_OF}"), [id])).await?;
    let states: Vec<SnapshotState> = there.into_iter().filter_map(|snapshot| snapshot.state).collect();
    if states.contains(&SnapshotState::Completed) {
        return Ok(());
    }
    if states.contains(&SnapshotState::Error) {
        let message = format!("the last snapshot of `{id}` failed; the volume stays");
        return Err(Failure::new(Class::Fatal, message));
    }
    if states.is_empty() && cloud.takes_last_snapshot(id, listed) {
        let Some(volume) = volumes(cloud, Which::Id(id).filters("volume-id")).await?.pop() else {
            return Ok(());
        };
        let mut tags: Tags = read_tags(volume.tags.as_deref());
        tags.retain(|name, _| name == "Name" || name == tags::DEPLOYMENT);
        tags.insert(LAST_OF.to_owned(), id.to_owned());
        let sent = cloud
            .ec2
            .create_snapshot()
            .volume_id(id)
            .description(format!("The last of {id}"))
            .tag_specifications(specification(ResourceType::Snapshot, &tags))
            .send();
        cloud.call("ec2", "CreateSnapshot", sent).await?;
    }
    Err(Failure::new(Class::Busy, format!("the last snapshot of `{id}` is being made")))
}

pub(crate) async fn volumes(cloud: &Cloud, filters: Vec<Filter>) -> Result<Vec<Disk>, Failure> {
    let ask =
        |token| cloud.ec2.describe_volumes().set_filters(Some(filters.clone())).set_next_token(token).send();
    Ok(cloud.pages("ec2", "DescribeVolumes", ask, |page| (page.volumes, page.next_token)).await?)
}

/// Of our own account.
pub(crate) async fn snapshots(cloud: &Cloud, of: Filter) -> Result<Vec<Snapshot>, Failure> {
    let ask = |token| {
        cloud.ec2.describe_snapshots().owner_ids("self").filters(of.clone()).set_next_token(token).send()
    };
    Ok(cloud.pages("ec2", "DescribeSnapshots", ask, |page| (page.snapshots, page.next_token)).await?)
}

fn found(cloud: &Cloud, volume: Disk) -> Found<Arguments> {
    let id = volume.volume_id.unwrap_or_default();
    let arguments = Arguments {
        availability_zone: volume.availability_zone.unwrap_or_default(),
        size: volume.size,
        kind: volume.volume_type.map(|kind| kind.as_str().to_owned()),
        iops: volume.iops,
        throughput: volume.throughput,
        encrypted: volume.encrypted,
        kms_key_id: volume.kms_key_id,
        snapshot_id: volume.snapshot_id.filter(|id| !id.is_empty()),
        multi_attach_enabled: volume.multi_attach_enabled,
    };
    let arn = volume.volume_arn.unwrap_or_else(|| {
        cloud.arn("ec2", volume.owner_id.as_deref().unwrap_or_default(), &format!("volume/{id}"))
    });
    let mut found = Found::new(id, arguments);
    found.tags = read_tags(volume.tags.as_deref());
    found.gone = volume.state == Some(VolumeState::Deleted);
    found.state = match volume.state {
        Some(VolumeState::Creating) => State::Pending,
        Some(VolumeState::Deleting) => State::Deleting,
        Some(VolumeState::Error) => State::Failed,
        _ => State::Ready,
    };
    found.computed = computed([("arn", Some(arn))]);
    found
}
