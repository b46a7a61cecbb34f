//! SIGKILL at each moment of an apply and a destroy; a ladder; seeds.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use provision_engine::random::Random;
use provision_engine::session::Prepared;

use super::essence::difference;
use super::run::{How, Mode, prepare};
use super::stage::{End, Stage};

/// How much is tried on a directory.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent {
    /// How many moments of each mode, spread over all of them; none for every one.
    pub(crate) moments: Option<usize>,
    pub(crate) seeds: u64,
    pub(crate) ladder: bool,
}

pub(crate) const EVERYTHING: Extent = Extent { moments: None, seeds: 500, ladder: true };
pub(crate) const SAMPLE: Extent = Extent { moments: Some(60), seeds: 30, ladder: false };

const ALONE: usize = 1;
const TOGETHER: usize = 16;

pub(crate) fn all(directory: &Path, extent: Extent) {
    for mode in [Mode::Apply, Mode::Destroy] {
        let scene = Scene::new(directory, mode);
        scene.each_moment(extent.moments);
        if extent.ladder {
            scene.each_lives_one_moment_longer();
        }
    }
    Scene::new(directory, Mode::Apply).seeds(extent.seeds);
}

/// What is disturbed, and what comes of it undisturbed.
struct Scene<'a> {
    directory: &'a Path,
    name: String,
    mode: Mode,
    /// Where each run begins.
    before: Stage,
    moments: Vec<String>,
    expected: Vec<String>,
}

impl<'a> Scene<'a> {
    fn new(directory: &'a Path, mode: Mode) -> Self {
        let before = Stage::new(directory);
        if mode == Mode::Destroy {
            let how = How { mode: Mode::Apply, parallelism: TOGETHER, faults: None };
            before.complete(&prepare(directory), how);
        }
        let calm = before.copy();
        assert_eq!(calm.process(How { mode, parallelism: ALONE, faults: None }, 0), End::Complete);
        let (moments, expected) = (calm.moments(), calm.outcome());
        assert_eq!(expected.is_empty(), mode == Mode::Destroy);
        for form in ["before", "after", "answered", "beside"] {
            assert!(moments.iter().any(|moment| moment.starts_with(form)), "no moment `{form}`");
        }
        let name = format!("{} {}", directory.file_name().unwrap().to_string_lossy(), mode.name());
        Scene { directory, name, mode, before, moments, expected }
    }

    fn how(&self, parallelism: usize, faults: Option<u64>) -> How {
        How { mode: self.mode, parallelism, faults }
    }

    /// Unsent, done but unanswered, answered; before, in and after each write of a file.
    fn each_moment(&self, sample: Option<usize>) {
        let all = self.moments.len();
        let meant: BTreeSet<usize> = match sample {
            Some(count) if count < all => {
                let random = Random::new(u64::try_from(all).unwrap());
                (0..count).map(|stride| (stride * all + below(&random, all)) / count % all + 1).collect()
            }
            _ => (1..=all).collect(),
        };
        let happened = Mutex::new(BTreeSet::new());
        let work: Vec<usize> = meant.iter().copied().collect();
        shared_out(work.len(), self.directory, |prepared, index| {
            let kill_at = work[index];
            self.killed_once(prepared, kill_at);
            happened.lock().unwrap().insert(kill_at);
        });
        assert_eq!(
            happened.into_inner().unwrap(),
            meant,
            "the kills that happened are those that were meant"
        );
        println!("killed: {}: at {} of {all} moments", self.name, meant.len());
    }

    fn killed_once(&self, prepared: &Prepared, kill_at: usize) {
        let stage = self.before.copy();
        let moment = &self.moments[kill_at - 1];
        let end = stage.process(self.how(ALONE, None), kill_at);
        assert_eq!(end, End::Killed(moment.clone()), "{} at {kill_at}", self.name);
        stage.complete(prepared, self.how(TOGETHER, None));
        self.ends_well(&stage, &format!("killed at {kill_at}: {moment}"));
    }

    fn ends_well(&self, stage: &Stage, what: &str) {
        if let Some(difference) = difference(&stage.outcome(), &self.expected) {
            panic!("{}, {what}: {difference}", self.name);
        }
    }

    /// A ladder: each process is killed one moment later than the one before it, all on one estate.
    fn each_lives_one_moment_longer(&self) {
        let stage = self.before.copy();
        let mut kill_at = 1;
        while matches!(stage.process(self.how(ALONE, None), kill_at), End::Killed(_)) {
            kill_at += 1;
            assert!(kill_at <= self.moments.len() + 100, "they get nowhere");
        }
        self.ends_well(&stage, "the ladder");
        println!("killed: {}: {} processes, each one moment longer", self.name, kill_at - 1);
    }

    /// Sixteen calls at once, a fifth of them with faults, lists that lag, killed somewhere, up to three times.
    fn seeds(&self, seeds: u64) {
        let kills = AtomicUsize::new(0);
        let count = usize::try_from(seeds).unwrap();
        shared_out(count, self.directory, |prepared, index| {
            let seed = u64::try_from(index).unwrap();
            let random = Random::new(seed);
            let stage = self.before.copy();
            for round in 0..=seed % 3 {
                // The first kill always comes: an undisturbed run has that many moments.
                let kill_at = below(&random, self.moments.len() / 2) + 1;
                let end = stage.process(self.how(TOGETHER, Some(seed * 100 + round)), kill_at);
                assert!(round > 0 || matches!(end, End::Killed(_)), "{} seed {seed}: not killed", self.name);
                kills.fetch_add(usize::from(end != End::Complete), Ordering::Relaxed);
            }
            stage.complete(prepared, self.how(TOGETHER, Some(seed * 100 + 99)));
            self.ends_well(&stage, &format!("seed {seed}"));
        });
        let kills = kills.into_inner();
        assert!(kills >= count);
        println!("killed: {}: {seeds} seeds with faults, killed {kills} times", self.name);
    }
}

fn below(random: &Random, limit: usize) -> usize {
    usize::try_from(random.next() % u64::try_from(limit.max(1)).unwrap()).unwrap()
}

/// Does pieces of work on every processor; each has read the directory once.
fn shared_out(count: usize, directory: &Path, work: impl Fn(&Prepared, usize) + Sync) {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let prepared = prepare(directory);
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= count {
                        break;
                    }
                    work(&prepared, index);
                }
            });
        }
    });
}
