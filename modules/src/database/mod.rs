//! The database: run by the cloud, with a standby in another zone where that is asked for.

pub(crate) mod aws;
pub(crate) mod azure;
pub(crate) mod google;

use provision_architecture::Topology;
use provision_architecture::spec::{DatabaseKind, Redundancy};

use crate::RenderError;

#[derive(Debug, Clone)]
pub(crate) struct Database {
    pub(crate) kind: DatabaseKind,
    pub(crate) version: Option<String>,
    pub(crate) machine: Option<String>,
    pub(crate) standby: bool,
    pub(crate) highly_available: bool,
    /// How many servers; each belongs to one instance of a component where there is more than one.
    pub(crate) servers: usize,
    /// The index of the zone of each server without a standby.
    pub(crate) zones: Vec<usize>,
    pub(crate) storage_gb: u64,
    pub(crate) max_connections: Option<u64>,
    pub(crate) port: u16,
    /// The database in it that the platform uses.
    pub(crate) database: Option<&'static str>,
    /// How many days back it can be restored to.
    pub(crate) backup_days: u64,
}

impl Database {
    /// What a server is called in the Terraform.
    pub(crate) fn local(&self, number: usize) -> String {
        if self.servers > 1 { format!("server_{number}") } else { "main".to_owned() }
    }
}

/// The two numbers by which clouds call a line of MySQL: `8.4`.
pub(crate) fn mysql_line(version: &str) -> Result<[&str; 2], RenderError> {
    let mut numbers = version.split('.').filter(|part| part.parse::<u16>().is_ok());
    numbers.next().zip(numbers.next()).map(|(major, minor)| [major, minor]).ok_or_else(|| {
        RenderError::impossible(
            "backends.database.version",
            format!("no cloud knows a release of MySQL called `{version}`"),
            "choose 8.0 or 8.4",
        )
    })
}

pub(crate) fn decide(topology: &Topology) -> Result<Option<Database>, RenderError> {
    let Some(tier) = &topology.database else { return Ok(None) };
    if tier.kind == DatabaseKind::H2 {
        // Inside the process.
        return Ok(None);
    }
    if !tier.managed {
        return Err(RenderError::impossible(
            "backends.database.managed",
            "a database on machines of our own is not rendered",
            "set `managed: true`: the cloud runs it, with a standby where `multi_zone: true` asks for one",
        ));
    }
    if !matches!(tier.redundancy, Redundancy::None | Redundancy::ManagedMultiZone) {
        return Err(RenderError::impossible(
            "backends.database.redundancy",
            format!("`{}` is for servers of one's own", tier.redundancy),
            "use `multi_zone: true`",
        ));
    }
    let port = tier.port.ok_or_else(|| {
        RenderError::impossible("backends.database.kind", "it has no port", "name another kind")
    })?;
    Ok(Some(Database {
        kind: tier.kind,
        version: tier.version.as_ref().map(ToString::to_string),
        machine: tier.machine.name.as_ref().map(ToString::to_string),
        standby: tier.is_redundant(),
        highly_available: topology.highly_available,
        servers: tier.servers.len(),
        zones: tier.servers.iter().map(|server| server.zone).collect(),
        storage_gb: tier.storage_gb.unwrap_or(100),
        max_connections: tier.max_connections,
        port,
        database: match topology.platform {
            provision_architecture::spec::Platform::Kestra => Some("kestra"),
            provision_architecture::spec::Platform::Rudderstack => Some("jobsdb"),
            provision_architecture::spec::Platform::EventPlatform => Some("events"),
            // Octopus makes its own.
            provision_architecture::spec::Platform::Octopus => None,
        },
        backup_days: 14,
    }))
}
