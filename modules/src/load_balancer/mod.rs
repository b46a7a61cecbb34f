//! How users reach the deployment.

pub(crate) mod aws;
pub(crate) mod azure;
pub(crate) mod google;

use provision_architecture::Topology;
use provision_architecture::documented::{Party, Protocol};
use provision_architecture::spec::{ComponentName, LoadBalancerKind, Platform};
use provision_architecture::topology::{Group, OpenPort};

use crate::RenderError;

#[derive(Debug, Clone)]
pub(crate) struct LoadBalancer {
    pub(crate) kind: LoadBalancerKind,
    pub(crate) internal: bool,
    pub(crate) hostname: Option<String>,
    pub(crate) certificate: Option<String>,
    pub(crate) dns_zone: Option<String>,
    /// How long a connection may be silent, in seconds.
    pub(crate) idle_timeout: u64,
    pub(crate) targets: Vec<Target>,
    pub(crate) entries: Vec<Entry>,
}

/// A port of a component that the load balancer sends to.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) component: ComponentName,
    pub(crate) port: u16,
    /// Where nodes of a cluster listen for it.
    pub(crate) node_port: Option<u16>,
    /// What the port is for.
    pub(crate) purpose: String,
    pub(crate) passes_through: bool,
    pub(crate) health: HealthCheck,
    /// How long requests may go on that are on their way when a machine leaves, in seconds.
    pub(crate) leave: u64,
}

/// How one sees whether a machine answers.
#[derive(Debug, Clone)]
pub(crate) struct HealthCheck {
    pub(crate) port: u16,
    pub(crate) node_port: Option<u16>,
    pub(crate) path: String,
    pub(crate) interval: u64,
    pub(crate) failures: u64,
    /// A status that means: finishing its work, send it nothing new.
    pub(crate) draining_status: Option<u64>,
}

impl HealthCheck {
    /// The documented one, or else whether the port answers.
    pub(crate) fn of(group: &Group, port: u16) -> Self {
        let health = group.health.as_ref();
        let seconds = |milliseconds: u64| milliseconds.div_ceil(1_000);
        Self {
            port: health.and_then(|health| u16::try_from(health.port.get()).ok()).unwrap_or(port),
            node_port: None,
            path: health.map_or_else(|| "/".to_owned(), |health| health.path.clone()),
            interval: health.map_or(10, |health| seconds(health.interval.milliseconds())),
            failures: health.map_or(3, |health| health.failures.get()),
            draining_status: health
                .and_then(|health| health.draining_status)
                .map(provision_architecture::spec::Count::get),
        }
    }
}

/// A port that users connect to.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) port: u16,
    pub(crate) action: Action,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// To the same address over TLS.
    Redirect,
    /// TLS ends here.
    EndTls { target: usize },
    /// As it comes.
    Forward { target: usize },
}

pub(crate) fn decide(topology: &Topology) -> Result<Option<LoadBalancer>, RenderError> {
    let Some(kind) = topology.load_balancer else { return Ok(None) };
    let spec = topology.spec.load_balancer.as_ref();
    let certificate = spec.and_then(|spec| spec.certificate.as_ref()).map(ToString::to_string);
    let internal = spec.and_then(|spec| spec.internal);
    if internal == Some(false) && certificate.is_none() {
        return Err(RenderError::impossible(
            "load_balancer.certificate",
            "a load balancer on the internet needs a certificate, or passwords cross it in plain text",
            "name the certificate, or set `internal: true`",
        ));
    }
    let targets = targets(topology, kind);
    if targets.is_empty() {
        return Ok(None);
    }
    let entries = entries(&targets, certificate.is_some(), kind);
    Ok(Some(LoadBalancer {
        kind,
        // Without a certificate nothing is shown to the internet.
        internal: internal.unwrap_or(certificate.is_none()),
        hostname: spec.and_then(|spec| spec.hostname.as_ref()).map(ToString::to_string),
        certificate,
        dns_zone: spec.and_then(|spec| spec.dns_zone.as_ref()).map(ToString::to_string),
        idle_timeout: idle_timeout(topology.platform),
        targets,
        entries,
    }))
}

/// What the product's own server allows, so that the load balancer is not the one that hangs up.
fn idle_timeout(platform: Platform) -> u64 {
    match platform {
        // Live updates are long streams; the server's own time-out is an hour.
        Platform::Kestra => 3_600,
        // Packages of gigabytes are uploaded in one request.
        Platform::Octopus => 1_800,
        Platform::Rudderstack | Platform::EventPlatform => 60,
    }
}

/// The ports that the load balancer connects to for traffic: those of the health check alone are none.
fn targets(topology: &Topology, kind: LoadBalancerKind) -> Vec<Target> {
    let mut targets = Vec::new();
    for group in &topology.groups {
        let has_own_health_port = |port: &OpenPort| {
            group.health.as_ref().is_some_and(|health| health.port.get() == u64::from(port.port))
        };
        let balanced: Vec<&OpenPort> =
            group.ports.iter().filter(|port| port.from.contains(&Party::LoadBalancer)).collect();
        for port in &balanced {
            let only_health = has_own_health_port(port) && balanced.len() > 1 && port.name == "management";
            let passes_through = port.protocol == Protocol::Tcp;
            // Only a load balancer that passes TCP through can carry it, and only for agents that are there.
            let carried = !passes_through || (kind == LoadBalancerKind::Network && has_agents(topology));
            if !only_health && carried {
                targets.push(target(group, port, passes_through));
            }
        }
    }
    targets
}

fn has_agents(topology: &Topology) -> bool {
    topology.spec.polling_targets.is_some_and(|targets| targets.get() > 0)
}

fn target(group: &Group, port: &OpenPort, passes_through: bool) -> Target {
    Target {
        component: group.component,
        port: port.port,
        node_port: None,
        purpose: port.name.clone(),
        passes_through,
        health: HealthCheck::of(group, port.port),
        leave: 60,
    }
}

fn entries(targets: &[Target], tls: bool, kind: LoadBalancerKind) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (target, it) in targets.iter().enumerate() {
        if it.passes_through {
            entries.push(Entry { port: it.port, action: Action::Forward { target } });
        } else if tls {
            entries.push(Entry { port: 443, action: Action::EndTls { target } });
            // A load balancer that does not read HTTP can't redirect.
            if kind == LoadBalancerKind::Application {
                entries.push(Entry { port: 80, action: Action::Redirect });
            }
        } else {
            entries.push(Entry { port: 80, action: Action::Forward { target } });
        }
    }
    entries
}
