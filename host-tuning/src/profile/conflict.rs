use std::fmt;
use std::sync::LazyLock;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::role::{Limit, Role};
use super::{Mode, Profile};
use crate::catalogue::read;
use crate::timers::{Path, Settings, documented, established};
use crate::value::{SysctlKey, SysctlValue};

/// Two wishes that don't go together on one host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// Stable: a name of the catalogue, or `roles-disagree`.
    pub id: String,
    pub says: String,
    pub remedy: String,
    /// False where it is only worth a warning.
    pub refused: bool,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.id, self.says, self.remedy)
    }
}

impl Conflict {
    pub(super) fn of_roles(what: &str, [(one, first), (other, second)]: [(Role, String); 2]) -> Self {
        Self {
            id: "roles-disagree".to_owned(),
            says: format!("{one} wants {what} {first}, {other} wants {what} {second}"),
            remedy: "give them machines of their own, or decide by an explicit value".to_owned(),
            refused: true,
        }
    }
}

/// As it stands in `conflicts.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    id: String,
    all: Vec<Condition>,
    refused: bool,
    says: String,
    remedy: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Condition {
    /// The host plays it, itself or through another role.
    Role(String),
    /// The profile sets it.
    Set(SysctlKey),
    Equals(SysctlKey, i64),
    AtLeast(SysctlKey, i64),
    AtMost(SysctlKey, i64),
    /// A range of ports touches these, and they aren't reserved.
    PortsOverlap(SysctlKey, i64, i64),
    /// The limit of open files is above this parameter.
    OpenFilesAbove(SysctlKey),
    /// TCP's own patience, at worst, is longer than this parameter's seconds.
    DetectionOutlasts(SysctlKey),
}

static RULES: LazyLock<Vec<Rule>> =
    LazyLock::new(|| read("conflicts", include_str!(concat!(env!("OUT_DIR"), "/conflicts.json"))));

/// Every conflict of the catalogue that this profile runs into.
pub(super) fn between(profile: &Profile, roles: &[Role]) -> Vec<Conflict> {
    let holds = |rule: &&Rule| rule.all.iter().all(|condition| condition.holds(profile, roles));
    RULES
        .iter()
        .filter(holds)
        .map(|Rule { id, says, remedy, refused, .. }| Conflict {
            id: id.clone(),
            says: says.clone(),
            remedy: remedy.clone(),
            refused: *refused,
        })
        .collect()
}

impl Condition {
    fn holds(&self, profile: &Profile, roles: &[Role]) -> bool {
        let number = |key: &SysctlKey| profile.value(key.as_str())?.number();
        match self {
            Self::Role(name) => roles.iter().any(|role| role.name() == name),
            Self::Set(key) => profile.value(key.as_str()).is_some(),
            Self::Equals(key, wanted) => number(key) == Some(*wanted),
            Self::AtLeast(key, least) => number(key).is_some_and(|number| number >= *least),
            Self::AtMost(key, most) => number(key).is_some_and(|number| number <= *most),
            Self::PortsOverlap(key, from, to) => {
                let range = profile.value(key.as_str()).map(SysctlValue::numbers);
                let reserved = profile.value("net.ipv4.ip_local_reserved_ports");
                let is_reserved = |port| reserved.is_some_and(|reserved| reserved.names_port(port));
                matches!(range.as_deref(), Some([low, high])
                    if !(*low.max(from)..=*high.min(to)).all(is_reserved))
            }
            Self::OpenFilesAbove(key) => {
                let most = profile.value_or_default(key).and_then(|most| u64::try_from(most).ok());
                profile.limits.open_files.zip(most).is_some_and(|(files, most)| files > Limit::Number(most))
            }
            Self::DetectionOutlasts(key) => {
                let seconds = profile.value_or_default(key).and_then(|seconds| u64::try_from(seconds).ok());
                seconds.is_some_and(|seconds| outlasts(&profile.timers(), Duration::from_secs(seconds)))
            }
        }
    }
}

/// Whether a dead peer may be noticed later than that.
fn outlasts(timers: &Settings, limit: Duration) -> bool {
    // No run is ten times as long as documented, and most limits are hours away: only what is near needs the exact time.
    let documented = documented(timers.retries2, timers.rto_max);
    limit < 10 * (documented + timers.rto_max) && established(timers, &Path::LOCAL).worst > limit
}

impl Profile {
    /// A value that only raises or lowers leaves a host at its default or better.
    fn value_or_default(&self, key: &SysctlKey) -> Option<i64> {
        let default = crate::catalogue::parameter(key).ok()?.default.as_deref()?.parse().ok()?;
        let setting = self.settings.iter().find(|setting| setting.parameter.key == *key);
        Some(setting.map_or(default, |setting| match (setting.mode, setting.value.number()) {
            (Mode::AtLeast, Some(value)) => value.max(default),
            (_, Some(value)) => value,
            (_, None) => default,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_as_it_is_written() {
        assert_eq!(crate::catalogue::as_written::<Vec<Rule>>("conflicts").len(), RULES.len());
    }
}
