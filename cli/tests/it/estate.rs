//! From a spec to an estate in the sandbox and back.

use crate::run::{provision, root, shown};

fn run_in(folder: &std::path::Path, arguments: &[&str]) -> String {
    let mut command = provision(arguments);
    command.current_dir(folder);
    shown(command, "")
}

#[test]
fn plan_apply_plan_history_destroy() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::copy(root().join("examples/kestra-small.yaml"), folder.path().join("provision.yaml"))
        .expect("a spec");
    let run = |arguments: &[&str]| run_in(folder.path(), arguments);

    let first = run(&["plan", "--engine", "sandbox", "--out", "first.plan", "--detailed-exitcode"]);
    assert!(
        first.starts_with("exit code: 2") && first.contains("to create") && first.contains("sandbox"),
        "{first}"
    );

    let applied = run(&["apply", "first.plan", "--engine", "sandbox"]);
    assert!(applied.starts_with("exit code: 0"), "{applied}");

    let again = run(&["plan", "--engine", "sandbox", "--detailed-exitcode"]);
    assert!(again.starts_with("exit code: 0") && again.contains("No changes"), "{again}");

    let stale = run(&["apply", "first.plan", "--engine", "sandbox"]);
    assert!(stale.starts_with("exit code: 1") && stale.contains("the live estate changed"), "{stale}");

    let history = run(&["history", "--json"]);
    assert!(history.contains("\"result\"") && history.contains("done"), "{history}");

    let refused = run(&["destroy", "--engine", "sandbox", "--auto-approve"]);
    assert!(refused.starts_with("exit code: 1") && refused.contains("--allow-data-loss"), "{refused}");
}

#[test]
fn the_sandbox_is_never_chosen_by_itself() {
    let refused = run_in(&root(), &["plan", "examples/kestra-small.yaml"]);
    assert!(refused.starts_with("exit code: 1") && refused.contains("--engine sandbox"), "{refused}");
}

#[test]
fn nothing_is_applied_without_consent() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::copy(root().join("examples/kestra-small.yaml"), folder.path().join("provision.yaml"))
        .expect("a spec");
    let refused = run_in(folder.path(), &["apply", "--engine", "sandbox"]);
    assert!(refused.starts_with("exit code: 1") && refused.contains("--auto-approve"), "{refused}");
}
