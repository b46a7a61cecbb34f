//! One run as the command line does it: plan, keep the plan in a file, read it back, do it under the lock.

use std::path::Path;
use std::time::Duration;

use provision_engine::apply::{Interrupt, Report, Settings, Tools};
use provision_engine::boundary::Boundary;
use provision_engine::clock::VirtualClock;
use provision_engine::driver::{Create, Driver, Live, Query, Reply, Update};
use provision_engine::durable::{Readers, replace};
use provision_engine::evaluate::Given;
use provision_engine::ledger::{FileStore, Terms, acquire};
use provision_engine::load::Files;
use provision_engine::plan::{Options, Plan};
use provision_engine::sandbox::{Faults, Place, Sandbox};
use provision_engine::session::{Prepared, Run};

pub(crate) const DEPLOYMENT: &str = "orders";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Apply,
    Destroy,
}

impl Mode {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Mode::Apply => "apply",
            Mode::Destroy => "destroy",
        }
    }

    pub(crate) fn named(name: &str) -> Self {
        if name == "destroy" { Mode::Destroy } else { Mode::Apply }
    }
}

/// How a run is done.
#[derive(Debug, Clone, Copy)]
pub(crate) struct How {
    pub(crate) mode: Mode,
    pub(crate) parallelism: usize,
    /// A fifth of all calls goes wrong, from this seed.
    pub(crate) faults: Option<u64>,
}

pub(crate) fn prepare(directory: &Path) -> Prepared {
    let files = Files::on_disk(directory).unwrap();
    // What is protected from being deleted can't be destroyed.
    let environment = [("deletion_protection".to_owned(), "false".to_owned())].into();
    Prepared::new(files, &Given { environment, ..Given::default() })
        .unwrap_or_else(|problems| panic!("{problems}"))
}

/// One run on the estate and the ledger in the folder, on the virtual clock.
pub(crate) fn run(prepared: &Prepared, folder: &Path, how: How, boundary: &dyn Boundary) -> Report {
    let place = Place::file(folder.join("estate.json"));
    // Time goes on where it stood when the last process died.
    let clock = VirtualClock::starting_at(Duration::from_millis(place.read().unwrap().clock));
    let mut sandbox = Sandbox::new(place, &clock, boundary);
    if let Some(seed) = how.faults {
        sandbox = sandbox.with_faults(Faults::many(), seed);
    }
    let driver = Watched { driver: &sandbox, boundary, longest: sandbox.longest_attempt() };
    let options = options(prepared, how.mode);
    let plan = agreed(prepared, &driver, &clock, &options, folder, boundary);
    let store = FileStore::new(folder.join("ledger"), boundary);
    let interrupt = Interrupt::default();
    let terms = Terms {
        who: "a process".to_owned(),
        command: how.mode.name().to_owned(),
        lease: Duration::from_secs(60),
        patience: Duration::ZERO,
        entropy: u64::from(std::process::id()),
    };
    let whole = async {
        let lease = acquire(&store, &clock, &terms).await.unwrap();
        let tools =
            Tools { driver: &driver, clock: &clock, guard: &lease, interrupt: &interrupt, events: &|_| () };
        let run = Run {
            prepared,
            deployment: DEPLOYMENT,
            options: &options,
            tools: &tools,
            lease: &lease,
            who: &terms.who,
            command: &terms.command,
            settings: Settings { parallelism: how.parallelism, ..Settings::default() },
            // In a faulty cloud two lists may differ, and nothing would be done.
            agreed: how.faults.is_none().then_some(&plan),
        };
        lease.keep(run.apply()).await.unwrap_or_else(|error| panic!("{error}"))
    };
    let (_, report) = clock.run(whole).expect("nothing waits for ever");
    sandbox.place().fold(boundary).unwrap();
    report
}

pub(crate) fn options(prepared: &Prepared, mode: Mode) -> Options {
    let destroy = mode == Mode::Destroy;
    let allow_data_loss =
        if destroy { prepared.directory.resources.keys().cloned().collect() } else { Default::default() };
    Options { destroy, prune: false, allow_data_loss }
}

/// The plan, as it comes back from its file.
fn agreed(
    prepared: &Prepared,
    driver: &dyn Driver,
    clock: &VirtualClock,
    options: &Options,
    folder: &Path,
    boundary: &dyn Boundary,
) -> Plan {
    let live = clock.run(prepared.inventory(driver, clock, DEPLOYMENT)).unwrap().unwrap();
    let planned = prepared.plan(&live, driver.name(), DEPLOYMENT, options).unwrap();
    let path = folder.join("kept.plan");
    replace(&path, &serde_json::to_vec(&planned.plan).unwrap(), Readers::Owner, boundary).unwrap();
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// The sandbox, with a moment to die at after its answer has arrived. What comes before the call, and between its
/// effect and the answer, the sandbox tells itself.
pub(crate) struct Watched<'a> {
    pub(crate) driver: &'a Sandbox<'a>,
    pub(crate) boundary: &'a dyn Boundary,
    pub(crate) longest: Duration,
}

impl Watched<'_> {
    async fn answered<T>(
        &self,
        what: &str,
        call: Reply<'_, T>,
    ) -> Result<T, provision_engine::driver::Failure> {
        let answer = call.await;
        self.boundary.reach(&format!("answered {what}"));
        answer
    }
}

impl Driver for Watched<'_> {
    fn name(&self) -> &str {
        self.driver.name()
    }

    fn inventory<'a>(&'a self, query: &'a Query) -> Reply<'a, Vec<Live>> {
        Box::pin(self.answered("inventory", self.driver.inventory(query)))
    }

    fn create<'a>(&'a self, order: &'a Create) -> Reply<'a, Live> {
        Box::pin(async move {
            self.answered(&format!("create {}", order.address), self.driver.create(order)).await
        })
    }

    fn update<'a>(&'a self, order: &'a Update) -> Reply<'a, Live> {
        Box::pin(async move {
            self.answered(&format!("update {}", order.address), self.driver.update(order)).await
        })
    }

    fn delete<'a>(&'a self, live: &'a Live) -> Reply<'a, ()> {
        Box::pin(async move { self.answered(&format!("delete {}", live.id), self.driver.delete(live)).await })
    }

    fn forget<'a>(&'a self, live: &'a Live) -> Reply<'a, ()> {
        Box::pin(async move { self.answered(&format!("forget {}", live.id), self.driver.forget(live)).await })
    }

    fn look<'a>(&'a self, live: &'a Live) -> Reply<'a, Option<Live>> {
        Box::pin(async move { self.answered(&format!("look {}", live.id), self.driver.look(live)).await })
    }

    fn longest_attempt(&self) -> Duration {
        self.longest
    }

    fn lists_settle_after(&self) -> Duration {
        self.driver.lists_settle_after()
    }
}
