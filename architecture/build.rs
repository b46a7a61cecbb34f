//! Packs the documented architectures, so that no command has to parse YAML of ours.

#![allow(dead_code, unreachable_pub, reason = "the crate's own reader is used here, not all of it")]

#[path = "src/diagnostic.rs"]
mod diagnostic;
#[path = "src/packed.rs"]
mod packed;
#[path = "src/source.rs"]
mod source;
#[path = "src/yaml.rs"]
mod yaml;

use std::fs;
use std::path::Path;

#[expect(clippy::disallowed_methods, reason = "cargo tells a build script where to write by the environment")]
fn main() {
    println!("cargo::rerun-if-changed=documented");
    let out = std::env::var_os("OUT_DIR").expect("cargo sets it");
    let files = fs::read_dir("documented").expect("the folder is there");
    for path in files.map(|entry| entry.expect("it can be listed").path()) {
        if path.extension().is_some_and(|extension| extension == "yaml") {
            pack(&path, Path::new(&out));
        }
    }
}

fn pack(path: &Path, out: &Path) {
    let text = fs::read_to_string(path).expect("it is text");
    let (tree, problems) = yaml::parse(&text);
    let source = source::Source::new(path.display().to_string(), text);
    if let Some(problem) = problems.first() {
        let position = source.position(problem.span.start);
        panic!("{}:{}:{}: {}", source.name(), position.line, position.column, problem.message);
    }
    let mut bytes = Vec::new();
    tree.expect("a file of ours is not empty").pack(&mut bytes);
    let name = path.file_name().expect("a file has a name").to_string_lossy();
    fs::write(out.join(format!("{name}.packed")), bytes).expect("the build's folder can be written");
}
