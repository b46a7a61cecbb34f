//! Rendering a second time: the same bytes wherever it runs, and whole files whatever cut the first time off.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use provision_testing::{program, workspace_root};

use crate::run::provision;

const SPEC: &str = "deployment: orders
platform: kestra
version: \"1.3\"
edition: enterprise
size: high-availability
cloud: { provider: aws, region: eu-west-1, zones: 3 }
components: { worker: { replicas: 4 }, webserver: { replicas: 2 } }
backends: { queue: { kind: kafka, managed: false } }
tags: { team: payments, cost-centre: \"4711\" }
licence: { from: aws-secretsmanager, name: orders/licence }
";

/// The same spec in another order.
fn shuffled() -> String {
    let exchanged = [
        (
            "worker: { replicas: 4 }, webserver: { replicas: 2 }",
            "webserver: { replicas: 2 }, worker: { replicas: 4 }",
        ),
        ("team: payments, cost-centre: \"4711\"", "cost-centre: \"4711\", team: payments"),
        ("provider: aws, region: eu-west-1, zones: 3", "zones: 3, region: eu-west-1, provider: aws"),
    ];
    let spec = exchanged.iter().fold(SPEC.to_owned(), |spec, (one, other)| spec.replace(one, other));
    spec.lines().rev().map(|line| format!("{line}\n")).collect()
}

/// A command that renders what comes on its standard input.
fn render(out: &Path) -> Command {
    provision(&["render", "-", "-o", out.to_str().expect("a temporary folder's name is text")])
}

fn finish(mut command: Command, spec: &str) -> (Option<i32>, String) {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let _ = child.stdin.take().expect("a pipe").write_all(spec.as_bytes());
    let output = child.wait_with_output().expect("the binary ends");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn renders(command: Command, spec: &str) {
    let (code, said) = finish(command, spec);
    assert_eq!(code, Some(0), "{said}");
}

/// Every file below a folder, by path, hidden ones too.
fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let (mut left, mut found) = (vec![root.to_owned()], BTreeMap::new());
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.expect("a folder's entry reads").path();
            if path.is_dir() {
                left.push(path);
            } else {
                let name = path.strip_prefix(root).expect("it lies below").display().to_string();
                found.insert(name, fs::read(&path).unwrap_or_default());
            }
        }
    }
    found
}

#[test]
fn the_same_bytes_wherever_it_runs_and_however_the_spec_is_ordered() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let (one, other) = (place.path().join("one"), place.path().join("other"));
    renders(render(&one), SPEC);
    let mut command = render(&other);
    command.current_dir("/").env("LC_ALL", "tr_TR.UTF-8").env("LANG", "tr_TR.UTF-8");
    command.env("TZ", "Asia/Kathmandu").env("COLUMNS", "20").env("SOURCE_DATE_EPOCH", "0");
    renders(command, &shuffled());
    let (one, other) = (files(&one), files(&other));
    assert!(one.len() > 50);
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
    for (path, bytes) in &one {
        assert!(bytes == &other[path], "{path} differs");
    }
}

/// What a run was in the middle of lies beside the file, hidden; every other file is whole.
fn nothing_is_half_written(found: &BTreeMap<String, Vec<u8>>, whole: [&BTreeMap<String, Vec<u8>>; 2]) {
    for (path, bytes) in found {
        let name = path.rsplit('/').next().unwrap_or(path);
        let hidden = name.starts_with('.') && name.ends_with(".provision");
        let complete = whole.iter().any(|files| files.get(path) == Some(bytes));
        assert!(hidden || complete || path == "provision-manifest.json", "{path} is half-written");
    }
}

/// Renders into a folder with a limit on the size of files, at which the system kills it in the middle of one.
fn cut_off(out: &Path, spec: &str, kilobytes: usize) -> Option<i32> {
    let mut command = Command::new("bash");
    let script = format!("ulimit -c 0; ulimit -f {kilobytes}; exec \"$0\" render - -o \"$1\"");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_provision")]).arg(out).current_dir(workspace_root());
    finish(command, spec).0
}

#[test]
fn a_run_that_was_killed_in_the_middle_of_a_file_is_repaired_by_the_next() {
    let Ok(_) = program("bash") else { return };
    let place = tempfile::tempdir().expect("a temporary folder");
    let larger = SPEC.replace("worker: { replicas: 4 }", "worker: { replicas: 5, machine: m7i.2xlarge }");
    let smaller = larger.replace("backends: { queue: { kind: kafka, managed: false } }\n", "");
    let whole = |spec: &str, name: &str| {
        renders(render(&place.path().join(name)), spec);
        files(&place.path().join(name))
    };
    let (first, second) = (whole(SPEC, "first"), whole(&smaller, "second"));
    let mut killed = 0;
    for kilobytes in [1, 4, 6, 8, 12, 24] {
        // Into an empty folder, and then the other spec; over a folder that is there, and then back again.
        for (before, after) in [(None, &smaller), (Some(&smaller), &smaller)] {
            let out = place.path().join(format!("out-{kilobytes}-{}", before.is_some()));
            before.into_iter().for_each(|before| renders(render(&out), before));
            killed += usize::from(cut_off(&out, SPEC, kilobytes).is_none());
            nothing_is_half_written(&files(&out), [&first, &second]);
            renders(render(&out), after);
            assert!(files(&out) == second, "{kilobytes}: not repaired");
        }
    }
    assert!(killed >= 6, "killed {killed} times only");
}

#[test]
fn a_run_that_was_killed_between_files_is_repaired_by_the_next() {
    let place = tempfile::tempdir().expect("a temporary folder");
    renders(render(&place.path().join("whole")), SPEC);
    let whole = files(&place.path().join("whole"));
    let mut killed = 0;
    for round in 0..10 {
        let out = place.path().join(format!("out-{round}"));
        let mut command = render(&out);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the binary starts");
        let _ = child.stdin.take().expect("a pipe").write_all(SPEC.as_bytes());
        // As soon as so many files are there.
        while files(&out).len() < 9 * round + 1 && child.try_wait().expect("it can be asked").is_none() {
            thread::sleep(Duration::from_micros(50));
        }
        let _ = child.kill();
        child.wait().expect("it is gone");
        let found = files(&out);
        killed += usize::from(found.len() < whole.len());
        nothing_is_half_written(&found, [&whole, &whole]);
        renders(render(&out), SPEC);
        assert!(files(&out) == whole, "{round}: not repaired");
    }
    assert!(killed > 0, "never killed in time");
}

/// Whoever can write into the directory can write its manifest: it is believed nothing that would harm.
#[test]
fn a_manifest_of_somebody_else_is_named_and_nothing_is_touched() {
    let place = tempfile::tempdir().expect("a temporary folder");
    fs::write(place.path().join("victim"), "keep").expect("it can be written");
    let deep = "[".repeat(200_000);
    for (number, (manifest, said)) in [
        ("", "no manifest of this tool"),
        ("{", "no manifest of this tool"),
        (deep.as_str(), "no manifest of this tool"),
        ("{\"schema\":2,\"files\":{}}", "no manifest of this tool"),
        ("{\"schema\":1,\"files\":{\"../victim\":\"00\"}}", "does not lie in the directory"),
        (
            "{\"schema\":1,\"files\":{},\"unfinished\":{\"/etc/passwd\":\"00\"}}",
            "does not lie in the directory",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let out = place.path().join(format!("out-{number}"));
        fs::create_dir(&out).expect("it can be made");
        fs::write(out.join("provision-manifest.json"), manifest).expect("it can be written");
        let (code, error) = finish(render(&out), SPEC);
        assert_eq!(code, Some(1), "{error}");
        assert!(error.contains("provision-manifest.json") && error.contains(said), "{error}");
        assert_eq!(files(&out).len(), 1);
    }
    assert_eq!(fs::read_to_string(place.path().join("victim")).expect("still there"), "keep");
}

#[test]
fn wrong_hashes_and_links_in_a_manifest_delete_nothing() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let out = place.path().join("out");
    let outside = place.path().join("outside");
    fs::create_dir_all(&out).expect("it can be made");
    fs::create_dir_all(&outside).expect("it can be made");
    fs::write(out.join("mine.tf"), "mine").expect("it can be written");
    fs::write(outside.join("file"), "keep").expect("it can be written");
    std::os::unix::fs::symlink(&outside, out.join("linked")).expect("it can be made");
    let manifest = |files: &str| format!("{{\"schema\":1,\"files\":{{{files}}}}}");
    let path = out.join("provision-manifest.json");
    fs::write(&path, manifest("\"mine.tf\":\"00\"")).expect("it can be written");
    let (code, error) = finish(render(&out), SPEC);
    assert_eq!(code, Some(1));
    assert!(error.contains("mine.tf was edited"), "{error}");
    // The right hash of a file that a link leads to.
    let keep = "6ca7ea2feefc88ecb5ed6356ed963f47dc9137f82526fdd25d618ea626d0803f";
    fs::write(&path, manifest(&format!("\"linked/file\":\"{keep}\""))).expect("it can be written");
    let (code, error) = finish(render(&out), SPEC);
    assert_eq!(code, Some(1));
    assert!(error.contains("linked"), "{error}");
    assert_eq!(fs::read_to_string(outside.join("file")).expect("still there"), "keep");
    assert_eq!(fs::read_to_string(out.join("mine.tf")).expect("still there"), "mine");
    // The manifest itself is a link.
    fs::remove_file(&path).expect("it can be removed");
    fs::write(outside.join("manifest"), manifest("")).expect("it can be written");
    std::os::unix::fs::symlink(outside.join("manifest"), &path).expect("it can be made");
    let (code, error) = finish(render(&out), SPEC);
    assert_eq!(code, Some(1));
    assert!(error.contains("is a link"), "{error}");
}
