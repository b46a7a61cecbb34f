//! The files of the machines: kernel parameters as the roles and the time budget ask for them.

use std::collections::BTreeMap;
use std::time::Duration;

use provision_architecture::spec::SpecFile;
use provision_architecture::topology::Topology;
use provision_host_tuning::profile::{Overrides, Profile, Request, Role};
use provision_host_tuning::timers::{Budget, KernelFeatures, Path};

use super::judge::place_in;
use super::{HostFile, Place, Reading};
use crate::rules::{OwnRule, Verdict};

/// The file that systemd-sysctl reads.
const PARAMETERS: &str = "90-provision.conf";

pub(super) fn apply(file: &SpecFile, topology: &Topology, reading: &Reading, verdict: &mut Verdict) {
    for host in reading.hosts.iter().filter(|host| host.name == PARAMETERS) {
        // What the spec asks in vain is found on the spec.
        let Some(profile) = profile(&host.role, topology) else { continue };
        for (found, start) in differences(&profile, host) {
            let mut finding =
                OwnRule::KernelParameter.finding(file, 0..0, format!("hosts.{}", host.role), found);
            place_in(&mut finding, Place::of(&host.source, None), start);
            verdict.findings.push(finding);
        }
    }
}

fn profile(role: &str, topology: &Topology) -> Option<Profile> {
    let role = Role::of_host(topology.platform.word(), role).ok()?;
    let mut request = Request::for_role(role);
    if let Some(host) = &topology.spec.host {
        if let Some(within) = host.detect_dead_peer_within {
            let detect_within = Duration::from_millis(within.milliseconds());
            let budget = Budget { detect_within, path: Path::LOCAL, kernel: KernelFeatures::default() };
            request.budget = Some(budget.fit().ok()?);
        }
        let mut overrides = Overrides::default();
        for (key, value) in &host.sysctl {
            overrides.set(key.as_str(), value.as_str()).ok()?;
        }
        request.overrides = overrides;
    }
    request.compose().ok()
}

/// What is missing or set otherwise, and where in the file.
fn differences(profile: &Profile, host: &HostFile) -> Vec<(String, usize)> {
    let written = written(host.source.text());
    let mut found = Vec::new();
    for setting in &profile.settings {
        let key = setting.parameter.key.as_str();
        match written.get(key) {
            None => found.push((
                format!(
                    "`{key}` is not set; `{} {} {}` is asked for: {}",
                    key, setting.mode, setting.value, setting.why
                ),
                0,
            )),
            Some((value, start)) if !setting.mode.is_met(&setting.value, value) => found.push((
                format!(
                    "`{key} = {value}`; `{} {}` is asked for: {}",
                    setting.mode, setting.value, setting.why
                ),
                *start,
            )),
            Some(_) => {}
        }
    }
    found
}

/// `key = value`, and where the line starts; the last line of a key counts.
fn written(text: &str) -> BTreeMap<&str, (&str, usize)> {
    let mut written = BTreeMap::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let setting = line.trim();
        if !setting.starts_with(['#', ';'])
            && let Some((key, value)) = setting.split_once('=')
        {
            // A leading dash only means that a failure may be ignored.
            written.insert(key.trim().trim_start_matches('-'), (value.trim(), start));
        }
        start += line.len();
    }
    written
}
