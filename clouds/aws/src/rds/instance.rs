//! `aws_db_instance`

use provision_engine::Value;
use provision_engine::driver::Failure;
use serde::{Deserialize, Serialize};

use super::live_instance::{described, listed};
use super::{tagged, written};
use crate::attributes::read_value;
use crate::belonging::adopted;
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};
use crate::tags::read_kept;

pub(crate) struct Instance;

/// The password is the service's: none passes through here.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    pub(super) identifier: String,
    pub(super) engine: Option<String>,
    pub(super) engine_version: Option<String>,
    pub(super) license_model: Option<String>,
    pub(super) instance_class: String,
    pub(super) db_name: Option<String>,
    pub(super) port: Option<i32>,
    pub(super) username: Option<String>,
    pub(super) manage_master_user_password: Option<bool>,
    pub(super) multi_az: Option<bool>,
    pub(super) availability_zone: Option<String>,
    pub(super) db_subnet_group_name: Option<String>,
    #[serde(default)]
    pub(super) vpc_security_group_ids: Vec<String>,
    pub(super) publicly_accessible: Option<bool>,
    pub(super) parameter_group_name: Option<String>,
    pub(super) storage_type: Option<String>,
    pub(super) allocated_storage: Option<i32>,
    pub(super) max_allocated_storage: Option<i32>,
    pub(super) iops: Option<i32>,
    pub(super) storage_throughput: Option<i32>,
    pub(super) storage_encrypted: Option<bool>,
    pub(super) kms_key_id: Option<String>,
    pub(super) backup_retention_period: Option<i32>,
    pub(super) backup_window: Option<String>,
    pub(super) maintenance_window: Option<String>,
    pub(super) copy_tags_to_snapshot: Option<bool>,
    pub(super) deletion_protection: Option<bool>,
    pub(super) auto_minor_version_upgrade: Option<bool>,
    pub(super) performance_insights_enabled: Option<bool>,
    #[serde(default)]
    pub(super) enabled_cloudwatch_logs_exports: Vec<String>,
}

/// What an instance has no place for, and later calls need.
pub(super) const LATER: &[&str] = &[
    "allow_major_version_upgrade",
    "apply_immediately",
    "delete_automated_backups",
    "final_snapshot_identifier",
    "skip_final_snapshot",
];

impl Kind for Instance {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_db_instance";
    const KEPT: &'static [&'static str] = LATER;

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        listed(cloud, wanted).await
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        described(cloud, &known.arguments.identifier).await
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        let given = &order.arguments;
        let sent = cloud
            .rds
            .create_db_instance()
            .db_instance_identifier(&given.identifier)
            .db_instance_class(&given.instance_class)
            .set_engine(given.engine.clone())
            .set_engine_version(given.engine_version.clone())
            .set_license_model(given.license_model.clone())
            .set_db_name(given.db_name.clone())
            .set_port(given.port)
            .set_master_username(given.username.clone())
            .set_manage_master_user_password(given.manage_master_user_password)
            .set_multi_az(given.multi_az)
            .set_availability_zone(given.availability_zone.clone())
            .set_db_subnet_group_name(given.db_subnet_group_name.clone())
            .set_vpc_security_group_ids(Some(given.vpc_security_group_ids.clone()))
            .set_publicly_accessible(given.publicly_accessible)
            .set_db_parameter_group_name(given.parameter_group_name.clone())
            .set_storage_type(given.storage_type.clone())
            .set_allocated_storage(given.allocated_storage)
            .set_max_allocated_storage(given.max_allocated_storage)
            .set_iops(given.iops)
            .set_storage_throughput(given.storage_throughput)
            .set_storage_encrypted(given.storage_encrypted)
            .set_kms_key_id(given.kms_key_id.clone())
            .set_backup_retention_period(given.backup_retention_period)
            .set_preferred_backup_window(given.backup_window.clone())
            .set_preferred_maintenance_window(given.maintenance_window.clone())
            .set_copy_tags_to_snapshot(given.copy_tags_to_snapshot)
            .set_deletion_protection(given.deletion_protection)
            .set_auto_minor_version_upgrade(given.auto_minor_version_upgrade)
            .set_enable_performance_insights(given.performance_insights_enabled)
            .set_enable_cloudwatch_logs_exports(Some(given.enabled_cloudwatch_logs_exports.clone()))
            .set_tags(Some(written(&order.tags)))
            .send();
        match cloud.call("rds", "CreateDBInstance", sent).await {
            Ok(made) => Ok(made.db_instance.and_then(|made| made.dbi_resource_id).unwrap_or_default()),
            Err(failed) if failed.code == "DBInstanceAlreadyExists" => {
                adopted(order, described(cloud, &given.identifier).await?, failed)
            }
            Err(failed) => Err(failed.into()),
        }
    }

    async fn update(
        cloud: &Cloud,
        known: &Known<Arguments>,
        order: &Order<Arguments>,
    ) -> Result<(), Failure> {
        let kept = read_kept(&order.tags, LATER);
        let says = |name: &str| kept.get(name) == Some(&Value::Bool(true));
        let given = &order.arguments;
        let text = |name: &str, value: &Option<String>| value.clone().filter(|_| order.changes(name));
        let number = |name: &str, value: Option<i32>| value.filter(|_| order.changes(name));
        let flag = |name: &str, value: Option<bool>| order.changes(name).then_some(value.unwrap_or(false));
        let ask = cloud
            .rds
            .modify_db_instance()
            .db_instance_identifier(&known.arguments.identifier)
            .apply_immediately(says("apply_immediately"))
            .allow_major_version_upgrade(says("allow_major_version_upgrade"))
            .set_db_instance_class(order.changes("instance_class").then(|| given.instance_class.clone()))
            .set_engine_version(text("engine_version", &given.engine_version))
            .set_license_model(text("license_model", &given.license_model))
            .set_db_port_number(number("port", given.port))
            .set_manage_master_user_password(flag(
                "manage_master_user_password",
                given.manage_master_user_password,
            ))
            .set_multi_az(flag("multi_az", given.multi_az))
            .set_db_subnet_group_name(text("db_subnet_group_name", &given.db_subnet_group_name))
            .set_publicly_accessible(flag("publicly_accessible", given.publicly_accessible))
            .set_db_parameter_group_name(text("parameter_group_name", &given.parameter_group_name))
            .set_storage_type(text("storage_type", &given.storage_type))
            .set_allocated_storage(number("allocated_storage", given.allocated_storage))
            .set_max_allocated_storage(number("max_allocated_storage", given.max_allocated_storage))
            .set_iops(number("iops", given.iops))
            .set_storage_throughput(number("storage_throughput", given.storage_throughput))
            .set_backup_retention_period(number("backup_retention_period", given.backup_retention_period))
            .set_preferred_backup_window(text("backup_window", &given.backup_window))
            .set_preferred_maintenance_window(text("maintenance_window", &given.maintenance_window))
            .set_copy_tags_to_snapshot(flag("copy_tags_to_snapshot", given.copy_tags_to_snapshot))
            .set_deletion_protection(flag("deletion_protection", given.deletion_protection))
            .set_auto_minor_version_upgrade(flag(
                "auto_minor_version_upgrade",
                given.auto_minor_version_upgrade,
            ))
            .set_enable_performance_insights(flag(
                "performance_insights_enabled",
                given.performance_insights_enabled,
            ))
            .set_vpc_security_group_ids(
                order.changes("vpc_security_group_ids").then(|| given.vpc_security_group_ids.clone()),
            )
            .set_cloudwatch_logs_export_configuration(logs(known, order));
        Ok(cloud.call("rds", "ModifyDBInstance", ask.send()).await.map(|_| ())?)
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        let skip = known.keeps("skip_final_snapshot");
        let snapshot: Option<String> =
            known.kept.get("final_snapshot_identifier").and_then(|name| read_value(name).ok());
        // Backups go with it unless it was said that they stay.
        let backups = known.kept.get("delete_automated_backups") != Some(&Value::Bool(false));
        for number in 1..=SNAPSHOTS {
            let name = snapshot.as_ref().filter(|_| !skip).map(|name| numbered(name, number));
            let sent = cloud
                .rds
                .delete_db_instance()
                .db_instance_identifier(&known.arguments.identifier)
                .skip_final_snapshot(skip)
                .set_final_db_snapshot_identifier(name)
                .delete_automated_backups(backups)
                .send();
            match cloud.call("rds", "DeleteDBInstance", sent).await {
                Err(failed) if failed.code == "DBSnapshotAlreadyExists" && number < SNAPSHOTS => {}
                Err(failed)
                    if failed.code == "InvalidDBInstanceState"
                        && failed.failure.message.contains("already being deleted") =>
                {
                    return Ok(());
                }
                result => return unless_gone(result).map(|_| ()),
            }
        }
        Ok(())
    }

    tagged!();
}

/// How many last snapshots of databases of one name there may be.
const SNAPSHOTS: u32 = 20;

/// The database of an earlier life may have left a snapshot of that name, and a backup is never overwritten.
fn numbered(name: &str, number: u32) -> String {
    if number == 1 { name.to_owned() } else { format!("{name}-{number}") }
}

/// Which logs begin and which end to be exported.
fn logs(
    known: &Known<Arguments>,
    order: &Order<Arguments>,
) -> Option<aws_sdk_rds::types::CloudwatchLogsExportConfiguration> {
    let (has, wants) =
        (&known.arguments.enabled_cloudwatch_logs_exports, &order.arguments.enabled_cloudwatch_logs_exports);
    let only = |some: &[String], others: &[String]| -> Vec<String> {
        some.iter().filter(|log| !others.contains(log)).cloned().collect()
    };
    order.changes("enabled_cloudwatch_logs_exports").then(|| {
        aws_sdk_rds::types::CloudwatchLogsExportConfiguration::builder()
            .set_enable_log_types(Some(only(wants, has)))
            .set_disable_log_types(Some(only(has, wants)))
            .build()
    })
}
