//! Kestra's own chart: the one chart of the four platforms with which the documented rules can be kept.

use provision_architecture::Topology;
use provision_architecture::spec::{ComponentName, Provider};
use serde::Serialize;

use super::files::Pod;
use super::{Autoscale, Workload};
use crate::RenderError;

/// The release whose keys are known; its application may be any of the 1.x line, which the image's tag decides.
pub(super) const VERSION: &str = "1.3.16";
/// The first release with the controller of Kestra 2.0.
pub(super) const VERSION_2: &str = "2.0.1";

#[derive(Serialize)]
pub(super) struct Values {
    deployment: String,
    repository: String,
    tag: String,
    /// SHA-256 of the configuration: pods start anew where it changes.
    configuration: String,
    deployments: Vec<Deployment>,
    /// Roles that the chart would start on its own.
    off: Vec<&'static str>,
    /// The login of the registry that its images come from.
    pull_secret: Option<&'static str>,
    /// Whether pods ask for the cloud's identity by a label.
    identity_label: bool,
}

#[derive(Serialize)]
struct Deployment {
    pod: Pod,
    threads: Option<u64>,
    arguments: Vec<&'static str>,
    connections: Option<u64>,
    database: &'static str,
    autoscale: Option<Bounds>,
}

#[derive(Serialize)]
struct Bounds {
    least: u64,
    most: u64,
    cpu: u64,
}

/// The chart has one image for all of its pods.
pub(super) fn check(workloads: &[Workload]) -> Result<(), RenderError> {
    let first = workloads.first().map(|workload| &workload.image);
    if workloads.iter().any(|workload| Some(&workload.image) != first) {
        return Err(RenderError::impossible(
            "components",
            "Kestra's chart starts all components from one image, and they name several",
            "name the same `image` for all of them",
        ));
    }
    Ok(())
}

/// What the chart calls the workload of a component, with the `fullnameOverride` of the values.
pub(super) fn workload(component: ComponentName) -> String {
    format!("kestra-{component}")
}

pub(super) fn version(topology: &Topology) -> &'static str {
    if topology.group(ComponentName::Controller).is_some() || topology.version.to_string().starts_with('2') {
        VERSION_2
    } else {
        VERSION
    }
}

pub(super) fn values(
    topology: &Topology,
    workloads: &[Workload],
    pods: Vec<Pod>,
    configuration: &str,
    mysql: bool,
) -> Values {
    // `name:tag`, and `name@sha256:digest` as well, which comes out the same again.
    let image = workloads.first().map(|workload| workload.image.as_str()).unwrap_or_default();
    let (repository, tag) = image.rsplit_once(':').unwrap_or((image, ""));
    let deployment = |(workload, pod): (&Workload, Pod)| {
        let group = topology.group(workload.component);
        Deployment {
            pod,
            threads: group
                .and_then(|group| group.threads)
                .filter(|_| matches!(workload.component, ComponentName::Worker | ComponentName::Standalone)),
            arguments: arguments(topology, workload.component),
            connections: group.and_then(|group| group.connections).filter(|_| topology.database.is_some()),
            database: if mysql { "MYSQL" } else { "POSTGRES" },
            autoscale: workload.autoscale.map(|Autoscale { least, most, cpu }| Bounds { least, most, cpu }),
        }
    };
    let off =
        ["standalone"].into_iter().filter(|role| workloads.iter().all(|it| it.component.word() != *role));
    Values {
        deployment: topology.deployment.to_string(),
        repository: repository.to_owned(),
        tag: tag.to_owned(),
        configuration: configuration.to_owned(),
        off: off.collect(),
        pull_secret: workloads.first().and_then(|it| super::secrets::pull_secret(topology, it)),
        deployments: workloads.iter().zip(pods).map(deployment).collect(),
        identity_label: topology.provider == Provider::Azure,
    }
}

fn arguments(topology: &Topology, component: ComponentName) -> Vec<&'static str> {
    let apart = |component| topology.group(component).is_some();
    let mut arguments = Vec::new();
    if component == ComponentName::Webserver && apart(ComponentName::Indexer) {
        arguments.push("--no-indexer");
    }
    if component == ComponentName::Webserver && apart(ComponentName::Controller) {
        arguments.push("--no-controller");
    }
    arguments
}
