//! What the picture needs to know of a topology, read from the form in which `topology.json` keeps it.

use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

/// More nodes than this nobody can look at, and nobody runs.
const MOST_NODES: usize = 100_000;

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DeploymentError {
    #[error("this is no topology that can be drawn: {0}")]
    Shape(String),
    #[error("{what} stands in zone number {zone}, but there are {zones} zones")]
    Zone { what: String, zone: usize, zones: usize },
    #[error("there are {count} nodes, and at most {MOST_NODES} can be drawn")]
    TooMany { count: usize },
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Deployment {
    pub(crate) deployment: String,
    pub(crate) platform: String,
    pub(crate) version: String,
    pub(crate) size: String,
    pub(crate) provider: String,
    pub(crate) region: String,
    pub(crate) zones: Vec<String>,
    pub(crate) groups: Vec<Group>,
    pub(crate) database: Option<Database>,
    pub(crate) queue: Option<Queue>,
    pub(crate) search: Option<Search>,
    pub(crate) storage: String,
    pub(crate) load_balancer: Option<String>,
    pub(crate) arrows: Vec<Arrow>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Group {
    pub(crate) component: String,
    pub(crate) instances: Vec<usize>,
    pub(crate) machine: Host,
    pub(crate) needs: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Host {
    pub(crate) name: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Database {
    pub(crate) kind: String,
    pub(crate) version: Option<String>,
    pub(crate) managed: bool,
    pub(crate) servers: Vec<Server>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Server {
    pub(crate) zone: usize,
    pub(crate) standby: Option<usize>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Queue {
    pub(crate) kind: String,
    pub(crate) version: Option<String>,
    pub(crate) managed: bool,
    pub(crate) brokers: Vec<usize>,
    pub(crate) controllers: Vec<usize>,
    pub(crate) controller_port: Option<u16>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Search {
    pub(crate) kind: String,
    pub(crate) version: Option<String>,
    pub(crate) managed: bool,
    pub(crate) nodes: Vec<usize>,
    pub(crate) masters: Vec<usize>,
    pub(crate) transport_port: u16,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Arrow {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) port: u16,
}

pub(crate) fn read(topology: &Value) -> Result<Deployment, DeploymentError> {
    let deployment =
        Deployment::deserialize(topology).map_err(|error| DeploymentError::Shape(error.to_string()))?;
    check(&deployment)?;
    Ok(deployment)
}

/// A file may say anything: every zone must be one that there is.
fn check(deployment: &Deployment) -> Result<(), DeploymentError> {
    let zones = deployment.zones.len();
    let mut count = 0;
    for (what, placed) in placed(deployment) {
        count += placed.len();
        if let Some(zone) = placed.into_iter().find(|zone| *zone >= zones) {
            return Err(DeploymentError::Zone { what: what.to_owned(), zone, zones });
        }
    }
    if count > MOST_NODES { Err(DeploymentError::TooMany { count }) } else { Ok(()) }
}

fn placed(deployment: &Deployment) -> Vec<(&str, Vec<usize>)> {
    let mut placed: Vec<(&str, Vec<usize>)> =
        deployment.groups.iter().map(|group| (group.component.as_str(), group.instances.clone())).collect();
    if let Some(database) = &deployment.database {
        let zones = database.servers.iter().flat_map(|it| std::iter::once(it.zone).chain(it.standby));
        placed.push(("the database", zones.collect()));
    }
    if let Some(queue) = &deployment.queue {
        placed.push(("the queue", queue.brokers.iter().chain(&queue.controllers).copied().collect()));
    }
    if let Some(search) = &deployment.search {
        placed.push(("the search cluster", search.nodes.iter().chain(&search.masters).copied().collect()));
    }
    placed
}
