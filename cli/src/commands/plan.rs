use std::path::PathBuf;

use clap::Args;
use provision_engine::plan::Options;
use provision_engine::plan::view::Detail;

use super::ExitStatus;
use super::estate::{self, SANDBOX, SavedPlan, Target};
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
    /// One line for each action
    #[arg(long, conflicts_with = "diff")]
    concise: bool,
    /// Long texts in full
    #[arg(long)]
    diff: bool,
    /// The plan as one versioned JSON document
    #[arg(long)]
    json: bool,
    /// Exit with 2 when something would change
    #[arg(long)]
    detailed_exitcode: bool,
}

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    arguments.target.needs_engine()?;
    let stage = arguments.target.open(output)?;
    output.say(SANDBOX);
    let allow_data_loss = estate::addresses(&arguments.allow_data_loss)?;
    let options = Options { destroy: arguments.destroy, prune: arguments.prune, allow_data_loss };
    let plan = stage.plan(&options, output)?;
    let detail = match (arguments.concise, arguments.diff) {
        (true, _) => Detail::Concise,
        (_, true) => Detail::Diff,
        _ => Detail::Normal,
    };
    if arguments.json {
        output.json(&plan)?;
    } else {
        estate::show(&plan, detail, output)?;
    }
    let changes = !plan.is_empty();
    match &arguments.out {
        Some(path) => {
            let target = arguments.target.target.clone();
            SavedPlan::new(target, options.prune, options.allow_data_loss, plan).write(path)?;
            output
                .say(&format!("kept; to do just this: provision apply {} --engine sandbox", path.display()));
        }
        None if changes => {
            output.say("Not kept: `provision apply` makes a new plan and may find something else.");
        }
        None => {}
    }
    Ok(if changes && arguments.detailed_exitcode { ExitStatus::Findings } else { ExitStatus::Fine })
}
