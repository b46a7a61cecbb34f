//! How an Octopus node starts and stops beside others.

use provision_architecture::Topology;
use provision_architecture::spec::{LoadBalancerKind, Platform};
use provision_architecture::topology::Group;
use serde::Serialize;

use crate::Blocks;
use crate::cloud::Cloud;

/// Times are seconds.
#[derive(Serialize)]
pub(super) struct Octopus {
    /// How long a start may hold up the others.
    start: u64,
    /// How long a node may finish its tasks.
    drain: u64,
    /// Where the load balancer's connections come from, as the server takes them: ranges with commas.
    trusted_proxies: String,
}

/// The vendor's startup probe asks 30 times, once a minute (Octopus Server in Kubernetes).
const START: u64 = 1_800;

pub(super) fn context(
    group: &Group,
    topology: &Topology,
    blocks: &Blocks,
    cloud: &dyn Cloud,
) -> Option<Octopus> {
    if topology.platform != Platform::Octopus {
        return None;
    }
    // One that does not read HTTP leaves the client's address as it is.
    let reads = blocks.load_balancer.as_ref().filter(|it| it.kind == LoadBalancerKind::Application);
    let ranges = reads.map_or_else(Vec::new, |balancer| cloud.balancer_ranges(balancer, &blocks.network));
    Some(Octopus {
        start: START,
        drain: group.drain.map_or(600, |drain| drain.milliseconds().div_ceil(1_000)),
        trusted_proxies: ranges.join(","),
    })
}
