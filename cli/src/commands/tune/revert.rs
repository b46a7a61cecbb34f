use std::path::PathBuf;

use clap::Args;
use provision_host_tuning::change::{self, Taken};
use serde_json::json;

use super::{check, consent, need_root};
use crate::commands::ExitStatus;
use crate::failure::Failure;
use crate::output::Output;

/// Put back what a host had before the first `tune apply`
///
/// In reverse, and only what is still ours: a value that somebody else set since is left alone. The record of
/// originals is validated like any input.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sudo provision tune revert
  provision tune revert --root /mnt/image --yes")]
pub struct Arguments {
    /// The tree of an image instead of this machine: only its files are written
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Don't ask
    #[arg(short, long)]
    yes: bool,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    let host = check::host(arguments.root.as_ref())?;
    if host.live.is_some() {
        need_root()?;
    }
    consent(arguments.yes, "put back the values of before")?;
    let reverted = change::revert(&host).map_err(|error| Failure::new(error.to_string()))?;
    let told: Vec<(&str, &str, String)> =
        reverted.values.iter().map(|(key, taken)| (key.as_str(), outcome(taken), detail(taken))).collect();
    if arguments.json {
        let values: Vec<_> = told
            .iter()
            .map(|(key, outcome, detail)| json!({ "key": key, "outcome": outcome, "detail": detail }))
            .collect();
        output.json(&json!({
            "schema": "provision.tune.revert/1",
            "values": values,
            "drop_in": reverted.drop_in,
        }))?;
    } else {
        let mut text: String = told
            .iter()
            .map(|(key, outcome, detail)| format!("{outcome}: {key} {detail}").trim_end().to_owned() + "\n")
            .collect();
        text += &format!("{}\n", reverted.drop_in);
        output.data(&text)?;
    }
    let unfinished = reverted.values.iter().any(|(_, taken)| {
        matches!(taken, Taken::Failed { .. } | Taken::Refused { .. } | Taken::Foreign { .. })
    });
    Ok(if unfinished { ExitStatus::Findings } else { ExitStatus::Fine })
}

fn outcome(taken: &Taken) -> &'static str {
    match taken {
        Taken::Back(_) => "back",
        Taken::WasBack => "was back already",
        Taken::Foreign { .. } => "left alone",
        Taken::Gone => "not here",
        Taken::Refused { .. } => "refused",
        Taken::Failed { .. } => "failed",
    }
}

fn detail(taken: &Taken) -> String {
    match taken {
        Taken::Back(written) => format!("({written})"),
        Taken::Foreign { live } => format!("(somebody else set it to {live})"),
        Taken::Refused { reason } | Taken::Failed { reason } => format!("({reason})"),
        Taken::WasBack | Taken::Gone => String::new(),
    }
}
