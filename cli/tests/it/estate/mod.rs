//! From a spec to an estate in the sandbox and back, as people see it.

#[cfg(feature = "embedded")]
mod aws;
mod destroys;
mod events;
mod interrupted;
mod locked;
mod reports;
mod saved;
mod status;
#[cfg(feature = "embedded")]
mod status_aws;
mod terminal;
mod terraform;
mod variables;
mod world;

use world::World;

/// What is told on stdout, without the resources themselves: what is rendered may change.
fn told(shown: &str) -> String {
    let stdout = shown.split("\n----- stderr").next().unwrap_or_default();
    let is_resource = |line: &&str| line.starts_with("  + ") || line.starts_with("      ");
    stdout.lines().filter(|line| !is_resource(line)).collect::<Vec<_>>().join("\n")
}

/// While it lives, snapshots leave out what differs from machine to machine.
fn steady(more: &[(&str, &str)]) -> insta::internals::SettingsBindDropGuard {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"ann on [^\s,]+, process \d+", "ann on HOST, process 42");
    settings.add_filter(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "2026-01-01T00:00:00Z");
    more.iter().for_each(|(pattern, instead)| settings.add_filter(pattern, *instead));
    settings.bind_to_scope()
}

#[test]
fn plan_apply_plan_history_destroy() {
    let world = World::with_spec();
    let run = |arguments: &[&str]| world.run(arguments);

    let first = run(&["plan", "--engine", "sandbox", "--out", "first.plan", "--detailed-exitcode"]);
    assert!(
        first.starts_with("exit code: 2") && first.contains("to create") && first.contains("sandbox"),
        "{first}"
    );

    let applied = run(&["apply", "first.plan", "--engine", "sandbox"]);
    assert!(applied.starts_with("exit code: 0"), "{applied}");

    let again = run(&["plan", "--engine", "sandbox", "--detailed-exitcode"]);
    assert!(again.starts_with("exit code: 0") && again.contains("No changes"), "{again}");

    let history = run(&["history", "--json", "--engine", "sandbox"]);
    assert!(history.contains("\"result\"") && history.contains("done"), "{history}");
    // Time is modelled in the sandbox, but who reads the history wants to know the day.
    let at = history.split("\"at\": ").nth(1).and_then(|rest| rest.split(',').next()).expect("a moment");
    let at: u64 = at.trim().parse().expect("seconds");
    let written = std::fs::metadata(world.path().join("first.plan")).expect("a plan").modified();
    let written =
        written.expect("a time").duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
    assert!(at.abs_diff(written) < 600, "{at} is not about {written}");

    let refused = run(&["destroy", "--engine", "sandbox", "--auto-approve"]);
    assert!(refused.starts_with("exit code: 1") && refused.contains("--allow-data-loss="), "{refused}");
}

#[test]
fn a_spec_is_told_from_its_findings_to_where_to_go_next() {
    let world = World::with_spec();
    let _steady = steady(&[
        (r"\d+ (to create|created|resources are)", "58 $1"),
        (r"orders(-database)?[-.]\d+\.", "orders$1-17."),
        (r"\d+ rules applied", "35 rules applied"),
    ]);
    insta::assert_snapshot!(
        "apply-spec",
        told(&world.run(&["apply", "--engine", "sandbox", "--auto-approve"]))
    );
    insta::assert_snapshot!("apply-spec-again", told(&world.run(&["apply", "--engine", "sandbox"])));
    let outputs = world.run(&["output", "--engine", "sandbox"]);
    assert!(
        outputs.contains("\naddress = http://orders-") && outputs.contains("This is the sandbox"),
        "{outputs}"
    );
}

#[test]
fn an_output_that_is_not_there_yet_is_no_address() {
    let world = World::new();
    let text = world.tiny("output", &[]);
    assert!(text.contains("host = (known after apply)") && text.contains("  provision apply tiny"), "{text}");
    let json = world.tiny("output", &["--json"]);
    assert!(json.starts_with("exit code: 0") && json.contains("\"host\": null"), "{json}");
}

#[test]
fn what_others_changed_is_drift() {
    let world = World::new();
    assert!(world.tiny("apply", &["-y"]).starts_with("exit code: 0"));
    assert!(!world.tiny("plan", &[]).contains("[drift]"));
    world.change(
        ".provision/tiny/sandbox.json",
        "\"backup_retention_period\": 7",
        "\"backup_retention_period\": 1",
    );
    world.edit("retention_in_days = 30", "retention_in_days = 60");
    insta::assert_snapshot!("plan-drift", world.tiny("plan", &["--detailed-exitcode"]));
}

#[test]
fn a_plan_is_shown_briefly_or_in_full() {
    let world = World::new();
    assert!(world.tiny("apply", &["-y", "--concise", "--parallelism", "1"]).starts_with("exit code: 0"));
    world.edit("10.0.0.0/20", "10.0.16.0/20");
    insta::assert_snapshot!("plan-concise", world.tiny("plan", &["--concise"]));
    insta::assert_snapshot!("plan-diff", world.tiny("plan", &["--diff"]));
    let refused = world.tiny("apply", &["-y", "--parallelism", "0"]);
    assert!(refused.starts_with("exit code: 1") && refused.contains("--parallelism"), "{refused}");
}

#[test]
fn the_sandbox_is_never_chosen_by_itself() {
    let refused = World::with_spec().run(&["plan"]);
    assert!(refused.starts_with("exit code: 1") && refused.contains("--engine sandbox"), "{refused}");
}

#[test]
fn nothing_is_applied_without_consent() {
    let refused = World::with_spec().run(&["apply", "--engine", "sandbox"]);
    assert!(refused.starts_with("exit code: 1") && refused.contains("--auto-approve"), "{refused}");
}
