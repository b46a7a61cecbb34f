//! A fifth of all calls goes wrong: a run comes to its end or says plainly why not, and never makes anything twice.

use std::collections::BTreeSet;
use std::sync::Mutex;

use serde_json::json;

use crate::scene::{Scene, TOGETHER, scenes, shared_out};
use crate::support::{End, Tried, Work, in_full};

/// As `faults.py` calls them: refused as too much, a 500, the connection cut before anything was done, done but the
/// answer lost, and two seconds late.
const KINDS: &[&[&str]] = &[
    &["throttle"],
    &["error"],
    &["cut"],
    &["lost"],
    &["stall"],
    &["throttle", "error", "cut", "lost", "stall"],
];

/// Lists show late what was made, and the answers to a fifth of all calls are lost: what was made is looked for when it can
/// be seen, and not made twice.
pub(crate) fn of_lists_that_lag() -> Tried {
    let scenes = scenes()?;
    let slow = if in_full() { scenes.all() } else { scenes.both(&["network"]) };
    shared_out(slow.len(), |desk, index| {
        let scene = slow[index];
        let work = Work { settle: 1500, ..scene.work(TOGETHER) };
        scene.on_a_copy(desk, |world, desk| {
            world.emulator.shim("lag", &json!({"seconds": 1.0}));
            world.emulator.shim("faults", &json!({"share": 0.2, "seed": index, "kinds": ["lost"]}));
            let end = world.run(&work);
            world.emulator.shim("faults", &json!([]));
            if !matches!(end, End::Done { complete: true, .. }) {
                world.completed(&work);
            }
            world.emulator.shim("lag", &json!({"seconds": 0.0}));
            scene.has_ended_well(world, desk, "lists that lag");
        });
    })
}

struct Trial<'a> {
    scene: &'a Scene,
    kinds: &'static [&'static str],
    seed: usize,
}

pub(crate) fn a_fifth_of_all_calls() -> Tried {
    let scenes = scenes()?;
    let mut trials = Vec::new();
    let disturbed = if in_full() { scenes.all() } else { scenes.both(&["network"]) };
    for (number, scene) in disturbed.into_iter().enumerate() {
        for (index, kinds) in KINDS.iter().enumerate() {
            // Each directory meets each kind once on its way up or down; a longer run tries all of both, three times.
            let seeds = if in_full() { 3 } else { usize::from(index % 2 == number % 2) };
            trials.extend((0..seeds).map(|seed| Trial { scene, kinds, seed: seed * 100 + number }));
        }
    }
    let (complete, met) = (Mutex::new(0), Mutex::new(BTreeSet::new()));
    shared_out(trials.len(), |desk, index| {
        let trial = &trials[index];
        let (scene, kinds) = (trial.scene, trial.kinds);
        let what = format!("{kinds:?}, seed {}", trial.seed);
        scene.on_a_copy(desk, |world, desk| {
            world.emulator.shim("faults", &json!({"share": 0.2, "seed": trial.seed, "kinds": kinds}));
            let end = world.run(&scene.work(TOGETHER));
            let happened = world.emulator.shim("happened", &json!({}));
            world.emulator.shim("faults", &json!([]));
            for fault in happened["faults"].as_array().unwrap() {
                let kind = fault.as_str().unwrap().split_once(' ').unwrap().0;
                assert!(kinds.contains(&kind), "{}, {what}: {kind}", scene.name);
                met.lock().unwrap().insert(kind.to_owned());
            }
            match end {
                End::Done { complete: true, .. } => {
                    *complete.lock().unwrap() += 1;
                    scene.has_ended_well(world, desk, &what);
                }
                End::Done { report, .. } => {
                    let plain =
                        report.contains("Failed: ") && report.contains("the next run goes on from there");
                    assert!(plain, "{}, {what}: {report}", scene.name);
                    scene.ends_well(world, desk, &what);
                }
                End::Refused(why) => {
                    assert!(why.contains("the live estate can't be listed"), "{}, {what}: {why}", scene.name);
                    scene.ends_well(world, desk, &what);
                }
                End::Killed => panic!("{}, {what}: nobody kills here", scene.name),
            }
        });
    })?;
    let met = met.into_inner().unwrap();
    assert_eq!(met.len(), 5, "only {met:?} happened");
    println!(
        "faults: {} runs, {} came to their end by themselves",
        trials.len(),
        complete.into_inner().unwrap()
    );
    Ok(())
}
