//! A cloud in which a fifth of all calls goes wrong.

use std::time::Duration;

use provision_engine::apply::Event;
use provision_engine::driver::Class;
use provision_engine::sandbox::Faults;

use crate::support::{World, address, directory, essence};

#[test]
fn a_faulty_cloud_ends_in_the_same_estate() {
    let files = directory("web");
    let calm = World::perfect();
    calm.applied(&files);
    let expected = essence(&calm.estate());
    for seed in 0..60 {
        let mut world = World::new(Faults::many(), seed);
        world.applied(&files);
        assert_eq!(essence(&world.estate()), expected, "seed {seed}");
        assert!(world.plan(&files).is_empty(), "seed {seed}");
        world.destroyed(&files);
        assert_eq!(essence(&world.estate()), Vec::<String>::new(), "seed {seed}");
    }
}

/// Whoever asks for something that was made a moment ago may be told that it isn't there.
#[test]
fn what_is_not_known_everywhere_yet_has_not_disappeared() {
    let files = directory("web");
    for seed in 0..40 {
        let world = World::new(Faults { stale_lists: true, throttled: 0.2, ..Faults::default() }, seed);
        let report = world.apply(&files);
        assert!(report.is_complete(), "seed {seed}: {}", report.text("again"));
    }
}

/// The answer to a delete was lost, or whoever sent it died: what is on its way out is waited for and not asked again
/// and again to go.
#[test]
fn what_is_going_already_is_only_waited_for() {
    let files = directory("web");
    for seed in 0..40 {
        let mut world = World::new(Faults { reply_lost: 0.3, ..Faults::default() }, seed);
        world.applied(&files);
        world.events.borrow_mut().clear();
        world.destroyed(&files);
        let refused: Vec<String> = world
            .events
            .borrow()
            .iter()
            .filter_map(|event| match event {
                Event::Retrying { class: Class::Conflict, message, .. } => Some(message.clone()),
                _ => None,
            })
            .filter(|message| message.contains("deleted already"))
            .collect();
        assert_eq!(refused, [""; 0], "seed {seed}");
    }
}

/// Somebody mistyped a name: that it isn't known yet is believed for some minutes, not for as long as the step may take.
#[test]
fn what_is_never_known_is_given_up_after_some_minutes() {
    let files = directory("web");
    let database = address("aws_db_instance.main");
    let world = World::new(Faults { unknown: [database.clone()].into(), ..Faults::default() }, 5);
    let report = world.apply(&files);
    let failed: Vec<_> = report.failed.iter().map(|failed| (&failed.address, failed.class)).collect();
    assert_eq!(failed, [(&database, Class::Fatal)]);
    let said = &report.failed[0].message;
    assert!(said.contains("names what isn't known") && said.ends_with("the same after 180 s"), "{said}");
    let events = world.events.borrow();
    let pauses = events.iter().map(|event| match event {
        Event::Retrying { after, .. } => *after,
        _ => Duration::ZERO,
    });
    let waited: Duration = pauses.sum();
    assert!((150..240).contains(&waited.as_secs()), "{waited:?}");
}

#[test]
fn a_failure_is_reported_with_its_cause_only() {
    let files = directory("web");
    let world = World::new(Faults { fatal: 0.1, ..Faults::default() }, 3);
    let report = world.apply(&files);
    assert!(!report.failed.is_empty() && report.failed.iter().all(|failed| failed.class == Class::Fatal));
    let listed = report.done.len() + report.failed.len() + report.not_started.len();
    assert_eq!(listed, World::prepare(&files).directory.resources.len());
    assert!(report.text("provision apply web").contains("  provision apply web"));
}

#[test]
fn the_next_run_goes_on_where_one_failed() {
    let files = directory("web");
    let calm = World::perfect();
    calm.applied(&files);
    let world = World::new(Faults { fatal: 0.1, ..Faults::default() }, 3);
    let mut runs = 0;
    while !world.apply(&files).is_complete() {
        runs += 1;
        assert!(runs < 60);
    }
    assert_eq!(essence(&world.estate()), essence(&calm.estate()));
    assert!(
        world.estate().objects.values().any(|object| object.address == Some(address("aws_db_instance.main")))
    );
}
