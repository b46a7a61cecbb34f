use std::path::PathBuf;

use clap::Args;
use provision_engine::plan::Options;

use super::ExitStatus;
use super::estate::{self, SavedPlan, Shown, Target};
use crate::failure::Failure;
use crate::output::Output;

/// Show what would change
///
/// Checks the spec, renders it in memory, lists what lives and compares. Writes nothing, takes no lock. What is risky
/// comes first, names and counts come last.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provision plan provision.yaml --engine sandbox
  provision plan out/ --engine sandbox --out change.plan
  provision plan provision.yaml --engine sandbox --detailed-exitcode

Exit codes: 0 fine, 1 no plan could be made, 2 with --detailed-exitcode: something would change.")]
pub struct Arguments {
    #[command(flatten)]
    target: Target,
    /// Plan to destroy everything
    #[arg(long)]
    destroy: bool,
    /// Delete also what others put into what is ours
    #[arg(long)]
    prune: bool,
    /// A resource whose data may be lost
    #[arg(long, value_name = "ADDRESS")]
    allow_data_loss: Vec<String>,
    /// Keep the plan, for `provision apply FILE`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    shown: Shown,
    /// How many seconds to wait for the lock of Terraform's state
    #[arg(long, value_name = "SECONDS", default_value = "0")]
    lock_timeout: u64,
    /// The plan as one versioned JSON document
    #[arg(long)]
    json: bool,
    /// Exit with 2 when something would change
    #[arg(long)]
    detailed_exitcode: bool,
}

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    let target = &arguments.target;
    let stage = target.open(output)?;
    stage.announce(output);
    let allow_data_loss = estate::addresses(&arguments.allow_data_loss)?;
    let options = Options { destroy: arguments.destroy, prune: arguments.prune, allow_data_loss };
    let plan = stage.look(&options, arguments.lock_timeout, output)?.plan;
    if arguments.json {
        output.json(&plan)?;
    } else {
        estate::before(&stage, target, output)?;
        arguments.shown.plan(&plan, output)?;
    }
    let changes = !plan.is_empty();
    match &arguments.out {
        Some(path) => {
            let place = target.target.clone();
            SavedPlan::new(place, options.prune, options.allow_data_loss, plan).write(path)?;
            let again = target.at(path.clone()).command("apply");
            output.say(&format!("Kept. To do just this:\n  {again}"));
        }
        None if changes => {
            output.say("Not kept: `provision apply` makes a new plan and may find something else.");
        }
        None => {}
    }
    stage.say_calls(arguments.shown.stats, output);
    Ok(if changes && arguments.detailed_exitcode { ExitStatus::Findings } else { ExitStatus::Fine })
}
