//! A directory, a sandbox and a virtual clock.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use provision_engine::Address;
use provision_engine::apply::{Event, Interrupt, Report, Settings, Tools, Unguarded, apply};
use provision_engine::boundary::Unwatched;
use provision_engine::clock::VirtualClock;
use provision_engine::driver::Live;
use provision_engine::evaluate::Given;
use provision_engine::load::Files;
use provision_engine::plan::{Options, Plan};
use provision_engine::sandbox::{Estate, Faults, Place, Sandbox};
use provision_engine::session::Prepared;

pub(crate) const DEPLOYMENT: &str = "web";

/// The files of a directory under `tests/directories`.
pub(crate) fn directory(name: &str) -> BTreeMap<String, Vec<u8>> {
    read_directory(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/directories").join(name))
}

pub(crate) fn read_directory(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders: Vec<PathBuf> = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let inside = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                files.insert(inside, std::fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// Variables that have no defaults.
fn given() -> Given {
    let given = provision_testing::terraform::GIVEN.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Given { environment: given.into_iter().collect(), ..Given::default() }
}

/// The directory with its protection from being deleted turned off.
pub(crate) fn unprotected(files: &BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Vec<u8>> {
    let mut files = files.clone();
    for content in files.values_mut() {
        let text = String::from_utf8_lossy(content);
        *content = text.replace("= var.deletion_protection", "= false").into_bytes();
    }
    files
}

/// The directory with a text replaced, which must be there.
pub(crate) fn edited(files: &BTreeMap<String, Vec<u8>>, from: &str, to: &str) -> BTreeMap<String, Vec<u8>> {
    let mut found = false;
    let edited = files
        .iter()
        .map(|(name, content)| {
            let text = String::from_utf8(content.clone()).unwrap();
            found |= text.contains(from);
            (name.clone(), text.replace(from, to).into_bytes())
        })
        .collect();
    assert!(found, "{from}");
    edited
}

pub(crate) struct World {
    pub(crate) clock: VirtualClock,
    pub(crate) sandbox: Sandbox<'static>,
    pub(crate) options: Options,
    pub(crate) settings: Settings,
    pub(crate) events: RefCell<Vec<Event>>,
}

impl World {
    pub(crate) fn new(faults: Faults, seed: u64) -> Self {
        let clock = VirtualClock::default();
        // Leaked so that tests need no lifetimes: a few bytes each.
        let shared: &'static VirtualClock = Box::leak(Box::new(clock.clone()));
        let sandbox = Sandbox::new(Place::memory(), shared, &Unwatched).with_faults(faults, seed);
        let settings = Settings { seed, ..Settings::default() };
        World { clock, sandbox, options: Options::default(), settings, events: RefCell::default() }
    }

    pub(crate) fn perfect() -> Self {
        World::new(Faults::default(), 0)
    }

    pub(crate) fn prepare(files: &BTreeMap<String, Vec<u8>>) -> Prepared {
        Prepared::new(Files::in_memory(files.clone()), &given())
            .unwrap_or_else(|problems| panic!("{problems}"))
    }

    pub(crate) fn live(&self, prepared: &Prepared) -> Vec<Live> {
        self.clock.run(prepared.inventory(&self.sandbox, &self.clock, DEPLOYMENT)).unwrap().unwrap()
    }

    pub(crate) fn plan(&self, files: &BTreeMap<String, Vec<u8>>) -> Plan {
        let prepared = World::prepare(files);
        let live = self.live(&prepared);
        let planned = prepared.plan(&live, "sandbox", DEPLOYMENT, &self.options);
        planned.unwrap_or_else(|problems| panic!("{problems}")).plan
    }

    pub(crate) fn apply(&self, files: &BTreeMap<String, Vec<u8>>) -> Report {
        let prepared = World::prepare(files);
        let live = self.live(&prepared);
        let planned = prepared
            .plan(&live, "sandbox", DEPLOYMENT, &self.options)
            .unwrap_or_else(|problems| panic!("{problems}"));
        assert_eq!(planned.plan.blocked().count(), 0, "{:#?}", planned.plan.blocked().collect::<Vec<_>>());
        let interrupt = Interrupt::default();
        let events = |event| self.events.borrow_mut().push(event);
        let tools = Tools {
            driver: &self.sandbox,
            clock: &self.clock,
            guard: &Unguarded,
            interrupt: &interrupt,
            events: &events,
        };
        self.clock.run(apply(&planned, &tools, &self.settings)).expect("nothing waits for ever")
    }

    /// Applies, and insists that everything was done.
    pub(crate) fn applied(&self, files: &BTreeMap<String, Vec<u8>>) {
        let report = self.apply(files);
        assert!(report.is_complete(), "{}", report.text("again"));
    }

    /// Destroys everything, with every consent, once the cloud doesn't protect it any more.
    pub(crate) fn destroyed(&mut self, files: &BTreeMap<String, Vec<u8>>) {
        let files = &unprotected(files);
        self.applied(files);
        self.options.destroy = true;
        self.options.allow_data_loss = World::prepare(files).directory.resources.keys().cloned().collect();
        self.applied(files);
        self.options.destroy = false;
        self.options.allow_data_loss = BTreeSet::new();
    }

    pub(crate) fn estate(&self) -> Estate {
        self.sandbox.place().read().unwrap()
    }
}

/// What a plan would do, one short line each.
pub(crate) fn actions(plan: &Plan) -> Vec<String> {
    plan.actions.iter().map(|action| format!("{} {}", action.verb.symbol(), action.address)).collect()
}

pub(crate) fn address(text: &str) -> Address {
    Address::try_from(text).unwrap()
}

/// An estate without what differs between two runs: kind, address, settings and how often.
pub(crate) fn essence(estate: &Estate) -> Vec<String> {
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
