//! What the README shows is what the program prints: every ```console block is run.
//!
//! A line of `…` in a block stands for lines that are left out. `PROVISION_UPDATE=1` writes the blocks anew (those
//! without `…`).

use std::fs;
use std::path::Path;

use crate::run::{provision, root};

/// One block: where its output stands in the text, the arguments, and what it claims.
struct Block {
    output: std::ops::Range<usize>,
    arguments: Vec<String>,
}

fn blocks(text: &str) -> Vec<Block> {
    const OPEN: &str = "```console\n$ provision ";
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find(OPEN).map(|at| from + at + OPEN.len()) {
        let line_end = start + text[start..].find('\n').expect("a command is a line");
        let close = line_end + 1 + text[line_end + 1..].find("```\n").expect("a block is closed");
        let arguments =
            text[start..line_end].split_whitespace().map(|word| word.trim_matches('\'').to_owned());
        found.push(Block { output: line_end + 1..close, arguments: arguments.collect() });
        from = close;
    }
    found
}

/// A folder with the examples in it: what a command leaves behind, the next one finds.
fn place() -> tempfile::TempDir {
    let place = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink(
        fs::canonicalize(root().join("examples")).expect("examples"),
        place.path().join("examples"),
    )
    .expect("a link");
    place
}

fn printed(arguments: &[String], place: &Path) -> String {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut command = provision(&arguments);
    let output = command.env("COLUMNS", "100").current_dir(place).output().expect("the binary runs");
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Lines without the blanks at their ends, which no reader sees and some editors remove.
pub(crate) fn lines(text: &str) -> Vec<&str> {
    text.trim_end().lines().map(str::trim_end).collect()
}

/// Whether the lines are those, where `…` stands for any number of lines.
fn matches(claimed: &[&str], real: &[&str]) -> bool {
    match claimed {
        [] => real.is_empty(),
        ["…", rest @ ..] => (0..=real.len()).any(|skipped| matches(rest, &real[skipped..])),
        [line, rest @ ..] => real.first() == Some(line) && matches(rest, &real[1..]),
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test's own switch")]
fn every_output_in_the_readme_is_real() {
    let path = root().join("README.md");
    let text = fs::read_to_string(&path).expect("the README is there");
    let blocks = blocks(&text);
    assert!(blocks.len() >= 3, "the README shows what the program does");
    let mut updated = text.clone();
    let mut stale = Vec::new();
    let place = place();
    let real: Vec<String> = blocks.iter().map(|block| printed(&block.arguments, place.path())).collect();
    for (block, real) in blocks.iter().zip(&real).rev() {
        let claimed = &text[block.output.clone()];
        let (claimed_lines, real_lines) = (lines(claimed), lines(real));
        if !matches(&claimed_lines, &real_lines) {
            stale.push(format!("provision {}", block.arguments.join(" ")));
            if !claimed.contains('…') {
                updated.replace_range(block.output.clone(), &format!("{}\n", real_lines.join("\n")));
            }
        }
    }
    if std::env::var_os("PROVISION_UPDATE").is_some() {
        fs::write(&path, updated).expect("the README can be written");
    }
    assert!(stale.is_empty(), "README.md shows something else than: {stale:#?}");
}
