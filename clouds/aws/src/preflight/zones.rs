//! Whether the account has the zones of the plan.

use std::collections::BTreeSet;
use std::sync::Arc;

use provision_engine::driver::Failure;

use super::Foreseen;
use super::wanted::{Wanted, named};
use crate::connection::Cloud;

pub(super) async fn check(cloud: Arc<Cloud>, wanted: Arc<Wanted>) -> Result<Foreseen, Failure> {
    let zones = wanted.zones();
    if zones.is_empty() {
        return Ok(Foreseen::default());
    }
    let sent = cloud.ec2.describe_availability_zones().send();
    let told = cloud.call("ec2", "DescribeAvailabilityZones", sent).await?;
    let there: BTreeSet<String> =
        told.availability_zones.unwrap_or_default().into_iter().filter_map(|zone| zone.zone_name).collect();
    let all = there.iter().cloned().collect::<Vec<_>>().join(", ");
    let missing = zones.iter().filter(|(zone, _)| !there.contains(*zone));
    let line =
        |(zone, by)| format!("the account has no zone `{zone}`, which {} asks for; it has {all}", named(by));
    Ok(Foreseen::short(missing.map(line)))
}
