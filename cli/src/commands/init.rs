use clap::Args;

use super::ExitStatus;
use crate::failure::Failure;
use crate::output::Output;

/// Write a first spec
#[derive(Debug, Args)]
pub struct Arguments {}

pub fn run(_arguments: &Arguments, _output: &Output) -> Result<ExitStatus, Failure> {
    Ok(ExitStatus::Fine)
}
