use std::fmt::Write as _;

use clap::Args;
use provision_engine::plan::Options;

use super::ExitStatus;
use super::estate::{SANDBOX, Target};
use crate::failure::Failure;
use crate::output::Output;

/// Print what the live estate offers: addresses, endpoints, names
///
/// The outputs of the directory, evaluated with what lives. Sensitive ones are never shown.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    target: Target,
    /// As one JSON object
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    arguments.target.needs_engine()?;
    let stage = arguments.target.open(output)?;
    output.say(SANDBOX);
    let plan = stage.plan(&Options::default(), output)?;
    if arguments.json {
        output.json(&plan.outputs)?;
    } else {
        let mut text = String::new();
        for (name, value) in &plan.outputs {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let _ = writeln!(text, "{name} = {value}");
        }
        output.data(&text)?;
    }
    Ok(ExitStatus::Fine)
}
