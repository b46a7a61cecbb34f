//! How long a host hangs on a connection to a dead peer: with the profile that the spec comes to, and with the
//! kernel's own values.

use provision_architecture::Topology;
use provision_architecture::values::Duration;
use provision_host_tuning::profile::{Overrides, Request, Role};
use provision_host_tuning::timers::{Budget, Detection, KernelFeatures, Path, Settings};
use serde::Serialize;

/// What the TCP timers mean for the deployment: the slowest of its hosts counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Timers {
    /// A connection with data under way, on tuned hosts.
    pub tuned: Duration,
    /// The same, where the network reports the peer as unreachable, which takes the kernel's backoff back.
    pub tuned_unreachable: Duration,
    /// A connection with data under way, on hosts that nobody tuned.
    pub kernel: Duration,
    /// What the spec asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<Duration>,
    /// Why the hosts can't be given what the spec asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

impl Timers {
    /// For hosts of one region whose tick rate nobody knows.
    pub fn of(topology: &Topology) -> Self {
        Self::over(topology, &Path::LOCAL)
    }

    /// For hosts with this path between them.
    pub fn over(topology: &Topology, path: &Path) -> Self {
        let host = topology.spec.host.as_ref();
        let asked = host.and_then(|host| host.detect_dead_peer_within);
        let mut problem = None;
        let settings = tuned_settings(topology, asked, path, &mut problem);
        let tuned: Vec<Detection> = settings.iter().map(|settings| Detection::of(settings, path)).collect();
        let slowest = |time: fn(&Detection) -> std::time::Duration| {
            rounded(tuned.iter().map(time).max().unwrap_or_default())
        };
        Self {
            tuned: slowest(|detection| detection.in_flight.worst),
            tuned_unreachable: slowest(|detection| detection.unreachable.worst),
            kernel: rounded(Detection::at_kernel_defaults(path).in_flight.worst),
            asked,
            problem,
        }
    }

    /// Whether a dead peer is noticed in the time that the spec asks for, whatever the network reports.
    pub fn meets_budget(&self) -> Option<bool> {
        self.asked.map(|asked| self.tuned.max(self.tuned_unreachable) <= asked)
    }
}

fn rounded(time: std::time::Duration) -> Duration {
    Duration::from_milliseconds(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}

/// The distinct timer settings of all the deployment's hosts.
fn tuned_settings(
    topology: &Topology,
    asked: Option<Duration>,
    path: &Path,
    problem: &mut Option<String>,
) -> Vec<Settings> {
    let budget = asked.and_then(|asked| {
        let detect_within = std::time::Duration::from_millis(asked.milliseconds());
        let budget = Budget { detect_within, path: path.clone(), kernel: KernelFeatures::default() };
        budget.fit().map_err(|error| *problem = Some(error.to_string())).ok()
    });
    let mut overrides = Overrides::default();
    for (key, value) in topology.spec.host.iter().flat_map(|host| &host.sysctl) {
        if let Err(error) = overrides.set(key.as_str(), value.as_str()) {
            *problem = Some(error.to_string());
        }
    }
    let mut distinct: Vec<Settings> = Vec::new();
    for group in &topology.groups {
        let role = Role::of_component(topology.platform.word(), group.component.word()).ok();
        let request = Request {
            roles: role.into_iter().collect(),
            budget: budget.clone(),
            overrides: overrides.clone(),
        };
        let settings = match request.compose() {
            Ok(profile) => profile.timers(),
            Err(error) => {
                *problem = Some(error.to_string());
                Settings::KERNEL
            }
        };
        if !distinct.contains(&settings) {
            distinct.push(settings);
        }
    }
    distinct
}
