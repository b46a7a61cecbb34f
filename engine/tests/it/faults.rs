//! A cloud in which a fifth of all calls goes wrong.

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
