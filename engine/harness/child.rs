//! One run that dies where it is told to.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use provision_engine::apply::{Interrupt, Settings, Tools};
use provision_engine::boundary::Boundary;
use provision_engine::clock::VirtualClock;
use provision_engine::evaluate::Given;
use provision_engine::ledger::{FileStore, Terms, acquire};
use provision_engine::load::Files;
use provision_engine::plan::Options;
use provision_engine::sandbox::{Faults, Place, Sandbox};
use provision_engine::session::{Prepared, Run};

/// Counts the moments that leave something behind and dies at one of them.
struct Reaper {
    reached: Cell<usize>,
    kill_at: usize,
    note: PathBuf,
}

impl Boundary for Reaper {
    fn reach(&self, _point: &str) {
        let reached = self.reached.get() + 1;
        self.reached.set(reached);
        if reached == self.kill_at {
            std::fs::write(&self.note, reached.to_string()).unwrap();
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL).unwrap();
        }
    }
}

pub(crate) fn main(arguments: &[String]) -> ExitCode {
    let [directory, folder, mode, parallelism, faults, kill_at] = arguments else {
        panic!("child DIRECTORY FOLDER MODE PARALLELISM FAULTS KILL_AT")
    };
    let folder = Path::new(folder);
    let reaper =
        Reaper { reached: Cell::new(0), kill_at: kill_at.parse().unwrap(), note: folder.join("killed-at") };
    let prepared = Prepared::new(Files::on_disk(Path::new(directory)).unwrap(), &Given::default()).unwrap();
    let place = Place::File(folder.join("estate.json"));
    // Time goes on where it stood when the last process died.
    let clock = VirtualClock::starting_at(Duration::from_millis(place.read().unwrap().clock));
    let mut sandbox = Sandbox::new(place, &clock, &reaper);
    if let Ok(seed) = faults.parse() {
        sandbox = sandbox.with_faults(Faults::many(), seed);
    }
    let store = FileStore::new(folder.join("ledger"), &reaper);
    let destroy = mode == "destroy";
    let allow_data_loss =
        if destroy { prepared.directory.resources.keys().cloned().collect() } else { Default::default() };
    let options = Options { destroy, prune: false, allow_data_loss };
    let interrupt = Interrupt::default();
    let terms = Terms {
        who: "a process".to_owned(),
        command: mode.clone(),
        lease: Duration::from_secs(60),
        patience: Duration::ZERO,
        entropy: u64::from(std::process::id()),
    };
    let whole = async {
        let lease = acquire(&store, &clock, &terms).await.unwrap();
        let tools =
            Tools { driver: &sandbox, clock: &clock, guard: &lease, interrupt: &interrupt, events: &|_| () };
        let run = Run {
            prepared: &prepared,
            deployment: "web",
            options: &options,
            tools: &tools,
            lease: &lease,
            who: &terms.who,
            command: mode,
            settings: Settings { parallelism: parallelism.parse().unwrap(), ..Settings::default() },
            agreed: None,
        };
        lease.keep(run.apply()).await.unwrap()
    };
    let (_, report) = clock.run(whole).expect("nothing waits for ever");
    assert!(report.is_complete(), "{}", report.text("again"));
    println!("{}", reaper.reached.get());
    ExitCode::SUCCESS
}
