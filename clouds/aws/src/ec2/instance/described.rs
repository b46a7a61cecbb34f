//! A machine as the service describes it, as Terraform writes it.

use aws_sdk_ec2::types::{Instance as Machine, InstanceStateName, MonitoringState};
use provision_engine::driver::State;

use super::{Arguments, Interface, Maintenance, Metadata, Root, Template};
use crate::attributes::computed;
use crate::connection::Cloud;
use crate::ec2::read_tags;
use crate::kind::Found;

/// The cloud says in a tag of its own what a machine was started from.
const FROM_TEMPLATE: &str = "aws:ec2launchtemplate:id";

pub(super) fn found(cloud: &Cloud, encrypted: Option<bool>, machine: Machine) -> Found<Arguments> {
    let id = machine.instance_id.clone().unwrap_or_default();
    let interface = machine
        .network_interfaces
        .as_deref()
        .unwrap_or_default()
        .iter()
        .find(|interface| interface.attachment.as_ref().and_then(|it| it.device_index) == Some(0))
        .and_then(|interface| interface.network_interface_id.clone());
    let tags = read_tags(machine.tags.as_deref());
    let state = machine.state.as_ref().and_then(|state| state.name.clone());
    let mut found =
        Found::new(id.clone(), arguments(&machine, encrypted, interface.clone(), tags.get(FROM_TEMPLATE)));
    found.tags = tags;
    found.gone = state == Some(InstanceStateName::Terminated);
    found.state = match state {
        Some(InstanceStateName::Pending) => State::Pending,
        Some(InstanceStateName::ShuttingDown) => State::Deleting,
        _ => State::Ready,
    };
    let owner = machine.network_interfaces.as_deref().unwrap_or_default().first();
    let owner = owner.and_then(|interface| interface.owner_id.clone()).unwrap_or_default();
    found.computed = computed([
        ("arn", Some(cloud.arn("ec2", &owner, &format!("instance/{id}")))),
        ("private_dns", machine.private_dns_name),
        ("private_ip", machine.private_ip_address),
        ("primary_network_interface_id", interface),
        ("availability_zone", machine.placement.and_then(|placement| placement.availability_zone)),
        ("subnet_id", machine.subnet_id),
        ("ami", machine.image_id),
        ("instance_type", machine.instance_type.map(|kind| kind.as_str().to_owned())),
    ]);
    found
}

fn arguments(
    machine: &Machine,
    encrypted: Option<bool>,
    interface: Option<String>,
    template: Option<&String>,
) -> Arguments {
    let watched = machine.monitoring.as_ref().and_then(|monitoring| monitoring.state.as_ref());
    let profile = machine.iam_instance_profile.as_ref().and_then(|profile| profile.arn.as_deref());
    let options = machine.metadata_options.as_ref().map(|options| Metadata {
        http_endpoint: options.http_endpoint.as_ref().map(|set| set.as_str().to_owned()),
        http_tokens: options.http_tokens.as_ref().map(|set| set.as_str().to_owned()),
        http_put_response_hop_limit: options.http_put_response_hop_limit,
        instance_metadata_tags: options.instance_metadata_tags.as_ref().map(|set| set.as_str().to_owned()),
    });
    let recovery = machine.maintenance_options.as_ref().and_then(|options| options.auto_recovery.as_ref());
    // Where it isn't said it is on.
    let recovery = recovery.map_or("default", |set| set.as_str()).to_owned();
    Arguments {
        ebs_optimized: machine.ebs_optimized,
        monitoring: Some(matches!(watched, Some(MonitoringState::Enabled | MonitoringState::Pending))),
        iam_instance_profile: profile.and_then(|arn| arn.rsplit('/').next()).map(str::to_owned),
        launch_template: template
            .map(|id| Template { id: Some(id.clone()), version: None })
            .into_iter()
            .collect(),
        primary_network_interface: interface
            .map(|network_interface_id| Interface { network_interface_id })
            .into_iter()
            .collect(),
        metadata_options: options.into_iter().collect(),
        maintenance_options: vec![Maintenance { auto_recovery: Some(recovery) }],
        root_block_device: encrypted
            .map(|encrypted| Root { encrypted: Some(encrypted) })
            .into_iter()
            .collect(),
    }
}
