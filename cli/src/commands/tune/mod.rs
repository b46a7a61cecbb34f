//! Host tuning: the kernel as part of the availability budget.

mod apply;
mod check;
mod list;
mod measure;
mod render;
mod revert;
mod show;
mod timeout;
mod wish;

use std::io::{self, BufRead, IsTerminal, Write};

use clap::{Args, Subcommand};

use super::ExitStatus;
use crate::failure::Failure;
use crate::output::Output;

/// Tune hosts: how long the kernel waits for a dead peer, and everything else that a role needs
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(list::Arguments),
    Show(show::Arguments),
    Timeout(timeout::Arguments),
    Check(check::Arguments),
    Apply(apply::Arguments),
    Revert(revert::Arguments),
    Render(render::Arguments),
    Measure(measure::Arguments),
    /// What `measure` starts for each experiment: only a process of its own can enter a namespace
    #[command(hide = true)]
    MeasureChild,
}

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    match &arguments.command {
        Command::List(arguments) => list::run(arguments, output),
        Command::Show(arguments) => show::run(arguments, output),
        Command::Timeout(arguments) => timeout::run(arguments, output),
        Command::Check(arguments) => check::run(arguments, output),
        Command::Apply(arguments) => apply::run(arguments, output),
        Command::Revert(arguments) => revert::run(arguments, output),
        Command::Render(arguments) => render::run(arguments, output),
        Command::Measure(arguments) => measure::run(arguments, output),
        Command::MeasureChild => measure::child(),
    }
}

/// Nothing is written without a yes: from a flag, or from somebody at the terminal.
fn consent(given: bool, question: &str) -> Result<(), Failure> {
    if given {
        return Ok(());
    }
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Failure::new(format!("{question}: nobody is here to say yes")).hint("say it with --yes"));
    }
    let unheard = |error: io::Error| Failure::because("the answer could not be read", &error);
    write!(io::stderr(), "{question}? Only `yes` is a yes: ")
        .and_then(|()| io::stderr().flush())
        .map_err(unheard)?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(unheard)?;
    if answer.trim() == "yes" { Ok(()) } else { Err(Failure::new("no yes, so nothing was changed")) }
}

/// The kernel lets nobody else write parameters, and the record of the originals is root's.
fn need_root() -> Result<(), Failure> {
    if rustix::process::geteuid().is_root() {
        return Ok(());
    }
    Err(Failure::new("this writes kernel parameters and needs root")
        .hint("run it with sudo, or work on an image's tree with --root DIR"))
}
