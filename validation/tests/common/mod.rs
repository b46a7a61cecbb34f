//! What the tests on specs share: fixtures as overlays over the examples.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses its own part of this")]

use std::fs;
use std::path::{Path, PathBuf};

use provision_architecture::values::Date;
use provision_architecture::{Source, SpecFile};
use provision_validation::report;
use provision_validation::rules::{self, Verdict};
use serde_json::Value;

/// A day in the life of the tests: waivers in fixtures end before or after it on purpose.
pub const TODAY: &str = "2026-11-20";

pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

pub fn examples() -> PathBuf {
    folder("../examples")
}

/// The YAML files of a folder, in order.
pub fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    files.sort();
    files
}

pub fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub fn value(path: &Path) -> Value {
    serde_saphyr::from_str(&read(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub fn example(name: &str) -> Value {
    value(&examples().join(format!("{name}.yaml")))
}

/// Maps merge, null removes, everything else replaces.
pub fn merge(base: &mut Value, overlay: &Value) {
    match (base, overlay) {
        (Value::Object(base), Value::Object(overlay)) => {
            for (key, change) in overlay {
                if change.is_null() {
                    base.remove(key);
                } else {
                    merge(base.entry(key.clone()).or_insert(Value::Null), change);
                }
            }
        }
        (base, overlay) => {
            let mut replaced = overlay.clone();
            remove_nulls(&mut replaced);
            *base = replaced;
        }
    }
}

fn remove_nulls(value: &mut Value) {
    if let Value::Object(map) = value {
        map.retain(|_, value| !value.is_null());
        map.values_mut().for_each(remove_nulls);
    }
}

/// The verdict on a spec given as data. JSON is YAML, so the spec goes through the front door.
pub fn judge(name: &str, spec: &Value) -> Verdict {
    judge_text(name, &serde_json::to_string_pretty(spec).expect("a value can be written"))
}

pub fn judge_text(name: &str, text: &str) -> Verdict {
    let style = report::Style { colour: false, width: 110 };
    let file = SpecFile::parse(Source::new(name, text))
        .unwrap_or_else(|problems| panic!("{}", report::diagnostics(&problems, style)));
    let topology =
        file.resolve().unwrap_or_else(|problems| panic!("{}", report::diagnostics(&problems, style)));
    let today = Date::try_from(TODAY).expect("a day");
    rules::check(&file, &topology, today).expect("every rule compiles")
}

pub fn found(verdict: &Verdict) -> Vec<String> {
    verdict
        .findings
        .iter()
        .map(|finding| format!("{} at {}: {}", finding.rule, finding.path, finding.found))
        .collect()
}
