//! A profile as files, for hosts that don't have this program.
//!
//! All of them do the same as [`crate::change`]: a late-sorting drop-in, the live value, read back, originals kept.
//! Keys are of a narrow alphabet and values are numbers, so that nothing in them can break out of its place.

mod ansible;
mod cloud_init;
mod kubernetes;
mod script;
mod systemd;

use std::fmt;

use serde::Serialize;

use crate::catalogue::{Parameter, source};
use crate::change::drop_in::{assignment, with_header};
use crate::profile::{Profile, Setting};

/// Where the script lies on a host.
pub const SCRIPT_PATH: &str = "/usr/local/sbin/provision-tune";
/// The unit that runs it again after each start of the network.
pub const UNIT_PATH: &str = "/etc/systemd/system/provision-tune.service";
/// The file that sets the values at boot.
pub const DROP_IN_PATH: &str = "/etc/sysctl.d/90-provision.conf";
/// The file that sets huge pages at boot.
pub const TMPFILES_PATH: &str = "/etc/tmpfiles.d/90-provision.conf";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The file of `/etc/sysctl.d`.
    Sysctl,
    /// A POSIX shell script: apply, check, revert.
    Script,
    /// User data that installs script and unit.
    CloudInit,
    /// A playbook of builtin modules that does the same.
    Ansible,
    /// The unit that re-asserts, what a service's own unit needs, and huge pages.
    Systemd,
    /// For the nodes of a Kubernetes cluster: what is global there.
    DaemonSet,
    /// For its pods: what each of them has for itself, and what the kubelet must allow.
    Kubelet,
}

impl Format {
    pub const ALL: [Self; 7] = [
        Self::Sysctl,
        Self::Script,
        Self::CloudInit,
        Self::Ansible,
        Self::Systemd,
        Self::DaemonSet,
        Self::Kubelet,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Sysctl => "sysctl",
            Self::Script => "script",
            Self::CloudInit => "cloud-init",
            Self::Ansible => "ansible",
            Self::Systemd => "systemd",
            Self::DaemonSet => "daemonset",
            Self::Kubelet => "kubelet",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A file as it is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct File {
    pub name: String,
    pub text: String,
    pub executable: bool,
}

impl File {
    fn new(name: &str, text: String) -> Self {
        Self { name: name.to_owned(), text, executable: false }
    }
}

/// The files of one format.
pub fn render(profile: &Profile, format: Format) -> Vec<File> {
    match format {
        Format::Sysctl => vec![File::new("90-provision.conf", sysctl(profile))],
        Format::Script => vec![File { executable: true, ..File::new("tune.sh", script(profile)) }],
        Format::CloudInit => vec![File::new("cloud-init.yaml", cloud_init::user_data(profile))],
        Format::Ansible => vec![File::new("playbook.yaml", ansible::playbook(profile))],
        Format::Systemd => systemd::files(profile),
        Format::DaemonSet => vec![File::new("daemonset.yaml", kubernetes::daemon_set(profile))],
        Format::Kubelet => vec![
            File::new("kubelet.yaml", kubernetes::kubelet(profile)),
            File::new("pod.yaml", kubernetes::pod(profile)),
        ],
    }
}

/// The drop-in for `/etc/sysctl.d`, each value with its reason.
pub fn sysctl(profile: &Profile) -> String {
    with_header(profile.settings.iter().flat_map(|setting| [explained(setting), assignment(setting)]))
}

/// The script: `tune.sh apply|check|revert`.
pub fn script(profile: &Profile) -> String {
    script::script(&profile.settings)
}

/// The unit that runs the script at [`SCRIPT_PATH`] after each start of the network.
pub fn unit() -> String {
    systemd::unit()
}

/// A drop-in for the unit of the service itself: restarts, limits, swap.
pub fn service_drop_in(profile: &Profile) -> String {
    systemd::service_drop_in(profile)
}

/// Huge pages, which are no kernel parameter and are lost at each boot; for [`TMPFILES_PATH`].
pub fn tmpfiles(profile: &Profile) -> Option<String> {
    systemd::tmpfiles(profile)
}

/// What a pod has for itself: the parameters of its own network and IPC namespaces.
pub fn pod_settings(profile: &Profile) -> impl Iterator<Item = &Setting> {
    profile.settings.iter().filter(|setting| is_for_pods(setting.parameter))
}

/// What only the node has.
pub fn node_settings(profile: &Profile) -> impl Iterator<Item = &Setting> {
    profile.settings.iter().filter(|setting| !is_for_pods(setting.parameter))
}

fn is_for_pods(parameter: &Parameter) -> bool {
    parameter.pod != crate::catalogue::PodClass::Node
}

/// A comment line: why, and who says so.
fn explained(setting: &Setting) -> String {
    let sources: Vec<&str> =
        setting.sources.iter().filter_map(|id| Some(source(id)?.title.as_str())).collect();
    if sources.is_empty() {
        format!("# {}", setting.why)
    } else {
        format!("# {} [{}]", setting.why, sources.join("; "))
    }
}

/// A text inside a YAML block.
fn indented(text: &str, by: usize) -> String {
    let lines = text
        .lines()
        .map(|line| if line.is_empty() { "\n".to_owned() } else { format!("{:by$}{line}\n", "") });
    lines.collect()
}
