//! Who looks after a component that no load balancer may replace.

use provision_architecture::Topology;
use provision_architecture::spec::Platform;
use provision_architecture::topology::Group;
use serde::Serialize;

use crate::Blocks;
use crate::machine_group::{self, GroupHealth};

/// Times are seconds.
#[derive(Serialize)]
pub(super) struct Watch {
    interval: u64,
    failures: u64,
    /// How long a start may take.
    start: u64,
    /// How many restarts are tried before the machine is replaced.
    restarts: u64,
    port: u64,
    /// None where it answers no questions.
    path: Option<String>,
    /// Where the cloud asks whether the machine is well.
    alive_port: u16,
}

/// Ours: where two starts did not help, a third one won't; another machine has another disk and another host.
const RESTARTS: u64 = 2;
/// Ours, for components of which no health check is documented.
const INTERVAL: u64 = 10;
const FAILURES: u64 = 6;

/// How long the machine tries by itself before it asks to be replaced: three times a start, as the script counts, for
/// the first start and after each restart.
pub(crate) fn patience(start: u64) -> u64 {
    3 * start * (RESTARTS + 1)
}

pub(super) fn context(group: &Group, topology: &Topology, blocks: &Blocks) -> Option<Watch> {
    let machines = blocks.machine_groups.iter().find(|it| it.component == group.component)?;
    if machines.health != GroupHealth::Machine {
        return None;
    }
    let health = group.health.as_ref();
    Some(Watch {
        interval: health.map_or(INTERVAL, |it| it.interval.milliseconds().div_ceil(1_000)),
        failures: health.map_or(FAILURES, |it| it.failures.get()),
        start: machines.start,
        restarts: RESTARTS,
        port: health.map_or(0, |it| it.port.get()),
        path: health.map(|it| alive(topology.platform, &it.path)),
        alive_port: machine_group::ALIVE,
    })
}

/// The question that a process answers as long as it lives, even where a backend is away: a restart heals no backend.
fn alive(platform: Platform, health: &str) -> String {
    match platform {
        // The Helm chart's liveness probe asks this one, its startup probe the other (chart 1.0.54, `values.yaml`).
        Platform::Kestra => format!("{health}/liveness"),
        _ => health.to_owned(),
    }
}
