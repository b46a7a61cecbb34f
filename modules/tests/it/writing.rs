//! A directory on a disk: nobody's work is lost, and nothing outside of it is touched.

use std::fs;
use std::os::unix::fs::symlink;

use provision_modules::Directory;
use provision_modules::directory::{ChangeKind, MANIFEST, ObstacleReason, WriteError, Writer};

fn directory(files: &[(&str, &str)]) -> Directory {
    let mut directory = Directory::default();
    for (path, text) in files {
        directory.add(*path, text.as_bytes().to_vec());
    }
    directory
}

#[test]
fn what_somebody_else_wrote_or_changed_is_an_obstacle() {
    let place = tempfile::tempdir().unwrap();
    let root = place.path();
    fs::write(root.join("mine.tf"), "mine").unwrap();
    let first = directory(&[("mine.tf", "theirs"), ("a.tf", "a"), ("hosts/worker/unit", "u")]);
    let writer = Writer::look(root, &first).unwrap();
    assert_eq!(writer.obstacles()[0].reason, ObstacleReason::Foreign);

    let second = directory(&[("a.tf", "a"), ("hosts/worker/unit", "u")]);
    Writer::look(root, &second).unwrap().write().unwrap();
    fs::write(root.join("a.tf"), "edited").unwrap();
    let writer = Writer::look(root, &second).unwrap();
    assert_eq!(writer.obstacles()[0].reason, ObstacleReason::Edited);
    assert_eq!(fs::read_to_string(root.join("mine.tf")).unwrap(), "mine");
}

#[test]
fn stale_files_go_and_edited_ones_stay() {
    let place = tempfile::tempdir().unwrap();
    let root = place.path();
    let first = directory(&[("a.tf", "a"), ("b.tf", "b"), ("hosts/worker/unit", "u"), ("hosts/x/unit", "x")]);
    Writer::look(root, &first).unwrap().write().unwrap();
    fs::write(root.join("b.tf"), "edited").unwrap();
    let second = directory(&[("a.tf", "a2")]);
    let writer = Writer::look(root, &second).unwrap();
    let kinds: Vec<_> = writer.changes().iter().map(|change| (change.path.as_str(), change.kind)).collect();
    let expected = [
        ("a.tf", ChangeKind::Update),
        ("hosts/worker/unit", ChangeKind::Delete),
        ("hosts/x/unit", ChangeKind::Delete),
    ];
    assert_eq!(kinds, expected);
    writer.write().unwrap();
    assert!(!root.join("hosts").exists());
    assert_eq!(fs::read_to_string(root.join("b.tf")).unwrap(), "edited");
    assert_eq!(fs::read_to_string(root.join("a.tf")).unwrap(), "a2");
}

#[test]
fn no_link_is_followed() {
    let place = tempfile::tempdir().unwrap();
    let (root, outside) = (place.path().join("out"), place.path().join("outside"));
    fs::create_dir_all(&root).unwrap();
    fs::create_dir_all(outside.join("worker")).unwrap();
    fs::write(outside.join("secret"), "keep").unwrap();
    symlink(&outside, root.join("hosts")).unwrap();
    symlink(outside.join("secret"), root.join("a.tf")).unwrap();
    for files in [[("hosts/worker/unit", "u")], [("a.tf", "a")]] {
        let directory = directory(&files);
        let refused = Writer::look(&root, &directory).map(|_| ()).unwrap_err();
        assert!(matches!(refused, WriteError::Link { .. } | WriteError::NotAFile { .. }), "{refused}");
    }
    assert_eq!(fs::read_to_string(outside.join("secret")).unwrap(), "keep");
    assert_eq!(fs::read_dir(outside.join("worker")).unwrap().count(), 0);
}

#[test]
fn a_manifest_that_points_elsewhere_deletes_nothing() {
    let place = tempfile::tempdir().unwrap();
    let root = place.path().join("out");
    fs::create_dir_all(&root).unwrap();
    fs::write(place.path().join("victim"), "keep").unwrap();
    let hash = provision_modules::hash::sha256(b"keep");
    let manifest = format!("{{\"schema\":1,\"files\":{{\"../victim\":\"{hash}\"}}}}");
    fs::write(root.join(MANIFEST), manifest).unwrap();
    assert!(Writer::look(&root, &directory(&[("a.tf", "a")])).is_err());
    assert_eq!(fs::read_to_string(place.path().join("victim")).unwrap(), "keep");
}

#[test]
fn a_pipe_or_a_folder_in_the_way_is_named() {
    let place = tempfile::tempdir().unwrap();
    fs::create_dir(place.path().join("a.tf")).unwrap();
    let refused = Writer::look(place.path(), &directory(&[("a.tf", "a")])).map(|_| ()).unwrap_err();
    assert!(matches!(refused, WriteError::NotAFile { .. }), "{refused}");
}
