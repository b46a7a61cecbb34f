//! A holder that was killed, and one that stood still, whatever the clocks on the wall say.

use std::path::Path;
use std::process::{Child, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::World;
use super::child::{LEASE, LOST};
use super::places::{Kind, Place};
use super::races::command;

const HOUR: i64 = 3600;

pub(crate) fn all(world: &World, kind: Kind) {
    for (one, two) in [(HOUR, -HOUR), (-HOUR, HOUR)] {
        let place = |what: &str| world.place(kind, &format!("{what}-{kind:?}{one}"));
        a_killed_one_is_replaced_after_its_lease(&place("killed"), one, two);
        a_stopped_one_starts_nothing_more(&place("stopped"), one, two);
    }
}

fn start(place: &Place, name: &str, wall: i64, folder: &Path, calls: usize) -> Child {
    command(place, "call")
        .args([name, &wall.to_string()])
        .arg(folder)
        .arg(calls.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn calls(folder: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(folder.join("calls")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

fn wait_for_calls(folder: &Path, count: usize) {
    let started = Instant::now();
    while calls(folder).len() < count {
        assert!(started.elapsed() < Duration::from_secs(120), "no calls come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn a_killed_one_is_replaced_after_its_lease(place: &Place, one: i64, two: i64) {
    let folder = tempfile::tempdir().unwrap();
    let mut first = start(place, "one", one, folder.path(), usize::MAX);
    wait_for_calls(folder.path(), 3);
    first.kill().unwrap();
    first.wait().unwrap();
    let killed = Instant::now();
    let second = start(place, "two", two, folder.path(), 3).wait_with_output().unwrap();
    assert!(second.status.success(), "{}", text(&second));
    assert!(killed.elapsed() >= LEASE, "it took over before the lease had run out");
    assert_eq!(calls(folder.path()).iter().filter(|call| *call == "two").count(), 3);
}

fn a_stopped_one_starts_nothing_more(place: &Place, one: i64, two: i64) {
    let folder = tempfile::tempdir().unwrap();
    let first = start(place, "one", one, folder.path(), usize::MAX);
    wait_for_calls(folder.path(), 3);
    let pid = Pid::from_child(&first);
    kill_process(pid, Signal::STOP).unwrap();
    let second = start(place, "two", two, folder.path(), 5).wait_with_output().unwrap();
    assert!(second.status.success(), "{}", text(&second));
    kill_process(pid, Signal::CONT).unwrap();
    let first = first.wait_with_output().unwrap();
    assert_eq!(first.status.code(), Some(LOST.into()), "{}", text(&first));
    assert!(text(&first).contains("taken over by two"), "{}", text(&first));
    // Asked and not yet sent when it was stopped: one call at most, as one at a time is sent here.
    let calls = calls(folder.path());
    let taken = calls.iter().position(|call| call == "two").unwrap();
    let leaked = calls[taken..].iter().filter(|call| *call == "one").count();
    assert!(leaked <= 1, "{leaked} calls after it was woken");
}
