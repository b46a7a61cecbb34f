//! `docs/reference/` is written by the program itself: `PROVISION_UPDATE=1 cargo test -p provision-cli --test it
//! reference` writes it anew.

use std::fmt::Write as _;
use std::fs;

use serde_json::Value;

use crate::run::{provision, root};

#[expect(clippy::disallowed_methods, reason = "a test's own switch")]
fn is_up_to_date(name: &str, expected: &str) {
    let path = root().join("docs/reference").join(name);
    if std::env::var_os("PROVISION_UPDATE").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder in docs");
        fs::write(&path, expected).expect("the file can be written");
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == expected,
        "docs/reference/{name} is stale: PROVISION_UPDATE=1 cargo test -p provision-cli --test it reference"
    );
}

fn help(command: &[String]) -> String {
    let mut arguments: Vec<&str> = command.iter().map(String::as_str).collect();
    arguments.push("--help");
    let output = provision(&arguments).env("COLUMNS", "100").output().expect("the binary runs");
    assert!(output.status.success(), "{command:?}");
    let text = String::from_utf8(output.stdout).expect("help is text");
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// The names that a help lists, between the usage and the options.
fn commands_in(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| !line.starts_with("Usage:")).skip(1);
    let mut is_command = false;
    let mut names = Vec::new();
    for line in lines.take_while(|line| *line != "Options:") {
        if line.ends_with(':') && !line.starts_with(' ') {
            is_command = line != "Arguments:";
        } else if let Some(name) = line.strip_prefix("  ").filter(|rest| is_command && !rest.starts_with(' '))
        {
            names.extend(name.split_whitespace().next().map(str::to_owned));
        }
    }
    names
}

fn command(path: &[String], text: &mut String) {
    let help = help(path);
    let title =
        if path.is_empty() { "provision".to_owned() } else { format!("provision {}", path.join(" ")) };
    let _ = write!(text, "\n## {title}\n\n```text\n{}```\n", help.trim_end_matches('\n').to_owned() + "\n");
    for name in commands_in(&help) {
        command(&[path, &[name]].concat(), text);
    }
}

#[test]
fn the_commands() {
    let mut text = String::from(
        "# The commands\n\nWhat `provision COMMAND --help` says of each; `provision man DIR` writes the same as man pages.\n",
    );
    command(&[], &mut text);
    assert!(text.contains("\n## provision tune timeout\n"), "commands of commands are there, too");
    is_up_to_date("commands.md", &text);
}

#[test]
fn the_rules() {
    let output = provision(&["explain", "--json"]).output().expect("the binary runs");
    let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let rules = document["rules"].as_array().expect("a list");
    assert!(rules.len() > 100, "the rules are there");
    let mut text = String::from(
        "# The rules\n\nEvery rule that `provision validate` knows, as `provision explain RULE` tells it. Where a rule changed \
         from version to version, each has its range. A rule without a severity is decided elsewhere, as it says.\n",
    );
    for rule in rules {
        rule_text(rule, &mut text);
    }
    is_up_to_date("rules.md", &text);
}

fn rule_text(rule: &Value, text: &mut String) {
    let word = |key: &str| rule[key].as_str().unwrap_or_default();
    let _ = write!(text, "\n## {}: {}\n\n{}\n\n", word("id"), word("title"), folded(word("asks")));
    let mut row = |name: &str, content: &str| {
        if !content.is_empty() {
            let _ = writeln!(text, "- **{name}**: {}", folded(content));
        }
    };
    row("severity", word("severity"));
    row("versions", word("versions"));
    row("decided", word("decided_how"));
    row("applies when", &code(word("when")));
    row("requires", &code(word("require")));
    row("remedy", word("remedy"));
    row("how it changed", word("history"));
    row("known by", word("evidence"));
    for quote in rule["citations"].as_array().into_iter().flatten() {
        let (title, url) =
            (quote["title"].as_str().unwrap_or_default(), quote["url"].as_str().unwrap_or_default());
        let says = quote["says"].as_str().unwrap_or_default();
        let place =
            if url.starts_with("http") { format!("[{title}]({url})") } else { format!("{title}, {url}") };
        row("source", &format!("{place}: {says}"));
    }
}

fn code(formula: &str) -> String {
    if formula.is_empty() { String::new() } else { format!("`{}`", folded(formula)) }
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn man_pages_are_written_for_every_command() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let folder = place.path().join("man");
    let name = folder.to_str().expect("a temporary folder's name is text");
    let output = provision(&["man", name]).output().expect("the binary runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for page in ["provision.1", "provision-validate.1", "provision-tune-timeout.1"] {
        let text = fs::read_to_string(folder.join(page)).unwrap_or_else(|error| panic!("{page}: {error}"));
        assert!(text.contains(".TH ") && text.contains("\n.SH NAME"), "{page}: {text}");
    }
}
