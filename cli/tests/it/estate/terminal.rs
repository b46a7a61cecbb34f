//! As somebody at a terminal sees it: a question, an answer that is typed, a bar.

use std::process::Command;

use provision_testing::program;

use super::world::World;
use crate::run::shown;

/// Runs it on a terminal of its own, where this is typed. None, and a printed line, without `script`.
fn typed(world: &World, verb: &str, more: &[&str], keys: &str) -> Option<String> {
    let script = program("script").ok()?;
    let usual = world.command(&world.arguments(verb, more));
    let words = std::iter::once(usual.get_program()).chain(usual.get_args());
    let line: Vec<String> = words.map(|word| format!("'{}'", word.to_string_lossy())).collect();
    let mut command = Command::new(script);
    // The exit code is that of the command; nothing is kept of what was on the screen.
    command.args(["--quiet", "--return", "--command", &line.join(" "), "/dev/null"]);
    command
        .current_dir(world.path())
        .env_clear()
        .env("USER", "ann")
        .env("TERM", "xterm")
        .env("SHELL", "/bin/sh");
    command.env("PROVISION_TIME_LAPSE", "1");
    Some(shown(command, keys))
}

#[test]
fn an_apply_asks_and_shows_how_it_goes() {
    let world = World::new();
    let Some(refused) = typed(&world, "apply", &[], "no\n") else { return };
    assert!(refused.starts_with("exit code: 1\n") && refused.contains("nothing was changed"), "{refused}");
    let Some(applied) = typed(&world, "apply", &[], "yes\n") else { return };
    assert!(applied.starts_with("exit code: 0\n"), "{applied}");
    assert!(applied.contains("Do this in the sandbox? Type `yes` to go on:"), "{applied}");
    let (bar, rest) = ("6/6", "nothing is left to change");
    assert!(applied.contains("\u{1b}[") && applied.contains(bar) && applied.contains(rest), "{applied}");
    assert!(applied.contains("creating aws_db_instance.main  "), "what runs stands above the bar: {applied}");
}

#[test]
fn a_destroy_wants_the_deployments_name() {
    let world = World::new();
    assert!(world.tiny("apply", &["-y"]).starts_with("exit code: 0"));
    let consent = ["--allow-data-loss=aws_db_instance.main"];
    let Some(refused) = typed(&world, "destroy", &consent, "yes\n") else { return };
    assert!(refused.contains("This destroys the deployment `tiny` in the sandbox."), "{refused}");
    assert!(refused.starts_with("exit code: 1\n") && refused.contains("nothing was destroyed"), "{refused}");
    let Some(gone) = typed(&world, "destroy", &consent, "tiny\n") else { return };
    assert!(gone.starts_with("exit code: 0\n") && gone.contains("nothing of it lives any more"), "{gone}");
}
