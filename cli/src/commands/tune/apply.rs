use std::path::PathBuf;

use clap::Args;
use provision_host_tuning::change::{self, Plan, State};
use provision_host_tuning::host::{DROP_IN, Host};
use provision_host_tuning::profile::Profile;
use serde_json::json;

use super::wish::Wish;
use super::{check, consent, need_root};
use crate::commands::ExitStatus;
use crate::failure::Failure;
use crate::output::Output;

/// Bring a host to what its roles need: live, and at boot
///
/// One drop-in, and each value at once, read back and compared. Originals are kept for `tune revert`. When one write
/// fails, everything is rolled back. A second run changes nothing.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sudo provision tune apply --role kafka-broker
  sudo provision tune apply --role kestra-worker --detect-dead-peer-within 30s --yes
  provision tune apply --role base --root /mnt/image --yes")]
pub struct Arguments {
    #[command(flatten)]
    wish: Wish,
    /// The tree of an image instead of this machine: only its files are written
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Don't ask
    #[arg(short, long)]
    yes: bool,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    let host = check::host(arguments.root.as_ref())?;
    let profile = arguments.wish.profile(Some(&host))?;
    if host.live.is_some() {
        need_root()?;
    }
    let plan = Plan::of(&profile, &host).map_err(|error| Failure::new(error.to_string()))?;
    for warning in &profile.warnings {
        output.say(&format!("warning: {warning}"));
    }
    let announced = announced(&plan);
    if !announced.is_empty() {
        output.say(&announced);
    }
    if !plan.is_empty() {
        consent(arguments.yes, "change this host")?;
    }
    let applied = plan.apply(&host).map_err(|error| Failure::new(error.to_string()))?;
    warn_of_overrides(&profile, &host, output);
    if arguments.json {
        let changed: Vec<_> = applied
            .changed
            .iter()
            .map(|(key, before, after)| json!({ "key": key, "before": before, "after": after }))
            .collect();
        output.json(&json!({
            "schema": "provision.tune.apply/1",
            "changed": changed,
            "drop_in_written": applied.drop_in_written,
        }))?;
        return Ok(ExitStatus::Fine);
    }
    let mut text: String = applied
        .changed
        .iter()
        .map(|(key, before, after)| format!("changed {key} = {after} (was {before})\n"))
        .collect();
    if applied.drop_in_written {
        text += &format!("written /{DROP_IN}\n");
    }
    output.data(if text.is_empty() { "nothing to do\n" } else { &text })?;
    Ok(ExitStatus::Fine)
}

/// What is set now may not be what a later file sets at the next boot.
fn warn_of_overrides(profile: &Profile, host: &Host, output: &Output) {
    // The work is done: that the files can't be read is `tune check`'s to say.
    let Ok(checked) = change::check(profile, host) else { return };
    for over in &checked.overridden {
        output.say(&format!("warning: {}", check::override_text(over)));
    }
}

/// What is about to happen, and what isn't.
fn announced(plan: &Plan) -> String {
    let mut text = String::new();
    for (setting, live) in plan.changes() {
        text += &format!("~ {} {live} -> {}\n", setting.parameter.key, setting.value);
    }
    if plan.drop_in_changes {
        text += &format!("~ /{DROP_IN}\n");
    }
    for step in &plan.steps {
        if let State::Missing { why } | State::NotOurs { why, .. } = &step.state {
            text += &format!("  {}: {} ({why})\n", step.setting.parameter.key, step.state.word());
        }
    }
    text
}
