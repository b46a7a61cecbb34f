//! Every parameter that we know: what it does, what it may be set to, where it lives, who may set it.

use std::sync::LazyLock;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::value::{Kind, SysctlKey, SysctlValue, ValueError};

/// One kernel parameter.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    pub key: SysctlKey,
    /// What it does, in a few words.
    pub does: String,
    /// The range that *we* enforce; the kernel's own is often wider than what makes sense.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// What the kernel takes where that is wider: a host may have had such a value before us.
    #[serde(default)]
    pub kernel_takes: Option<Kind>,
    /// On a 6.18 kernel; none where it depends on the memory of the machine.
    #[serde(default)]
    pub default: Option<String>,
    pub scope: Scope,
    pub pod: PodClass,
    /// The Kubernetes release since which pods may set it without asking.
    #[serde(default)]
    pub pod_safe_since: Option<String>,
    /// The kernel that brought it; on older ones it is missing, which is no error.
    #[serde(default)]
    pub since: Option<String>,
    /// Writing one of the two puts the other to zero, and the zero itself can't be written back.
    #[serde(default)]
    pub counterpart: Option<SysctlKey>,
    /// The kernel module that has to be loaded first.
    #[serde(default)]
    pub module: Option<String>,
    /// What goes wrong with a wrong value.
    #[serde(default)]
    pub danger: Option<String>,
    pub sources: Vec<SourceId>,
    /// False where the range, or the kernel that brought it, is general knowledge that nobody checked.
    #[serde(default = "yes")]
    pub verified: bool,
}

/// Where a value lives, and so whom it reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Each network namespace has its own, which starts at the kernel's default whatever the parent has.
    NetworkNamespace,
    /// Global, but visible (read-only) in every network namespace.
    NetworkReadOnly,
    /// Global, and absent in network namespaces other than the first.
    NetworkGlobal,
    PidNamespace,
    IpcNamespace,
    /// One value for the whole machine.
    Global,
}

/// What Kubernetes lets a pod do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PodClass {
    /// Any pod may set it.
    Safe,
    /// Namespaced, but the kubelet has to allow it by name.
    Unsafe,
    /// Only on the node itself.
    Node,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SourceId(pub String);

/// Where a fact comes from.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    pub id: SourceId,
    pub title: String,
    /// A url, or a path inside the kernel's source.
    pub at: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{key}` is not in the catalogue{}; `provision tune list` shows what is", suggestion(.nearest))]
pub struct UnknownParameter {
    pub key: SysctlKey,
    pub nearest: Option<SysctlKey>,
}

fn suggestion(nearest: &Option<SysctlKey>) -> String {
    nearest.as_ref().map(|key| format!(", did you mean `{key}`?")).unwrap_or_default()
}

fn yes() -> bool {
    true
}

static PARAMETERS: LazyLock<Vec<Parameter>> =
    LazyLock::new(|| read("parameters", include_str!(concat!(env!("OUT_DIR"), "/parameters.json"))));

static SOURCES: LazyLock<Vec<Source>> =
    LazyLock::new(|| read("sources", include_str!(concat!(env!("OUT_DIR"), "/sources.json"))));

/// What the build script made of a file of the catalogue.
pub(crate) fn read<T: DeserializeOwned>(file: &str, packed: &str) -> T {
    serde_json::from_str(packed)
        .unwrap_or_else(|error| panic!("catalogue/{file}.yaml: {error}; the tests of host-tuning say where"))
}

/// The file itself: what is wrong there is told with its line.
#[cfg(test)]
pub(crate) fn as_written<T: DeserializeOwned>(file: &str) -> T {
    let path = format!("{}/catalogue/{file}.yaml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub fn parameters() -> &'static [Parameter] {
    &PARAMETERS
}

pub fn sources() -> &'static [Source] {
    &SOURCES
}

pub fn source(id: &SourceId) -> Option<&'static Source> {
    SOURCES.iter().find(|source| source.id == *id)
}

pub fn parameter(key: &SysctlKey) -> Result<&'static Parameter, UnknownParameter> {
    PARAMETERS
        .iter()
        .find(|parameter| parameter.key == *key)
        .ok_or_else(|| UnknownParameter { key: key.clone(), nearest: nearest(key) })
}

/// The parameter whose name is most like it, if any is like it.
fn nearest(key: &SysctlKey) -> Option<SysctlKey> {
    let last = |key: &SysctlKey| key.as_str().rsplit('.').next().unwrap_or_default().to_owned();
    let wanted = last(key);
    PARAMETERS
        .iter()
        .map(|parameter| (strsim::jaro_winkler(&wanted, &last(&parameter.key)), &parameter.key))
        .filter(|(likeness, _)| *likeness > 0.85)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, key)| key.clone())
}

impl Parameter {
    /// A value that somebody wants to set.
    pub fn parse(&self, text: &str) -> Result<SysctlValue, ValueError> {
        self.kind.parse(&self.key, text)
    }

    /// A value that the host had before us: whatever the kernel takes sensibly is restored.
    pub fn parse_original(&self, text: &str) -> Result<SysctlValue, ValueError> {
        self.kernel_takes.as_ref().unwrap_or(&self.kind).parse(&self.key, text)
    }

    /// Whether another network namespace has a value of its own.
    pub fn is_per_network(&self) -> bool {
        self.scope == Scope::NetworkNamespace
    }
}

impl PodClass {
    /// As the catalogue writes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
            Self::Node => "node",
        }
    }
}

impl Scope {
    /// As the catalogue writes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::NetworkNamespace => "network-namespace",
            Self::NetworkReadOnly => "network-read-only",
            Self::NetworkGlobal => "network-global",
            Self::PidNamespace => "pid-namespace",
            Self::IpcNamespace => "ipc-namespace",
            Self::Global => "global",
        }
    }

    /// What it means, in words.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::NetworkNamespace => {
                "per network namespace: containers and pods have their own, at the default"
            }
            Self::NetworkReadOnly => "one for the machine, read-only inside containers",
            Self::NetworkGlobal => "one for the machine, absent inside containers",
            Self::PidNamespace => "per PID namespace",
            Self::IpcNamespace => "per IPC namespace",
            Self::Global => "one for the machine",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_are_read_as_they_are_written() {
        assert_eq!(as_written::<Vec<Parameter>>("parameters").len(), parameters().len());
        assert_eq!(as_written::<Vec<Source>>("sources").len(), sources().len());
    }
}
