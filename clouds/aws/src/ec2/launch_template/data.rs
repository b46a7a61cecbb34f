//! What a launch template says, as Terraform writes it and as the service does.

use aws_sdk_ec2::types::{
    LaunchTemplateBlockDeviceMapping, LaunchTemplateBlockDeviceMappingRequest as DeviceRequest,
    LaunchTemplateEbsBlockDeviceRequest as DiskRequest,
    LaunchTemplateIamInstanceProfileSpecificationRequest as ProfileRequest,
    LaunchTemplateInstanceMetadataOptionsRequest as MetadataRequest,
    LaunchTemplateTagSpecificationRequest as TagsRequest,
    LaunchTemplatesMonitoringRequest as MonitoringRequest, RequestLaunchTemplateData,
    ResponseLaunchTemplateData,
};
use serde::{Deserialize, Serialize};

use super::Arguments;
use crate::ec2::{read_tags, written};
use crate::tags::Tags;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Profile {
    arn: Option<String>,
    name: Option<String>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Metadata {
    http_endpoint: Option<String>,
    http_tokens: Option<String>,
    http_put_response_hop_limit: Option<i32>,
    instance_metadata_tags: Option<String>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Device {
    device_name: Option<String>,
    #[serde(default)]
    ebs: Vec<Disk>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Disk {
    volume_type: Option<String>,
    volume_size: Option<i32>,
    iops: Option<i32>,
    throughput: Option<i32>,
    encrypted: Option<bool>,
    kms_key_id: Option<String>,
    snapshot_id: Option<String>,
    delete_on_termination: Option<bool>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Monitoring {
    enabled: Option<bool>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TagsOf {
    resource_type: Option<String>,
    #[serde(default)]
    tags: Tags,
}

pub(super) fn request(arguments: &Arguments) -> RequestLaunchTemplateData {
    let some = |list: &Vec<String>| (!list.is_empty()).then(|| list.clone());
    let devices: Vec<_> = arguments.block_device_mappings.iter().map(device).collect();
    let tags: Vec<_> = arguments.tag_specifications.iter().map(tags_of).collect();
    RequestLaunchTemplateData::builder()
        .set_image_id(arguments.image_id.clone())
        .set_instance_type(arguments.instance_type.as_deref().map(Into::into))
        .set_key_name(arguments.key_name.clone())
        .set_user_data(arguments.user_data.clone())
        .set_ebs_optimized(arguments.ebs_optimized)
        .set_disable_api_termination(arguments.disable_api_termination)
        .set_disable_api_stop(arguments.disable_api_stop)
        .set_security_group_ids(some(&arguments.vpc_security_group_ids))
        .set_iam_instance_profile(arguments.iam_instance_profile.first().map(profile))
        .set_metadata_options(arguments.metadata_options.first().map(metadata))
        .set_block_device_mappings((!devices.is_empty()).then_some(devices))
        .set_monitoring(
            arguments
                .monitoring
                .first()
                .map(|monitoring| MonitoringRequest::builder().set_enabled(monitoring.enabled).build()),
        )
        .set_tag_specifications((!tags.is_empty()).then_some(tags))
        .build()
}

fn profile(profile: &Profile) -> ProfileRequest {
    ProfileRequest::builder().set_arn(profile.arn.clone()).set_name(profile.name.clone()).build()
}

fn metadata(options: &Metadata) -> MetadataRequest {
    MetadataRequest::builder()
        .set_http_endpoint(options.http_endpoint.as_deref().map(Into::into))
        .set_http_tokens(options.http_tokens.as_deref().map(Into::into))
        .set_http_put_response_hop_limit(options.http_put_response_hop_limit)
        .set_instance_metadata_tags(options.instance_metadata_tags.as_deref().map(Into::into))
        .build()
}

fn device(device: &Device) -> DeviceRequest {
    let disk = |disk: &Disk| {
        DiskRequest::builder()
            .set_volume_type(disk.volume_type.as_deref().map(Into::into))
            .set_volume_size(disk.volume_size)
            .set_iops(disk.iops)
            .set_throughput(disk.throughput)
            .set_encrypted(disk.encrypted)
            .set_kms_key_id(disk.kms_key_id.clone())
            .set_snapshot_id(disk.snapshot_id.clone())
            .set_delete_on_termination(disk.delete_on_termination)
            .build()
    };
    let builder = DeviceRequest::builder().set_device_name(device.device_name.clone());
    builder.set_ebs(device.ebs.first().map(disk)).build()
}

fn tags_of(tags: &TagsOf) -> TagsRequest {
    TagsRequest::builder()
        .set_resource_type(tags.resource_type.as_deref().map(Into::into))
        .set_tags(Some(written(&tags.tags)))
        .build()
}

pub(super) fn arguments(data: ResponseLaunchTemplateData) -> Arguments {
    Arguments {
        name: None,
        update_default_version: None,
        image_id: data.image_id,
        instance_type: data.instance_type.map(|kind| kind.as_str().to_owned()),
        key_name: data.key_name,
        user_data: data.user_data,
        ebs_optimized: data.ebs_optimized,
        disable_api_termination: data.disable_api_termination,
        disable_api_stop: data.disable_api_stop,
        vpc_security_group_ids: data.security_group_ids.unwrap_or_default(),
        iam_instance_profile: data
            .iam_instance_profile
            .map(|profile| Profile { arn: profile.arn, name: profile.name })
            .into_iter()
            .collect(),
        metadata_options: data
            .metadata_options
            .map(|options| Metadata {
                http_endpoint: options.http_endpoint.map(|set| set.as_str().to_owned()),
                http_tokens: options.http_tokens.map(|set| set.as_str().to_owned()),
                http_put_response_hop_limit: options.http_put_response_hop_limit,
                instance_metadata_tags: options.instance_metadata_tags.map(|set| set.as_str().to_owned()),
            })
            .into_iter()
            .collect(),
        block_device_mappings: data
            .block_device_mappings
            .unwrap_or_default()
            .into_iter()
            .map(described_device)
            .collect(),
        monitoring: data
            .monitoring
            .map(|monitoring| Monitoring { enabled: monitoring.enabled })
            .into_iter()
            .collect(),
        tag_specifications: data
            .tag_specifications
            .unwrap_or_default()
            .into_iter()
            .map(|tags| TagsOf {
                resource_type: tags.resource_type.map(|kind| kind.as_str().to_owned()),
                tags: read_tags(tags.tags.as_deref()),
            })
            .collect(),
    }
}

fn described_device(device: LaunchTemplateBlockDeviceMapping) -> Device {
    let disk = device.ebs.map(|disk| Disk {
        volume_type: disk.volume_type.map(|kind| kind.as_str().to_owned()),
        volume_size: disk.volume_size,
        iops: disk.iops,
        throughput: disk.throughput,
        encrypted: disk.encrypted,
        kms_key_id: disk.kms_key_id,
        snapshot_id: disk.snapshot_id,
        delete_on_termination: disk.delete_on_termination,
    });
    Device { device_name: device.device_name, ebs: disk.into_iter().collect() }
}
