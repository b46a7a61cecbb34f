//! What a spec's words mean together. Checked on the tree, not on the types, so that a spec that has other problems
//! is checked too and every problem is reported at once.

use super::read::Reader;
use super::{ComponentName, Edition, OperatingSystem, Platform, Size};
use crate::diagnostic::did_you_mean;
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
    let Some(node) = tree.get("size") else { return };
    let Some(size) = node.text().and_then(Size::from_word) else { return };
    let sizes = architecture.size_names();
    if !sizes.contains(&size) {
        let words: Vec<&str> = sizes.iter().map(|size| size.word()).collect();
        reader.problem_with_hint(
            node,
            format!("{} has no size `{size}`", architecture.title),
            format!("its documents describe: {}", words.join(", ")),
        );
    }
}

fn check_edition(tree: &Node, architecture: &Architecture, reader: &mut Reader) {
    let Some(node) = tree.get("edition") else { return };
    let Some(edition) = node.text().and_then(Edition::from_word) else { return };
    if !architecture.editions.contains(&edition) {
        let words: Vec<&str> = architecture.editions.iter().map(|edition| edition.word()).collect();
        let hint = match words.is_empty() {
            true => "leave the field out".to_owned(),
            false => format!("it has: {}", words.join(", ")),
        };
        reader.problem_with_hint(node, format!("{} has no edition `{edition}`", architecture.title), hint);
    }
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
        let Some(name) = entry.key.text().and_then(ComponentName::from_word) else { continue };
        if !architecture.components.contains_key(&name) {
            let words = architecture.components.keys().map(|component| component.word());
            let hint = did_you_mean(name.word(), words);
            reader.problem_with_hint(
                &entry.key,
                format!("{} has no component `{name}`", architecture.title),
                hint,
            );
        }
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
