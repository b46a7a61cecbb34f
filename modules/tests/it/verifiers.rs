//! What is rendered, judged by other people's programs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use provision_testing::program;
use serde_json::Value;

use crate::examples::examples;
use crate::matrix::{everything, example};

/// Every rendered file whose name ends so, of everything that can be rendered; each text once, with a name to find it by.
fn texts(ends: &[&str]) -> BTreeMap<&'static str, String> {
    let mut texts = BTreeMap::new();
    for rendered in everything() {
        for (path, _) in
            rendered.directory.files().filter(|(path, _)| ends.iter().any(|end| path.ends_with(end)))
        {
            let text = rendered.directory.text(path).unwrap();
            texts.entry(text).or_insert_with(|| format!("{}/{path}", rendered.name));
        }
    }
    assert!(texts.len() > 2, "{ends:?}");
    texts
}

fn passes(what: &str, command: &mut Command) {
    let output = command.output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{what}:\n{out}\n{err}");
}

#[test]
fn shellcheck_finds_nothing() {
    let Ok(shellcheck) = program("shellcheck") else { return };
    let place = tempfile::tempdir().unwrap();
    let write = |(text, name): (&str, String)| {
        let path = place.path().join(name.replace('/', "_"));
        fs::write(&path, text).unwrap();
        path
    };
    let scripts: Vec<PathBuf> = texts(&[".sh"]).into_iter().map(write).collect();
    thread::scope(|scope| {
        for half in scripts.chunks(scripts.len().div_ceil(2)) {
            let mut command = Command::new(&shellcheck);
            scope.spawn(move || passes("scripts", command.args(half)));
        }
    });
}

/// The program's own entry, for many files in one process: its start takes longer than its work.
const CLOUD_INIT: &str = "
import sys
from cloudinit.cmd.main import main
for path in sys.argv[1:]:
    main(['cloud-init', 'schema', '-c', path])
";

#[test]
fn cloud_init_takes_the_user_data() {
    let Ok(cloud_init) = program("cloud-init") else { return };
    let start = fs::read_to_string(cloud_init).unwrap();
    let python = start.lines().next().and_then(|line| line.strip_prefix("#!")).unwrap();
    let all = |paths: &[PathBuf]| Command::new(python).args(["-c", CLOUD_INIT]).args(paths).output().unwrap();
    let place = tempfile::tempdir().unwrap();
    let mut seen = BTreeSet::new();
    let mut paths = Vec::new();
    for (text, name) in texts(&["cloud-init.yaml"]) {
        // What it judges: no comments, and whatever the files hold.
        let judged = |line: &&str| !line.starts_with('#') && !line.contains("content:");
        if !seen.insert(text.lines().filter(judged).collect::<Vec<_>>()) {
            continue;
        }
        let path = place.path().join(name.replace('/', "_"));
        fs::write(&path, text).unwrap();
        paths.push(path);
    }
    let output = all(&paths);
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let taken = out.lines().filter(|line| line.starts_with("Valid")).count();
    assert!(output.status.success() && taken == paths.len(), "{out}\n{err}");
    let broken = place.path().join("broken.yaml");
    fs::write(&broken, "#cloud-config\nwrite_files: [{ path: 3 }]\n").unwrap();
    assert!(!all(&[broken]).status.success(), "what is wrong is noticed");
}

/// The files as cloud-init writes them beneath a folder.
fn unpack(name: &str, user_data: &str, root: &Path) {
    let (deployment, path) = name.split_once('/').unwrap();
    let rendered = everything().iter().find(|it| it.name == deployment).unwrap();
    let folder = path.strip_suffix("cloud-init.yaml").unwrap();
    let value: Value = serde_saphyr::from_str(user_data).unwrap();
    for file in value["write_files"].as_array().unwrap() {
        let (at, text) = (file["path"].as_str().unwrap(), file["content"].as_str().unwrap());
        let beside = rendered
            .directory
            .files()
            .filter(|(path, _)| path.starts_with(folder) || path.starts_with("alerting/"));
        let lies_beside = beside.into_iter().any(|(_, file)| file.bytes == text.as_bytes());
        assert!(lies_beside, "{name}: {at} does not lie readable beside it");
        let path = root.join(&at[1..]);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        let mode = u32::from_str_radix(file["permissions"].as_str().unwrap(), 8).unwrap();
        assert_eq!(mode, if at.starts_with("/usr/local/sbin/") { 0o755 } else { 0o644 }, "{name}: {at}");
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
}

#[test]
fn systemd_takes_the_units_of_every_machine() {
    let Ok(analyze) = program("systemd-analyze") else { return };
    for (user_data, name) in texts(&["cloud-init.yaml"]) {
        let place = tempfile::tempdir().unwrap();
        let root = place.path();
        unpack(&name, user_data, root);
        with_the_systems_own(root);
        let units = fs::read_dir(root.join("etc/systemd/system")).unwrap();
        let units = units.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let own: Vec<String> =
            units.filter(|it| it.starts_with("provision-") && !it.ends_with(".d")).collect();
        assert!(!own.is_empty(), "{name}");
        let mut command = Command::new(&analyze);
        command.args(["verify", "--man=no"]).arg(format!("--root={}", root.display())).args(&own);
        let output = command.output().unwrap();
        // It warns of what it would ignore, and ends well then.
        let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && complaints.is_empty(), "{name}:\n{complaints}");
    }
}

/// What the units refer to on a real machine: the system's targets, Docker, a shell and what does nothing.
fn with_the_systems_own(root: &Path) {
    let targets = root.join("usr/lib/systemd/system");
    fs::create_dir_all(&targets).unwrap();
    for entry in fs::read_dir("/usr/lib/systemd/system").unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|it| it == "target" || it == "slice" || it == "mount") {
            fs::copy(&path, targets.join(path.file_name().unwrap())).ok();
        }
    }
    fs::write(targets.join("docker.service"), "[Service]\nExecStart=/usr/bin/docker\n").unwrap();
    for program in ["usr/bin/docker", "bin/sh", "bin/true"] {
        let path = root.join(program);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "").unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

#[test]
fn every_configuration_is_what_its_name_says() {
    for (text, name) in texts(&[".yaml"]) {
        serde_saphyr::from_multiple::<Value>(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    for (text, name) in texts(&[".json"]) {
        serde_json::from_str::<Value>(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    for (text, name) in texts(&[".env", ".properties", ".conf"]) {
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with(['#', '[', 'w'])) {
            let (key, value) = line.split_once('=').unwrap_or_else(|| panic!("{name}: {line}"));
            assert!(!key.trim().is_empty() && !value.contains("<{"), "{name}: {line}");
        }
    }
}

#[test]
fn packed_user_data_is_what_lies_readable_beside_it() {
    use std::io::Read;
    for name in examples().keys() {
        let directory = example(name);
        for (path, file) in directory.files().filter(|(path, _)| path.ends_with("/user-data.gz")) {
            let mut unpacked = String::new();
            flate2::read::GzDecoder::new(file.bytes.as_slice()).read_to_string(&mut unpacked).unwrap();
            let readable = path.replace("user-data.gz", "cloud-init.yaml");
            assert_eq!(directory.text(&readable), Some(unpacked.as_str()), "{name}: {path}");
        }
    }
}
