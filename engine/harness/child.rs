//! A process that dies, or stands still, where it is told to.

use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use provision_engine::boundary::Boundary;

use super::run::{How, Mode, prepare, run};
use super::{locks, stage};

/// Counts the moments that leave something behind and dies at one of them.
struct Reaper<'a> {
    reached: Cell<usize>,
    kill_at: usize,
    folder: &'a Path,
    /// The names of all moments, where they are wanted.
    names: RefCell<Option<File>>,
}

impl Boundary for Reaper<'_> {
    fn reach(&self, point: &str) {
        let reached = self.reached.get() + 1;
        self.reached.set(reached);
        if let Some(names) = &mut *self.names.borrow_mut() {
            writeln!(names, "{point}").unwrap();
        }
        if reached == self.kill_at {
            std::fs::write(self.folder.join(stage::NOTE), format!("{reached} {point}")).unwrap();
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL).unwrap();
        }
    }
}

pub(crate) fn main(arguments: &[String]) -> ExitCode {
    if arguments.first().is_some_and(|word| word == "lock") {
        return locks::child(&arguments[1..]);
    }
    let [directory, folder, mode, parallelism, faults, kill_at] = arguments else {
        panic!("child DIRECTORY FOLDER MODE PARALLELISM FAULTS KILL_AT")
    };
    let folder = Path::new(folder);
    let kill_at = kill_at.parse().unwrap();
    let names = (kill_at == 0).then(|| File::create(folder.join(stage::NAMES)).unwrap());
    let reaper = Reaper { reached: Cell::new(0), kill_at, folder, names: RefCell::new(names) };
    let how = How {
        mode: Mode::named(mode),
        parallelism: parallelism.parse().unwrap(),
        faults: faults.parse().ok(),
    };
    let report = run(&prepare(Path::new(directory)), folder, how, &reaper);
    assert!(report.is_complete(), "{}", report.text("again"));
    ExitCode::SUCCESS
}
