//! `aws_efs_backup_policy`

use aws_sdk_efs::types::{BackupPolicy as Given, Status as Reported};
use provision_engine::driver::{Failure, State};
use serde::{Deserialize, Serialize};

use super::SERVICE;
use super::file_system::own;
use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::{Found, Kind, Known, Order, Wanted};

pub(crate) struct BackupPolicy;

/// It has no tags of its own: it belongs to whom its file system belongs to.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    file_system_id: String,
    backup_policy: Vec<Policy>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Policy {
    status: Status,
}

/// Without backups there is no policy: off is how the service says that it was deleted.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Status {
    Enabled,
}

impl Kind for BackupPolicy {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_efs_backup_policy";

    async fn list(cloud: &Cloud, wanted: &Wanted) -> Result<Vec<Found<Arguments>>, Failure> {
        let mut all = Vec::new();
        for system in own(cloud, &wanted.deployment).await? {
            all.extend(of(cloud, &system).await?);
        }
        Ok(all)
    }

    async fn look(cloud: &Cloud, known: &Known<Arguments>) -> Result<Option<Found<Arguments>>, Failure> {
        of(cloud, &known.arguments.file_system_id).await
    }

    async fn create(cloud: &Cloud, order: &Order<Arguments>) -> Result<String, Failure> {
        put(cloud, &order.arguments.file_system_id, Reported::Enabled).await?;
        Ok(order.arguments.file_system_id.clone())
    }

    /// There is nothing else that it could be.
    async fn update(_: &Cloud, _: &Known<Arguments>, _: &Order<Arguments>) -> Result<(), Failure> {
        Ok(())
    }

    async fn delete(cloud: &Cloud, known: &Known<Arguments>) -> Result<(), Failure> {
        put(cloud, &known.arguments.file_system_id, Reported::Disabled).await
    }
}

/// Of a file system that is gone there is nothing to put.
async fn put(cloud: &Cloud, system: &str, status: Reported) -> Result<(), Failure> {
    let going = status == Reported::Disabled;
    let policy = Given::builder().status(status).build().expect("the status is set");
    let sent = cloud.efs.put_backup_policy().file_system_id(system).backup_policy(policy).send();
    match cloud.call(SERVICE, "PutBackupPolicy", sent).await {
        Err(failed) if going && failed.is_gone() => Ok(()),
        result => Ok(result.map(|_| ())?),
    }
}

async fn of(cloud: &Cloud, system: &str) -> Result<Option<Found<Arguments>>, Failure> {
    let sent = cloud.efs.describe_backup_policy().file_system_id(system).send();
    // That there is no policy is said like a file system that isn't there.
    let told = unless_gone(cloud.call(SERVICE, "DescribeBackupPolicy", sent).await)?;
    let state = match told.and_then(|told| told.backup_policy).map(|policy| policy.status) {
        Some(Reported::Enabled) => State::Ready,
        Some(Reported::Enabling) => State::Pending,
        Some(Reported::Disabling) => State::Deleting,
        _ => return Ok(None),
    };
    let backup_policy = vec![Policy { status: Status::Enabled }];
    let mut found = Found::new(system, Arguments { file_system_id: system.to_owned(), backup_policy });
    found.of_ours = true;
    found.state = state;
    Ok(Some(found))
}
