//! What a spec's words mean together. Checked on the tree, not on the types, so that a spec that has other problems
//! is checked too and every problem is reported at once.

use super::read::Reader;
use super::{OperatingSystem, Platform};
use crate::diagnostic::{did_you_mean, quoted};
use crate::documented::{self, Architecture};
use crate::yaml::Node;

/// Fields that only one platform has a use for.
const ONLY_FOR: [(&str, Platform); 9] = [
    ("liveness", Platform::Kestra),
    ("polling_targets", Platform::Octopus),
    ("traffic.destinations", Platform::Rudderstack),
    ("traffic.warehouse", Platform::Rudderstack),
    ("traffic.order", Platform::Rudderstack),
    ("components.*.threads", Platform::Kestra),
    ("components.*.task_cap", Platform::Octopus),
    ("alerting.sender", Platform::Rudderstack),
    ("backends.search", Platform::Kestra),
];

pub(super) fn check(tree: &Node, reader: &mut Reader) {
    let Some(platform) = word(tree, "platform").and_then(Platform::from_word) else { return };
    let architecture = documented::architecture(platform);
    check_size(tree, architecture, reader);
    check_edition(tree, architecture, reader);
    check_system(tree, architecture, reader);
    check_components(tree, architecture, reader);
    for (path, only) in ONLY_FOR {
        if only != platform {
            let title = &documented::architecture(only).title;
            refuse_fields(tree, &path.split('.').collect::<Vec<_>>(), title, reader);
        }
    }
}

fn word<'n>(tree: &'n Node, key: &str) -> Option<&'n str> {
    tree.get(key).and_then(Node::text)
}

fn check_size(tree: &Node, architecture: &Architecture, reader: &mut Reader) {
    let words = architecture.size_names().iter().map(|size| size.word()).collect();
    check_word(tree, "size", words, architecture, reader);
}

fn check_edition(tree: &Node, architecture: &Architecture, reader: &mut Reader) {
    let words = architecture.editions.iter().map(|edition| edition.word()).collect();
    check_word(tree, "edition", words, architecture, reader);
}

/// A word that is good elsewhere may be none of this platform's. The complaint takes the place of the one that does
/// not know the platform.
fn check_word(
    tree: &Node,
    key: &str,
    words: Vec<&'static str>,
    architecture: &Architecture,
    reader: &mut Reader,
) {
    let Some(node) = tree.get(key).filter(|node| !node.is_empty()) else { return };
    let Some(word) = node.text().filter(|word| !words.contains(word)) else { return };
    reader.problems.retain(|problem| problem.span != node.span);
    let hint = match words.as_slice() {
        [] => "leave the field out".to_owned(),
        _ => did_you_mean(word, words),
    };
    let message = format!("{} has no {key} {}", architecture.title, reader.quoted(node, word));
    reader.problem_with_hint(node, message, hint);
}

/// What we do not build is refused by its name.
fn check_system(tree: &Node, architecture: &Architecture, reader: &mut Reader) {
    let Some(node) = tree.get("os") else { return };
    let Some(system) = node.text().and_then(OperatingSystem::from_word) else { return };
    if architecture.os.contains(&system) {
        return;
    }
    match architecture.platform {
        Platform::Octopus => reader.problem_with_hint(
            node,
            "Octopus on Windows with Active Directory, the documents' common case, is not built here",
            "provision runs Octopus Server as Linux containers: that needs SQL Server or Azure SQL with SQL logins, \
             a file share that Linux mounts, and another way to sign in than Active Directory; set `os: linux`, or \
             leave the field out",
        ),
        _ => reader.problem_with_hint(
            node,
            format!("{} is not built on {system}", architecture.title),
            "set `os: linux`, or leave the field out",
        ),
    }
}

fn check_components(tree: &Node, architecture: &Architecture, reader: &mut Reader) {
    let Some(components) = tree.get("components") else { return };
    for entry in components.entries() {
        let words: Vec<&str> = architecture.components.keys().map(|component| component.word()).collect();
        let Some(word) = entry.key.text().filter(|word| !words.contains(word)) else { continue };
        reader.problems.retain(|problem| problem.span != entry.key.span);
        let message = format!("{} has no component {}", architecture.title, quoted(word));
        let hint = did_you_mean(word, words);
        reader.problem_with_hint(&entry.key, message, hint);
    }
}

fn refuse_fields(node: &Node, path: &[&str], only: &str, reader: &mut Reader) {
    let [step, rest @ ..] = path else { return };
    for entry in node.entries() {
        if *step != "*" && entry.key.text() != Some(step) {
            continue;
        }
        if rest.is_empty() {
            reader.problem_with_hint(
                &entry.key,
                format!("`{}` has a meaning for {only} only", entry.key.text().unwrap_or_default()),
                "leave it out",
            );
        } else {
            refuse_fields(&entry.value, rest, only, reader);
        }
    }
}
