use std::io;
use std::path::{Path, PathBuf};

use super::journal::{Journal, JournalError, Phase};
use super::plan::{PlanError, State, Step, state};
use crate::catalogue::parameter;
use crate::host::{Assignment, DROP_IN, Host, Loader, winners};
use crate::profile::{Profile, Setting, Swap, TransparentHugePages};
use crate::value::SysctlKey;

/// How a host stands to a profile.
#[derive(Debug, Clone)]
pub struct Check {
    pub steps: Vec<Step>,
    /// Where another file decides at boot.
    pub overridden: Vec<Overridden>,
    /// What isn't a kernel parameter: huge pages, swap, an interrupted run.
    pub findings: Vec<Finding>,
}

/// A file that wins over ours, with a value that the profile doesn't want.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overridden {
    pub key: SysctlKey,
    pub by: Loader,
    pub assignment: Assignment,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub what: &'static str,
    pub wanted: String,
    pub found: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Every value that can be set here is set, at boot too.
    Clean,
    /// Something to do.
    Findings,
}

#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    #[error(transparent)]
    Plan(#[from] PlanError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("the files that set parameters at boot can't be read: {0}")]
    Files(#[from] io::Error),
}

impl Check {
    pub fn verdict(&self) -> Verdict {
        let drifted = self.steps.iter().any(|step| matches!(step.state, State::Differs { .. }));
        if drifted || !self.overridden.is_empty() || !self.findings.is_empty() {
            Verdict::Findings
        } else {
            Verdict::Clean
        }
    }
}

/// Only reads.
pub fn check(profile: &Profile, host: &Host) -> Result<Check, CheckError> {
    let steps = profile
        .settings
        .iter()
        .map(|setting| Ok(Step { setting: setting.clone(), state: state(setting, host)? }))
        .collect::<Result<Vec<_>, PlanError>>()?;
    let mut findings: Vec<Finding> = interrupted(host)?.into_iter().collect();
    if host.live.is_some() {
        findings.extend(hugepages(profile, host));
        findings.extend(swap(profile, host));
    } else {
        findings.extend(unset_at_boot(profile, host)?);
    }
    Ok(Check { overridden: overridden(profile, host)?, steps, findings })
}

fn overridden(profile: &Profile, host: &Host) -> io::Result<Vec<Overridden>> {
    let keys: Vec<&SysctlKey> = profile.settings.iter().map(|setting| &setting.parameter.key).collect();
    let mut all = Vec::new();
    for by in [Loader::Systemd, Loader::Procps] {
        let winners = winners(&host.files, by, &keys)?;
        for setting in &profile.settings {
            if let Some(assignment) = winners.get(&setting.parameter.key)
                && !agrees(setting, assignment)
            {
                let (key, assignment) = (setting.parameter.key.clone(), assignment.clone());
                all.push(Overridden { key, by, assignment });
            }
        }
    }
    Ok(all)
}

fn agrees(setting: &Setting, assignment: &Assignment) -> bool {
    assignment.file == Path::new(DROP_IN)
        || assignment.value.as_deref().is_some_and(|value| setting.mode.is_met(&setting.value, value))
}

/// In the tree of an image only the files count: a value that none of them sets is missing at boot.
fn unset_at_boot(profile: &Profile, host: &Host) -> io::Result<Option<Finding>> {
    let keys: Vec<&SysctlKey> = profile.settings.iter().map(|setting| &setting.parameter.key).collect();
    let set = winners(&host.files, Loader::Systemd, &keys)?;
    let met_by_default = |key: &SysctlKey| {
        let default = parameter(key).ok().and_then(|known| known.default.as_deref());
        let setting = profile.settings.iter().find(|setting| setting.parameter.key == *key);
        default.zip(setting).is_some_and(|(default, setting)| setting.mode.is_met(&setting.value, default))
    };
    let unset: Vec<&str> = keys
        .into_iter()
        .filter(|key| !set.contains_key(*key) && !met_by_default(key))
        .map(SysctlKey::as_str)
        .collect();
    Ok((!unset.is_empty()).then(|| Finding {
        what: "values at boot",
        wanted: "set by a file".to_owned(),
        found: format!("no file sets {}", unset.join(", ")),
    }))
}

fn interrupted(host: &Host) -> Result<Option<Finding>, JournalError> {
    let phase = Journal::load(&host.files)?.map(|journal| journal.phase);
    let found = match phase {
        Some(Phase::Applying) => "an apply was interrupted: run `tune apply` or `tune revert`",
        Some(Phase::Reverting) => "a revert was interrupted: run `tune revert` again",
        Some(Phase::Applied) | None => return Ok(None),
    };
    Ok(Some(Finding { what: "last run", wanted: "finished".to_owned(), found: found.to_owned() }))
}

fn hugepages(profile: &Profile, host: &Host) -> Option<Finding> {
    let wanted = profile.transparent_hugepages?;
    let path = PathBuf::from("sys/kernel/mm/transparent_hugepage/enabled");
    let text = host.files.read(&path).ok()??;
    let found = text.split_whitespace().find_map(|word| word.strip_prefix('[')?.strip_suffix(']'))?;
    let is_met = match wanted {
        TransparentHugePages::Never => found == "never",
        TransparentHugePages::Madvise => found != "always",
    };
    let (wanted, found) = (wanted.to_string(), found.to_owned());
    (!is_met).then_some(Finding { what: "transparent huge pages", wanted, found })
}

fn swap(profile: &Profile, host: &Host) -> Option<Finding> {
    let Swap::Off = profile.swap?;
    let text = host.files.read(Path::new("proc/swaps")).ok()??;
    // Below the header, a line for each.
    let found: Vec<&str> = text.lines().skip(1).filter_map(|line| line.split_whitespace().next()).collect();
    (!found.is_empty()).then(|| Finding { what: "swap", wanted: "off".to_owned(), found: found.join(", ") })
}
