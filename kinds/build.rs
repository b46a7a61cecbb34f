//! Turns the facts into JSON, which is read ten times as fast: every command reads some of them.

use std::fs;
use std::path::Path;

#[expect(clippy::disallowed_methods, reason = "cargo tells a build script where to write by the environment")]
fn main() {
    let out = std::env::var_os("OUT_DIR").expect("cargo sets it");
    for folder in ["aws", "azure", "google"] {
        println!("cargo::rerun-if-changed={folder}");
        let files = fs::read_dir(folder).expect("the folder is there");
        fs::create_dir_all(Path::new(&out).join(folder)).expect("the build's folder can be written");
        files.for_each(|file| pack(&file.expect("it can be listed").path(), Path::new(&out)));
    }
    println!("cargo::rerun-if-changed=meanings.yaml");
    pack(Path::new("meanings.yaml"), Path::new(&out));
}

fn pack(path: &Path, out: &Path) {
    let text = fs::read_to_string(path).expect("it is text");
    let facts: serde_json::Value =
        serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("kinds/{}: {error}", path.display()));
    fs::write(out.join(path.with_extension("json")), facts.to_string())
        .expect("the build's folder can be written");
}
