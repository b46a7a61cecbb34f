//! What a group of nodes is told to change: other machines in one call, everything else in another.

use aws_sdk_eks::types::{Taint, UpdateLabelsPayload, UpdateTaintsPayload};
use provision_engine::driver::Failure;

use super::{
    Arguments, Repair, Repelled, Rolling, Scaling, Template, repair, rolling, scaling, taint, template,
};
use crate::connection::Cloud;
use crate::eks::{differs, written};
use crate::kind::Order;

/// What new machines are started from, as far as it isn't so yet.
pub(super) struct Version {
    version: Option<String>,
    release: Option<String>,
    template: Option<Template>,
}

pub(super) fn version(order: &Order<Arguments>, lives: &Arguments) -> Option<Version> {
    let wanted = &order.arguments;
    let version = wanted.version.clone().filter(|_| differs(&wanted.version, &lives.version));
    let release =
        wanted.release_version.clone().filter(|_| differs(&wanted.release_version, &lives.release_version));
    // Whether it is named by its id or by its name, it is the same one: another one makes another group.
    let number = |arguments: &Arguments| arguments.launch_template.first()?.version.clone();
    let template = wanted.launch_template.first().cloned();
    let template = template.filter(|_| differs(&number(wanted), &number(lives)));
    let any = version.is_some() || release.is_some() || template.is_some();
    // A call that names no template would take it off.
    let template = template.or_else(|| wanted.launch_template.first().cloned());
    any.then_some(Version { version, release, template })
}

pub(super) async fn roll(cloud: &Cloud, group: &Arguments, version: Version) -> Result<(), Failure> {
    let sent = cloud
        .eks
        .update_nodegroup_version()
        .cluster_name(&group.cluster_name)
        .nodegroup_name(&group.node_group_name)
        .set_version(version.version)
        .set_release_version(version.release)
        .set_launch_template(version.template.as_ref().map(template))
        .send();
    Ok(cloud.call("eks", "UpdateNodegroupVersion", sent).await.map(|_| ())?)
}

/// Everything that needs no other machines, as far as it isn't so yet.
#[derive(Default)]
pub(super) struct Config {
    scaling: Option<Scaling>,
    rolling: Option<Rolling>,
    repair: Option<Repair>,
    labels: Option<UpdateLabelsPayload>,
    taints: Option<UpdateTaintsPayload>,
}

pub(super) fn config(order: &Order<Arguments>, lives: &Arguments) -> Option<Config> {
    let wanted = &order.arguments;
    let mut config = Config::default();
    if order.changes("scaling_config")
        && differs(&wanted.scaling_config.first(), &lives.scaling_config.first())
    {
        config.scaling = wanted.scaling_config.first().cloned();
    }
    if order.changes("update_config") && differs(&wanted.update_config.first(), &lives.update_config.first())
    {
        config.rolling = wanted.update_config.first().cloned();
    }
    if order.changes("node_repair_config")
        && differs(&wanted.node_repair_config.first(), &lives.node_repair_config.first())
    {
        config.repair = wanted.node_repair_config.first().cloned();
    }
    if order.changes("labels") {
        config.labels = labels(wanted, lives);
    }
    if order.changes("taint") {
        config.taints = taints(&wanted.taint, &lives.taint);
    }
    let any = config.scaling.is_some()
        || config.rolling.is_some()
        || config.repair.is_some()
        || config.labels.is_some()
        || config.taints.is_some();
    any.then_some(config)
}

fn labels(wanted: &Arguments, lives: &Arguments) -> Option<UpdateLabelsPayload> {
    let (wanted, lives) = (&wanted.labels, &lives.labels);
    let gone: Vec<String> = lives.keys().filter(|key| !wanted.contains_key(*key)).cloned().collect();
    let mut new = wanted.clone();
    new.retain(|key, value| lives.get(key) != Some(value));
    let any = !gone.is_empty() || !new.is_empty();
    let payload = UpdateLabelsPayload::builder()
        .set_add_or_update_labels((!new.is_empty()).then(|| written(&new)))
        .set_remove_labels((!gone.is_empty()).then_some(gone));
    any.then(|| payload.build())
}

/// A taint is its key and its effect; its value may change.
fn taints(wanted: &[Repelled], lives: &[Repelled]) -> Option<UpdateTaintsPayload> {
    let is_same = |one: &Repelled, other: &Repelled| one.key == other.key && one.effect == other.effect;
    let gone = lives.iter().filter(|has| !wanted.iter().any(|wants| is_same(wants, has)));
    let gone: Vec<Taint> = gone.map(taint).collect();
    let new: Vec<Taint> = wanted.iter().filter(|wants| !lives.contains(wants)).map(taint).collect();
    let any = !gone.is_empty() || !new.is_empty();
    let payload = UpdateTaintsPayload::builder()
        .set_remove_taints((!gone.is_empty()).then_some(gone))
        .set_add_or_update_taints((!new.is_empty()).then_some(new));
    any.then(|| payload.build())
}

pub(super) async fn configure(cloud: &Cloud, group: &Arguments, config: Config) -> Result<(), Failure> {
    let sent = cloud
        .eks
        .update_nodegroup_config()
        .cluster_name(&group.cluster_name)
        .nodegroup_name(&group.node_group_name)
        .set_scaling_config(config.scaling.as_ref().map(scaling))
        .set_update_config(config.rolling.as_ref().map(rolling))
        .set_node_repair_config(config.repair.as_ref().map(repair))
        .set_labels(config.labels)
        .set_taints(config.taints)
        .send();
    Ok(cloud.call("eks", "UpdateNodegroupConfig", sent).await.map(|_| ())?)
}
