use clap::{Args, ValueEnum};

use super::ExitStatus;
use crate::failure::Failure;
use crate::output::Output;

/// Print the JSON Schema of a spec, a plan or a status
///
/// Editors complete and check a spec with it; programs that read a plan or a status know what to expect.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provision schema > provision.schema.json
  provision schema plan > plan.schema.json
  provision schema status > status.schema.json
  # first line of a spec, for editors with the YAML language server:
  # yaml-language-server: $schema=provision.schema.json")]
pub struct Arguments {
    /// Of what
    #[arg(value_enum, default_value = "spec")]
    of: Document,
    /// Print JSON, as it always does
    #[arg(long, hide = true)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Document {
    /// What is written in provision.yaml
    Spec,
    /// What `plan --json` prints, whichever engine made it
    Plan,
    /// What `status --json` prints
    Status,
}

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    match arguments.of {
        Document::Spec => output.json(&provision_architecture::spec::json_schema())?,
        Document::Plan => output.data(provision_engine::plan::schema())?,
        Document::Status => output.data(provision_validation::status::schema())?,
    }
    Ok(ExitStatus::Fine)
}
