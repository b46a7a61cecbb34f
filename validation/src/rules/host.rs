//! What a spec asks of the hosts' kernels, judged by the catalogue of kernel parameters and the model of the timers.

use std::collections::BTreeSet;
use std::time::Duration;

use provision_architecture::spec::{Host, SpecFile};
use provision_architecture::topology::Topology;
use provision_host_tuning::profile::{Overrides, Request, Role};
use provision_host_tuning::timers::{Budget, KernelFeatures, Path};

use super::finding::{Finding, Verdict};
use super::own::OwnRule;

pub(super) fn apply(file: &SpecFile, topology: &Topology, verdict: &mut Verdict) {
    let Some(host) = &topology.spec.host else { return };
    let mut findings = Vec::new();
    let budget = budget(host, file, &mut findings);
    let overrides = overrides(host, file, &mut findings);
    let mut seen = BTreeSet::new();
    for group in &topology.groups {
        let Ok(role) = Role::of_component(topology.platform.word(), group.component.word()) else { continue };
        let request = Request { roles: vec![role], budget: budget.clone(), overrides: overrides.clone() };
        let (rule, conflicts) = match request.compose() {
            Ok(profile) => (OwnRule::HostWarning, profile.warnings),
            Err(error) => (OwnRule::HostConflict, error.conflicts),
        };
        for conflict in conflicts {
            let found = conflict.to_string();
            if seen.insert(found.clone()) {
                findings.push(rule.finding(file, file.locate("host"), "host".to_owned(), found));
            }
        }
    }
    verdict.findings.append(&mut findings);
}

fn budget(
    host: &Host,
    file: &SpecFile,
    findings: &mut Vec<Finding>,
) -> Option<provision_host_tuning::timers::Fitted> {
    let detect_within = Duration::from_millis(host.detect_dead_peer_within?.milliseconds());
    let budget = Budget { detect_within, path: Path::LOCAL, kernel: KernelFeatures::default() };
    match budget.fit() {
        Ok(fitted) => Some(fitted),
        Err(error) => {
            let path = "host.detect_dead_peer_within";
            findings.push(OwnRule::BudgetTooShort.finding(
                file,
                file.locate(path),
                path.to_owned(),
                error.to_string(),
            ));
            None
        }
    }
}

fn overrides(host: &Host, file: &SpecFile, findings: &mut Vec<Finding>) -> Overrides {
    let mut overrides = Overrides::default();
    for (key, value) in &host.sysctl {
        if let Err(error) = overrides.set(key.as_str(), value.as_str()) {
            // A key has dots of its own, so it is looked up as one step.
            let span = file.locate_key("host.sysctl", key.as_str());
            findings.push(OwnRule::SysctlRefused.finding(
                file,
                span,
                format!("host.sysctl.{key}"),
                error.to_string(),
            ));
        }
    }
    overrides
}
