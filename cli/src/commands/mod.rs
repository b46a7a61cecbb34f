//! One file a command: its arguments, whose comments are its help, and what it does.

pub mod apply;
pub mod architectures;
pub mod bootstrap;
pub mod completion;
pub mod destroy;
pub mod estate;
pub mod expand;
pub mod explain;
pub mod graph;
pub mod handover;
pub mod history;
pub mod init;
pub mod man;
pub mod outputs;
pub mod plan;
pub mod render;
pub mod report;
pub mod schema;
pub mod secret;
pub mod status;
pub mod survive;
pub mod tune;
pub mod unlock;
pub mod validate;
pub mod version;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::FromArgMatches as _;

use crate::arguments::{Arguments, Command};
use crate::environment::Environment;
use crate::failure::Failure;
use crate::output::{Colour, Output};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitStatus {
    /// It did its work and there is nothing to report.
    Fine,
    /// It could not do its work.
    Failed,
    /// It did its work and there are findings, or changes where they were asked for.
    Findings,
    /// A signal ended it before its work was done.
    Interrupted(i32),
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        ExitCode::from(match status {
            ExitStatus::Fine => 0,
            ExitStatus::Failed => 1,
            ExitStatus::Findings => 2,
            // As shells say it.
            ExitStatus::Interrupted(signal) => u8::try_from(128 + signal).unwrap_or(1),
        })
    }
}

/// Runs the command that the arguments ask for.
pub fn run(arguments: impl Iterator<Item = OsString>, environment: &Environment) -> ExitStatus {
    let parsed = crate::arguments::command().try_get_matches_from(arguments);
    let arguments = match parsed.and_then(|matches| Arguments::from_arg_matches(&matches)) {
        Ok(arguments) => arguments,
        Err(error) => return explain_usage(&error, environment),
    };
    let output = Output::new(arguments.global.color, environment);
    dispatch(arguments.command, &output).unwrap_or_else(|failure| {
        output.say(&failure.to_string());
        failure.signal.map_or(ExitStatus::Failed, ExitStatus::Interrupted)
    })
}

fn dispatch(command: Command, output: &Output) -> Result<ExitStatus, Failure> {
    match command {
        Command::Init(arguments) => init::run(&arguments, output),
        Command::Architectures(arguments) => architectures::run(&arguments, output),
        Command::Validate(arguments) => validate::run(&arguments, output),
        Command::Explain(arguments) => explain::run(&arguments, output),
        Command::Survive(arguments) => survive::run(&arguments, output),
        Command::Graph(arguments) => graph::run(&arguments, output),
        Command::Report(arguments) => report::run(&arguments, output),
        Command::Expand(arguments) => expand::run(&arguments, output),
        Command::Render(arguments) => render::run(&arguments, output),
        Command::Bootstrap(arguments) => bootstrap::run(&arguments, output),
        Command::Secret(arguments) => secret::run(&arguments, output),
        Command::Plan(arguments) => plan::run(&arguments, output),
        Command::Apply(arguments) => apply::run(&arguments, output),
        Command::Destroy(arguments) => destroy::run(&arguments, output),
        Command::Status(arguments) => status::run(&arguments, output),
        Command::Output(arguments) => outputs::run(&arguments, output),
        Command::Handover(arguments) => handover::run(&arguments, output),
        Command::History(arguments) => history::run(&arguments, output),
        Command::Unlock(arguments) => unlock::run(&arguments, output),
        Command::Schema(arguments) => schema::run(&arguments, output),
        Command::Tune(arguments) => tune::run(&arguments, output),
        Command::Completion(arguments) => completion::run(&arguments, output),
        Command::Man(arguments) => man::run(&arguments, output),
        Command::Version(arguments) => version::run(&arguments, output),
    }
}

/// Help that was asked for is data; help that was not asked for is an error, and never exits with 0.
fn explain_usage(error: &clap::Error, environment: &Environment) -> ExitStatus {
    let output = Output::new(Colour::Auto, environment);
    let text = error.render();
    let dress = |colour: bool| if colour { text.ansi().to_string() } else { text.to_string() };
    if error.use_stderr() {
        output.say(&dress(output.stderr_style().colour));
        return ExitStatus::Failed;
    }
    match output.data(&dress(output.style().colour)) {
        Ok(()) => ExitStatus::Fine,
        Err(_) => ExitStatus::Failed,
    }
}
