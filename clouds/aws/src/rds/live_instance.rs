//! A database as the service describes it.

use aws_sdk_rds::types::{DbInstance, PendingModifiedValues};
use provision_engine::driver::{Failure, State};
use provision_engine::{Attributes, Value};

use super::instance::Arguments;
use crate::attributes::computed;
use crate::belonging::{is_of, pairs};
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Wanted};
use crate::tags::{Tags, read_kept};

/// The list has the tags.
pub(super) async fn listed(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
    let all = cloud
        .pages(
            "rds",
            "DescribeDBInstances",
            |marker| cloud.rds.describe_db_instances().set_marker(marker).send(),
            |page| (page.db_instances, page.marker),
        )
        .await?;
    let named = |found: &Found<Arguments>| wanted.names.contains(&found.arguments.identifier);
    let found = all.into_iter().map(live);
    Ok(found.filter(|found| is_of(&found.tags, &wanted.deployment) || named(found)).collect())
}

pub(super) async fn described(cloud: &Cloud, name: &str) -> Result<Option<Found<Arguments>>, Failure> {
    let sent = cloud.rds.describe_db_instances().db_instance_identifier(name).send();
    let told = unless_gone(cloud.call("rds", "DescribeDBInstances", sent).await)?;
    Ok(told.and_then(|told| told.db_instances?.pop()).map(live))
}

fn live(database: DbInstance) -> Found<Arguments> {
    let tags: Tags = pairs!(database.tag_list.clone());
    let status = database.db_instance_status.clone().unwrap_or_default();
    let computed = told(&database, &status);
    let changing = is_changing(&database, &tags);
    let id = database.dbi_resource_id.clone().unwrap_or_default();
    let mut found = Found::new(id, arguments(database));
    found.tags = tags;
    found.state = match state(&status) {
        State::Ready if changing => State::Pending,
        state => state,
    };
    found.reason = match found.state {
        State::Ready => None,
        _ if changing => Some("a change of it is under way".to_owned()),
        _ => Some(format!("it is {status}")),
    };
    found.computed = computed;
    found
}

/// A change that is to be made at once is still to come while the status says `available`: it becomes `modifying` a little
/// later (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_PendingModifiedValues.html). Others wait for the
/// maintenance window, and nobody waits for that.
fn is_changing(database: &DbInstance, tags: &Tags) -> bool {
    let none = PendingModifiedValues::builder().build();
    let waits = database.pending_modified_values.as_ref().is_some_and(|pending| *pending != none);
    waits && read_kept(tags, &["apply_immediately"]).values().any(|set| *set == Value::Bool(true))
}

/// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html#Overview.DBInstance.Status
fn state(status: &str) -> State {
    match status {
        "available" | "storage-optimization" | "storage-config-upgrade" | "stopped" => State::Ready,
        "deleting" | "delete-precheck" => State::Deleting,
        "failed" | "restore-error" => State::Failed,
        incompatible if incompatible.starts_with("incompatible-") => State::Failed,
        _ => State::Pending,
    }
}

fn arguments(database: DbInstance) -> Arguments {
    // What waits for its maintenance window was set; a plan has nothing to do about it any more.
    let pending = database.pending_modified_values;
    let pending = pending.as_ref();
    let group = database.db_parameter_groups.and_then(|groups| groups.into_iter().next());
    let groups = database.vpc_security_groups.unwrap_or_default().into_iter();
    Arguments {
        identifier: database.db_instance_identifier.unwrap_or_default(),
        engine: database.engine,
        engine_version: pending.and_then(|p| p.engine_version.clone()).or(database.engine_version),
        license_model: pending.and_then(|p| p.license_model.clone()).or(database.license_model),
        instance_class: pending
            .and_then(|p| p.db_instance_class.clone())
            .or(database.db_instance_class)
            .unwrap_or_default(),
        db_name: database.db_name,
        port: pending
            .and_then(|p| p.port)
            .or(database.endpoint.as_ref().and_then(|at| at.port))
            .or(database.db_instance_port.filter(|port| *port != 0)),
        username: database.master_username,
        manage_master_user_password: database.master_user_secret.map(|_| true),
        multi_az: pending.and_then(|p| p.multi_az).or(database.multi_az),
        availability_zone: database.availability_zone,
        db_subnet_group_name: database.db_subnet_group.and_then(|group| group.db_subnet_group_name),
        vpc_security_group_ids: groups.filter_map(|group| group.vpc_security_group_id).collect(),
        publicly_accessible: database.publicly_accessible,
        parameter_group_name: group.and_then(|group| group.db_parameter_group_name),
        storage_type: pending.and_then(|p| p.storage_type.clone()).or(database.storage_type),
        allocated_storage: pending.and_then(|p| p.allocated_storage).or(database.allocated_storage),
        max_allocated_storage: database.max_allocated_storage,
        iops: pending.and_then(|p| p.iops).or(database.iops),
        storage_throughput: pending.and_then(|p| p.storage_throughput).or(database.storage_throughput),
        storage_encrypted: database.storage_encrypted,
        kms_key_id: database.kms_key_id,
        backup_retention_period: pending
            .and_then(|p| p.backup_retention_period)
            .or(database.backup_retention_period),
        backup_window: database.preferred_backup_window,
        maintenance_window: database.preferred_maintenance_window,
        copy_tags_to_snapshot: database.copy_tags_to_snapshot,
        deletion_protection: database.deletion_protection,
        auto_minor_version_upgrade: database.auto_minor_version_upgrade,
        performance_insights_enabled: database.performance_insights_enabled,
        enabled_cloudwatch_logs_exports: database.enabled_cloudwatch_logs_exports.unwrap_or_default(),
    }
}

fn told(database: &DbInstance, status: &str) -> Attributes {
    let at = database.endpoint.as_ref();
    let address = at.and_then(|at| at.address.clone());
    let port = at.and_then(|at| at.port).unwrap_or_default();
    let mut told = computed([
        ("arn", database.db_instance_arn.clone()),
        ("endpoint", address.as_ref().map(|address| format!("{address}:{port}"))),
        ("address", address),
        ("hosted_zone_id", at.and_then(|at| at.hosted_zone_id.clone())),
        ("resource_id", database.dbi_resource_id.clone()),
        ("status", Some(status.to_owned())),
    ]);
    if let Some(secret) = &database.master_user_secret {
        // Where the password is, never the password.
        let place = computed([
            ("secret_arn", secret.secret_arn.clone()),
            ("secret_status", secret.secret_status.clone()),
            ("kms_key_id", secret.kms_key_id.clone()),
        ]);
        told.insert("master_user_secret".to_owned(), Value::List(vec![Value::Map(place)]));
    }
    told
}
