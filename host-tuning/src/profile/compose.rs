use std::collections::BTreeMap;

use thiserror::Error;

use super::conflict::{self, Conflict};
use super::role::{Declared, Limits, Role, Service};
use super::{Mode, Origin, Profile, Request, Setting};
use crate::catalogue::{SourceId, parameter};
use crate::timers::Settings;
use crate::value::{SysctlKey, SysctlValue};

#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}", list(.conflicts))]
pub struct ComposeError {
    pub conflicts: Vec<Conflict>,
}

fn list(conflicts: &[Conflict]) -> String {
    conflicts.iter().map(Conflict::to_string).collect::<Vec<_>>().join("\n")
}

impl Request {
    pub fn for_role(role: Role) -> Self {
        Self { roles: vec![role], ..Self::default() }
    }

    /// One profile for all roles of the host, or every conflict between them.
    pub fn compose(&self) -> Result<Profile, ComposeError> {
        let roles = self.all_roles();
        let mut conflicts = Vec::new();
        let mut settings = self.settings(&roles, &mut conflicts);
        self.apply_budget(&mut settings);
        self.apply_overrides(&mut settings);
        let hugepages =
            most_specific(&roles, |role| role.definition().transparent_hugepages.map(|pages| (role, pages)));
        if let [(one, first), .., (other, last)] = hugepages[..]
            && first != last
        {
            conflicts.push(Conflict::of_roles(
                "transparent_hugepages",
                [(one, first.to_string()), (other, last.to_string())],
            ));
        }
        let mut profile = Profile {
            roles: self.roles.clone(),
            settings: settings.into_values().collect(),
            limits: limits(&roles),
            transparent_hugepages: hugepages.first().map(|(_, pages)| *pages),
            swap: roles.iter().find_map(|role| role.definition().swap),
            service: service(&roles),
            clock: roles.iter().any(|role| role.definition().clock),
            advice: roles.iter().flat_map(|role| &role.definition().advice).map(String::as_str).collect(),
            warnings: Vec::new(),
        };
        let found = conflict::between(&profile, &roles);
        let (refused, warnings): (Vec<_>, Vec<_>) = found.into_iter().partition(|conflict| conflict.refused);
        conflicts.extend(refused);
        profile.warnings = warnings;
        if conflicts.is_empty() { Ok(profile) } else { Err(ComposeError { conflicts }) }
    }

    /// Those asked for and those they include, each once, the more specific ones first.
    fn all_roles(&self) -> Vec<Role> {
        let mut all: Vec<Role> = Vec::new();
        let mut left = self.roles.clone();
        while !left.is_empty() {
            let next: Vec<_> = left.iter().flat_map(|role| role.included()).collect();
            for role in std::mem::replace(&mut left, next) {
                all.retain(|known| *known != role);
                all.push(role);
            }
        }
        all
    }

    fn settings(&self, roles: &[Role], conflicts: &mut Vec<Conflict>) -> BTreeMap<SysctlKey, Setting> {
        let mut declared: BTreeMap<&SysctlKey, Vec<(Role, &'static Declared)>> = BTreeMap::new();
        for role in roles {
            for setting in &role.definition().settings {
                declared.entry(&setting.key).or_default().push((*role, setting));
            }
        }
        let mut settings = BTreeMap::new();
        for (key, declarations) in declared {
            match combine(key, &most_refined(&declarations)) {
                Ok(setting) => {
                    settings.insert(key.clone(), setting);
                }
                // Somebody decided already.
                Err(_) if self.overrides.0.contains_key(key) => {}
                Err(conflict) => conflicts.push(conflict),
            }
        }
        settings
    }

    fn apply_budget(&self, settings: &mut BTreeMap<SysctlKey, Setting>) {
        let Some(fitted) = &self.budget else { return };
        let Settings {
            retries2,
            syn_retries,
            keepalive_time,
            keepalive_interval,
            keepalive_probes,
            rto_max,
            ..
        } = fitted.settings;
        let mut values = vec![
            ("net.ipv4.tcp_retries2", u64::from(retries2), fitted.detection.in_flight),
            ("net.ipv4.tcp_syn_retries", u64::from(syn_retries), fitted.detection.connect),
            ("net.ipv4.tcp_keepalive_time", u64::from(keepalive_time), fitted.detection.idle),
            ("net.ipv4.tcp_keepalive_intvl", u64::from(keepalive_interval), fitted.detection.idle),
            ("net.ipv4.tcp_keepalive_probes", u64::from(keepalive_probes), fitted.detection.idle),
        ];
        if rto_max != Settings::KERNEL.rto_max {
            let cap = u64::try_from(rto_max.as_millis()).unwrap_or(u64::MAX);
            values.push(("net.ipv4.tcp_rto_max_ms", cap, fitted.detection.in_flight));
        }
        for (key, number, span) in values {
            let key = SysctlKey::try_from(key).expect("it is well-formed");
            let parameter = parameter(&key).expect("it is in the catalogue");
            let value = parameter.parse(&number.to_string()).expect("a fitted value is in range");
            let why = format!("a dead peer is noticed within the budget: after {span}");
            let sources = vec![SourceId("kernel-tcp-timer".to_owned()), SourceId("measured".to_owned())];
            let setting = Setting { parameter, mode: Mode::Equal, value, why, from: Origin::Budget, sources };
            settings.insert(key, setting);
        }
    }

    fn apply_overrides(&self, settings: &mut BTreeMap<SysctlKey, Setting>) {
        for (key, value) in &self.overrides.0 {
            let parameter = parameter(key).expect("only known parameters get into the overrides");
            let setting = Setting {
                parameter,
                mode: Mode::Equal,
                value: value.clone(),
                why: "asked for explicitly".to_owned(),
                from: Origin::Override,
                sources: Vec::new(),
            };
            settings.insert(key.clone(), setting);
        }
    }
}

/// Without the declarations of roles that another declaring role refines.
fn most_refined<T: Copy>(declarations: &[(Role, T)]) -> Vec<(Role, T)> {
    let refined = |role: Role| declarations.iter().any(|(other, _)| other.refines(role));
    declarations.iter().filter(|(role, _)| !refined(*role)).copied().collect()
}

fn most_specific<T: Copy>(roles: &[Role], value: impl Fn(Role) -> Option<(Role, T)>) -> Vec<(Role, T)> {
    most_refined(&roles.iter().filter_map(|role| value(*role)).collect::<Vec<_>>())
}

/// One value for all roles that have a say, or the conflict between them.
fn combine(key: &SysctlKey, declarations: &[(Role, &'static Declared)]) -> Result<Setting, Conflict> {
    let parameter = parameter(key).expect("a test finds each key of the roles in the catalogue");
    let parsed: Vec<(Role, Mode, SysctlValue, &Declared)> = declarations
        .iter()
        .map(|(role, declared)| {
            let (mode, text) = declared.wanted();
            (*role, mode, parameter.parse(text).expect("a test parses each value of the roles"), *declared)
        })
        .collect();
    let says =
        |(role, mode, value, _): &(Role, Mode, SysctlValue, &Declared)| (*role, format!("{mode} {value}"));
    let mut decisive = &parsed[0];
    for candidate in &parsed[1..] {
        let (_, mode, value, _) = candidate;
        let (_, decided_mode, decided, _) = decisive;
        decisive = match (decided_mode, mode) {
            (Mode::AtLeast, Mode::AtLeast) if value.number() > decided.number() => candidate,
            (Mode::AtMost, Mode::AtMost) if value.number() < decided.number() => candidate,
            (one, other) if one == other && (*one != Mode::Equal || value == decided) => decisive,
            // A bound and a value agree where the value keeps the bound.
            (Mode::Equal, bound) if bound.is_met(value, decided.as_str()) => decisive,
            (bound, Mode::Equal) if bound.is_met(decided, value.as_str()) => candidate,
            _ => return Err(Conflict::of_roles(key.as_str(), [says(decisive), says(candidate)])),
        };
    }
    let (_, mode, value, declared) = decisive;
    let agreeing = parsed.iter().filter(|(_, _, other, _)| other == value).map(|(role, ..)| *role).collect();
    Ok(Setting {
        parameter,
        mode: *mode,
        value: value.clone(),
        why: declared.why.clone(),
        from: Origin::Roles(agreeing),
        sources: declared.sources.clone(),
    })
}

fn limits(roles: &[Role]) -> Limits {
    roles.iter().fold(Limits::default(), |mut all, role| {
        let own = &role.definition().limits;
        all.open_files = all.open_files.max(own.open_files);
        all.processes = all.processes.max(own.processes);
        all.locked_memory = all.locked_memory.max(own.locked_memory);
        all.sources
            .extend(own.sources.iter().filter(|id| !all.sources.contains(id)).cloned().collect::<Vec<_>>());
        all
    })
}

/// The more specific role comes first and wins.
fn service(roles: &[Role]) -> Service {
    roles.iter().fold(Service::default(), |mut all, role| {
        let own = &role.definition().service;
        all.restart = all.restart.or(own.restart);
        all.restart_sec = all.restart_sec.or(own.restart_sec);
        all.start_limit_interval_sec = all.start_limit_interval_sec.or(own.start_limit_interval_sec);
        all.oom_score_adjust = all.oom_score_adjust.or(own.oom_score_adjust);
        all.sources
            .extend(own.sources.iter().filter(|id| !all.sources.contains(id)).cloned().collect::<Vec<_>>());
        all
    })
}
