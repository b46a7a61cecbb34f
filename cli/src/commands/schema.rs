use clap::Args;

use super::ExitStatus;
use crate::failure::Failure;
use crate::output::Output;

/// Print the JSON Schema of a spec
///
/// Editors complete and check a spec with it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provision schema > provision.schema.json
  # first line of a spec, for editors with the YAML language server:
  # yaml-language-server: $schema=provision.schema.json")]
pub struct Arguments {
    /// Print JSON, as it always does
    #[arg(long, hide = true)]
    json: bool,
}

pub fn run(_arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    output.json(&provision_architecture::spec::json_schema())?;
    Ok(ExitStatus::Fine)
}
