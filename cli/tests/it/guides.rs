//! A newcomer's walk through each guide works as written: in an empty folder, its files are written and its commands
//! run, from the first to the last, and each prints what the guide shows.
//!
//! A line of `…` in a block stands for lines that are left out, `…` in a line for what changes with every rule and every
//! resource. `PROVISION_UPDATE=1` writes the blocks anew (those without `…`).

use std::fs;
use std::ops::Range;
use std::path::Path;

use crate::readme::lines;
use crate::run::{provision, root};

/// Whether the lines are those, where `…` stands for any number of lines.
fn matches(claimed: &[&str], real: &[&str]) -> bool {
    match claimed {
        [] => real.is_empty(),
        ["…", rest @ ..] => (0..=real.len()).any(|skipped| matches(rest, &real[skipped..])),
        [line, rest @ ..] => {
            real.first().is_some_and(|real| is_like(line, real)) && matches(rest, &real[1..])
        }
    }
}

/// Whether a line is that, where `…` stands for anything.
fn is_like(claimed: &str, real: &str) -> bool {
    match claimed.split_once('…') {
        None => claimed == real,
        Some((start, rest)) => real.strip_prefix(start).is_some_and(|real| {
            real.char_indices().map(|(at, _)| at).chain([real.len()]).any(|at| is_like(rest, &real[at..]))
        }),
    }
}

enum Step {
    /// Write this file: a block ```yaml NAME.
    Write { name: String, content: Range<usize> },
    /// Run this, and see that.
    Run { arguments: Vec<String>, output: Range<usize> },
}

fn steps(text: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find("```").map(|at| from + at) {
        let line_end = start + text[start..].find('\n').expect("a fence is a line");
        let fence = &text[start + 3..line_end];
        let close = line_end + 1 + text[line_end + 1..].find("```\n").expect("a block is closed");
        if let Some(name) = fence.strip_prefix("yaml ") {
            steps.push(Step::Write { name: name.to_owned(), content: line_end + 1..close });
        } else if fence == "console" {
            let first = line_end + 1;
            let end = first + text[first..].find('\n').expect("a command is a line");
            let command = text[first..end].strip_prefix("$ provision ").expect("a guide runs provision");
            let arguments = command.split_whitespace().map(|word| word.trim_matches('\'').to_owned());
            steps.push(Step::Run { arguments: arguments.collect(), output: end + 1..close });
        }
        from = close + 3;
    }
    steps
}

/// Gives what the guide shows otherwise.
#[expect(clippy::disallowed_methods, reason = "a test's own switch")]
fn walk(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let place = tempfile::tempdir().expect("a temporary folder");
    let mut written: Vec<(Range<usize>, String)> = Vec::new();
    let mut stale = Vec::new();
    let steps = steps(&text);
    assert!(steps.len() > 5, "{} is a walk", path.display());
    for step in steps {
        match step {
            Step::Write { name, content } => {
                fs::write(place.path().join(name), &text[content]).expect("a file of the guide");
            }
            Step::Run { arguments, output } => {
                let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
                let mut command = provision(&arguments);
                command.current_dir(place.path()).env("COLUMNS", "100");
                let run = command.output().expect("the binary runs");
                let real = format!(
                    "{}{}",
                    String::from_utf8_lossy(&run.stdout),
                    String::from_utf8_lossy(&run.stderr)
                );
                let real = real.replace("\t", "    ");
                let claimed = &text[output.clone()];
                // What is left out may hide much, but never that a command failed.
                let fails = claimed.lines().any(|line| line.starts_with("error: "));
                assert_eq!(run.status.code() == Some(1), fails, "{}: {arguments:?}\n{real}", path.display());
                if !matches(&lines(claimed), &lines(&real)) {
                    stale.push(format!("$ provision {}\n{real}", arguments.join(" ")));
                    if !claimed.contains('…') {
                        let lines = lines(&real).join("\n");
                        written.push((output, if lines.is_empty() { lines } else { format!("{lines}\n") }));
                    }
                }
            }
        }
    }
    if std::env::var_os("PROVISION_UPDATE").is_some() {
        let mut updated = text;
        written.iter().rev().for_each(|(range, output)| updated.replace_range(range.clone(), output));
        fs::write(path, updated).expect("the guide can be written");
    }
    stale.join("\n")
}

#[test]
fn each_guide_works_as_it_is_written() {
    let (mut walked, mut stale) = (0, String::new());
    for entry in fs::read_dir(root().join("docs/guides")).expect("the guides are there") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "md") {
            let shown = walk(&path);
            if !shown.is_empty() {
                stale += &format!("{} shows something else than:\n{shown}\n", path.display());
            }
            walked += 1;
        }
    }
    assert_eq!(walked, 5, "one for each platform, and one for the other clouds");
    assert!(stale.is_empty(), "{stale}");
}
