//! Every parameter that a network namespace has for itself, at a value that is not its own.

use std::collections::BTreeMap;
use std::path::Path;

use provision_host_tuning::catalogue::{Parameter, Scope, parameters};
use provision_host_tuning::host::{Host, Live};
use provision_host_tuning::profile::{Overrides, Profile, Request};
use provision_host_tuning::value::{Kind, SysctlKey};

use crate::Outcome;

pub(crate) fn host(root: &Path) -> Host {
    Host::running(root, "/proc/sys")
}

/// Global parameters are never written by a test: these are the others.
pub(crate) fn present() -> Vec<&'static Parameter> {
    let live = Live::new("/proc/sys".into());
    let is_present = |parameter: &&Parameter| live.read(&parameter.key).is_ok_and(|value| value.is_some());
    parameters()
        .iter()
        .filter(|parameter| parameter.scope == Scope::NetworkNamespace)
        .filter(is_present)
        .collect()
}

pub(crate) fn values() -> Result<BTreeMap<SysctlKey, String>, Box<dyn std::error::Error>> {
    let live = Live::new("/proc/sys".into());
    let mut values = BTreeMap::new();
    for parameter in present() {
        values.insert(parameter.key.clone(), live.read(&parameter.key)?.unwrap_or_default());
    }
    Ok(values)
}

/// `step` chooses among values, so that two profiles differ everywhere.
pub(crate) fn profile(step: i64) -> Result<Profile, Box<dyn std::error::Error>> {
    let mut overrides = Overrides::default();
    let now = values()?;
    for parameter in present() {
        overrides.set(parameter.key.as_str(), &other(parameter, &now[&parameter.key], step))?;
    }
    Ok(Request { overrides, ..Request::default() }.compose()?)
}

fn other(parameter: &Parameter, now: &str, step: i64) -> String {
    match &parameter.kind {
        Kind::PortRanges => format!("9092,9200-{}", 9300 + step),
        Kind::Integer(from, to) => {
            let now: i64 = now.parse().unwrap_or(*from);
            let wanted = if now + step <= *to { now + step } else { *from + step - 1 };
            wanted.clamp(*from, *to).to_string()
        }
        Kind::Ascending(ranges) if ranges.len() == 2 => format!("{} {}", 20000 + 2 * step, 60001 + 2 * step),
        Kind::Ascending(ranges) => {
            let each: Vec<String> =
                (1_i64..).take(ranges.len()).map(|i| (65536 * i + step * 4096).to_string()).collect();
            each.join(" ")
        }
    }
}

pub(crate) fn expect(condition: bool, what: impl FnOnce() -> String) -> Outcome {
    if condition { Ok(()) } else { Err(what().into()) }
}
