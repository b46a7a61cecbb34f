use std::collections::BTreeMap;

use provision_architecture::Topology;
use provision_architecture::spec::{ComponentName, Platform};
use provision_architecture::topology::Group;
use provision_host_tuning::profile::{Mode, Profile};
use serde::Serialize;

use super::port;

/// What is watched of one component.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Watched {
    pub(crate) component: String,
    /// Fewer than this are too few.
    pub(crate) least: u64,
    /// How many zones it stands in.
    pub(crate) zones: usize,
    pub(crate) health: Option<Health>,
    pub(crate) metrics: Option<Metrics>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Health {
    pub(crate) port: u16,
    pub(crate) path: String,
    /// A status that says: alive, and finishing its work.
    pub(crate) draining_status: Option<u64>,
}

/// Where the component shows its own metrics.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Metrics {
    pub(crate) port: u16,
    pub(crate) path: &'static str,
}

pub(crate) fn watched(topology: &Topology, group: &Group) -> Watched {
    let mut zones = group.instances.clone();
    zones.sort_unstable();
    zones.dedup();
    let health = group.health.as_ref().and_then(|health| {
        Some(Health {
            port: u16::try_from(health.port.get()).ok()?,
            path: health.path.clone(),
            draining_status: health.draining_status.map(provision_architecture::spec::Count::get),
        })
    });
    Watched {
        component: group.component.to_string(),
        least: group.least(),
        zones: zones.len(),
        health,
        metrics: metrics(topology.platform, group.component),
    }
}

/// Kestra shows its metrics beside its health; RudderStack's server where its configuration says; Octopus shows none.
fn metrics(platform: Platform, component: ComponentName) -> Option<Metrics> {
    match (platform, component) {
        (Platform::Kestra, _) => Some(Metrics { port: 8_081, path: "/prometheus" }),
        (Platform::Rudderstack, ComponentName::Server) => {
            Some(Metrics { port: port::RUDDERSTACK, path: "/metrics" })
        }
        _ => None,
    }
}

/// A kernel parameter that machines are expected to have, as the node exporter shows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Drift {
    pub(crate) key: String,
    /// `node_sysctl_net_ipv4_tcp_retries2`.
    pub(crate) metric: String,
    /// Which of its numbers, where it has several.
    pub(crate) index: usize,
    pub(crate) indexed: bool,
    /// What is wrong with a live value: `!=`, `<`, `>`.
    pub(crate) wrong: &'static str,
    pub(crate) value: i64,
    /// The roles that want it so: `worker|webserver`.
    pub(crate) components: String,
}

/// What all machines' profiles say together: one line for all roles that agree.
pub(crate) fn drifts<'a>(profiles: impl IntoIterator<Item = (&'a str, &'a Profile)>) -> Vec<Drift> {
    let mut wanted: BTreeMap<(String, usize, bool, &'static str, i64), Vec<&str>> = BTreeMap::new();
    for (role, profile) in profiles {
        for setting in &profile.settings {
            let wrong = match setting.mode {
                Mode::Equal => "!=",
                Mode::AtLeast => "<",
                Mode::AtMost => ">",
            };
            let key = setting.parameter.key.as_str().to_owned();
            let numbers = setting.value.numbers();
            for (index, value) in numbers.iter().enumerate() {
                let several = numbers.len() > 1;
                wanted.entry((key.clone(), index, several, wrong, *value)).or_default().push(role);
            }
        }
    }
    wanted
        .into_iter()
        .map(|((key, index, indexed, wrong, value), roles)| Drift {
            metric: format!("node_sysctl_{}", key.replace(['.', '-', '/'], "_")),
            key,
            index,
            indexed,
            wrong,
            value,
            components: roles.join("|"),
        })
        .collect()
}
