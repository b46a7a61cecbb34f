//! Whose pods start anew when the secret that they started with has changed: the database's password does, and a pod
//! reads it once.

use provision_architecture::Topology;
use provision_architecture::documented::Party;
use provision_architecture::spec::Platform;
use serde::Serialize;

use super::Workload;
use crate::Blocks;
use crate::cloud::Cloud;

/// What looks after it: `kubectl`, with a shell and `jq`.
pub(super) const IMAGE: &str = "alpine/k8s:1.35.4";

/// A workload whose pods read a password.
#[derive(Debug, Serialize)]
pub(super) struct Renewed {
    /// As Kubernetes knows it.
    name: String,
    /// Which pods are its own.
    selector: String,
    pub(super) secret: String,
}

pub(super) fn of(topology: &Topology, blocks: &Blocks, cloud: &dyn Cloud) -> Vec<Renewed> {
    let database = blocks.database.as_ref().filter(|database| cloud.has_password(database));
    let (Some(database), Some(cluster)) = (database, &blocks.cluster) else { return Vec::new() };
    let reads = |workload: &&Workload| {
        let group = topology.group(workload.component);
        group.is_some_and(|group| group.needs.contains(&Party::Database))
    };
    let renewed = |workload: &Workload| {
        let (name, selector) = named(topology, workload);
        Renewed { name, selector, secret: super::secrets::of_database(database.servers, workload.number) }
    };
    cluster.workloads.iter().filter(reads).map(renewed).collect()
}

fn named(topology: &Topology, workload: &Workload) -> (String, String) {
    if topology.platform == Platform::Kestra {
        let selector = format!(
            "app.kubernetes.io/instance={},app.kubernetes.io/component={}",
            topology.deployment, workload.component
        );
        return (super::chart::workload(workload.component), selector);
    }
    (workload.name(), format!("provision/workload={}", workload.name()))
}
