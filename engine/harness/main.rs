//! Kills and stops real processes at every moment that leaves something behind, and looks whether the next run ends
//! in the same estate as one that nobody disturbed.
//!
//! As `killed child …` it is such a process. Usually every moment is tried on a directory of 29 resources, and a sample of
//! the moments on an example of 58 and on the largest example; `killed --all` tries all moments of these, too.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a test: it reports by printing and panicking")]

mod child;
mod essence;
mod kills;
mod locks;
mod run;
mod stage;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use kills::Extent;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|word| word == "child") {
        return child::main(&arguments[1..]);
    }
    // As under the usual harness: `--list` and filters of other tests.
    if arguments.iter().any(|argument| argument == "--list") {
        println!("killed: test");
        return ExitCode::SUCCESS;
    }
    let all = arguments.iter().any(|argument| argument == "--all");
    let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/directories/web");
    let (middle, largest) = (example("kestra-small"), example("kestra-high-availability"));
    // A word narrows it down to directories of such a name.
    let wanted =
        |name: &str| arguments.iter().all(|word| word.starts_with('-') || name.contains(word.as_str()));
    if wanted("locks") {
        timed("locks", || locks::all(&web));
    }
    for (directory, extent) in [
        (&web, Extent { moments: None, seeds: 100, ladder: true }),
        (&middle, if all { kills::EVERYTHING } else { Extent { moments: Some(120), ..kills::SAMPLE } }),
        (&largest, if all { kills::EVERYTHING } else { kills::SAMPLE }),
    ] {
        let name = directory.file_name().unwrap().to_string_lossy();
        if wanted(&name) {
            timed(&name, || kills::all(directory, extent));
        }
    }
    println!("killed: ok");
    ExitCode::SUCCESS
}

fn example(name: &str) -> PathBuf {
    provision_testing::workspace_root().join("modules/tests/golden").join(name)
}

fn timed(what: &str, work: impl FnOnce()) {
    let started = Instant::now();
    work();
    println!("killed: {what} took {:.1} s", started.elapsed().as_secs_f64());
}
