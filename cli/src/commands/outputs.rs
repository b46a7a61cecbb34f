use std::fmt::Write as _;

use clap::Args;

use serde_json::Value;

use super::ExitStatus;
use super::estate::Target;
use crate::failure::Failure;
use crate::output::Output;

/// Print what the live estate offers: addresses, endpoints, names
///
/// The outputs of the directory, evaluated with what lives. Sensitive ones are never shown. What only an apply will tell is
/// null in JSON.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provision output provision.yaml --engine sandbox
  provision output provision.yaml --engine sandbox --json | jq -r .address

Exit codes: 0 fine, 1 the outputs could not be read.")]
pub struct Arguments {
    #[command(flatten)]
    target: Target,
    /// As one JSON object
    #[arg(long)]
    json: bool,
}

/// How a plan writes what it can't know yet.
const UNKNOWN: &str = "(known after apply)";

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    let stage = arguments.target.open(output)?;
    stage.announce(output);
    let mut outputs = stage.outputs(output)?;
    let unknown =
        outputs.as_object().map_or(0, |outputs| outputs.values().filter(|it| *it == UNKNOWN).count());
    if unknown > 0 {
        output.say(&format!(
            "{unknown} of them can't be known before it is applied:\n  {}",
            arguments.target.command("apply")
        ));
    }
    if arguments.json {
        // A script must not take these words for an address.
        outputs.as_object_mut().into_iter().flat_map(|outputs| outputs.values_mut()).for_each(|value| {
            if value == UNKNOWN {
                *value = Value::Null;
            }
        });
        output.json(&outputs)?;
        return Ok(ExitStatus::Fine);
    }
    let mut text = String::new();
    for (name, value) in outputs.as_object().into_iter().flatten() {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let _ = writeln!(text, "{name} = {value}");
    }
    output.data(&text)?;
    Ok(ExitStatus::Fine)
}
