//! What a host needs, by the roles that it plays.
//!
//! [`Request::compose`] puts roles, a detection budget and explicit values together into one [`Profile`], or names
//! every conflict between them.

mod compose;
mod conflict;
mod role;

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::catalogue::{Parameter, SourceId, UnknownParameter, parameter};
use crate::timers::{Detection, Fitted, Path, Settings};
use crate::value::{SysctlKey, SysctlValue, ValueError};

pub use compose::ComposeError;
pub use conflict::Conflict;
pub use role::{Limit, Limits, Role, Service, ShortTimeouts, Swap, TransparentHugePages, UnknownRole, roles};

/// What is asked for. Explicit values win over the budget, which wins over the roles.
#[derive(Debug, Clone, Default)]
pub struct Request {
    pub roles: Vec<Role>,
    pub budget: Option<Fitted>,
    pub overrides: Overrides,
}

/// Values that somebody insists on, each valid for its parameter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides(BTreeMap<SysctlKey, SysctlValue>);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OverrideError {
    #[error(transparent)]
    Key(#[from] crate::value::KeyError),
    #[error(transparent)]
    Unknown(#[from] UnknownParameter),
    #[error(transparent)]
    Value(#[from] ValueError),
}

impl Overrides {
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), OverrideError> {
        let key = SysctlKey::try_from(key)?;
        let value = parameter(&key)?.parse(value)?;
        self.0.insert(key, value);
        Ok(())
    }
}

/// Everything that one host is to have.
#[derive(Debug, Clone)]
pub struct Profile {
    pub roles: Vec<Role>,
    /// By key.
    pub settings: Vec<Setting>,
    pub limits: Limits,
    pub transparent_hugepages: Option<TransparentHugePages>,
    pub swap: Option<Swap>,
    pub service: Service,
    /// Whether the clock is to be kept by chrony.
    pub clock: bool,
    pub advice: Vec<&'static str>,
    /// Conflicts that only deserve a warning.
    pub warnings: Vec<Conflict>,
}

/// One value of a profile, and why it is there.
#[derive(Debug, Clone)]
pub struct Setting {
    pub parameter: &'static Parameter,
    pub mode: Mode,
    pub value: SysctlValue,
    pub why: String,
    pub from: Origin,
    pub sources: Vec<SourceId>,
}

/// How a value is compared with what a host has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    Equal,
    AtLeast,
    AtMost,
}

/// Who asked for a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Roles(Vec<Role>),
    Budget,
    Override,
}

impl Mode {
    /// Whether a live value already does what is asked for.
    pub fn is_met(self, wanted: &SysctlValue, live: &str) -> bool {
        match (self, wanted.number(), live.trim().parse::<i64>()) {
            (Self::AtLeast, Some(wanted), Ok(live)) => live >= wanted,
            (Self::AtMost, Some(wanted), Ok(live)) => live <= wanted,
            _ => wanted.is_what_reads(live),
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Equal => "=",
            Self::AtLeast => ">=",
            Self::AtMost => "<=",
        })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Roles(roles) => {
                let names: Vec<_> = roles.iter().map(|role| role.name()).collect();
                f.write_str(&names.join(", "))
            }
            Self::Budget => f.write_str("the detection budget"),
            Self::Override => f.write_str("an explicit value"),
        }
    }
}

impl Profile {
    pub fn value(&self, key: &str) -> Option<&SysctlValue> {
        self.settings
            .iter()
            .find(|setting| setting.parameter.key.as_str() == key)
            .map(|setting| &setting.value)
    }

    /// The timers of a host with this profile; what the profile leaves alone is at the kernel's default.
    pub fn timers(&self) -> Settings {
        let kernel = Settings::KERNEL;
        let number = |key: &str| self.value(key).and_then(SysctlValue::number);
        let byte = |key: &str, default: u8| {
            number(key).and_then(|number| u8::try_from(number).ok()).unwrap_or(default)
        };
        let seconds = |key: &str, default: u32| {
            number(key).and_then(|number| u32::try_from(number).ok()).unwrap_or(default)
        };
        let time = |key: &str, unit: fn(u64) -> std::time::Duration, default| {
            number(key).and_then(|number| u64::try_from(number).ok()).map_or(default, unit)
        };
        Settings {
            retries2: byte("net.ipv4.tcp_retries2", kernel.retries2),
            orphan_retries: byte("net.ipv4.tcp_orphan_retries", kernel.orphan_retries),
            syn_retries: byte("net.ipv4.tcp_syn_retries", kernel.syn_retries),
            synack_retries: byte("net.ipv4.tcp_synack_retries", kernel.synack_retries),
            syn_linear_timeouts: byte("net.ipv4.tcp_syn_linear_timeouts", kernel.syn_linear_timeouts),
            keepalive_time: seconds("net.ipv4.tcp_keepalive_time", kernel.keepalive_time),
            keepalive_interval: seconds("net.ipv4.tcp_keepalive_intvl", kernel.keepalive_interval),
            keepalive_probes: byte("net.ipv4.tcp_keepalive_probes", kernel.keepalive_probes),
            fin_timeout: seconds("net.ipv4.tcp_fin_timeout", kernel.fin_timeout),
            rto_max: time("net.ipv4.tcp_rto_max_ms", std::time::Duration::from_millis, kernel.rto_max),
            rto_min: time("net.ipv4.tcp_rto_min_us", std::time::Duration::from_micros, kernel.rto_min),
            user_timeout: None,
        }
    }

    /// How long a host with this profile takes to notice that a peer is gone.
    pub fn detection(&self, path: &Path) -> Detection {
        Detection::of(&self.timers(), path)
    }

    /// Whether giving up before RFC 1122's 100 s is right, role by role.
    pub fn short_timeouts(&self) -> Vec<(Role, &'static ShortTimeouts)> {
        self.roles.iter().filter_map(|role| Some((*role, role.short_timeouts()?))).collect()
    }
}
