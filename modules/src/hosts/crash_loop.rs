//! What stands in for a degraded mode that the product no longer enters by itself.

use provision_architecture::Topology;
use provision_architecture::recovery;
use provision_architecture::topology::Group;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct CrashLoop {
    /// So many starts …
    starts: u64,
    /// … within so many seconds.
    window: u64,
}

/// Whether something on the component's machines counts its crashes.
pub(crate) fn counts_crashes(group: &Group, topology: &Topology) -> bool {
    context(group, topology).is_some()
}

/// Where crashes stop the taking in of events, too; as many as other versions of the product count. The server reads
/// `enableProcessor` and `enableRouter` from `RSERVER_ENABLE_PROCESSOR` and `RSERVER_ENABLE_ROUTER` (rudder-go-kit,
/// `config/env.go`) and starts degraded where one of them is false (`app/apphandlers/setup.go`).
pub(super) fn context(group: &Group, topology: &Topology) -> Option<CrashLoop> {
    let crashes = recovery::of(topology.platform).crashes.iter();
    let its: Vec<&recovery::Crash> = crashes.filter(|crash| crash.component == group.component).collect();
    let takes_nothing_in = its.iter().any(|crash| {
        crash.versions.contains(&topology.version)
            && crash.stops.iter().any(|capability| capability == "ingest")
    });
    let threshold = its.iter().find_map(|crash| crash.threshold.as_ref()).filter(|_| takes_nothing_in)?;
    let (starts, within) = (threshold.starts.get(), threshold.within.milliseconds());
    Some(CrashLoop { starts, window: within.div_ceil(1_000) })
}
