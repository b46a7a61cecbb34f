//! Object storage: private, encrypted, with what was overwritten kept for a while.

pub(crate) mod aws;
pub(crate) mod azure;
pub(crate) mod google;

use provision_architecture::Topology;
use provision_architecture::spec::StorageKind;

#[derive(Debug, Clone, Copy)]
pub(crate) struct ObjectStorage {
    /// How long what was overwritten or deleted can be had back.
    pub(crate) keep_old_days: u64,
}

pub(crate) fn decide(topology: &Topology) -> Option<ObjectStorage> {
    (topology.storage == StorageKind::Object).then_some(ObjectStorage { keep_old_days: 30 })
}
