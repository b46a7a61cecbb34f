//! What goes wrong around Terraform, and in the middle of it: a clear error each, and nothing lost.

use std::fs;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::json;

use super::fake::Fake;
use super::stub::Stub;
use crate::estate::world::World;
use crate::run::shown;

const START: &str = r#"echo '{"type":"apply_start","hook":{"resource":{"addr":"aws_vpc.main"},"action":"create"}}'
"#;
const VPC: &str = r#"echo '{"type":"apply_start","hook":{"resource":{"addr":"aws_vpc.main"},"action":"create"}}'
echo '{"type":"apply_complete","hook":{"resource":{"addr":"aws_vpc.main"},"action":"create","id_value":"vpc-1","elapsed_seconds":12}}'
"#;

#[test]
fn a_missing_binary_is_named_with_the_ways_on() {
    let world = World::new();
    let missing = world.run(&["plan", "tiny", "--engine", "tofu", "--deployment", "tiny"]);
    insta::assert_snapshot!("missing", missing);
    // What the embedded engine could make would be its own.
    world.edit("provider \"aws\"", "provider \"google\"");
    let none = world.run(&["plan", "tiny", "--deployment", "tiny"]);
    assert!(none.starts_with("exit code: 1") && none.contains("neither Terraform"), "{none}");
}

#[test]
fn the_embedded_engine_says_who_makes_estates_elsewhere() {
    let world = World::new();
    world.edit("provider \"aws\"", "provider \"google\"");
    let elsewhere = world.run(&["plan", "tiny", "--engine", "embedded", "--deployment", "tiny"]);
    assert!(elsewhere.starts_with("exit code: 1"), "{elsewhere}");
    assert!(elsewhere.contains("makes estates on AWS, and this one is for Google Cloud"), "{elsewhere}");
    assert!(elsewhere.contains("`--engine terraform` and `--engine tofu`"), "{elsewhere}");
}

#[test]
fn an_old_version_is_refused_and_so_is_what_tells_none() {
    let fake = Fake::new("");
    fake.program("terraform", "1.5.7");
    fake.program("tofu", "1.9.1");
    let old = fake.run("plan", &[]);
    assert!(old.starts_with("exit code: 1") && old.contains("Terraform 1.5.7; 1.11 or newer"), "{old}");
    let old = fake.run_with("tofu", "plan", &[]);
    assert!(old.starts_with("exit code: 1") && old.contains("OpenTofu 1.9.1; 1.10 or newer"), "{old}");
    fs::write(fake.path("bin/terraform"), "#!/bin/sh\necho hello\n").expect("a program");
    let other = fake.run("plan", &[]);
    assert!(other.starts_with("exit code: 1") && other.contains("doesn't tell its version"), "{other}");
}

#[test]
fn a_failure_in_the_middle_is_reported_with_its_source() {
    let failed = format!(
        r#"{VPC}echo '{{"type":"apply_start","hook":{{"resource":{{"addr":"aws_subnet.a"}},"action":"create"}}}}'
echo '{{"type":"apply_errored","hook":{{"resource":{{"addr":"aws_subnet.a"}},"action":"create"}}}}'
echo '{{"type":"diagnostic","diagnostic":{{"severity":"error","summary":"creating the subnet","detail":"The range overlaps.","address":"aws_subnet.a","range":{{"filename":"main.tf","start":{{"line":28,"column":1}}}},"snippet":{{"code":"resource aws_subnet a"}}}}}}'
exit 1
"#
    );
    let fake = Fake::new(&failed);
    insta::assert_snapshot!("failed", fake.run("apply", &["-y"]));
    let history = fake.run("history", &[]);
    assert!(history.contains("1 done, 1 failed, 1 not started"), "{history}");
}

#[test]
fn a_binary_that_was_killed_leaves_what_was_under_way_unknown() {
    let fake = Fake::new(&format!("{START}sleep 0.2\nkill -9 $$\n"));
    let killed = fake.run("apply", &["-y"]);
    assert!(killed.starts_with("exit code: 1\n"), "{killed}");
    assert!(killed.contains("a signal ended it"), "{killed}");
    assert!(
        killed.contains("Under way when it stopped; the next run finds out what came of it:\n  aws_vpc.main"),
        "{killed}"
    );
    assert!(killed.contains("Not started:\n"), "{killed}");
}

#[test]
fn an_interrupt_is_passed_on_once_and_it_may_finish() {
    let script = format!(
        "trap 'echo int >> \"$here/signals\"' INT\n{START}while [ ! -s \"$here/signals\" ]; do sleep 0.05; done\n{}exit 1\n",
        VPC.lines().nth(1).map(|line| format!("{line}\n")).unwrap_or_default()
    );
    let fake = Fake::new(&script);
    let mut running = fake.start();
    running.says("creating aws_vpc.main");
    running.signal(Signal::INT);
    let ended = running.ends();
    assert!(ended.starts_with("exit code: 130\n"), "{ended}");
    assert!(ended.contains("created aws_vpc.main after 12s [vpc-1]"), "{ended}");
    assert!(ended.contains("Interrupted after"), "{ended}");
    assert_eq!(fs::read_to_string(fake.path("signals")).expect("it heard it"), "int\n");
}

#[test]
fn a_second_interrupt_is_passed_on_too() {
    let fake = Fake::new(&format!(
        ": > \"$here/signals\"\ntrap 'echo int >> \"$here/signals\"' INT\n{START}while [ $(wc -l < \"$here/signals\") -lt 2 ]; do sleep 0.05; done\nexit 1\n"
    ));
    let heard = || fs::read_to_string(fake.path("signals")).unwrap_or_default();
    let mut running = fake.start();
    running.says("creating aws_vpc.main");
    running.signal(Signal::INT);
    let deadline = Instant::now() + Duration::from_secs(60);
    while heard().is_empty() {
        assert!(Instant::now() < deadline, "it never heard of the first one");
        std::thread::sleep(Duration::from_millis(20));
    }
    running.signal(Signal::INT);
    let ended = running.ends();
    assert!(ended.starts_with("exit code: 130\n"), "{ended}");
    assert!(ended.contains("Under way when it stopped"), "{ended}");
    assert_eq!(heard(), "int\nint\n");
}

#[test]
fn it_goes_on_and_saves_its_state_when_we_are_killed() {
    let fake = Fake::new(&format!("{START}sleep 1\n{VPC}{VPC}{VPC}touch \"$here/saved\"\n"));
    let mut running = fake.start();
    running.says("creating aws_vpc.main");
    running.signal(Signal::KILL);
    let ended = running.ends();
    assert!(ended.starts_with("exit code: none"), "{ended}");
    assert!(!fake.path("saved").exists(), "killed too late");
    let deadline = Instant::now() + Duration::from_secs(60);
    while !fake.path("saved").exists() {
        assert!(Instant::now() < deadline, "it died of its pipe");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn one_engine_keeps_its_hands_off_the_others_deployment() {
    let done = "mv \"$here/done.json\" \"$here/plan.json\"\n";
    let all: String = ["aws_vpc.main", "aws_subnet.a", "aws_cloudwatch_log_group.main"]
        .map(|address| VPC.replace("aws_vpc.main", address))
        .concat();
    let fake = Fake::new(&format!("{all}{done}"));
    let applied = fake.run("apply", &["-y"]);
    assert!(applied.starts_with("exit code: 0\n"), "{applied}");
    fake.plans("plan.json", &json!({ "resource_changes": [
        { "address": "aws_vpc.more", "mode": "managed", "type": "aws_vpc", "change": { "actions": ["create"] } },
    ] }));
    let other = fake.run_with("tofu", "apply", &["-y"]);
    assert!(other.starts_with("exit code: 1\n"), "{other}");
    assert!(other.contains("driven by the engine `terraform`, not by `tofu`"), "{other}");
    let owner = fake.run_with("auto", "plan", &[]);
    assert!(owner.starts_with("exit code: 0\n") && owner.contains("Terraform 1.11.4"), "{owner}");
}

#[test]
fn what_could_run_code_is_refused_before_anything_runs() {
    let fake = Fake::new("");
    let code = "resource \"aws_eip\" \"a\" {\n  provisioner \"local-exec\" {\n    command = \"touch owned\"\n  }\n}\n";
    fs::write(fake.path("tiny/more.tf"), code).expect("a file");
    let refused = fake.run("plan", &[]);
    assert!(refused.starts_with("exit code: 1\n") && refused.contains("could run code"), "{refused}");
    assert_eq!(fake.asked(), "", "it was asked nothing");
}

#[test]
fn what_could_run_code_is_taken_when_that_was_allowed_by_name() {
    let fake = Fake::new("");
    let code =
        "resource \"aws_eip\" \"a\" {\n  provisioner \"local-exec\" {\n    command = \"true\"\n  }\n}\n";
    fs::write(fake.path("tiny/more.tf"), code).expect("a file");
    fs::write(fake.path("tiny/override.tf"), "").expect("a file");
    let allowed = fake.run("plan", &["--allow-code"]);
    assert!(allowed.starts_with("exit code: 0\n") && allowed.contains("3 to create"), "{allowed}");
    let again = fake.run("apply", &["--allow-code", "-y"]);
    assert!(again.contains("--allow-code"), "the command that goes on says it, too: {again}");
    let elsewhere = fake.run_with("sandbox", "plan", &["--allow-code"]);
    assert!(elsewhere.starts_with("exit code: 1\n"), "{elsewhere}");
    assert!(elsewhere.contains("only Terraform and OpenTofu run code"), "{elsewhere}");
}

#[test]
fn what_is_wrong_with_the_files_is_said_before_a_plan_is_made() {
    let fake = Fake::new("");
    let said = json!({ "valid": false, "diagnostics": [{ "severity": "error", "summary": "Unsupported argument",
        "detail": "There is no `cidr`.", "range": { "filename": "main.tf", "start": { "line": 20, "column": 3 } },
        "snippet": { "code": "  cidr = 1" } }] });
    fake.invalid(&said);
    let refused = fake.run("plan", &[]);
    assert!(refused.starts_with("exit code: 1\n"), "{refused}");
    assert!(refused.contains("validate failed") && refused.contains("main.tf:20:3"), "{refused}");
    assert!(!fake.asked().contains("plan"), "{}", fake.asked());
}

#[test]
fn a_kept_plan_may_name_instances() {
    let fake = Fake::new("");
    fake.plans(
        "plan.json",
        &json!({ "resource_changes": [
        { "address": "aws_db_instance.a[0]", "mode": "managed", "type": "aws_db_instance",
          "change": { "actions": ["delete"], "before": { "id": "db-1" }, "after": null } },
    ] }),
    );
    let blocked = fake.run("plan", &[]);
    assert!(blocked.contains("--allow-data-loss=aws_db_instance.a[0]"), "{blocked}");
    let kept = fake.run("plan", &["--allow-data-loss=aws_db_instance.a[0]", "--out", "kept.plan"]);
    assert!(kept.starts_with("exit code: 0\n"), "{kept}");
    let all = ["apply", "kept.plan", "--engine", "terraform", "--deployment", "tiny", "-y"];
    let mut command = fake.world.command(&all);
    command.env("PATH", format!("{}:/usr/bin:/bin", fake.path("bin").display()));
    command.env("PROVISION_LEDGER", "file:.provision/tiny/ledger");
    let applied = shown(command, "");
    assert!(!applied.contains("no resource address"), "{applied}");
    assert!(fake.asked().contains("apply"), "{applied}");
}

#[test]
fn what_our_own_engine_does_not_read_is_for_terraform_to_read() {
    let fake = Fake::new("");
    fs::write(fake.path("tiny/more.tf"), "resource \"aws_eip\" \"a\" {\n  count = 2\n}\n").expect("a file");
    let planned = fake.run("plan", &[]);
    assert!(planned.starts_with("exit code: 0\n") && planned.contains("3 to create"), "{planned}");
}

#[test]
fn secrets_are_neither_shown_nor_kept() {
    let fake = Fake::new("");
    fake.plans("plan.json", &json!({
        "variables": { "token": { "value": "hush-hush" } },
        "resource_changes": [{ "address": "aws_db_instance.main", "mode": "managed", "type": "aws_db_instance",
            "change": { "actions": ["update"], "before": { "password": "hush-before" }, "after": { "password": "hush-after" },
                        "after_unknown": {}, "before_sensitive": { "password": true }, "after_sensitive": { "password": true } } }],
        "output_changes": { "key": { "actions": ["create"], "after": "hush-output", "after_sensitive": true } },
        "configuration": { "root_module": { "variables": { "token": { "sensitive": true } } } },
    }));
    for more in [&["--diff"][..], &["--json"], &["--out", "kept.plan"]] {
        let shown = fake.run("plan", more);
        assert!(shown.starts_with("exit code: 0\n") && !shown.contains("hush"), "{shown}");
    }
    let kept = fs::read_to_string(fake.path("kept.plan")).expect("it was kept");
    assert!(kept.contains("(sensitive)") && !kept.contains("hush"), "{kept}");
    let refused = fake.run("plan", &["--var", "token=hush-argument"]);
    assert!(refused.starts_with("exit code: 1\n") && !refused.contains("hush"), "{refused}");
    assert!(refused.contains("TF_VAR_token"), "{refused}");
}

#[test]
fn a_kept_plan_is_refused_when_the_files_moved() {
    let fake = Fake::new("");
    assert!(fake.run("plan", &["--out", "kept.plan"]).starts_with("exit code: 0\n"));
    fake.world.edit("10.0.0.0/20", "10.0.16.0/20");
    let all = ["apply", "kept.plan", "--engine", "terraform", "--deployment", "tiny"];
    let mut command = fake.world.command(&all);
    command.env("PATH", format!("{}:/usr/bin:/bin", fake.path("bin").display()));
    command.env("PROVISION_LEDGER", "file:.provision/tiny/ledger");
    let moved = shown(command, "");
    assert!(
        moved.starts_with("exit code: 1\n") && moved.contains("changed since the plan was made"),
        "{moved}"
    );
    assert!(!fake.asked().contains("apply"), "{}", fake.asked());
}

/// The real one, on a directory that is there.
fn really(stub: &Stub, world: &World, configuration: Option<&str>, more: &[&str]) -> String {
    let all = ["plan", "tiny", "--engine", "terraform", "--deployment", "tiny"];
    let all: Vec<&str> = all.into_iter().chain(more.iter().copied()).collect();
    let mut command = world.command(&all);
    stub.environment(&mut command);
    if let Some(configuration) = configuration {
        fs::write(world.path().join("terraformrc"), configuration).expect("a file");
        command.env("TF_CLI_CONFIG_FILE", world.path().join("terraformrc"));
    }
    shown(command, "")
}

fn mirror(folder: &str) -> String {
    format!(
        "provider_installation {{\n  filesystem_mirror {{\n    path = \"{folder}\"\n  }}\n}}\ndisable_checkpoint = true\n"
    )
}

#[test]
fn providers_that_cannot_be_had_are_named() {
    let Some(stub) = Stub::find() else { return };
    let world = World::new();
    let empty = world.path().join("empty");
    fs::create_dir(&empty).expect("a folder");
    let refused = really(&stub, &world, Some(&mirror(&empty.display().to_string())), &[]);
    assert!(refused.starts_with("exit code: 1\n"), "{refused}");
    assert!(refused.contains("init failed") && refused.contains("hashicorp/aws"), "{refused}");
    assert!(refused.contains("hint: providers come over the network"), "{refused}");
}

#[test]
fn a_provider_that_crashes_is_named() {
    use std::os::unix::fs::PermissionsExt as _;
    let Some(stub) = Stub::find() else { return };
    let world = World::new();
    let folder = world.path().join("mirror/registry.terraform.io/hashicorp/aws/6.47.0/linux_amd64");
    fs::create_dir_all(&folder).expect("a mirror");
    let program = folder.join("terraform-provider-aws_v6.47.0");
    fs::write(&program, "#!/bin/sh\necho 'panic: something' >&2\nexit 2\n").expect("a program");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("it can be run");
    let crashed =
        really(&stub, &world, Some(&mirror(&world.path().join("mirror").display().to_string())), &[]);
    assert!(crashed.starts_with("exit code: 1\n"), "{crashed}");
    assert!(crashed.contains("failed") && crashed.contains("hashicorp/aws"), "{crashed}");
}

#[test]
fn a_state_that_is_locked_names_its_holder() {
    let Some(stub) = Stub::find() else { return };
    let world = World::new();
    let state = world.path().join("tiny/terraform.tfstate");
    let text = r#"{ "version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x", "outputs": {}, "resources": [] }"#;
    fs::write(&state, text).expect("a state");
    let file = fs::OpenOptions::new().read(true).write(true).open(&state).expect("the state");
    rustix::fs::fcntl_lock(&file, rustix::fs::FlockOperation::LockExclusive).expect("its lock");
    let info = r#"{"ID":"1","Operation":"OperationTypeApply","Info":"","Who":"bob@build-7","Version":"1.11.4","Created":"2026-01-01T00:00:00Z","Path":"terraform.tfstate"}"#;
    fs::write(world.path().join("tiny/.terraform.tfstate.lock.info"), info).expect("who holds it");
    let locked = really(&stub, &world, None, &[]);
    drop(file);
    assert!(locked.starts_with("exit code: 1\n"), "{locked}");
    assert!(locked.contains("state lock") && locked.contains("bob@build-7"), "{locked}");
}
