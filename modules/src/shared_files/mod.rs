//! A file system that all machines mount.

pub(crate) mod aws;
pub(crate) mod azure;
pub(crate) mod google;

use provision_architecture::Topology;
use provision_architecture::spec::StorageKind;

#[derive(Debug, Clone, Copy)]
pub(crate) struct SharedFiles;

pub(crate) fn decide(topology: &Topology) -> Option<SharedFiles> {
    (topology.storage == StorageKind::SharedFiles).then_some(SharedFiles)
}
