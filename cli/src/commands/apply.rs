use std::time::Duration;

use clap::Args;
use provision_engine::plan::{Options, Plan};
use serde_json::Value;

use super::estate::{
    self, Begun, CommandLine, Faulty, Installation, Looked, Order, Outcome, Pace, Progress, SavedPlan, Shown,
    Stage, Target, refuse_blocked,
};
use super::{ExitStatus, secret};
use crate::failure::Failure;
use crate::output::Output;

/// Make the estate as the spec or the directory says
///
/// Checks the spec, shows the plan, asks, takes the lock, looks again and does it. Everything that can run at once
/// does. Killed at any moment, the next run goes on where this one was. Ctrl-C ends gracefully: nothing new is started,
/// what is under way is finished; a second one stops at once.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provision apply provision.yaml --engine sandbox
  provision apply change.plan --engine sandbox
  provision apply out/ --engine sandbox --auto-approve
  provision apply provision.yaml --engine sandbox -y --fault refuse=aws_lb.main
  provision apply provision.yaml --engine sandbox -y --json | jq -c 'select(.type == \"report\")'

Exit codes: 0 everything is as it should be, 1 something is not, and the report says what,
2 with --detailed-exitcode: something was changed, and all of it worked,
130 interrupted by Ctrl-C, 143 by SIGTERM.")]
pub struct Arguments {
    #[command(flatten)]
    target: Target,
    /// Delete also what others put into what is ours
    #[arg(long)]
    prune: bool,
    /// Make the cluster, and leave what runs in it to you
    #[arg(long)]
    no_install: bool,
    #[command(flatten)]
    how: How,
}

/// How a run is done, for apply and destroy.
#[derive(Debug, Args)]
pub struct How {
    /// Don't ask
    #[arg(short = 'y', long)]
    pub auto_approve: bool,
    /// A resource whose data may be lost; may be given several times
    #[arg(long, value_name = "ADDRESS")]
    pub allow_data_loss: Vec<String>,
    #[command(flatten)]
    pub shown: Shown,
    /// How many calls may be under way at once
    #[arg(
        long,
        value_name = "COUNT",
        default_value = "16",
        env = "PROVISION_PARALLELISM",
        value_parser = clap::value_parser!(u16).range(1..),
    )]
    parallelism: u16,
    /// How many seconds to wait for somebody who holds the lock
    #[arg(long, value_name = "SECONDS", default_value = "0")]
    pub lock_timeout: u64,
    /// What happens, as one JSON object a line, the report last
    #[arg(long)]
    pub json: bool,
    /// Exit with 2 when something was changed
    #[arg(long)]
    pub detailed_exitcode: bool,
    #[command(flatten)]
    faulty: Faulty,
}

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    let how = &arguments.how;
    let saved = SavedPlan::read(&arguments.target.target)?;
    let target = match &saved {
        Some(saved) => arguments.target.at(saved.target.clone()),
        None => arguments.target.clone(),
    };
    let stage = target.open(output)?;
    stage.announce(output);
    stage.may_change()?;
    if let Some(described) = stage.located.described.as_ref().filter(|_| !stage.is_sandbox()) {
        secret::preflight(&described.topology, &target.target, output)?;
    }
    if let Some(saved) = saved {
        return run_saved(arguments, &stage, &target, saved, output);
    }
    let allow_data_loss = estate::addresses(&how.allow_data_loss)?;
    let options = Options { destroy: false, prune: arguments.prune, allow_data_loss };
    let looked = stage.look(&options, how.lock_timeout, output)?;
    if !how.json {
        estate::before(&stage, &target, output)?;
        how.shown.plan(&looked.plan, output)?;
    }
    let again = how.command(&target, &options);
    refuse_blocked(&looked.plan, &again)?;
    let installs = !arguments.no_install && stage.workload()?.is_some();
    if installs && !how.json {
        output.data("\nAfterwards what runs in the cluster is installed.\n")?;
    }
    let is_agreed = || estate::confirm(&format!("Do this{}?", stage.place()), "yes", output);
    let does_something = !looked.plan.is_empty() || installs;
    if does_something && !how.auto_approve && !is_agreed()? {
        return Err(Failure::new("nothing was changed"));
    }
    let work = Work { stage: &stage, target: &target, options: &options, looked: &looked, again, installs };
    how.execute(&work, output)
}

/// What was decided when the plan was kept is not asked again.
fn run_saved(
    arguments: &Arguments,
    stage: &Stage,
    target: &Target,
    saved: SavedPlan,
    output: &Output,
) -> Result<ExitStatus, Failure> {
    let how = &arguments.how;
    let options =
        Options { destroy: saved.plan.destroy, prune: saved.prune, allow_data_loss: saved.allow_data_loss };
    let again = how.command(target, &options);
    refuse_blocked(&saved.plan, &again)?;
    // The backups are those of what lives now; the plan is the one that was agreed to.
    let backups = stage.look(&options, how.lock_timeout, output)?.backups;
    let looked = Looked { plan: saved.plan, backups };
    let installs = !arguments.no_install && !options.destroy;
    how.execute(&Work { stage, target, options: &options, looked: &looked, again, installs }, output)
}

/// What is to be done, and on what.
pub struct Work<'a> {
    pub stage: &'a Stage,
    pub target: &'a Target,
    pub options: &'a Options,
    pub looked: &'a Looked,
    /// The command that goes on with it.
    pub again: CommandLine,
    /// Whether what runs in a cluster is installed, too.
    pub installs: bool,
}

impl How {
    /// The command that does the same.
    pub fn command(&self, target: &Target, options: &Options) -> CommandLine {
        let mut line = target.command(if options.destroy { "destroy" } else { "apply" });
        if options.prune {
            line = line.flag("--prune");
        }
        options
            .allow_data_loss
            .iter()
            .fold(line, |line, address| line.flag(&format!("--allow-data-loss={address}")))
    }

    /// Does what was agreed to and tells how it ended.
    pub fn execute(&self, work: &Work<'_>, output: &Output) -> Result<ExitStatus, Failure> {
        let plan = &work.looked.plan;
        work.stage.is_ours()?;
        let seconds = Duration::from_secs(plan.estimate.seconds);
        let progress = Progress::new(output, self.json, plan.actions.len(), seconds);
        let begun = Begun { command: if plan.destroy { "destroy" } else { "apply" }, plan };
        progress.document(&begun.first());
        let outcome = if plan.is_empty() { Outcome::nothing() } else { self.run(work, &progress, output)? };
        let settled = self.settled(work, &outcome, output)?;
        if settled.is_settled {
            work.stage.keep_imports(plan.destroy)?;
        }
        let installation = installation(work, &settled, output)?;
        if settled.is_settled {
            self.remember(work, &installation, output)?;
        }
        let Outcome { report, signal } = &outcome;
        if self.json {
            let done = |address| report.done.iter().any(|done| done.address == address);
            let backups: Vec<_> =
                work.looked.backups.iter().filter(|backup| done(backup.of.clone())).cloned().collect();
            progress.document(&begun.last(
                report,
                &backups,
                &settled.outputs,
                &installation.as_json(),
                &work.again,
            ));
        } else {
            self.tell(work, &outcome, &settled, output)?;
            output.data(&installation.text())?;
        }
        work.stage.say_calls(self.shown.stats, output);
        work.stage.announce(output);
        Ok(match signal {
            _ if installation.failed() => ExitStatus::Failed,
            _ if report.is_complete() && settled.is_settled => {
                let changed = self.detailed_exitcode && !plan.is_empty();
                if changed { ExitStatus::Findings } else { ExitStatus::Fine }
            }
            Some(signal) if report.interrupted => ExitStatus::Interrupted(*signal),
            _ => ExitStatus::Failed,
        })
    }

    fn run(&self, work: &Work<'_>, progress: &Progress, output: &Output) -> Result<Outcome, Failure> {
        let plan = &work.looked.plan;
        let order = Order {
            options: work.options,
            agreed: plan,
            command: &work.again,
            parallelism: usize::from(self.parallelism),
            patience: Duration::from_secs(self.lock_timeout),
            troubles: self.faulty.troubles(),
            pace: Pace::lasting(self.faulty.lasts(progress.is_on_terminal())?, plan),
        };
        work.stage.run(&order, progress, output)
    }

    /// For `status`, which sees no pods.
    fn remember(&self, work: &Work<'_>, installation: &Installation, output: &Output) -> Result<(), Failure> {
        if matches!(installation, Installation::Nothing) && !work.options.destroy {
            return Ok(());
        }
        let patience = Duration::from_secs(self.lock_timeout);
        work.stage.remember_installation(installation.why_not(), &work.again, patience, output)
    }

    /// Looks again: what was applied must leave nothing to apply.
    fn settled(&self, work: &Work<'_>, outcome: &Outcome, output: &Output) -> Result<Settled, Failure> {
        if !outcome.report.is_complete() {
            return Ok(Settled { is_settled: false, left: None, outputs: Value::Null });
        }
        let options = Options { destroy: work.options.destroy, ..Options::default() };
        let plan = work.stage.look(&options, self.lock_timeout, output)?.plan;
        let outputs = if plan.destroy { Value::Null } else { serde_json::json!(plan.outputs) };
        Ok(Settled { is_settled: plan.is_empty(), left: (!plan.is_empty()).then_some(plan), outputs })
    }

    fn tell(
        &self,
        work: &Work<'_>,
        outcome: &Outcome,
        settled: &Settled,
        output: &Output,
    ) -> Result<(), Failure> {
        let plan = &work.looked.plan;
        if !plan.is_empty() {
            output.data(&format!("\n{}", outcome.report.text(&work.again.to_string())))?;
        }
        if let Some(left) = &settled.left {
            output.data("Looked again, and not everything is as it should be:\n\n")?;
            self.shown.plan(left, output)?;
            return output.data(&format!("\nGo on with:\n  {}\n", work.again));
        }
        if !settled.is_settled {
            return Ok(());
        }
        if plan.destroy {
            return output.data(&left_behind(work.looked));
        }
        if !plan.is_empty() {
            output.data("Looked again: nothing is left to change.\n")?;
        }
        estate::after(work.stage, plan, &settled.outputs, work.target, output)
    }
}

/// What runs in the cluster, once the cluster is as it should be.
fn installation(work: &Work<'_>, settled: &Settled, output: &Output) -> Result<Installation, Failure> {
    match work.stage.workload()? {
        Some(workload) if settled.is_settled && !work.options.destroy => {
            work.stage.install(&workload, work.installs, output)
        }
        _ => Ok(Installation::Nothing),
    }
}

/// What is found after a run.
struct Settled {
    is_settled: bool,
    left: Option<Plan>,
    outputs: Value,
}

fn left_behind(looked: &Looked) -> String {
    let mut text = "Looked again: nothing of it lives any more.\n".to_owned();
    if !looked.backups.is_empty() {
        text += "\nLeft behind on purpose, yours to delete:\n";
        for backup in &looked.backups {
            text += &format!("  {backup}\n");
        }
    }
    text
}
