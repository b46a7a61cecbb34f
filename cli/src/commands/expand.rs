use std::path::PathBuf;

use clap::Args;

use super::ExitStatus;
use crate::failure::Failure;
use crate::input;
use crate::output::Output;

/// Print a spec with every default filled in
///
/// What comes out is a spec again: it validates to the same verdict, and expanding it once more changes nothing.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provision expand provision.yaml
  provision expand provision.yaml --json")]
pub struct Arguments {
    /// The spec, or `-` for standard input
    #[arg(value_name = "SPEC")]
    spec: PathBuf,
    /// Print it as JSON (which is YAML, too)
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    let file = input::read_spec(&arguments.spec, output)?;
    let topology = input::resolve_spec(&file, output)?;
    if arguments.json {
        output.json(&topology.spec)?;
    } else {
        let yaml = provision_architecture::spec::to_yaml(&topology.spec)
            .map_err(|error| Failure::new(format!("the spec could not be written: {error}")))?;
        output.data(&yaml)?;
    }
    Ok(ExitStatus::Fine)
}
