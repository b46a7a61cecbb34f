use clap::Args;
use serde_json::json;

use super::ExitStatus;
use crate::failure::Failure;
use crate::output::Output;

/// Print the version
#[derive(Debug, Args)]
pub struct Arguments {
    /// Print it as JSON, with the schemas that this version speaks
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    let version = env!("CARGO_PKG_VERSION");
    if arguments.json {
        output.json(&json!({
            "schema": "provision.version/1",
            "version": version,
            "schemas": { "spec": 1, "validate": 1, "architectures": 1, "explain": 1 },
        }))?;
    } else {
        output.data(&format!("provision {version}\n"))?;
    }
    Ok(ExitStatus::Fine)
}
