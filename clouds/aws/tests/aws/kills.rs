//! SIGKILL around the calls of an apply and a destroy: before the cloud has done it, after it and before the answer, and
//! after the answer. The emulator kills: it knows best where a call is.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use provision_engine::random::Random;
use serde_json::json;

use crate::scene::{ALONE, Scene, TOGETHER, scenes, shared_out};
use crate::support::{End, Tried, Work, World, in_full};

const MOMENTS: [&str; 3] = ["unsent", "unanswered", "answered"];
/// Of those that there are, the gate tries one in so many of these directories.
const STRIDE: usize = 16;
const SAMPLE: &[&str] = &["balanced", "machines", "network"];

/// How often a process may outrun its killer, where it can.
const ATTEMPTS: usize = 8;

/// A moment to die at: the first call of an operation.
struct Kill<'a> {
    scene: &'a Scene,
    operation: &'a str,
    moment: &'static str,
}

impl Kill<'_> {
    fn name(&self) -> String {
        format!("{}: {} {}", self.scene.name, self.moment, self.operation)
    }
}

/// Each kind of operation of each directory, at each moment. The gate tries some of them, the others a longer run.
pub(crate) fn around_each_operation() -> Tried {
    let scenes = scenes()?;
    let mut kills = Vec::new();
    for scene in if in_full() { scenes.all() } else { scenes.both(SAMPLE) } {
        let mut known = BTreeSet::new();
        let first = scene.calls.iter().filter(|operation| known.insert(operation.as_str()));
        for operation in first {
            kills.extend(MOMENTS.map(|moment| Kill { scene, operation, moment }));
        }
    }
    let there_are = kills.len();
    if !in_full() {
        // Neighbours are the three moments of one operation: a stride that three divides would always hit the same.
        let offset = |index: usize| index / STRIDE % MOMENTS.len();
        kills = kills
            .into_iter()
            .enumerate()
            .filter(|(at, _)| at % STRIDE == offset(*at))
            .map(|(_, kill)| kill)
            .collect();
    }
    let happened = Mutex::new(Vec::new());
    shared_out(kills.len(), |desk, index| {
        let kill = &kills[index];
        let scene = kill.scene;
        let attempt = |_| {
            scene.on_a_copy(desk, |world, desk| {
                let order = json!({"at": 1, "operation": kill.operation, "when": kill.moment});
                let died = killed(world, &scene.work(ALONE), order)?;
                scene.ends_well(world, desk, &kill.name());
                Some(format!("{}: {died}", scene.name))
            })
        };
        let attempts = if kill.moment == "answered" { ATTEMPTS } else { 1 };
        let died = (0..attempts).find_map(attempt);
        let died = died.unwrap_or_else(|| panic!("{}: not killed", kill.name()));
        happened.lock().unwrap().push(died);
    })?;
    let mut meant: Vec<String> = kills.iter().map(Kill::name).collect();
    let mut happened = happened.into_inner().unwrap();
    meant.sort();
    happened.sort();
    assert_eq!(happened, meant, "the kills that happened are those that were meant");
    println!("killed around {} of {there_are} moments of operations", meant.len());
    Ok(())
}

/// Starts a process that is killed as ordered. Where it died; none when it came to its end before: after the answer to
/// its last call it may outrun the signal.
fn killed(world: &World<'_>, work: &Work, mut order: serde_json::Value) -> Option<String> {
    let process = world.start(work);
    order["pid"] = json!(process.id());
    world.emulator.shim("kill", &order);
    let end = world.finish(process);
    let said = world.emulator.shim("happened", &json!({}))["kill"].clone();
    world.emulator.shim("kill", &json!({}));
    match end {
        End::Killed => Some(said["happened"].as_str().expect("nobody else kills").to_owned()),
        End::Done { complete: true, .. } => {
            let was_due = said["done"] != json!(null);
            assert!(
                !was_due || order["when"] == "answered",
                "it was killed before an answer and came to its end"
            );
            None
        }
        other => panic!("{other:?}"),
    }
}

/// Each process lives one call longer than the one before, all on one estate, until one comes to the end.
pub(crate) fn each_lives_one_call_longer() -> Tried {
    let scenes = scenes()?;
    // The gate climbs the shortest, which has every kind of machine.
    let climbed = if in_full() { scenes.all() } else { scenes.both(&["machines"]) };
    shared_out(climbed.len(), |desk, index| {
        let scene = climbed[index];
        scene.on_a_copy(desk, |world, desk| {
            let mut lives = 0;
            loop {
                let moment = MOMENTS[lives % MOMENTS.len()];
                let order = json!({"at": lives + 1, "when": moment});
                if killed(world, &scene.work(ALONE), order).is_none() {
                    break;
                }
                lives += 1;
                assert!(lives <= scene.calls.len(), "{}: they get nowhere", scene.name);
            }
            assert!(lives > 1, "{}: only {lives} were killed", scene.name);
            scene.has_ended_well(world, desk, "the ladder");
            println!("killed {}: {lives} processes, each one call later", scene.name);
        });
    })
}

/// Sixteen calls at once, killed somewhere, up to three times.
pub(crate) fn together() -> Tried {
    let scenes = scenes()?;
    let seeds = if in_full() { 120 } else { 6 };
    // Those with the most calls at once are looked at by a longer run only.
    let killed_ones = if in_full() { scenes.all() } else { scenes.both(SAMPLE) };
    let kills = AtomicUsize::new(0);
    shared_out(seeds, |desk, index| {
        let seed = u64::try_from(index).unwrap();
        let random = Random::new(seed);
        let scene = killed_ones[index % killed_ones.len()];
        scene.on_a_copy(desk, |world, desk| {
            for round in 0..=seed % 3 {
                // The first kill always comes: an undisturbed run has that many calls.
                let at = below(&random, scene.calls.len() / 2) + 1;
                let moment = MOMENTS[below(&random, MOMENTS.len())];
                let died = killed(world, &scene.work(TOGETHER), json!({"at": at, "when": moment}));
                assert!(round > 0 || died.is_some(), "{} seed {seed}: not killed", scene.name);
                kills.fetch_add(usize::from(died.is_some()), Ordering::Relaxed);
            }
            scene.ends_well(world, desk, &format!("seed {seed}"));
        });
    })?;
    let kills = kills.into_inner();
    assert!(kills >= seeds);
    println!("killed with sixteen calls at once: {seeds} seeds, {kills} times");
    Ok(())
}

fn below(random: &Random, limit: usize) -> usize {
    usize::try_from(random.next() % u64::try_from(limit.max(1)).unwrap()).unwrap()
}
