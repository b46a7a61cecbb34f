use clap::Args;
use provision_engine::plan::Options;
use provision_engine::plan::view::Detail;

use super::ExitStatus;
use super::apply::How;
use super::estate::{self, SANDBOX, Target};
use crate::failure::Failure;
use crate::output::Output;

/// Take everything down
///
/// Walks the estate backwards. What holds data is deleted only when `--allow-data-loss` names it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provision destroy provision.yaml --engine sandbox --allow-data-loss aws_db_instance.main

Exit codes: 0 nothing of it is left, 1 something is, and the report says what.")]
pub struct Arguments {
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    how: How,
}

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    arguments.target.needs_engine()?;
    let stage = arguments.target.open(output)?;
    output.say(SANDBOX);
    let allow_data_loss = estate::addresses(&arguments.how.allow_data_loss)?;
    let options = Options { destroy: true, prune: false, allow_data_loss };
    let plan = stage.plan(&options, output)?;
    estate::show(&plan, Detail::Concise, output)?;
    if plan.is_empty() {
        return Ok(ExitStatus::Fine);
    }
    let question = format!("This destroys the deployment `{}`.", stage.deployment);
    if !arguments.how.auto_approve && !estate::confirm(&question, &stage.deployment, output)? {
        return Err(Failure::new("nothing was destroyed"));
    }
    let again = estate::redacted("destroy", &arguments.target.target);
    arguments.how.execute(&stage, &options, &plan, &again, output)
}
