//! Turns the catalogue into JSON, which is read ten times as fast: every command that knows of hosts reads some of it.

use std::fs;
use std::path::Path;

#[expect(clippy::disallowed_methods, reason = "cargo tells a build script where to write by the environment")]
fn main() {
    println!("cargo::rerun-if-changed=catalogue");
    let out = std::env::var_os("OUT_DIR").expect("cargo sets it");
    for file in fs::read_dir("catalogue").expect("the folder is there") {
        let path = file.expect("it can be listed").path();
        let text = fs::read_to_string(&path).expect("it is text");
        let entries: serde_json::Value =
            serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let name = path.file_stem().expect("a file has a name").to_string_lossy();
        let packed = Path::new(&out).join(format!("{name}.json"));
        fs::write(packed, entries.to_string()).expect("the build's folder can be written");
    }
}
