//! Directories that mean no good, or were damaged: errors with their place, and never a panic.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use provision_engine::evaluate::Given;
use provision_engine::load::Files;
use provision_engine::plan::Options;
use provision_engine::problem::Problems;
use provision_engine::random::Random;
use provision_engine::session::Prepared;

use crate::rendered::examples;
use crate::support::{directory, read_directory};

/// All the way to a plan on nothing.
fn problems(files: Files) -> Option<Problems> {
    match Prepared::new(files, &Given::default()) {
        Ok(prepared) => prepared.plan(&[], "sandbox", "d", &Options::default()).err(),
        Err(problems) => Some(problems),
    }
}

fn on_disk(folder: &Path) -> String {
    let problems = problems(Files::on_disk(folder).unwrap()).expect("it is refused");
    for problem in &problems.0 {
        assert!(problem.span.is_some(), "no place: {problem}");
    }
    problems.to_string()
}

fn output(value: &str) -> String {
    format!("output \"o\" {{\n  value = {value}\n}}\n")
}

#[test]
fn a_hostile_directory_gives_errors_with_their_place() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret"), "s").unwrap();
    let large = " ".repeat(17 << 20);
    let circle = "locals {\n  a = local.b\n  b = \"${local.a}\"\n}\n";
    let deep = output(&format!("{}1{}", "[".repeat(5000), "]".repeat(5000)));
    let own = output("file(\"${path.module}/link\")");
    for (what, text, expected) in [
        ("a file that is too large", large.as_str(), "main.tf:1:1: `main.tf` is larger than 16 MiB"),
        (
            "a file to read that is too large",
            &output("file(\"${path.module}/large\")"),
            "main.tf:2:11: `large` is larger",
        ),
        ("deep nesting", deep.as_str(), "main.tf:2:"),
        ("a circle of locals", circle, "main.tf:2:7: these need each other in a circle"),
        ("a way out", &output("file(\"${path.module}/../secret\")"), "main.tf:2:11: `../secret` leads out"),
        ("a way out and back", &output("file(\"${path.module}/a/../../x/main.tf\")"), "main.tf:2:11: "),
        ("an absolute path", &output("file(\"/etc/passwd\")"), "main.tf:2:11: "),
        ("a link to outside", own.as_str(), "main.tf:2:11: `link` leads out of the directory"),
        (
            "a link in a circle",
            &output("file(\"${path.module}/self\")"),
            "main.tf:2:11: `self` can't be read",
        ),
        (
            "a pipe, which would wait for ever",
            &output("file(\"${path.module}/pipe\")"),
            "main.tf:2:11: `pipe` is no regular file",
        ),
        ("a folder", &output("file(\"${path.module}/folder\")"), "main.tf:2:11: `folder` is no regular file"),
        ("bytes", &output("file(\"${path.module}/bytes\")"), "main.tf:2:11: the file is not UTF-8"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        fs::write(path.join("main.tf"), text).unwrap();
        fs::write(path.join("large"), &large).unwrap();
        fs::write(path.join("bytes"), [0xff, 0xfe]).unwrap();
        fs::create_dir(path.join("folder")).unwrap();
        symlink(outside.path().join("secret"), path.join("link")).unwrap();
        symlink("self", path.join("self")).unwrap();
        rustix::fs::mknodat(
            rustix::fs::CWD,
            path.join("pipe"),
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR,
            0,
        )
        .unwrap();
        let found = on_disk(path);
        assert!(found.starts_with(expected), "{what}: {found:.300}");
    }
}

#[test]
fn what_only_looks_like_configuration_is_named() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("x.tf"), "").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("main.tf"), "").unwrap();
    fs::create_dir(path.join("folder.tf")).unwrap();
    symlink(outside.path().join("x.tf"), path.join("link.tf")).unwrap();
    symlink(path.join("nowhere"), path.join("lost.tf")).unwrap();
    fs::write(path.join("bytes.tf"), [0xff]).unwrap();
    fs::write(path.join("x.tf.json"), "{}").unwrap();
    let found = on_disk(path);
    for expected in [
        "bytes.tf:1:1: `bytes.tf` is not UTF-8",
        "folder.tf:1:1: `folder.tf` is no regular file",
        "link.tf:1:1: `link.tf` leads out of the directory",
        "lost.tf:1:1: `lost.tf` doesn't exist",
        "x.tf.json:1:1: `x.tf.json` (JSON configuration)",
    ] {
        assert!(found.contains(expected), "{expected} in\n{found}");
    }
}

/// Words that mean something to the loader.
const WORDS: [&str; 24] = [
    "{",
    "}",
    "[",
    "]",
    "\"",
    "${",
    "%{",
    "=",
    "\n",
    "<<EOT\n",
    "local.",
    "var.",
    "aws_vpc.main",
    "path.module",
    "file(",
    "jsonencode(",
    "regex(\"(\", ",
    "null",
    "-",
    "1e999",
    "0x",
    "resource \"a\" \"b\" {\n",
    "\u{0}",
    "é",
];

/// One change at a place that the numbers choose.
fn damaged(text: &[u8], random: &Random) -> Vec<u8> {
    let below = |limit: usize| usize::try_from(random.next() % u64::try_from(limit.max(1)).unwrap()).unwrap();
    let (at, mut out) = (below(text.len()), text.to_vec());
    let end = (at + 1 + below(40)).min(text.len());
    match below(6) {
        0 => out.truncate(at),
        1 => drop(out.drain(at..end)),
        2 => out[at] = out[at].wrapping_add(1 + u8::try_from(below(255)).unwrap()),
        3 => drop(out.splice(at..at, WORDS[below(WORDS.len())].bytes())),
        4 => drop(out.splice(at..at, text[at..end].iter().copied())),
        _ => {
            let other = below(text.len());
            drop(out.splice(at..at, text[other..(other + 60).min(text.len())].iter().copied()));
        }
    }
    out
}

fn damage(files: &std::collections::BTreeMap<String, Vec<u8>>, rounds: u64, seed: u64) -> usize {
    let names: Vec<&String> = files.keys().filter(|name| name.ends_with(".tf")).collect();
    let mut refused = 0;
    for round in 0..rounds {
        let random = Random::new(seed * 1_000_003 + round);
        let name = names[usize::try_from(random.next()).unwrap_or(0) % names.len()];
        let mut files = files.clone();
        let mut text = files[name].clone();
        for _ in 0..=random.next() % 3 {
            if !text.is_empty() {
                text = damaged(&text, &random);
            }
        }
        files.insert(name.clone(), text);
        if let Some(problems) = problems(Files::in_memory(files)) {
            refused += 1;
            assert!(!problems.0.is_empty());
            for problem in &problems.0 {
                assert!(!problem.what.is_empty());
            }
        }
    }
    refused
}

#[test]
fn a_damaged_directory_gives_errors_only() {
    let refused = damage(&directory("web"), 2000, 1);
    assert!(refused > 1000, "{refused} of 2000");
    for (index, (name, path)) in examples().into_iter().enumerate() {
        let refused = damage(&read_directory(&path), 60, 2 + u64::try_from(index).unwrap());
        assert!(refused > 20, "{name}: {refused} of 60");
    }
}
