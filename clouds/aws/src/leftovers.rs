//! What outlives a deployment though no resource is it.

use aws_sdk_ec2::types::Filter;
use provision_engine::driver::{Failure, Leftover};

use crate::again::{OFTEN, again};
use crate::belonging::{is_of, pairs};
use crate::connection::Cloud;
use crate::ec2::{self, filter};
use crate::tags::{self, Tags};

/// Each service says it in its own way, and none of them says it of everything: by tags that what made it passes on, or
/// by names that begin with those of the resource that it came from.
pub(crate) async fn leftovers(cloud: &Cloud, deployment: &str) -> Result<Vec<Leftover>, Failure> {
    let looks = tokio::try_join!(
        again(OFTEN, || disks(cloud, deployment)),
        again(OFTEN, || interfaces(cloud, deployment)),
        again(OFTEN, || snapshots(cloud, deployment)),
        again(OFTEN, || database_snapshots(cloud, deployment)),
        again(OFTEN, || database_backups(cloud, deployment)),
        again(OFTEN, || logs(cloud, deployment)),
    )?;
    let mut all: Vec<Leftover> =
        [looks.0, looks.1, looks.2, looks.3, looks.4, looks.5].into_iter().flatten().collect();
    // A disk of pods may have both marks.
    all.sort();
    all.dedup();
    Ok(all)
}

fn leftover(what: &str, id: Option<String>) -> Leftover {
    Leftover { what: what.to_owned(), id: id.unwrap_or_default() }
}

fn of(deployment: &str) -> Filter {
    filter(&format!("tag:{}", tags::DEPLOYMENT), [deployment])
}

/// Those of machines have the deployment's tag; a cluster's driver of disks marks them with the cluster's name
/// (https://docs.aws.amazon.com/eks/latest/userguide/ebs-csi.html).
async fn disks(cloud: &Cloud, deployment: &str) -> Result<Vec<Leftover>, Failure> {
    let mut all = Vec::new();
    for of in [of(deployment), filter("tag-key", [format!("kubernetes.io/cluster/{deployment}*")])] {
        let there = filter("status", ["creating", "available", "in-use", "error"]);
        let volumes = ec2::volumes(cloud, vec![of, there]).await?;
        let ours = volumes.into_iter().filter(|volume| is_ours(&pairs!(volume.tags.clone()), deployment));
        all.extend(ours.map(|volume| leftover("disk", volume.volume_id)));
    }
    Ok(all)
}

fn is_ours(tags: &Tags, deployment: &str) -> bool {
    let clusters = tags.keys().filter_map(|key| key.strip_prefix("kubernetes.io/cluster/"));
    is_of(tags, deployment) || clusters.into_iter().any(|cluster| begins_with(Some(cluster), deployment))
}

async fn interfaces(cloud: &Cloud, deployment: &str) -> Result<Vec<Leftover>, Failure> {
    let interfaces = ec2::interfaces(cloud, vec![of(deployment)]).await?.into_iter();
    Ok(interfaces.map(|one| leftover("network interface", one.network_interface_id)).collect())
}

async fn snapshots(cloud: &Cloud, deployment: &str) -> Result<Vec<Leftover>, Failure> {
    let snapshots = ec2::snapshots(cloud, of(deployment)).await?.into_iter();
    Ok(snapshots.map(|one| leftover("snapshot of a disk", one.snapshot_id)).collect())
}

async fn database_snapshots(cloud: &Cloud, deployment: &str) -> Result<Vec<Leftover>, Failure> {
    let ask = |marker| cloud.rds.describe_db_snapshots().set_marker(marker).send();
    let all = cloud.pages("rds", "DescribeDBSnapshots", ask, |page| (page.db_snapshots, page.marker)).await?;
    let ours = all.into_iter().filter(|one| {
        is_of(&pairs!(one.tag_list.clone()), deployment)
            || begins_with(one.db_instance_identifier(), deployment)
    });
    Ok(ours.map(|one| leftover("snapshot of a database", one.db_snapshot_identifier)).collect())
}

/// Automated backups that were to stay when their database was deleted.
async fn database_backups(cloud: &Cloud, deployment: &str) -> Result<Vec<Leftover>, Failure> {
    let retained = aws_sdk_rds::types::Filter::builder().name("status").values("retained").build();
    let ask = |marker| {
        let ask = cloud.rds.describe_db_instance_automated_backups().filters(retained.clone());
        ask.set_marker(marker).send()
    };
    let all = cloud
        .pages("rds", "DescribeDBInstanceAutomatedBackups", ask, |page| {
            (page.db_instance_automated_backups, page.marker)
        })
        .await?;
    let ours = all.into_iter().filter(|one| begins_with(one.db_instance_identifier(), deployment));
    Ok(ours.map(|one| leftover("backups of the database", one.db_instance_identifier)).collect())
}

/// Services make a group of their own where none was made for them, and a log that is on its way makes it anew.
async fn logs(cloud: &Cloud, deployment: &str) -> Result<Vec<Leftover>, Failure> {
    let mut all = Vec::new();
    for place in ["/aws/rds/instance", "/aws/eks", "/aws/msk", "/provision"] {
        let ask = |token| {
            let ask = cloud.logs.describe_log_groups().log_group_name_prefix(format!("{place}/{deployment}"));
            ask.set_next_token(token).send()
        };
        let groups =
            cloud.pages("logs", "DescribeLogGroups", ask, |page| (page.log_groups, page.next_token)).await?;
        let names = groups.into_iter().filter_map(|group| group.log_group_name);
        let ours = names.filter(|name| {
            let rest = name.strip_prefix(place).and_then(|rest| rest.strip_prefix('/'));
            begins_with(rest.and_then(|rest| rest.split('/').next()), deployment)
        });
        all.extend(ours.map(|name| leftover("log group", Some(name))));
    }
    Ok(all)
}

/// `orders` or `orders-database`, not `orders2`.
fn begins_with(name: Option<&str>, deployment: &str) -> bool {
    let rest = name.and_then(|name| name.strip_prefix(deployment));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_deployment_may_have_a_longer_name() {
        assert!(begins_with(Some("orders"), "orders") && begins_with(Some("orders-database"), "orders"));
        assert!(!begins_with(Some("orders2-database"), "orders") && !begins_with(None, "orders"));
    }
}
