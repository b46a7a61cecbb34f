use std::path::PathBuf;

use clap::{Args, CommandFactory as _};

use super::ExitStatus;
use crate::failure::Failure;
use crate::output::Output;

/// Write a man page for every command into a folder
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provision man ~/.local/share/man/man1
  man provision-validate")]
pub struct Arguments {
    /// The folder; it is made where there is none
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    let name = arguments.folder.display();
    let failed = |error| Failure::because(format!("{name} can't be written"), &error);
    std::fs::create_dir_all(&arguments.folder).map_err(failed)?;
    clap_mangen::generate_to(crate::arguments::Arguments::command(), &arguments.folder).map_err(failed)?;
    output.say(&format!("the man pages are in {name}"));
    Ok(ExitStatus::Fine)
}
