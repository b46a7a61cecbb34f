use std::fmt::Write as _;

use clap::Args;
use provision_engine::clock::RealClock;
use provision_engine::ledger;

use super::ExitStatus;
use super::estate::Target;
use crate::clock;
use crate::failure::Failure;
use crate::output::Output;

/// Show who changed the deployment, when, and how it ended
///
/// From the ledger, which needs no engine. No value of a variable is in it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provision history provision.yaml
  provision history provision.yaml --json | jq -r '.entries[] | select(.result == null) | .who'

Exit codes: 0 fine, 1 the ledger could not be read.")]
pub struct Arguments {
    #[command(flatten)]
    target: Target,
    /// As one JSON document
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    let located = arguments.target.locate(output)?;
    let entries = RealClock::new(clock::seconds())
        .run(ledger::history(located.store()?))
        .map_err(|error| Failure::because("the history can't be read", &error))?;
    if arguments.json {
        output.json(&serde_json::json!({ "schema": 1, "entries": entries }))?;
        return Ok(ExitStatus::Fine);
    }
    let mut text = String::new();
    for entry in &entries {
        let result = entry.result.as_deref().unwrap_or("not ended: it runs, or was killed");
        let when = clock::shown(entry.at);
        let _ = writeln!(
            text,
            "{when}  {}  {}\n  {}\n  {} → {result}",
            entry.engine, entry.who, entry.command, entry.plan
        );
    }
    if entries.is_empty() {
        text.push_str("Nothing was ever applied.\n");
    }
    output.data(&text)?;
    Ok(ExitStatus::Fine)
}
