use clap::Args;
use provision_engine::plan::Options;

use super::ExitStatus;
use super::apply::{How, Work};
use super::estate::{self, Target, refuse_blocked};
use crate::failure::Failure;
use crate::output::Output;

/// Take everything down
///
/// Walks the estate backwards. What holds data is deleted only when `--allow-data-loss` names it. Asks for the
/// deployment's name first, and lists the backups that stay behind.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provision destroy provision.yaml --engine sandbox
  provision destroy provision.yaml --engine sandbox --allow-data-loss=aws_db_instance.main

Exit codes: 0 nothing of it is left, 1 something is, and the report says what,
2 with --detailed-exitcode: something was destroyed, and all of it worked,
130 interrupted by Ctrl-C, 143 by SIGTERM.")]
pub struct Arguments {
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    how: How,
}

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    let (target, how) = (&arguments.target, &arguments.how);
    let stage = target.open(output)?;
    stage.announce(output);
    stage.may_change()?;
    let allow_data_loss = estate::addresses(&how.allow_data_loss)?;
    let options = Options { destroy: true, prune: false, allow_data_loss };
    let looked = stage.look(&options, how.lock_timeout, output)?;
    if !how.json {
        how.shown.plan(&looked.plan, output)?;
    }
    let again = how.command(target, &options);
    refuse_blocked(&looked.plan, &again)?;
    if looked.plan.is_empty() && !how.json {
        return Ok(ExitStatus::Fine);
    }
    let question = format!("This destroys the deployment `{}`{}.", stage.located.deployment, stage.place());
    if !how.auto_approve && !estate::confirm(&question, &stage.located.deployment, output)? {
        return Err(Failure::new("nothing was destroyed"));
    }
    how.execute(
        &Work { stage: &stage, target, options: &options, looked: &looked, again, installs: false },
        output,
    )
}
