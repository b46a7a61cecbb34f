//! The command line tool `provision`.
#![expect(unreachable_pub, reason = "nobody uses a binary as a library: `pub` means beyond the file")]

mod arguments;
mod clock;
mod clouds;
mod commands;
mod environment;
mod failure;
mod input;
mod output;
mod table;

fn main() -> std::process::ExitCode {
    commands::run(std::env::args_os(), &environment::read()).into()
}
