//! A folder with an estate and a ledger, and the processes that work on it.

use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use provision_engine::boundary::Unwatched;
use provision_engine::clock::VirtualClock;
use provision_engine::ledger::{FileStore, look};
use provision_engine::sandbox::{Estate, Place};
use provision_engine::session::Prepared;

use super::essence::essence;
use super::run::{How, run};

/// Where a process says that it dies, and where.
pub(crate) const NOTE: &str = "killed-at";
/// The moments of an undisturbed process.
pub(crate) const NAMES: &str = "moments";

pub(crate) struct Stage {
    folder: tempfile::TempDir,
    directory: PathBuf,
}

#[derive(Debug, PartialEq)]
pub(crate) enum End {
    /// Signal 9, at the moment that was meant; its name.
    Killed(String),
    Complete,
}

impl Stage {
    pub(crate) fn new(directory: &Path) -> Self {
        // In memory where that is possible: what is forced onto a disk costs more than everything else.
        let memory = Path::new("/dev/shm");
        let folder =
            if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
        Stage { folder, directory: directory.to_owned() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The same estate and ledger once more.
    pub(crate) fn copy(&self) -> Self {
        let copy = Stage::new(&self.directory);
        copy_folder(self.path(), copy.path());
        copy
    }

    /// A process of its own, killed at a moment, or never (0).
    pub(crate) fn process(&self, how: How, kill_at: usize) -> End {
        let _ = std::fs::remove_file(self.path().join(NOTE));
        let output = Command::new(std::env::current_exe().unwrap())
            .arg("child")
            .arg(&self.directory)
            .arg(self.path())
            .arg(how.mode.name())
            .arg(how.parallelism.to_string())
            .arg(how.faults.map_or("none".to_owned(), |seed| seed.to_string()))
            .arg(kill_at.to_string())
            .output()
            .unwrap();
        if output.status.signal() == Some(9) {
            let note = std::fs::read_to_string(self.path().join(NOTE)).unwrap();
            let (reached, name) = note.split_once(' ').unwrap();
            assert_eq!(reached, kill_at.to_string(), "the kill that happened is the one that was meant");
            return End::Killed(name.to_owned());
        }
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        End::Complete
    }

    /// The next run, in this process: it knows nothing but what is on the disk.
    pub(crate) fn complete(&self, prepared: &Prepared, how: How) {
        let report = run(prepared, self.path(), how, &Unwatched);
        assert!(report.is_complete(), "{}", report.text("again"));
    }

    pub(crate) fn moments(&self) -> Vec<String> {
        let names = std::fs::read_to_string(self.path().join(NAMES)).unwrap();
        names.lines().map(str::to_owned).collect()
    }

    pub(crate) fn estate(&self) -> Estate {
        Place::file(self.path().join("estate.json")).read().unwrap()
    }

    /// What lives, and that nobody holds the lock or has something begun.
    pub(crate) fn outcome(&self) -> Vec<String> {
        let store = FileStore::new(self.path().join("ledger"), &Unwatched);
        let record = VirtualClock::default().run(look(&store)).unwrap().unwrap().unwrap();
        assert_eq!((record.holder, record.intents.len()), (None, 0), "the ledger is at rest");
        essence(&self.estate())
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
