//! Real processes, real signals.

use rustix::process::Signal;

use super::world::World;

/// A run that takes long enough to be interrupted, at the moment when only the database is under way.
fn at_the_database(world: &World) -> super::world::Running {
    let mut running = world.start("apply", &["-y", "--time-lapse", "30"]);
    running.says("creating aws_db_instance.main");
    running
}

#[test]
fn the_first_signal_ends_gracefully() {
    let world = World::new();
    // Shorter: it is waited for to the end.
    let mut running = world.start("apply", &["-y", "--time-lapse", "6"]);
    running.says("creating aws_db_instance.main");
    running.signal(Signal::INT);
    insta::assert_snapshot!("interrupted", running.ends());
    let gone_on = world.tiny("apply", &["-y"]);
    assert!(gone_on.starts_with("exit code: 0") && gone_on.contains("Done in"), "{gone_on}");
}

#[test]
fn the_second_signal_ends_at_once() {
    let world = World::new();
    let mut running = at_the_database(&world);
    running.signal(Signal::INT);
    running.says("Once more stops at once");
    running.signal(Signal::INT);
    let ended = running.ends();
    assert!(ended.starts_with("exit code: 130"), "{ended}");
    assert!(ended.contains("Under way when it stopped"), "{ended}");
    assert!(!ended.contains("created aws_db_instance.main"), "{ended}");
    let gone_on = world.tiny("apply", &["-y"]);
    assert!(gone_on.starts_with("exit code: 0"), "{gone_on}");
    let settled = world.tiny("plan", &["--detailed-exitcode"]);
    assert!(settled.starts_with("exit code: 0"), "{settled}");
}

#[test]
fn terminating_is_an_interrupt_too() {
    let world = World::new();
    let mut running = at_the_database(&world);
    running.signal(Signal::TERM);
    running.says("Once more stops at once");
    running.signal(Signal::TERM);
    let ended = running.ends();
    assert!(ended.starts_with("exit code: 143"), "{ended}");
}

#[test]
fn json_tells_of_the_interrupt() {
    let world = World::new();
    let running = world.start("apply", &["-y", "--json", "--time-lapse", "6"]);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while !running.stdout().contains("\"type\":\"started\"") {
        assert!(std::time::Instant::now() < deadline, "nothing starts");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    running.signal(Signal::INT);
    let ended = running.ends();
    assert!(ended.starts_with("exit code: 130"), "{ended}");
    assert!(ended.contains("{\"type\":\"stopping\",\"at_once\":false}"), "{ended}");
    assert!(ended.contains("\"result\":\"interrupted\""), "{ended}");
}
