//! The picture of every example, and of deployments that nobody wrote: nothing overlaps, the SVG is XML, and the same
//! deployment is always drawn with the same bytes.
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

mod forms;
mod generated;
mod geometry;
#[cfg(feature = "png")]
mod pixels;

use std::fs;

use provision_architecture::{Source, SpecFile, Topology};
use provision_picture::Picture;
use provision_testing::workspace_root;

pub(crate) fn topology(name: &str, text: &str) -> Option<Topology> {
    SpecFile::parse(Source::new(name, text)).ok()?.resolve().ok()
}

/// Every example, the broken ones too: what is forbidden can be drawn all the same.
pub(crate) fn examples() -> Vec<(String, Topology)> {
    let mut examples = Vec::new();
    for folder in ["examples", "examples/broken"] {
        for entry in fs::read_dir(workspace_root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "yaml") {
                let name = path.display().to_string();
                let text = fs::read_to_string(&path).unwrap();
                examples.push((name.clone(), topology(&name, &text).unwrap_or_else(|| panic!("{name}"))));
            }
        }
    }
    examples.sort_by(|one, other| one.0.cmp(&other.0));
    assert!(examples.len() >= 10, "the examples are there");
    examples
}

pub(crate) fn everything() -> Vec<(String, Topology)> {
    let mut all = examples();
    all.extend(generated::topologies());
    all
}

pub(crate) fn picture(topology: &Topology) -> Picture {
    Picture::of(topology).unwrap()
}
