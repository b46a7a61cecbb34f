//! `aws_efs_file_system`

use aws_sdk_efs::types::{FileSystemDescription, LifecyclePolicy, Tag};
use provision_engine::driver::{Class, Failure};
use serde::{Deserialize, Serialize};

use super::{SERVICE, state};
use crate::attributes::computed;
use crate::belonging::{adopted, is_of};
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};
use crate::tags::Tags;

pub(crate) struct FileSystem;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    creation_token: String,
    encrypted: Option<bool>,
    kms_key_id: Option<String>,
    performance_mode: Option<String>,
    throughput_mode: Option<String>,
    provisioned_throughput_in_mibps: Option<f64>,
    availability_zone_name: Option<String>,
    #[serde(default)]
    lifecycle_policy: Vec<Transition>,
}

/// One to each block, as the service has them.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Transition {
    transition_to_ia: Option<String>,
    transition_to_archive: Option<String>,
    transition_to_primary_storage_class: Option<String>,
}

impl Kind for FileSystem {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_efs_file_system";

    /// The list has the tags; what is moved to cheaper storage is asked of each of ours.
    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let mut all = Vec::new();
        for system in systems(cloud).await? {
            if is_of(&tags(&system), &wanted.deployment) || wanted.names.contains(&system.creation_token) {
                all.extend(described(cloud, system).await?);
            }
        }
        Ok(all)
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        let ask = cloud.efs.describe_file_systems().file_system_id(&known.id);
        let told = unless_gone(cloud.call(SERVICE, "DescribeFileSystems", ask.send()).await)?;
        match told.and_then(|told| told.file_systems?.pop()) {
            Some(system) => described(cloud, system).await,
            None => Ok(None),
        }
    }

    /// The token is the file system's name: it is the service's own word for "only once".
    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let arguments = &order.arguments;
        let sent = cloud
            .efs
            .create_file_system()
            .creation_token(&arguments.creation_token)
            .set_encrypted(arguments.encrypted)
            .set_kms_key_id(arguments.kms_key_id.clone())
            .set_performance_mode(arguments.performance_mode.as_deref().map(Into::into))
            .set_throughput_mode(arguments.throughput_mode.as_deref().map(Into::into))
            .set_provisioned_throughput_in_mibps(arguments.provisioned_throughput_in_mibps)
            .set_availability_zone_name(arguments.availability_zone_name.clone())
            .set_tags(Some(written(&order.tags)))
            .send();
        match cloud.call(SERVICE, "CreateFileSystem", sent).await {
            Ok(made) => Ok(made.file_system_id),
            Err(failed) if failed.code == "FileSystemAlreadyExists" => {
                adopted(order, named(cloud, &arguments.creation_token).await?, failed)
            }
            Err(failed) => Err(failed.into()),
        }
    }

    async fn finish(cloud: &Cloud, id: &str, order: &Order<Arguments>) -> Result<(), Failure> {
        match order.arguments.lifecycle_policy.is_empty() {
            true => Ok(()),
            false => move_as(cloud, id, &order.arguments.lifecycle_policy).await,
        }
    }

    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        // First what leaves it available: while its throughput changes it takes nothing else.
        if order.changes("lifecycle_policy") {
            move_as(cloud, &known.id, &order.arguments.lifecycle_policy).await?;
        }
        match order.changes_any(&["throughput_mode", "provisioned_throughput_in_mibps"]) {
            true => change_throughput(cloud, &known.id, &order.arguments).await,
            false => Ok(()),
        }
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let sent = cloud.efs.delete_file_system().file_system_id(&known.id).send();
        unless_gone(cloud.call(SERVICE, "DeleteFileSystem", sent).await).map(|_| ())
    }

    async fn tag(cloud: &Cloud, known: &Known<Arguments>, tags: &Tags) -> Result<(), Failure> {
        let sent = cloud.efs.tag_resource().resource_id(&known.id).set_tags(Some(written(tags))).send();
        Ok(cloud.call(SERVICE, "TagResource", sent).await.map(|_| ())?)
    }

    async fn untag(cloud: &Cloud, known: &Known<Arguments>, keys: Vec<String>) -> Result<(), Failure> {
        let sent = cloud.efs.untag_resource().resource_id(&known.id).set_tag_keys(Some(keys)).send();
        unless_gone(cloud.call(SERVICE, "UntagResource", sent).await).map(|_| ())
    }
}

fn written(tags: &Tags) -> Vec<Tag> {
    let tag = |(key, value): (&String, &String)| {
        Tag::builder().key(key).value(value).build().expect("key and value are set")
    };
    tags.iter().map(tag).collect()
}

fn tags(system: &FileSystemDescription) -> Tags {
    system.tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())).collect()
}

async fn systems(cloud: &Cloud) -> Result<Vec<FileSystemDescription>, Failure> {
    let all = cloud
        .pages(
            SERVICE,
            "DescribeFileSystems",
            |marker| cloud.efs.describe_file_systems().max_items(1000).set_marker(marker).send(),
            |page| (page.file_systems, page.next_marker),
        )
        .await?;
    Ok(all)
}

/// The ids of the deployment's file systems: what hangs on them is the deployment's, too.
pub(super) async fn own(cloud: &Cloud, deployment: &str) -> Result<Vec<String>, Failure> {
    let all = systems(cloud).await?.into_iter();
    Ok(all.filter(|system| is_of(&tags(system), deployment)).map(|system| system.file_system_id).collect())
}

async fn named(cloud: &Cloud, token: &str) -> Result<Option<Found<Arguments>>, Failure> {
    let sent = cloud.efs.describe_file_systems().creation_token(token).send();
    let told = unless_gone(cloud.call(SERVICE, "DescribeFileSystems", sent).await)?;
    match told.and_then(|told| told.file_systems?.pop()) {
        Some(system) => described(cloud, system).await,
        None => Ok(None),
    }
}

/// When files move to cheaper storage and back. A file system has to be there before it takes that.
async fn move_as(cloud: &Cloud, id: &str, transitions: &[Transition]) -> Result<(), Failure> {
    let policy = |transition: &Transition| {
        LifecyclePolicy::builder()
            .set_transition_to_ia(transition.transition_to_ia.as_deref().map(Into::into))
            .set_transition_to_archive(transition.transition_to_archive.as_deref().map(Into::into))
            .set_transition_to_primary_storage_class(
                transition.transition_to_primary_storage_class.as_deref().map(Into::into),
            )
            .build()
    };
    let sent = cloud
        .efs
        .put_lifecycle_configuration()
        .file_system_id(id)
        .set_lifecycle_policies(Some(transitions.iter().map(policy).collect()))
        .send();
    let result = cloud.call(SERVICE, "PutLifecycleConfiguration", sent).await;
    Ok(result.map(|_| ())?)
}

async fn change_throughput(cloud: &Cloud, id: &str, arguments: &Arguments) -> Result<(), Failure> {
    let sent = cloud
        .efs
        .update_file_system()
        .file_system_id(id)
        .set_throughput_mode(arguments.throughput_mode.as_deref().map(Into::into))
        .set_provisioned_throughput_in_mibps(arguments.provisioned_throughput_in_mibps)
        .send();
    match cloud.call(SERVICE, "UpdateFileSystem", sent).await {
        // No throttling: it may be changed once in 24 hours
        // (https://docs.aws.amazon.com/efs/latest/ug/API_UpdateFileSystem.html).
        Err(failed) if failed.code == "TooManyRequests" => {
            Err(Failure { class: Class::Fatal, ..failed.failure })
        }
        result => Ok(result.map(|_| ())?),
    }
}

async fn described(
    cloud: &Cloud,
    system: FileSystemDescription,
) -> Result<Option<Found<Arguments>>, Failure> {
    let id = system.file_system_id.clone();
    let sent = cloud.efs.describe_lifecycle_configuration().file_system_id(&id).send();
    let told = unless_gone(cloud.call(SERVICE, "DescribeLifecycleConfiguration", sent).await)?;
    let Some(told) = told else { return Ok(None) };
    let transition = |policy: LifecyclePolicy| Transition {
        transition_to_ia: policy.transition_to_ia.map(|rule| rule.as_str().to_owned()),
        transition_to_archive: policy.transition_to_archive.map(|rule| rule.as_str().to_owned()),
        transition_to_primary_storage_class: policy
            .transition_to_primary_storage_class
            .map(|rule| rule.as_str().to_owned()),
    };
    let policies = told.lifecycle_policies.unwrap_or_default().into_iter().map(transition);
    Ok(Some(live(cloud, system, policies.collect())))
}

fn live(cloud: &Cloud, system: FileSystemDescription, lifecycle_policy: Vec<Transition>) -> Found<Arguments> {
    let (tags, id) = (tags(&system), system.file_system_id);
    let arguments = Arguments {
        creation_token: system.creation_token,
        encrypted: system.encrypted,
        kms_key_id: system.kms_key_id,
        performance_mode: Some(system.performance_mode.as_str().to_owned()),
        throughput_mode: system.throughput_mode.map(|mode| mode.as_str().to_owned()),
        provisioned_throughput_in_mibps: system.provisioned_throughput_in_mibps,
        availability_zone_name: system.availability_zone_name,
        lifecycle_policy,
    };
    let mut found = Found::new(id.clone(), arguments);
    found.computed = computed([
        ("arn", system.file_system_arn),
        ("dns_name", Some(format!("{id}.efs.{}.{}", cloud.region(), cloud.domain()))),
        ("owner_id", Some(system.owner_id)),
    ]);
    found.tags = tags;
    found.state = state(system.life_cycle_state.as_str());
    found
}
