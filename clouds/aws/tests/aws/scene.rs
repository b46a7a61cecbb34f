//! A directory, what comes of it when nobody disturbs, and copies of the moment before to disturb.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};

use provision_engine::boundary::Unwatched;
use provision_engine::clock::VirtualClock;
use provision_engine::ledger::{FileStore, look};
use provision_testing::{Skipped, workspace_root};
use serde_json::{Value as Json, json};

use crate::emulator::{Emulator, Looker};
use crate::support::{Work, World};

/// One call at a time: then it is known which call is which.
pub(crate) const ALONE: usize = 1;
pub(crate) const TOGETHER: usize = 16;
/// Most of the time a process that comes after a killed one waits for the lock.
const DESKS: usize = 5;

/// What stands at the end, without what differs each time: how many of each category, and whose addresses.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Shape {
    counts: BTreeMap<String, usize>,
    addresses: Vec<String>,
}

impl Shape {
    fn of(everything: &Json) -> Self {
        let mut shape = Shape::default();
        for (category, items) in everything.as_object().unwrap() {
            shape.counts.insert(category.clone(), items.as_object().unwrap().len());
        }
        addresses(everything, &mut shape.addresses);
        shape.addresses.sort();
        shape
    }

    /// Nothing, or in what this one differs from what was expected.
    pub(crate) fn difference(&self, expected: &Shape) -> Option<String> {
        let lines = |shape: &Shape| -> Vec<String> {
            let counts = shape.counts.iter().map(|(category, count)| format!("{count} {category}"));
            counts.chain(shape.addresses.iter().cloned()).collect()
        };
        let (found, wanted) = (lines(self), lines(expected));
        let extra = found.iter().filter(|line| !wanted.contains(line)).map(|line| format!("+ {line}"));
        let missing = wanted.iter().filter(|line| !found.contains(line)).map(|line| format!("- {line}"));
        (self != expected).then(|| {
            let lines: Vec<String> = extra.chain(missing).collect();
            // The same lines, but not as often.
            if lines.is_empty() { format!("{found:?}") } else { lines.join("\n") }
        })
    }
}

/// The services write tags in several ways.
fn addresses(value: &Json, all: &mut Vec<String>) {
    const ADDRESS: &str = "provision:address";
    match value {
        Json::Array(items) => items.iter().for_each(|item| addresses(item, all)),
        Json::Object(map) => {
            let text = |names: [&str; 3]| names.iter().find_map(|name| map.get(*name)?.as_str());
            if text(["Key", "key", "TagKey"]) == Some(ADDRESS) {
                all.extend(text(["Value", "value", "TagValue"]).map(str::to_owned));
            }
            all.extend(map.get(ADDRESS).and_then(Json::as_str).map(str::to_owned));
            map.values().for_each(|item| addresses(item, all));
        }
        _ => {}
    }
}

/// Where one copy after the other is worked on.
pub(crate) struct Desk {
    looker: Looker,
    /// The same each time: who looks keeps its connections.
    port: u16,
}

impl Desk {
    pub(crate) fn start() -> Result<Self, Skipped> {
        Ok(Desk { looker: Looker::start()?, port: 0 })
    }

    pub(crate) fn shape(&mut self, emulator: &Emulator) -> Shape {
        Shape::of(&self.looker.everything(emulator))
    }
}

pub(crate) struct Scene {
    /// `network apply`
    pub(crate) name: String,
    /// `apply` or `destroy`
    pub(crate) mode: &'static str,
    /// Nothing is ever done to it.
    before: World<'static>,
    copying: Mutex<()>,
    /// The calls that change something, of an undisturbed run with one call at a time.
    pub(crate) calls: Vec<String>,
    pub(crate) expected: Shape,
}

impl Scene {
    pub(crate) fn work(&self, parallelism: usize) -> Work {
        // Short, because whoever comes after a killed one waits as long; long enough for an emulator that is busy.
        Work { parallelism, attempt: 4, ..Work::new(self.mode) }
    }

    /// Works on a copy of the moment before.
    pub(crate) fn on_a_copy<T>(&self, desk: &mut Desk, work: impl FnOnce(&World<'_>, &mut Desk) -> T) -> T {
        let emulator = {
            let _one_at_a_time = self.copying.lock().unwrap();
            self.before.emulator.fork(desk.port)
        };
        desk.port = emulator.port();
        let world = self.before.copied(&emulator);
        work(&world, desk)
    }

    /// The next run does all that is left, and then everything stands as if nobody had disturbed.
    pub(crate) fn ends_well(&self, world: &World<'_>, desk: &mut Desk, what: &str) {
        world.completed(&self.work(TOGETHER));
        self.has_ended_well(world, desk, what);
    }

    pub(crate) fn has_ended_well(&self, world: &World<'_>, desk: &mut Desk, what: &str) {
        let found = desk.shape(world.emulator);
        if let Some(difference) = found.difference(&self.expected) {
            panic!("{}, {what}:\n{difference}", self.name);
        }
        let store = FileStore::new(world.folder.join("ledger"), &Unwatched);
        let record = VirtualClock::default().run(look(&store)).unwrap().unwrap().unwrap();
        assert_eq!((record.holder, record.intents.len()), (None, 0), "{}, {what}: the ledger", self.name);
    }
}

/// A directory, and an apply and a destroy of it as soon as somebody wants them.
struct Stage {
    directory: PathBuf,
    made: OnceLock<[Scene; 2]>,
}

impl Stage {
    fn name(&self) -> String {
        self.directory.file_name().unwrap().to_string_lossy().into_owned()
    }
}

/// All directories.
pub(crate) struct Scenes {
    stages: Vec<Stage>,
    // The directories that were written for them.
    folder: tempfile::TempDir,
}

static SCENES: OnceLock<Result<Scenes, Skipped>> = OnceLock::new();

/// Takes away what the scenes have on the disk.
pub(crate) fn clear() {
    let Some(Ok(scenes)) = SCENES.get() else { return };
    for scene in scenes.stages.iter().filter_map(|stage| stage.made.get()).flatten() {
        let _ = fs::remove_dir_all(&scene.before.folder);
    }
    let _ = fs::remove_dir_all(scenes.folder.path());
}

/// The same for all tests: who wants a scene that another test makes just now waits for it.
pub(crate) fn scenes() -> Result<&'static Scenes, Skipped> {
    SCENES.get_or_init(Scenes::start).as_ref().map_err(Clone::clone)
}

impl Scenes {
    fn start() -> Result<Self, Skipped> {
        provision_testing::python_tools("aws")?;
        let folder = tempfile::tempdir().unwrap();
        let stage = |directory| Stage { directory, made: OnceLock::new() };
        let stages = directories(folder.path()).into_iter().map(stage).collect();
        Ok(Scenes { stages, folder })
    }

    /// `network apply`
    pub(crate) fn of(&self, name: &str) -> &Scene {
        let (directory, _) = name.split_once(' ').unwrap();
        self.both(&[directory]).into_iter().find(|scene| scene.name == name).unwrap()
    }

    /// Both scenes of each of these directories.
    pub(crate) fn both(&self, directories: &[&str]) -> Vec<&Scene> {
        let stages = self.stages.iter().filter(|stage| directories.contains(&stage.name().as_str()));
        stages.flat_map(|stage| stage.made.get_or_init(|| made(stage))).collect()
    }

    pub(crate) fn all(&self) -> Vec<&Scene> {
        self.stages.iter().flat_map(|stage| stage.made.get_or_init(|| made(stage))).collect()
    }
}

fn made(stage: &Stage) -> [Scene; 2] {
    let (name, mut desk) = (stage.name(), Desk::start().unwrap());
    let empty = Emulator::fresh().unwrap();
    let before = World::new(for_ever(empty), &stage.directory);
    let after = before.copied(for_ever(before.emulator.fork(0)));
    let apply = scene(&name, "apply", before, &after, &mut desk);
    let gone = after.emulator.fork(0);
    let end = after.copied(&gone);
    let destroy = scene(&name, "destroy", after, &end, &mut desk);
    [apply, destroy]
}

/// It goes when this process does.
fn for_ever(emulator: Emulator) -> &'static Emulator {
    Box::leak(Box::new(emulator))
}

/// Does it once undisturbed, in `calm`, which stands where it begins.
fn scene(name: &str, mode: &'static str, before: World<'static>, calm: &World<'_>, desk: &mut Desk) -> Scene {
    calm.emulator.shim("calls", &json!({"forget": true}));
    calm.completed(&Work { parallelism: ALONE, ..Work::new(mode) });
    let calls = changing(&calm.emulator.shim("calls", &json!({"forget": true})));
    let expected = desk.shape(calm.emulator);
    assert!(calls.len() > 2, "{name} {mode}: only {calls:?}");
    Scene { name: format!("{name} {mode}"), mode, before, copying: Mutex::new(()), calls, expected }
}

/// The calls that changed something, in their order.
fn changing(calls: &Json) -> Vec<String> {
    let journal = calls["journal"].as_array().unwrap().iter().map(|call| call.as_str().unwrap());
    journal.filter(|call| changes(call)).map(str::to_owned).collect()
}

/// Whether a call, as the emulator names it, changes something.
pub(crate) fn changes(call: &str) -> bool {
    let operation = call.split_once(':').map_or(call, |(_, operation)| operation);
    !["Describe", "List", "Get", "Head", "?"].iter().any(|word| operation.starts_with(word))
}

/// Those of the tests, without what protects them from being destroyed.
pub(crate) fn directories(folder: &Path) -> Vec<PathBuf> {
    let services = folder.join("services");
    fs::create_dir(&services).unwrap();
    for entry in fs::read_dir(workspace_root().join("clouds/aws/tests/directories/services")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap().replace("default = true", "default = false");
        fs::write(services.join(path.file_name().unwrap()), text).unwrap();
    }
    let mut all = vec![services];
    for (name, text) in crate::lifecycle::LIVES {
        let directory = folder.join(name);
        fs::create_dir(&directory).unwrap();
        fs::write(directory.join("main.tf"), text).unwrap();
        all.push(directory);
    }
    all
}

/// Does pieces of work at several desks at once.
pub(crate) fn shared_out(count: usize, work: impl Fn(&mut Desk, usize) + Sync) -> Result<(), Skipped> {
    provision_testing::python_tools("aws")?;
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..DESKS.min(count) {
            scope.spawn(|| {
                let mut desk = Desk::start().unwrap();
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= count {
                        break;
                    }
                    // Whoever waits for all of them wants to know how long.
                    if index > 0 && index.is_multiple_of(100) {
                        println!("{index} of {count}");
                    }
                    work(&mut desk, index);
                }
            });
        }
    });
    Ok(())
}
