use provision_engine::boundary::Unwatched;
use provision_engine::clock::VirtualClock;
use provision_engine::ledger::{Expected, FileStore, Store as _};

use super::steady;
use super::world::World;

#[test]
fn who_comes_second_is_told_who_is_first() {
    let world = World::new();
    let mut first = world.start("apply", &["-y", "--time-lapse", "30"]);
    first.says("creating aws_vpc.main");
    let second = world.tiny("apply", &["-y"]);
    first.signal(rustix::process::Signal::KILL);
    let _steady = steady(&[]);
    // How far the first one had come by then is chance; what the second is told is not.
    let (code, _) = second.split_once('\n').unwrap();
    let (_, told) = second.split_once("----- stderr -----\n").unwrap();
    insta::assert_snapshot!("locked", format!("{code}\n{told}"));
}

#[test]
fn a_lock_that_was_lost_stops_everything_and_says_so() {
    let world = World::new();
    let mut running = world.start("apply", &["-y", "--time-lapse", "30"]);
    running.says("creating aws_vpc.main");
    // Somebody believed it dead and took over, between two of its writes.
    let store = FileStore::new(world.path().join(".provision/tiny/sandbox-ledger"), &Unwatched);
    while !take_over(&store) {}
    let ended = running.ends();
    assert!(ended.starts_with("exit code: 1\n"), "{ended}");
    assert!(ended.contains("taken over by bob on build-7, process 7"), "{ended}");
    assert!(!ended.contains("creating aws_db_instance.main"), "{ended}");
    assert!(!ended.contains("created aws_subnet.a"), "{ended}");
    assert_eq!(lock(&store).0["holder"]["who"], "bob on build-7, process 7", "another's lock is left alone");
}

/// The lock as it is, and its version.
fn lock(store: &FileStore<'_>) -> (serde_json::Value, String) {
    let found = VirtualClock::default().run(store.read("lock.json")).expect("it ends").expect("a ledger");
    let found = found.expect("a lock");
    (serde_json::from_slice(&found.content).expect("JSON"), found.version)
}

/// Whether the holder wrote nothing meanwhile.
fn take_over(store: &FileStore<'_>) -> bool {
    let (mut record, version) = lock(store);
    record["epoch"] = 7.into();
    record["nonce"] = "0123456789abcdef".into();
    record["holder"]["who"] = "bob on build-7, process 7".into();
    record["last"] = record["holder"]["who"].clone();
    let (text, expected) = (record.to_string(), Expected::Version(version));
    let written = store.write("lock.json", text.as_bytes(), &expected);
    VirtualClock::default().run(written).expect("it ends").is_ok()
}
