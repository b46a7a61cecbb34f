//! `aws_volume_attachment`

use aws_sdk_ec2::types::{InstanceStateName, Volume, VolumeAttachmentState as Code};
use provision_engine::driver::{Class, Failure, State};
use serde::{Deserialize, Serialize};

use super::Which;
use super::volume::volumes;
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};

pub(crate) struct VolumeAttachment;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    device_name: String,
    instance_id: String,
    volume_id: String,
    /// A disk is never taken from a machine that runs, whatever this says: what it holds would break.
    stop_instance_before_detaching: Option<bool>,
    force_detach: Option<bool>,
    skip_destroy: Option<bool>,
}

impl Kind for VolumeAttachment {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_volume_attachment";

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let volumes = volumes(cloud, Which::Of(&wanted.deployment).filters("")).await?;
        Ok(volumes.into_iter().flat_map(attachments).collect())
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        let volumes = volumes(cloud, Which::Id(&known.arguments.volume_id).filters("volume-id")).await?;
        Ok(volumes.into_iter().flat_map(attachments).find(|found| found.id == known.id))
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let arguments = &order.arguments;
        let sent = cloud
            .ec2
            .attach_volume()
            .device(&arguments.device_name)
            .instance_id(&arguments.instance_id)
            .volume_id(&arguments.volume_id)
            .send();
        cloud.call("ec2", "AttachVolume", sent).await?;
        Ok(id(&arguments.device_name, &arguments.volume_id, &arguments.instance_id))
    }

    async fn update(_: &Cloud, _: &Known<Arguments>, _: &Order<Arguments>) -> Result<(), Failure> {
        // What may change is only looked at when it goes.
        Ok(())
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        stopped(cloud, &known.arguments.instance_id).await?;
        let sent = cloud
            .ec2
            .detach_volume()
            .volume_id(&known.arguments.volume_id)
            .instance_id(&known.arguments.instance_id)
            .send();
        match cloud.call("ec2", "DetachVolume", sent).await {
            // It is detached already.
            Err(failed) if failed.code == "IncorrectState" || failed.code == "InvalidAttachment.NotFound" => {
                Ok(())
            }
            result => unless_gone(result).map(|_| ()),
        }
    }
}

/// Asks the machine to stop, and has to be asked again until it has.
async fn stopped(cloud: &Cloud, instance: &str) -> Result<(), Failure> {
    let sent = cloud.ec2.describe_instances().instance_ids(instance).send();
    let told = unless_gone(cloud.call("ec2", "DescribeInstances", sent).await)?;
    let machine = told.and_then(|told| told.reservations).unwrap_or_default().into_iter();
    let machine = machine.flat_map(|reservation| reservation.instances.unwrap_or_default()).next();
    let state = machine.and_then(|machine| machine.state).and_then(|state| state.name);
    match state {
        None | Some(InstanceStateName::Stopped | InstanceStateName::Terminated) => return Ok(()),
        Some(InstanceStateName::Running) => {
            let sent = cloud.ec2.stop_instances().instance_ids(instance).send();
            cloud.call("ec2", "StopInstances", sent).await?;
        }
        Some(_) => {}
    }
    Err(Failure::new(Class::NotYetConsistent, format!("`{instance}` stops before its disk is taken")))
}

fn id(device: &str, volume: &str, instance: &str) -> String {
    format!("{device}:{volume}:{instance}")
}

fn attachments(volume: Volume) -> Vec<Found<Arguments>> {
    let volume_id = volume.volume_id.unwrap_or_default();
    let attachments = volume.attachments.unwrap_or_default().into_iter();
    attachments
        .filter_map(|attachment| {
            let (device, instance) = (attachment.device?, attachment.instance_id?);
            let arguments = Arguments {
                device_name: device.clone(),
                instance_id: instance.clone(),
                volume_id: volume_id.clone(),
                stop_instance_before_detaching: None,
                force_detach: None,
                skip_destroy: None,
            };
            let mut found = Found::new(id(&device, &volume_id, &instance), arguments);
            found.of_ours = true;
            found.gone = attachment.state == Some(Code::Detached);
            found.state = match attachment.state {
                Some(Code::Attaching) => State::Pending,
                Some(Code::Detaching) => State::Deleting,
                _ => State::Ready,
            };
            Some(found)
        })
        .collect()
}
