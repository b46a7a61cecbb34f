use std::path::PathBuf;

use clap::Args;
use provision_host_tuning::change::{self, Check, Overridden, State, Verdict};
use provision_host_tuning::host::{Host, Target};
use serde_json::json;

use super::wish::Wish;
use crate::commands::ExitStatus;
use crate::failure::Failure;
use crate::output::Output;
use crate::table::table;

/// Compare a host with what its roles need, and say which file overrides us; changes nothing
///
/// A container has a network namespace of its own, which starts at the kernel's defaults whatever the host is set to:
/// --process, --container and --unit look where the component really lives.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provision tune check --role kafka-broker
  provision tune check --role search-node --container elasticsearch
  provision tune check --role base --root /mnt/image

Exit codes: 0 nothing to do, 1 the host could not be read, 2 findings.")]
pub struct Arguments {
    #[command(flatten)]
    wish: Wish,
    /// The tree of an image instead of this machine; the running kernel is not looked at
    #[arg(long, value_name = "DIR", conflicts_with_all = ["process", "container", "unit"])]
    root: Option<PathBuf>,
    /// The network namespace of this process
    #[arg(long, value_name = "PID", conflicts_with_all = ["container", "unit"])]
    process: Option<u32>,
    /// The network namespace of this container (Docker, Podman, containerd): a name or the beginning of an id
    #[arg(long, value_name = "NAME", conflicts_with = "unit")]
    container: Option<String>,
    /// The network namespace of this systemd unit
    #[arg(long, value_name = "NAME")]
    unit: Option<String>,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    let host = host(arguments.root.as_ref())?;
    let mut profile = arguments.wish.profile(Some(&host))?;
    let looked = |checked: Result<Check, change::CheckError>| {
        checked.map_err(|error| Failure::because("the host could not be read", &error))
    };
    let checked = match target(arguments) {
        None => looked(change::check(&profile, &host))?,
        Some(target) => {
            // Only what that namespace has for itself; the files of the host decide nothing there.
            profile.settings.retain(|setting| setting.parameter.is_per_network());
            let checked = target
                .inside(|| change::check(&profile, &host))
                .map_err(|error| Failure::new(error.to_string()))?;
            Check { overridden: Vec::new(), findings: Vec::new(), ..looked(checked)? }
        }
    };
    if arguments.json {
        output.json(&document(&checked))?;
    } else {
        output.data(&text(&checked))?;
    }
    Ok(match checked.verdict() {
        Verdict::Clean => ExitStatus::Fine,
        Verdict::Findings => ExitStatus::Findings,
    })
}

/// This machine, or an image's tree.
pub fn host(root: Option<&PathBuf>) -> Result<Host, Failure> {
    match root {
        None => Ok(Host::this_machine()),
        Some(root) if root.is_dir() => Ok(Host::image(root)),
        Some(root) => Err(Failure::new(format!("{} is not a folder", root.display()))),
    }
}

fn target(arguments: &Arguments) -> Option<Target> {
    let process = arguments.process.map(Target::Process);
    let container = arguments.container.clone().map(Target::Container);
    process.or(container).or_else(|| arguments.unit.clone().map(Target::Unit))
}

/// What a host has, and a word about it where there is one to say.
fn found(state: &State) -> (Option<&str>, Option<&str>) {
    match state {
        State::Met { live } | State::Differs { live } => (Some(live), None),
        State::NotOurs { live, why } => (Some(live), Some(why)),
        State::Missing { why } => (None, Some(why)),
        State::NotRunning => (None, None),
    }
}

/// Which line of which file wins over ours.
pub fn override_text(over: &Overridden) -> String {
    let value = over.assignment.value.as_deref().unwrap_or_default();
    let (file, line) = (over.assignment.file.display(), over.assignment.line);
    format!("{} = {value} by /{file}, line {line}, for {}", over.key, over.by)
}

fn text(checked: &Check) -> String {
    let heading = ["", "KEY", "LIVE", "WANTED", ""].map(str::to_owned).to_vec();
    let rows = checked.steps.iter().map(|step| {
        let (live, why) = found(&step.state);
        let wanted = format!("{} {}", step.setting.mode, step.setting.value);
        let key = step.setting.parameter.key.to_string();
        vec![
            step.state.word().to_owned(),
            key,
            live.unwrap_or("-").to_owned(),
            wanted,
            why.unwrap_or_default().to_owned(),
        ]
    });
    let mut text = table(&[heading].into_iter().chain(rows).collect::<Vec<_>>());
    for over in &checked.overridden {
        text += &format!("overridden: {}\n", override_text(over));
    }
    for finding in &checked.findings {
        text += &format!("{}: {}, wanted {}\n", finding.what, finding.found, finding.wanted);
    }
    let differing = checked.steps.iter().filter(|step| matches!(step.state, State::Differs { .. })).count();
    text + &match checked.verdict() {
        Verdict::Clean => "nothing to do\n".to_owned(),
        Verdict::Findings => format!(
            "{differing} drifted, {} overridden, {} other findings\n",
            checked.overridden.len(),
            checked.findings.len()
        ),
    }
}

fn document(checked: &Check) -> serde_json::Value {
    let steps: Vec<_> = checked
        .steps
        .iter()
        .map(|step| {
            let (live, why) = found(&step.state);
            json!({
                "key": step.setting.parameter.key,
                "state": step.state.word(),
                "live": live,
                "mode": step.setting.mode,
                "wanted": step.setting.value,
                "why": why,
            })
        })
        .collect();
    let overridden: Vec<_> = checked
        .overridden
        .iter()
        .map(|over| json!({ "key": over.key, "by": over.by, "assignment": over.assignment }))
        .collect();
    let findings: Vec<_> = checked
        .findings
        .iter()
        .map(|finding| json!({ "what": finding.what, "wanted": finding.wanted, "found": finding.found }))
        .collect();
    json!({
        "schema": "provision.tune.check/1",
        "clean": checked.verdict() == Verdict::Clean,
        "settings": steps,
        "overridden": overridden,
        "findings": findings,
    })
}
