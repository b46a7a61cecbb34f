//! What the tests run in processes of their own: in a namespace that is thrown away, or to be killed.
#![expect(clippy::print_stderr, clippy::print_stdout, reason = "a helper of tests: this is how it reports")]

mod killed;
mod network;
mod round_trip;

use std::error::Error;
use std::process::{Command, ExitCode};

use provision_host_tuning::measure::{self, namespace};

/// As automake's tests say "skipped".
const SKIPPED: u8 = 77;

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments[..] {
        ["measure-child"] => measure::child(std::io::stdin(), std::io::stdout()).map_err(Into::into),
        // Already inside: started by `killed`.
        ["apply", root] => killed::apply(root.as_ref()),
        ["revert", root] => killed::revert(root.as_ref()),
        ["inside", "round-trip", root] => inside(|| round_trip::run(root.as_ref())),
        ["inside", "killed", root, times, seed] => inside(|| killed::run(root.as_ref(), times, seed)),
        ["inside", "run", program, ref arguments @ ..] => inside(|| run(program, arguments)),
        _ => Err(format!("unknown arguments {arguments:?}").into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<namespace::NamespaceError>() => {
            println!("{error}");
            ExitCode::from(SKIPPED)
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn inside(act: impl FnOnce() -> Outcome) -> Outcome {
    namespace::enter()?;
    act()
}

fn run(program: &str, arguments: &[&str]) -> Outcome {
    let status = Command::new(program).args(arguments).status()?;
    if status.success() { Ok(()) } else { Err(format!("{program}: {status}").into()) }
}
