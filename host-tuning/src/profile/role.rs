use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Mode;
use crate::catalogue::{SourceId, read};
use crate::value::SysctlKey;

/// One of the roles that we know.
#[derive(Clone, Copy)]
pub struct Role(&'static Definition);

#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("there is no role {name:?}; known: {known}")]
pub struct UnknownRole {
    name: String,
    known: String,
}

/// As it stands in `roles.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Definition {
    role: String,
    about: String,
    #[serde(default)]
    includes: Vec<String>,
    #[serde(default)]
    short_timeouts: Option<ShortTimeouts>,
    #[serde(default)]
    pub(super) settings: Vec<Declared>,
    #[serde(default)]
    pub(super) limits: Limits,
    #[serde(default)]
    pub(super) transparent_hugepages: Option<TransparentHugePages>,
    #[serde(default)]
    pub(super) swap: Option<Swap>,
    #[serde(default)]
    pub(super) service: Service,
    #[serde(default)]
    pub(super) clock: bool,
    #[serde(default)]
    pub(super) advice: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Declared {
    pub(super) key: SysctlKey,
    equal: Option<String>,
    at_least: Option<String>,
    at_most: Option<String>,
    pub(super) why: String,
    pub(super) sources: Vec<SourceId>,
}

impl Declared {
    /// Exactly one of the three is given: a test reads them all.
    pub(super) fn wanted(&self) -> (Mode, &str) {
        let given =
            [(Mode::Equal, &self.equal), (Mode::AtLeast, &self.at_least), (Mode::AtMost, &self.at_most)];
        given
            .into_iter()
            .find_map(|(mode, text)| text.as_deref().map(|text| (mode, text)))
            .expect("each setting of the embedded roles has a value")
    }
}

/// Whether a role may give up on its peers before the 100 s of RFC 1122.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShortTimeouts {
    pub right: bool,
    pub why: String,
}

/// What a process may use at most; combined by the larger.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_files: Option<Limit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub processes: Option<Limit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locked_memory: Option<Limit>,
    #[serde(default)]
    pub sources: Vec<SourceId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Limit {
    Number(u64),
    Unlimited(Unlimited),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unlimited {
    Unlimited,
}

impl fmt::Display for Limit {
    /// As systemd writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Unlimited(_) => f.write_str("infinity"),
        }
    }
}

/// What a service manager does with a service; the settings stand in a drop-in of its unit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restart: Option<Restart>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restart_sec: Option<u32>,
    /// 0: never give up restarting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_limit_interval_sec: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oom_score_adjust: Option<i16>,
    #[serde(default)]
    pub sources: Vec<SourceId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Restart {
    Always,
    OnFailure,
}

impl fmt::Display for Restart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Always => "always",
            Self::OnFailure => "on-failure",
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TransparentHugePages {
    Madvise,
    Never,
}

impl fmt::Display for TransparentHugePages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Madvise => "madvise",
            Self::Never => "never",
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Swap {
    Off,
}

static ROLES: LazyLock<Vec<Definition>> =
    LazyLock::new(|| read("roles", include_str!(concat!(env!("OUT_DIR"), "/roles.json"))));

/// All roles, in the order of their file.
pub fn roles() -> impl Iterator<Item = Role> {
    ROLES.iter().map(Role)
}

impl Role {
    pub fn named(name: &str) -> Result<Self, UnknownRole> {
        roles().find(|role| role.name() == name).ok_or_else(|| UnknownRole {
            name: name.to_owned(),
            known: roles().map(Role::name).collect::<Vec<_>>().join(", "),
        })
    }

    /// The role of a platform's component: `("kestra", "worker")`.
    pub fn of_component(platform: &str, component: &str) -> Result<Self, UnknownRole> {
        Self::named(&format!("{platform}-{component}"))
    }

    /// The role of a machine, by the name of its folder under `hosts/`: a component's, or that of a node of a backend.
    pub fn of_host(platform: &str, host: &str) -> Result<Self, UnknownRole> {
        match host {
            "search-data" | "search-master" => Self::named("search-node"),
            "kafka-broker" | "kafka-controller" => Self::named(host),
            "monitoring" => Self::named("base"),
            component => Self::of_component(platform, component),
        }
    }

    pub fn name(self) -> &'static str {
        &self.0.role
    }

    pub fn about(self) -> &'static str {
        &self.0.about
    }

    /// Its own answer, or else that of what it includes.
    pub fn short_timeouts(self) -> Option<&'static ShortTimeouts> {
        self.0.short_timeouts.as_ref().or_else(|| self.included().into_iter().find_map(Self::short_timeouts))
    }

    /// What it includes directly.
    pub fn included(self) -> Vec<Self> {
        let named = self.0.includes.iter();
        named.map(|name| Self::named(name).expect("the embedded roles include each other by name")).collect()
    }

    /// Whether it includes the other, at any depth.
    pub fn refines(self, other: Self) -> bool {
        self.included().into_iter().any(|included| included == other || included.refines(other))
    }

    pub(super) fn definition(self) -> &'static Definition {
        self.0
    }
}

impl PartialEq for Role {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Role {}

impl fmt::Debug for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Role {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_as_it_is_written() {
        assert_eq!(crate::catalogue::as_written::<Vec<Definition>>("roles").len(), ROLES.len());
    }
}
