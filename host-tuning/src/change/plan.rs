use std::io;
use std::path::Path;

use thiserror::Error;

use super::drop_in;
use crate::catalogue::Scope;
use crate::host::{DROP_IN, Host};
use crate::profile::{Mode, Profile, Setting};
use crate::value::SysctlKey;

/// What applying a profile would do to a host.
#[derive(Debug, Clone)]
pub struct Plan {
    pub steps: Vec<Step>,
    /// The drop-in as it is to be, and whether that changes anything.
    pub(super) drop_in: String,
    pub drop_in_changes: bool,
}

#[derive(Debug, Clone)]
pub struct Step {
    pub setting: Setting,
    pub state: State,
}

/// How a host stands to one setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    Met {
        live: String,
    },
    Differs {
        live: String,
    },
    /// Why it isn't there.
    Missing {
        why: String,
    },
    /// It differs, and can't be set from here.
    NotOurs {
        live: String,
        why: String,
    },
    /// The tree of an image has no live values.
    NotRunning,
}

#[derive(Debug, Error)]
pub enum PlanError {
    #[error("`{key}` can't be read: {source}")]
    Read { key: SysctlKey, source: io::Error },
    #[error("the drop-in can't be read: {0}")]
    DropIn(io::Error),
}

impl Plan {
    pub fn of(profile: &Profile, host: &Host) -> Result<Self, PlanError> {
        let steps: Vec<Step> = profile
            .settings
            .iter()
            .map(|setting| Ok(Step { setting: setting.clone(), state: state(setting, host)? }))
            .collect::<Result<_, PlanError>>()?;
        let text = drop_in::text(&steps);
        let present = host.files.read(Path::new(DROP_IN)).map_err(PlanError::DropIn)?;
        let drop_in_changes = present.as_deref() != Some(&text);
        Ok(Self { steps, drop_in: text, drop_in_changes })
    }

    /// What would be written to the running kernel.
    pub fn changes(&self) -> impl Iterator<Item = (&Setting, &str)> {
        self.steps.iter().filter_map(|step| match &step.state {
            State::Differs { live } => Some((&step.setting, live.as_str())),
            _ => None,
        })
    }

    pub fn is_empty(&self) -> bool {
        !self.drop_in_changes && self.changes().next().is_none()
    }
}

pub(super) fn state(setting: &Setting, host: &Host) -> Result<State, PlanError> {
    use crate::host::Obstacle;

    let Some(live) = &host.live else { return Ok(State::NotRunning) };
    let key = &setting.parameter.key;
    let read = live.read(key).map_err(|source| PlanError::Read { key: key.clone(), source })?;
    let Some(found) = read else { return Ok(State::Missing { why: why_missing(setting) }) };
    if setting.mode.is_met(&setting.value, &found) {
        return Ok(State::Met { live: found });
    }
    Ok(match live.obstacle(key) {
        None | Some(Obstacle::Privilege) => State::Differs { live: found },
        Some(Obstacle::ReadOnlyMount) => State::NotOurs {
            live: found,
            why: "/proc/sys is read-only here, as in a container: set it on the host or where the container is \
                  started"
                .to_owned(),
        },
        Some(Obstacle::ReadOnlyHere) => State::NotOurs {
            live: found,
            why: format!("{}: set it on the machine itself", setting.parameter.scope.explanation()),
        },
    })
}

fn why_missing(setting: &Setting) -> String {
    let parameter = setting.parameter;
    let since =
        parameter.since.as_ref().map(|since| format!("Linux {since} brought it, this kernel is older"));
    let module = parameter.module.as_ref().map(|module| format!("the module {module} isn't loaded"));
    let elsewhere = (parameter.scope == Scope::NetworkGlobal)
        .then(|| "it exists only in the machine's first network namespace".to_owned());
    since.or(module).or(elsewhere).unwrap_or_else(|| "this kernel is built without it".to_owned())
}

impl Step {
    /// Whether the host has more than asked for; then its own value is left alone, at boot too.
    pub(super) fn is_exceeded(&self) -> bool {
        matches!(&self.state, State::Met { live } if self.setting.mode != Mode::Equal
            && !self.setting.value.is_what_reads(live))
    }
}
