//! Every example as it is rendered, for a reader, and a variant with what is in none of them. `UPDATE_GOLDEN=1 cargo test -p
//! provision-modules golden` writes them anew; what changed then stands in the version control's own comparison.

use std::fs;
use std::path::{Path, PathBuf};

use provision_modules::Directory;
use provision_modules::directory::{ChangeKind, MANIFEST, Writer};
use provision_testing::workspace_root;

use crate::examples::{examples, rendered};
use crate::matrix::{example, refused};

/// Variants that are kept, too: what no example asks for is then applied, planned and held against the drivers like them.
const BEYOND_EXAMPLES: &[&str] = &["kestra-opensearch-as-a-service"];

fn folder(name: &str) -> PathBuf {
    workspace_root().join("modules/tests/golden").join(name)
}

#[test]
fn every_example_renders_as_its_golden_directory() {
    #[expect(clippy::disallowed_methods, reason = "a test's own switch")]
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut differing = Vec::new();
    let beyond = BEYOND_EXAMPLES.iter().map(|name| (*name).to_owned());
    for name in examples().into_keys().chain(beyond) {
        let directory = example(&name);
        let folder = folder(&name);
        let writer = Writer::look(&folder, directory).unwrap_or_else(|error| panic!("{name}: {error}"));
        if update {
            writer.write().unwrap();
            continue;
        }
        differing.extend(
            writer.changes().iter().map(|change| format!("{name}/{}: {:?}", change.path, change.kind)),
        );
        differing.extend(strangers(&folder, directory));
        if fs::read_to_string(folder.join(MANIFEST)).unwrap() != manifest(directory) {
            differing.push(format!("{name}/{MANIFEST}: names other hashes"));
        }
    }
    assert!(differing.is_empty(), "UPDATE_GOLDEN=1 writes them anew:\n{}", differing.join("\n"));
}

/// What can't be, and the advice that comes with it: reviewed like a golden file, and rewritten with them.
#[test]
fn every_golden_refusal_is_as_it_was() {
    let path = workspace_root().join("modules/tests/refusals.json");
    #[expect(clippy::disallowed_methods, reason = "a test's own switch")]
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, format!("{}\n", serde_json::to_string_pretty(refused()).unwrap())).unwrap();
    }
    let frozen: std::collections::BTreeMap<String, String> =
        serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(&frozen, refused(), "UPDATE_GOLDEN=1 writes it anew");
}

/// As it is written beside what is rendered.
fn manifest(directory: &Directory) -> String {
    let place = tempfile::tempdir().unwrap();
    Writer::look(place.path(), directory).unwrap().write().unwrap();
    fs::read_to_string(place.path().join(MANIFEST)).unwrap()
}

/// Files of a golden directory that are not rendered.
fn strangers(folder: &Path, directory: &Directory) -> Vec<String> {
    let mut found = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                left.push(path);
            } else {
                found.push(path);
            }
        }
    }
    let relative = |path: &PathBuf| path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
    let known = |path: &String| directory.file(path).is_some() || path == MANIFEST;
    found.iter().map(relative).filter(|path| !known(path)).collect()
}

#[test]
fn rendering_twice_gives_the_same_bytes() {
    for (name, spec) in examples() {
        assert_eq!(&rendered(&spec).unwrap(), example(&name), "{name}");
    }
}

#[test]
fn a_directory_that_was_written_needs_no_change() {
    let place = tempfile::tempdir().unwrap();
    let (_, spec) = examples().pop_first().unwrap();
    let directory = rendered(&spec).unwrap();
    let root = place.path().join("out");
    let first = Writer::look(&root, &directory).unwrap();
    assert!(first.changes().iter().all(|change| change.kind == ChangeKind::Create));
    first.write().unwrap();
    assert!(Writer::look(&root, &directory).unwrap().changes().is_empty());
}
