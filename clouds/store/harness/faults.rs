//! 503s, cut connections and lost replies: never two holders, never a lost entry of the history; and stores that don't
//! heed conditions.

use std::collections::BTreeSet;
use std::process::Stdio;
use std::sync::atomic::Ordering;

use provision_engine::clock::RealClock;
use provision_engine::ledger::history;

use super::World;
use super::child::{REFUSED, wall_clock};
use super::places::{Kind, Place, runtime};
use super::proxy::{Weather, silence, start};
use super::races::command;

const WORKERS: usize = 3;
const RUNS: usize = 4;

pub(crate) fn nothing_is_lost(world: &World, kind: Kind) {
    let folder = tempfile::tempdir().unwrap();
    let clear = world.place(kind, &format!("faults-{kind:?}"));
    let (address, counts) = start(&clear.endpoint, Weather::Bad, 7);
    let place = Place { endpoint: address, ..clear.clone() };
    let workers: Vec<_> = (0..WORKERS)
        .map(|number| {
            command(&place, "work")
                .arg(format!("worker-{number}"))
                .arg(folder.path())
                .arg(RUNS.to_string())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    for worker in workers {
        let ended = worker.wait_with_output().unwrap();
        assert!(ended.status.success(), "{kind:?}: {}", String::from_utf8_lossy(&ended.stderr));
    }
    let counts = [&counts.busy, &counts.cut, &counts.lost].map(|count| count.load(Ordering::Relaxed));
    assert!(counts.iter().all(|count| *count > 0), "each fault happened: {counts:?}");
    let done = std::fs::read_to_string(folder.path().join("done")).unwrap();
    let done: BTreeSet<&str> = done.lines().collect();
    assert_eq!(done.len(), WORKERS * RUNS);
    let runtime = runtime();
    let store = clear.open(&runtime).unwrap();
    let entries = RealClock::new(wall_clock()).run(history(store.as_ref())).unwrap();
    let kept: BTreeSet<&str> =
        entries.iter().filter(|entry| entry.result.is_some()).map(|entry| entry.who.as_str()).collect();
    assert_eq!(kept, done, "what was done is in the history");
}

pub(crate) fn refused_at_once(world: &World, kind: Kind) {
    // The signature of a key holds the conditions, so they can't get lost on that way.
    if kind == Kind::AzureKey {
        return;
    }
    let clear = world.place(kind, &format!("heedless-{kind:?}"));
    let (address, _) = start(&clear.endpoint, Weather::Heedless, 7);
    let tried = command(&Place { endpoint: address, ..clear }, "try").output().unwrap();
    let said = String::from_utf8_lossy(&tried.stdout);
    assert_eq!(tried.status.code(), Some(REFUSED.into()), "{kind:?}: {said}");
    assert!(said.contains("does not keep to conditional writes"), "{kind:?}: {said}");
}

/// Whoever takes the call and never says a word is not waited for for ever.
pub(crate) fn silence_is_given_up(world: &World, kind: Kind) {
    let place = Place { endpoint: silence(), ..world.place(kind, &format!("silence-{kind:?}")) };
    let tried = command(&place, "try").output().unwrap();
    let said = String::from_utf8_lossy(&tried.stdout);
    assert_eq!(tried.status.code(), Some(REFUSED.into()), "{kind:?}: {said}");
    assert!(said.contains("no answer") || said.contains("didn't answer"), "{kind:?}: {said}");
}
