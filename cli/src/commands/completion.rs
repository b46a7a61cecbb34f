use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::ExitStatus;
use crate::failure::Failure;
use crate::output::Output;

/// Print a completion script for a shell
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provision completion bash > ~/.local/share/bash-completion/completions/provision
  provision completion zsh > ~/.zfunc/_provision")]
pub struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    let mut command = crate::arguments::Arguments::command();
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "provision", &mut script);
    output.data(&String::from_utf8_lossy(&script))?;
    Ok(ExitStatus::Fine)
}
