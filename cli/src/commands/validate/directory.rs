//! Directories and plans: what they say, from the engine's words into those of the rules.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use provision_architecture::{Source, SpecFile, Topology};
use provision_engine::evaluate::Given;
use provision_engine::load::Files;
use provision_engine::meaning::{self, Known as Told, Statements};
use provision_engine::problem::{Problems, SourceFile};
use provision_modules::load_templates;
use provision_modules::text::Overrides;
use provision_validation::directory::{HostFile, Known, Located, Meaning, Place, Reading, Said};
use serde_json::Value as Json;

use crate::environment;
use crate::failure::Failure;
use crate::input;
use crate::output::Output;

/// The spec that a rendered directory was made from.
const SPEC: &str = "spec.yaml";
const TOPOLOGY: &str = "topology.json";

/// What is to be judged, and by what.
pub struct Subject {
    pub file: SpecFile,
    pub topology: Topology,
    pub reading: Reading,
    /// What of the directory could not be read.
    pub problems: Problems,
}

pub fn is_rendered(path: &Path) -> bool {
    path.join(TOPOLOGY).is_file()
}

/// A rendered directory, as it is now.
pub fn directory(path: &Path, output: &Output) -> Result<Subject, Failure> {
    let (file, topology) = spec(&path.join(SPEC), output)?;
    let files = Files::on_disk(path)
        .map_err(|error| Failure::because(format!("{} can't be read", path.display()), &error))?;
    let given = Given { environment: environment::terraform_variables(), ..Given::default() };
    let unread = |problems: Problems| {
        output.say(&problems.to_string());
        Failure::new(format!("{} can't be read", path.display()))
    };
    let (statements, problems) = meaning::of_directory(&files, &given).map_err(unread)?;
    let mut sources = Sources { folder: path.to_owned(), known: BTreeMap::new() };
    let said = statements.said.iter().filter_map(|said| {
        let span = said.span.as_ref()?;
        let source = sources.of(&span.file);
        let place = Place::of(&source, Some(said.address.clone()));
        translated(said, place, span.range.clone())
    });
    let reading = Reading {
        said: said.collect(),
        resources: resources(&statements),
        located: located(&read_json(&path.join(TOPOLOGY))?),
        hosts: hosts(path)?,
    };
    Ok(Subject { file, topology, reading, problems })
}

/// A plan, judged by a rendered directory or by a spec; by the directory that it lies in where neither is given.
pub fn plan(path: &Path, by: Option<&Path>, output: &Output) -> Result<Subject, Failure> {
    let beside = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let by = by.unwrap_or(beside);
    let (file, topology, document) = if by.is_dir() {
        if !is_rendered(by) {
            return Err(Failure::new(format!("{} is no rendered directory", by.display()))
                .hint("say what the plan was made from: `provision validate --plan PLAN SPEC|DIR`"));
        }
        let (file, topology) = spec(&by.join(SPEC), output)?;
        (file, topology, read_json(&by.join(TOPOLOGY))?)
    } else {
        let (file, topology) = spec(by, output)?;
        let document = rendered_topology(&topology)?;
        (file, topology, document)
    };
    let shown = path.display();
    let statements = meaning::of_plan(&read_json(path)?)
        .map_err(|error| Failure::because(format!("{shown} can't be judged"), &error))?;
    let source = Arc::new(Source::new(shown.to_string(), ""));
    let said = statements
        .said
        .iter()
        .filter_map(|said| translated(said, Place::of(&source, Some(said.address.clone())), 0..0));
    let reading = Reading {
        said: said.collect(),
        resources: resources(&statements),
        located: located(&document),
        hosts: Vec::new(),
    };
    Ok(Subject { file, topology, reading, problems: Problems::default() })
}

fn spec(path: &Path, output: &Output) -> Result<(SpecFile, Topology), Failure> {
    if !path.is_file() {
        return Err(Failure::new(format!("{} is not there", path.display()))
            .hint("it was rendered by an older version; `provision render SPEC -o DIR` writes it"));
    }
    let file = input::read_spec(path, output)?;
    let topology = input::resolve_spec(&file, output)?;
    Ok((file, topology))
}

/// Which resource is what, for a plan that comes with a spec alone.
fn rendered_topology(topology: &Topology) -> Result<Json, Failure> {
    let templates = load_templates(&Overrides::default())
        .map_err(|error| Failure::because("the templates can't be used", &error))?;
    let directory = provision_modules::render(topology, &templates)
        .map_err(|error| Failure::because("the spec can't be rendered", &error))?;
    let text = directory.text(TOPOLOGY).unwrap_or_default();
    serde_json::from_str(text).map_err(|error| Failure::because("the topology can't be read", &error))
}

fn read_json(path: &Path) -> Result<Json, Failure> {
    let failed =
        |error: &dyn std::error::Error| Failure::because(format!("{} can't be read", path.display()), error);
    let text = fs::read(path).map_err(|error| failed(&error))?;
    serde_json::from_slice(&text).map_err(|error| failed(&error))
}

fn located(document: &Json) -> BTreeMap<String, Located> {
    let resources = document["resources"].as_object().into_iter().flatten();
    let read = |(address, located): (&String, &Json)| {
        Some((address.clone(), serde_json::from_value(located.clone()).ok()?))
    };
    resources.filter_map(read).collect()
}

fn resources(statements: &Statements) -> BTreeMap<String, std::collections::BTreeSet<String>> {
    let one = |(address, resource): (&String, &meaning::Resource)| (address.clone(), resource.names.clone());
    statements.resources.iter().map(one).collect()
}

fn translated(said: &meaning::Said, place: Place, span: std::ops::Range<usize>) -> Option<Said> {
    let value = match &said.value {
        Told::Flag(flag) => Known::Flag(*flag),
        Told::Number(number) => Known::Number(*number),
        Told::Text(text) => Known::Text(text.clone()),
        Told::List(items) => Known::List(items.clone()),
    };
    Some(Said {
        address: said.address.clone(),
        argument: said.argument.clone(),
        meaning: Meaning::from_word(said.meaning.word())?,
        value,
        place,
        span,
    })
}

/// The texts of the files, each once.
struct Sources {
    folder: PathBuf,
    known: BTreeMap<String, Arc<Source>>,
}

impl Sources {
    fn of(&mut self, file: &SourceFile) -> Arc<Source> {
        let make = || {
            let name = self.folder.join(&file.name).display().to_string();
            Arc::new(Source::new(name, file.text.clone()))
        };
        self.known.entry(file.name.clone()).or_insert_with(make).clone()
    }
}

/// The files of every role that is text.
fn hosts(directory: &Path) -> Result<Vec<HostFile>, Failure> {
    let folder = directory.join("hosts");
    let mut files = Vec::new();
    if !folder.is_dir() {
        return Ok(files);
    }
    for role in entries(&folder)?.into_iter().filter(|role| role.is_dir()) {
        for path in entries(&role)? {
            let Ok(text) = fs::read_to_string(&path) else { continue };
            files.push(HostFile {
                role: last(&role),
                name: last(&path),
                source: Arc::new(Source::new(path.display().to_string(), text)),
            });
        }
    }
    Ok(files)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let failed = |error| Failure::because(format!("{} can't be listed", folder.display()), &error);
    let listed = fs::read_dir(folder).map_err(failed)?;
    let mut paths =
        listed.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>().map_err(failed)?;
    paths.sort();
    Ok(paths)
}

fn last(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_kinds_is_one_of_the_rules() {
        for meaning in meaning::Meaning::ALL {
            assert!(Meaning::from_word(meaning.word()).is_some(), "{}", meaning.word());
        }
    }
}
