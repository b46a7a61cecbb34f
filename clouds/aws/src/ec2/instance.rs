//! `aws_instance`

mod described;

use std::collections::BTreeMap;

use aws_sdk_ec2::types::{
    Filter, IamInstanceProfileSpecification, Instance as Machine, InstanceMaintenanceOptionsRequest,
    InstanceMetadataOptionsRequest, InstanceNetworkInterfaceSpecification, LaunchTemplateSpecification,
    ResourceType, RunInstancesMonitoringEnabled,
};
use provision_engine::driver::{Class, Failure};
use serde::{Deserialize, Serialize};

use super::volume::volumes;
use super::{VALUES, Which, filter, specification, tagged};
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};

pub(crate) struct Instance;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    ebs_optimized: Option<bool>,
    monitoring: Option<bool>,
    iam_instance_profile: Option<String>,
    #[serde(default)]
    launch_template: Vec<Template>,
    #[serde(default)]
    primary_network_interface: Vec<Interface>,
    #[serde(default)]
    metadata_options: Vec<Metadata>,
    #[serde(default)]
    maintenance_options: Vec<Maintenance>,
    #[serde(default)]
    root_block_device: Vec<Root>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Template {
    id: Option<String>,
    /// Which one a machine was started from is its own matter afterwards: a newer one is a roll, no change.
    version: Option<String>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Interface {
    network_interface_id: String,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Metadata {
    http_endpoint: Option<String>,
    http_tokens: Option<String>,
    http_put_response_hop_limit: Option<i32>,
    instance_metadata_tags: Option<String>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Maintenance {
    auto_recovery: Option<String>,
}

/// The template says what the disk is; this is what it has to have come to.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Root {
    encrypted: Option<bool>,
}

impl Kind for Instance {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_instance";

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        describe(cloud, Which::Of(&wanted.deployment)).await
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        Ok(describe(cloud, Which::Id(&known.id)).await?.pop())
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let arguments = &order.arguments;
        let template = arguments.launch_template.first().map(|template| {
            LaunchTemplateSpecification::builder()
                .set_launch_template_id(template.id.clone())
                .set_version(template.version.clone())
                .build()
        });
        let interfaces = arguments.primary_network_interface.iter().map(|interface| {
            InstanceNetworkInterfaceSpecification::builder()
                .device_index(0)
                .network_interface_id(&interface.network_interface_id)
                .build()
        });
        let profile = arguments
            .iam_instance_profile
            .as_ref()
            .map(|name| IamInstanceProfileSpecification::builder().name(name).build());
        let watched =
            arguments.monitoring.map(|on| RunInstancesMonitoringEnabled::builder().enabled(on).build());
        let sent = cloud
            .ec2
            .run_instances()
            .min_count(1)
            .max_count(1)
            .set_launch_template(template)
            .set_network_interfaces(Some(interfaces.collect::<Vec<_>>()).filter(|all| !all.is_empty()))
            .set_iam_instance_profile(profile)
            .set_ebs_optimized(arguments.ebs_optimized)
            .set_monitoring(watched)
            .set_metadata_options(arguments.metadata_options.first().map(metadata))
            .set_maintenance_options(arguments.maintenance_options.first().map(maintenance))
            .client_token(&order.token)
            .tag_specifications(specification(ResourceType::Instance, &order.tags))
            .send();
        let made = cloud.call("ec2", "RunInstances", sent).await?;
        let machine = made.instances.and_then(|mut machines| machines.pop());
        Ok(machine.and_then(|machine| machine.instance_id).unwrap_or_default())
    }

    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        if let Some(name) = ["ebs_optimized", "iam_instance_profile", "launch_template", "root_block_device"]
            .into_iter()
            .find(|name| order.changes(name))
        {
            let message = format!("`{name}` of a machine that lives can't be changed; replace the machine");
            return Err(Failure::new(Class::Fatal, message));
        }
        if order.changes("monitoring") {
            watch(cloud, &known.id, order.arguments.monitoring.unwrap_or(false)).await?;
        }
        if let Some(options) =
            order.arguments.metadata_options.first().filter(|_| order.changes("metadata_options"))
        {
            let sent = cloud
                .ec2
                .modify_instance_metadata_options()
                .instance_id(&known.id)
                .set_http_endpoint(options.http_endpoint.as_deref().map(Into::into))
                .set_http_tokens(options.http_tokens.as_deref().map(Into::into))
                .set_http_put_response_hop_limit(options.http_put_response_hop_limit)
                .set_instance_metadata_tags(options.instance_metadata_tags.as_deref().map(Into::into))
                .send();
            cloud.call("ec2", "ModifyInstanceMetadataOptions", sent).await?;
        }
        if let Some(options) =
            order.arguments.maintenance_options.first().filter(|_| order.changes("maintenance_options"))
        {
            let ask = cloud.ec2.modify_instance_maintenance_options().instance_id(&known.id);
            let sent = ask.set_auto_recovery(options.auto_recovery.as_deref().map(Into::into)).send();
            cloud.call("ec2", "ModifyInstanceMaintenanceOptions", sent).await?;
        }
        Ok(())
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let sent = cloud.ec2.terminate_instances().instance_ids(&known.id).send();
        unless_gone(cloud.call("ec2", "TerminateInstances", sent).await).map(|_| ())
    }

    tagged!();
}

async fn watch(cloud: &Cloud, id: &str, on: bool) -> Result<(), Failure> {
    if on {
        let sent = cloud.ec2.monitor_instances().instance_ids(id).send();
        return Ok(cloud.call("ec2", "MonitorInstances", sent).await.map(|_| ())?);
    }
    let sent = cloud.ec2.unmonitor_instances().instance_ids(id).send();
    Ok(cloud.call("ec2", "UnmonitorInstances", sent).await.map(|_| ())?)
}

fn metadata(options: &Metadata) -> InstanceMetadataOptionsRequest {
    InstanceMetadataOptionsRequest::builder()
        .set_http_endpoint(options.http_endpoint.as_deref().map(Into::into))
        .set_http_tokens(options.http_tokens.as_deref().map(Into::into))
        .set_http_put_response_hop_limit(options.http_put_response_hop_limit)
        .set_instance_metadata_tags(options.instance_metadata_tags.as_deref().map(Into::into))
        .build()
}

fn maintenance(options: &Maintenance) -> InstanceMaintenanceOptionsRequest {
    let auto = options.auto_recovery.as_deref().map(Into::into);
    InstanceMaintenanceOptionsRequest::builder().set_auto_recovery(auto).build()
}

/// The most that one page of machines takes
/// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html).
const PAGE: i32 = 1000;

pub(super) async fn machines(cloud: &Cloud, filters: Vec<Filter>) -> Result<Vec<Machine>, Failure> {
    let ask = |token| {
        let ask = cloud.ec2.describe_instances().set_filters(Some(filters.clone()));
        ask.max_results(PAGE).set_next_token(token).send()
    };
    let reservations =
        cloud.pages("ec2", "DescribeInstances", ask, |page| (page.reservations, page.next_token)).await?;
    Ok(reservations.into_iter().flat_map(|reservation| reservation.instances.unwrap_or_default()).collect())
}

async fn describe(cloud: &Cloud, which: Which<'_>) -> Result<Vec<Found<Arguments>>, Failure> {
    let machines = machines(cloud, which.filters("instance-id")).await?;
    let ids: Vec<String> = machines.iter().filter_map(|machine| machine.instance_id.clone()).collect();
    // Whether a disk is encrypted only the disk says: by machine and device.
    let mut encrypted = BTreeMap::new();
    for some in ids.chunks(VALUES) {
        for volume in volumes(cloud, vec![filter("attachment.instance-id", some.iter().cloned())]).await? {
            for attachment in volume.attachments.unwrap_or_default() {
                encrypted.insert((attachment.instance_id, attachment.device), volume.encrypted);
            }
        }
    }
    let disk = |machine: &Machine| {
        let key = (machine.instance_id.clone(), machine.root_device_name.clone());
        encrypted.get(&key).copied().flatten()
    };
    Ok(machines.into_iter().map(|machine| described::found(cloud, disk(&machine), machine)).collect())
}
