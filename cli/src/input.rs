//! Specs from files, folders and standard input.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use provision_architecture::{Source, SpecFile, Topology};
use provision_validation::report;
use serde_json::Value;

use crate::failure::Failure;
use crate::output::Output;

/// Reads at most this much: a spec holds at most a mebibyte, and a device file never ends.
const MOST: u64 = 1024 * 1024 + 1;

/// The specs that arguments mean: files as they are, `-` for standard input, a folder for the YAML files in it.
pub fn spec_paths(arguments: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut paths = Vec::new();
    for argument in arguments {
        if !argument.is_dir() {
            paths.push(argument.clone());
            continue;
        }
        let found = yaml_files(argument).map_err(|error| {
            Failure::because(format!("{} could not be listed", argument.display()), &error)
        })?;
        if found.is_empty() {
            return Err(Failure::new(format!("{} holds no .yaml file", argument.display())));
        }
        paths.extend(found);
    }
    Ok(paths)
}

fn yaml_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
            && path.is_file()
        {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Reads a file's text, or standard input's for `-`.
pub fn read_source(path: &Path) -> Result<Source, Failure> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        io::stdin().lock().take(MOST).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(MOST).read_to_end(&mut bytes))
    };
    let name = if path == Path::new("-") { "<stdin>".to_owned() } else { path.display().to_string() };
    if let Err(error) = read {
        let failure = Failure::because(format!("{name} could not be read"), &error);
        return Err(match error.kind() {
            io::ErrorKind::NotFound => failure.hint("`provision init` writes a first spec"),
            _ => failure,
        });
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Source::new(name, text)),
        Err(error) => {
            let line =
                error.as_bytes()[..error.utf8_error().valid_up_to()].split(|byte| *byte == b'\n').count();
            Err(Failure::new(format!("{name} is not UTF-8 text: see line {line}")))
        }
    }
}

/// Reads one spec, or the one that a rendered directory keeps; what is wrong with it goes to stderr.
pub fn read_spec(path: &Path, output: &Output) -> Result<SpecFile, Failure> {
    if path.is_dir() {
        return described_spec(path, output);
    }
    SpecFile::parse(read_source(path)?).map_err(|diagnostics| {
        output.say(&report::diagnostics(&diagnostics, output.stderr_style()));
        Failure::new(format!("{} is no valid spec", path.display()))
    })
}

/// Builds a spec's topology; what stands in the way goes to stderr.
pub fn resolve_spec(file: &SpecFile, output: &Output) -> Result<Topology, Failure> {
    file.resolve().map_err(|diagnostics| {
        output.say(&report::diagnostics(&diagnostics, output.stderr_style()));
        Failure::new(format!("{} cannot be built", file.source.name()))
    })
}

/// The completed spec that a directory's `topology.json` keeps.
fn described_spec(folder: &Path, output: &Output) -> Result<SpecFile, Failure> {
    let path = folder.join("topology.json");
    let name = path.display().to_string();
    let text = fs::read_to_string(&path).map_err(|error| {
        Failure::because(format!("{name} can't be read"), &error)
            .hint("`provision render SPEC -o DIR` writes a directory that has one")
    })?;
    let document: Value = serde_json::from_str(&text)
        .map_err(|error| Failure::because(format!("{name} is no JSON"), &error))?;
    spec_in(&document, &name, output)?.ok_or_else(|| {
        Failure::new(format!("{name} keeps no spec, so what a failure does can't be told from it"))
            .hint("render the directory again with this version, or give the spec that it was rendered from")
    })
}

/// None in a directory of a version that kept none.
fn spec_in(document: &Value, name: &str, output: &Output) -> Result<Option<SpecFile>, Failure> {
    let Some(spec) = document.get("spec") else { return Ok(None) };
    let text = format!("{spec:#}\n");
    let file = SpecFile::parse(Source::new(name, text)).map_err(|diagnostics| {
        output.say(&report::diagnostics(&diagnostics, output.stderr_style()));
        Failure::new(format!("the spec in {name} is no valid spec"))
            .hint("render the directory again with this version")
    })?;
    Ok(Some(file))
}

/// The topology of a rendered directory, from the spec that it keeps.
pub fn resolve_described(document: &Value, name: &str, output: &Output) -> Result<Option<Topology>, Failure> {
    spec_in(document, name, output)?.map(|file| resolve_spec(&file, output)).transpose()
}
