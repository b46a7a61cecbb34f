//! What the hosts' kernels are set to, and why.

use provision_architecture::Topology;
use provision_host_tuning::catalogue::source;
use provision_host_tuning::profile::{Overrides, Profile, Request, Role, Setting};
use provision_host_tuning::timers::{Budget, Detection, KernelFeatures, Path};
use serde::Serialize;

/// Components whose hosts are set alike.
#[derive(Serialize)]
pub(crate) struct Tuning {
    components: String,
    role: String,
    settings: Vec<Told>,
    detection: Vec<[String; 3]>,
    notes: Vec<String>,
}

#[derive(Serialize, PartialEq, Eq, Clone)]
struct Told {
    key: String,
    value: String,
    kernel: String,
    why: String,
    sources: String,
}

pub(crate) fn tuning(topology: &Topology) -> Vec<Tuning> {
    let mut tunings: Vec<Tuning> = Vec::new();
    for group in &topology.groups {
        let Ok(role) = Role::of_component(topology.platform.word(), group.component.word()) else { continue };
        let Some(profile) = profile(topology, role) else { continue };
        let settings: Vec<Told> = profile.settings.iter().map(told).collect();
        match tunings.iter_mut().find(|it| it.settings == settings) {
            Some(same) => same.components += &format!(", {}", group.component),
            None => tunings.push(Tuning {
                components: group.component.to_string(),
                role: role.name().to_owned(),
                settings,
                detection: detection(&profile),
                notes: profile.warnings.iter().map(ToString::to_string).collect(),
            }),
        }
    }
    tunings
}

/// What the spec comes to. What cannot be had is a finding of the verdict, and is left out here.
fn profile(topology: &Topology, role: Role) -> Option<Profile> {
    let host = topology.spec.host.as_ref();
    let budget = host.and_then(|host| host.detect_dead_peer_within).and_then(|asked| {
        let detect_within = std::time::Duration::from_millis(asked.milliseconds());
        Budget { detect_within, path: Path::LOCAL, kernel: KernelFeatures::default() }.fit().ok()
    });
    let mut overrides = Overrides::default();
    for (key, value) in host.iter().flat_map(|host| &host.sysctl) {
        // What the catalogue refuses has been found by the rules.
        let _ = overrides.set(key.as_str(), value.as_str());
    }
    Request { roles: vec![role], budget, overrides }.compose().ok()
}

fn told(setting: &Setting) -> Told {
    let parameter = setting.parameter;
    let sources = setting.sources.iter().filter_map(source).map(|it| it.title.clone());
    Told {
        key: parameter.key.to_string(),
        value: format!("{} {}", setting.mode, setting.value),
        kernel: parameter.default.clone().unwrap_or_else(|| "by memory".to_owned()),
        why: setting.why.clone(),
        sources: sources.collect::<Vec<_>>().join("; "),
    }
}

/// How a dead peer is noticed: what, with these values, with the kernel's own.
fn detection(profile: &Profile) -> Vec<[String; 3]> {
    let (tuned, kernel) = (profile.detection(&Path::LOCAL), Detection::at_kernel_defaults(&Path::LOCAL));
    let row = |what: &str, tuned: String, kernel: String| [what.to_owned(), tuned, kernel];
    vec![
        row("data under way", tuned.in_flight.to_string(), kernel.in_flight.to_string()),
        row("an idle connection", tuned.idle.to_string(), kernel.idle.to_string()),
        row("a new connection", tuned.connect.to_string(), kernel.connect.to_string()),
    ]
}
