use std::time::Duration;

use clap::Args;
use provision_engine::plan::view::Detail;
use provision_engine::plan::{Options, Plan};

use super::ExitStatus;
use super::estate::{self, Order, Progress, SANDBOX, SavedPlan, Stage, Target};
use crate::failure::Failure;
use crate::output::Output;

/// Make the estate as the spec or the directory says
///
/// Shows the plan, asks, takes the lock, looks again and does it. Everything that can run at once does. Killed at any
/// moment, the next run goes on where this one was.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provision apply provision.yaml --engine sandbox
  provision apply change.plan --engine sandbox
  provision apply out/ --engine sandbox --auto-approve

Exit codes: 0 everything is as it should be, 1 something is not, and the report says what.")]
pub struct Arguments {
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    how: How,
    /// Delete also what others put into what is ours
    #[arg(long)]
    prune: bool,
}

/// How a run is done, for apply and destroy.
#[derive(Debug, Args)]
pub struct How {
    /// Don't ask
    #[arg(short = 'y', long)]
    pub auto_approve: bool,
    /// A resource whose data may be lost
    #[arg(long, value_name = "ADDRESS")]
    pub allow_data_loss: Vec<String>,
    /// How many calls may be under way at once
    #[arg(long, value_name = "COUNT", default_value = "16", env = "PROVISION_PARALLELISM")]
    parallelism: usize,
    /// How many seconds to wait for somebody who holds the lock
    #[arg(long, value_name = "SECONDS", default_value = "0")]
    lock_timeout: u64,
    /// What happens, as one JSON object a line
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    if let Some(saved) = SavedPlan::read(&arguments.target.target) {
        return run_saved(arguments, &saved, output);
    }
    arguments.target.needs_engine()?;
    let stage = arguments.target.open(output)?;
    output.say(SANDBOX);
    let allow_data_loss = estate::addresses(&arguments.how.allow_data_loss)?;
    let options = Options { destroy: false, prune: arguments.prune, allow_data_loss };
    let plan = stage.plan(&options, output)?;
    if !arguments.how.json {
        estate::show(&plan, Detail::Normal, output)?;
    }
    if plan.is_empty() {
        return Ok(ExitStatus::Fine);
    }
    let again = estate::redacted("apply", &arguments.target.target);
    if !arguments.how.auto_approve && !estate::confirm("Do this?", "yes", output)? {
        return Err(Failure::new("nothing was changed"));
    }
    arguments.how.execute(&stage, &options, &plan, &again, output)
}

fn run_saved(arguments: &Arguments, saved: &SavedPlan, output: &Output) -> Result<ExitStatus, Failure> {
    arguments.target.needs_engine()?;
    let stage = arguments.target.at(saved.target.clone()).open(output)?;
    output.say(SANDBOX);
    let options = Options {
        destroy: saved.plan.destroy,
        prune: saved.prune,
        allow_data_loss: saved.allow_data_loss.clone(),
    };
    let again = estate::redacted("apply", &saved.target);
    arguments.how.execute(&stage, &options, &saved.plan, &again, output)
}

impl How {
    /// Does what was agreed to and tells how it ended.
    pub fn execute(
        &self,
        stage: &Stage,
        options: &Options,
        plan: &Plan,
        again: &str,
        output: &Output,
    ) -> Result<ExitStatus, Failure> {
        let progress = Progress::new(output, self.json);
        let order = Order {
            options,
            agreed: plan,
            command: again.to_owned(),
            parallelism: self.parallelism,
            patience: Duration::from_secs(self.lock_timeout),
        };
        let report = stage.run(&order, &progress)?;
        output.say(&report.text(again));
        output.say(SANDBOX);
        Ok(if report.is_complete() { ExitStatus::Fine } else { ExitStatus::Failed })
    }
}
