//! The servers of databases: the one that works, and the one that takes over.

use std::collections::BTreeMap;

use aws_sdk_rds::types::{DbInstance, Filter};
use provision_engine::driver::{Failure, Health, Live, Member, Role};

use crate::connection::Cloud;
use crate::failure::unless_gone;

/// By the id of the database.
pub(super) async fn members(
    cloud: &Cloud,
    owners: &[Live],
) -> Result<BTreeMap<String, Vec<Member>>, Failure> {
    let names = owners.iter().filter_map(|owner| owner.arguments.get("identifier")?.as_text());
    let names = names.map(str::to_owned).collect();
    let which = Filter::builder().name("db-instance-id").set_values(Some(names)).build();
    let told = cloud
        .pages(
            "rds",
            "DescribeDBInstances",
            |marker| cloud.rds.describe_db_instances().filters(which.clone()).set_marker(marker).send(),
            |page| (page.db_instances, page.marker),
        )
        .await;
    let databases = unless_gone(told)?.unwrap_or_default().into_iter();
    Ok(databases.map(|one| (one.dbi_resource_id.clone().unwrap_or_default(), servers(&one))).collect())
}

fn servers(database: &DbInstance) -> Vec<Member> {
    let name = database.db_instance_identifier.clone().unwrap_or_default();
    let status = database.db_instance_status.clone().unwrap_or_default();
    let health = health(&status);
    let reason = (health != Health::Healthy).then_some(status);
    let server = |id: String, role, zone: Option<String>, health, reason| Member {
        id,
        role,
        zone,
        health,
        reason,
        version: None,
    };
    let standby = format!("{name}/standby");
    let mut servers =
        vec![server(name, Role::Primary, database.availability_zone.clone(), health, reason.clone())];
    let coming = database.pending_modified_values.as_ref().and_then(|pending| pending.multi_az);
    if database.multi_az == Some(true) {
        let zone = database.secondary_availability_zone.clone();
        servers.push(server(standby, Role::Standby, zone, health, reason));
    } else if coming == Some(true) {
        let why = Some("it is being made".to_owned());
        servers.push(server(standby, Role::Standby, None, Health::Starting, why));
    }
    servers
}

/// What can be connected to works, whatever is done to it meanwhile
/// (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html#Overview.DBInstance.Status).
fn health(status: &str) -> Health {
    match status {
        "creating" | "starting" | "rebooting" | "renaming" | "restoring" | "configuring-associated-roles" => {
            Health::Starting
        }
        "deleting" | "delete-precheck" => Health::Leaving,
        "failed"
        | "restore-error"
        | "stopped"
        | "stopping"
        | "storage-full"
        | "insufficient-capacity"
        | "inaccessible-encryption-credentials"
        | "inaccessible-encryption-credentials-recoverable" => Health::Unhealthy,
        incompatible if incompatible.starts_with("incompatible-") => Health::Unhealthy,
        _ => Health::Healthy,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_rds::types::PendingModifiedValues;

    use super::*;

    fn database(multi_az: bool) -> aws_sdk_rds::types::builders::DbInstanceBuilder {
        DbInstance::builder()
            .db_instance_identifier("orders")
            .db_instance_status("available")
            .availability_zone("eu-west-1a")
            .multi_az(multi_az)
    }

    #[test]
    fn a_standby_stands_where_the_service_says() {
        let told = servers(&database(true).secondary_availability_zone("eu-west-1b").build());
        let zones: Vec<_> = told.iter().map(|server| (server.role, server.zone.as_deref())).collect();
        assert_eq!(zones, [(Role::Primary, Some("eu-west-1a")), (Role::Standby, Some("eu-west-1b"))]);
        assert_eq!(servers(&database(false).build()).len(), 1);
    }

    #[test]
    fn a_standby_that_is_being_made_is_not_there_yet() {
        let pending = PendingModifiedValues::builder().multi_az(true).build();
        let told = servers(&database(false).pending_modified_values(pending).build());
        assert_eq!((told[1].role, told[1].health), (Role::Standby, Health::Starting));
    }

    #[test]
    fn what_can_not_be_connected_to_is_no_health() {
        for (status, health) in [
            ("available", Health::Healthy),
            ("backing-up", Health::Healthy),
            ("modifying", Health::Healthy),
            ("creating", Health::Starting),
            ("stopped", Health::Unhealthy),
            ("incompatible-network", Health::Unhealthy),
            ("deleting", Health::Leaving),
        ] {
            assert_eq!(super::health(status), health, "{status}");
        }
    }
}
