//! Kills real processes (SIGKILL) at every moment that leaves something behind, and looks whether the next run ends in
//! the same estate as one that nobody disturbed.
//!
//! As `killed child …` it is such a process.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a test: it reports by printing and panicking")]

mod child;

use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use provision_engine::sandbox::{Estate, Place};

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
    every_boundary("apply");
    every_boundary("destroy");
    each_lives_one_step_longer();
    seeds_with_faults(16);
    println!("killed: ok");
    ExitCode::SUCCESS
}

/// A directory with an estate and a ledger.
struct Stage {
    folder: tempfile::TempDir,
    directory: PathBuf,
}

#[derive(Debug, PartialEq)]
enum End {
    /// Signal 9, at the point that was meant.
    Killed,
    /// Exit code 0, after so many points.
    Complete(usize),
}

impl Stage {
    fn new(directory: &Path) -> Self {
        Stage { folder: tempfile::tempdir().unwrap(), directory: directory.to_owned() }
    }

    fn web() -> Self {
        Stage::new(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/directories/web"))
    }

    /// The same estate and ledger once more.
    fn copy(&self) -> Self {
        let copy = Stage::new(&self.directory);
        copy_folder(self.folder.path(), copy.folder.path());
        copy
    }

    fn estate_file(&self) -> PathBuf {
        self.folder.path().join("estate.json")
    }

    fn run(&self, mode: &str, parallelism: usize, faults: Option<u64>, kill_at: usize) -> End {
        let output = Command::new(std::env::current_exe().unwrap())
            .arg("child")
            .arg(&self.directory)
            .arg(self.folder.path())
            .arg(mode)
            .arg(parallelism.to_string())
            .arg(faults.map_or("none".to_owned(), |seed| seed.to_string()))
            .arg(kill_at.to_string())
            .output()
            .unwrap();
        if output.status.signal() == Some(9) {
            let reached = std::fs::read_to_string(self.folder.path().join("killed-at")).unwrap();
            assert_eq!(reached, kill_at.to_string(), "the kill that happened is the one that was meant");
            return End::Killed;
        }
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        End::Complete(String::from_utf8(output.stdout).unwrap().trim().parse().unwrap())
    }

    fn complete(&self, mode: &str) -> usize {
        match self.run(mode, 16, None, 0) {
            End::Complete(points) => points,
            End::Killed => panic!("nobody was to be killed"),
        }
    }

    /// What lives, without what differs between two undisturbed runs: ids and times.
    fn essence(&self) -> Vec<String> {
        let estate: Estate = Place::File(self.estate_file()).read().unwrap();
        let mut lines: Vec<String> = estate
            .objects
            .values()
            .filter(|object| object.gone_at.is_none())
            .map(|object| {
                let names: Vec<&String> = object.arguments.keys().collect();
                format!("{} {:?} {names:?}", object.kind, object.address)
            })
            .collect();
        lines.sort();
        lines
    }
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            std::fs::create_dir_all(&target).unwrap();
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn undisturbed(mode: &str, directory: &Path) -> (usize, Vec<String>) {
    let place = Stage::new(directory);
    if mode == "destroy" {
        place.complete("apply");
    }
    let points = match place.run(mode, 1, None, 0) {
        End::Complete(points) => points,
        End::Killed => panic!("nobody was to be killed"),
    };
    (points, place.essence())
}

/// Unsent, done but unanswered, answered: before and after each call to the cloud and each write of the ledger.
fn every_boundary(mode: &str) {
    let (points, expected) = undisturbed(mode, &Stage::web().directory);
    assert!(points > 50, "{points}");
    let built = Stage::web();
    if mode == "destroy" {
        built.complete("apply");
    }
    for kill_at in 1..=points {
        let stage = built.copy();
        assert_eq!(stage.run(mode, 1, None, kill_at), End::Killed, "{mode} at {kill_at} of {points}");
        stage.complete(mode);
        assert_eq!(stage.essence(), expected, "{mode} killed at {kill_at}");
        if kill_at % 8 == 0 {
            // A run that finds everything done: lock, list, history, release.
            let again = stage.complete(mode);
            assert!(again <= 16, "{mode} killed at {kill_at}: a further run does nothing ({again})");
            assert_eq!(stage.essence(), expected, "{mode} killed at {kill_at}, run once more");
        }
    }
    println!("killed: {mode} at each of {points} points");
}

/// A ladder: each process is killed one step later than the one before it, all on one estate.
fn each_lives_one_step_longer() {
    let (_, expected) = undisturbed("apply", &Stage::web().directory);
    let place = Stage::web();
    let mut kill_at = 1;
    while place.run("apply", 1, None, kill_at) == End::Killed {
        kill_at += 1;
        assert!(kill_at < 1000);
    }
    assert_eq!(place.essence(), expected);
    println!("killed: {} processes in a row", kill_at - 1);
}

/// Sixteen calls at once, a fifth of them with faults, lists that lag, killed somewhere; then again, until one lives.
fn seeds_with_faults(seeds: u64) {
    let directory = Stage::web().directory;
    let (points, expected) = undisturbed("apply", &directory);
    let mut kills = 0;
    for seed in 0..seeds {
        let place = Stage::new(&directory);
        let mut round: u64 = 0;
        loop {
            let somewhere = usize::try_from(seed * 131 + round * 57).unwrap() % (2 * points) + 1;
            match place.run("apply", 16, Some(seed * 100 + round), somewhere) {
                End::Killed => kills += 1,
                End::Complete(_) => break,
            }
            round += 1;
            assert!(round < 100);
        }
        assert_eq!(place.essence(), expected, "seed {seed}");
    }
    assert!(kills > 0);
    println!("killed: {kills} of {seeds} seeds with faults");
}
