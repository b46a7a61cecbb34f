use super::steady;
use super::world::World;

#[test]
fn success() {
    let world = World::new();
    insta::assert_snapshot!("report-success", world.tiny("apply", &["-y", "--detailed-exitcode"]));
    let again = world.tiny("apply", &["-y", "--detailed-exitcode"]);
    assert!(again.starts_with("exit code: 0") && again.contains("No changes"), "{again}");
}

#[test]
fn a_failure_names_its_cause_and_how_to_go_on() {
    let world = World::new();
    let failed = world.tiny("apply", &["-y", "--fault", "refuse=aws_db_instance.main"]);
    insta::assert_snapshot!("report-failed", failed);
    let gone_on = world.tiny("apply", &["-y"]);
    assert!(gone_on.starts_with("exit code: 0") && gone_on.contains("Done in"), "{gone_on}");
}

#[test]
fn faults_that_pass_are_told_and_overcome() {
    let world = World::new();
    let more = ["-y", "--fault", "throttle=0.3", "--fault", "lost-reply=0.2", "--seed", "3"];
    let overcome = world.tiny("apply", &more);
    assert!(overcome.starts_with("exit code: 0") && overcome.contains("again in"), "{overcome}");
    let unknown = world.tiny("apply", &["-y", "--fault", "earthquake"]);
    assert!(unknown.starts_with("exit code: 1") && unknown.contains("refuse=ADDRESS"), "{unknown}");
}

#[test]
fn the_history_tells_who_did_what() {
    let world = World::new();
    world.tiny("apply", &["-y", "--var", "retention=3"]);
    let _steady = steady(&[]);
    insta::assert_snapshot!("history", world.tiny("history", &[]));
}

/// As after `kill -9`, at the two moments that matter most: not sent yet, and done without anybody knowing. The ledger is
/// lost with it: what lives is found all the same.
#[test]
fn who_dies_leaves_nothing_that_the_next_one_does_not_find() {
    for (moment, lives) in [("before", 0), ("after", 1)] {
        let world = World::new();
        let died = world.tiny("apply", &["-y", "--fault", &format!("crash-{moment}=aws_db_instance.main")]);
        assert!(
            died.contains(&format!("Killed, as it was told to: {moment} create aws_db_instance.main")),
            "{died}"
        );
        assert!(died.starts_with("exit code: none"), "a signal ended it: {died}");
        let plan = world.tiny("plan", &[]);
        assert_eq!(plan.contains("+ aws_db_instance: main"), lives == 0, "{plan}");
        let gone_on = world.tiny("apply", &["-y", "--ledger", "file:another"]);
        assert!(gone_on.starts_with("exit code: 0"), "{gone_on}");
        let again = world
            .tiny("destroy", &["-y", "--allow-data-loss=aws_db_instance.main", "--ledger", "file:another"]);
        assert!(again.contains("nothing of it lives any more"), "{again}");
    }
}
