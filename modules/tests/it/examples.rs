//! The specs of `examples/`, rendered.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use provision_architecture::{Source, SpecFile, Topology};
use provision_modules::{Directory, RenderError, render};
use provision_testing::workspace_root;

use crate::matrix::{TEMPLATES, refused};
pub(crate) use crate::variants::variants;

/// A spec's topology.
pub(crate) fn topology(spec: &str) -> Topology {
    let file =
        SpecFile::parse(Source::new("spec.yaml", spec)).unwrap_or_else(|problems| panic!("{problems:?}"));
    file.resolve().unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// A spec, rendered with our own templates.
pub(crate) fn rendered(spec: &str) -> Result<Directory, RenderError> {
    render(&topology(spec), &TEMPLATES)
}

/// The examples that can be rendered, by name.
pub(crate) fn examples() -> BTreeMap<String, String> {
    let mut examples = all_examples();
    examples.retain(|name, _| !refused().contains_key(name));
    examples
}

pub(crate) fn all_examples() -> BTreeMap<String, String> {
    let entries = fs::read_dir(workspace_root().join("examples")).unwrap().map(|entry| entry.unwrap().path());
    let specs = entries.filter(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    specs
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect()
}

/// Writes a rendered directory into a new one.
pub(crate) fn write(directory: &Directory, root: &Path) {
    for (path, file) in directory.files() {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &file.bytes).unwrap();
    }
}
