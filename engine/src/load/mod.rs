//! Loads a directory of plain Terraform: parses it, refuses what is outside the subset, checks every reference.
//!
//! Everything that is wrong is found in one pass. The parser bounds the nesting itself; sizes are bounded here.

mod blocks;
mod check;
mod convert;
mod directory;
pub mod expression;
mod files;
mod locals;
mod variable_type;

use std::sync::Arc;

use hcl_edit::structure::Body as Parsed;
use indexmap::IndexMap;

pub(crate) use blocks::constant;
pub(crate) use convert::Converter as ExpressionConverter;
pub use directory::{
    Attribute, Block, Body, Check, Directory, Ignored, Import, Lifecycle, Moved, Output, Removed, Resource,
    Variable,
};
pub(crate) use files::hex;
pub use files::{FileError, Files};
pub use variable_type::Type;

use crate::Value;
use crate::problem::{Problem, Problems, SourceFile, Span};

/// Reads every Terraform file of the directory.
pub fn load(files: &Files) -> Result<Directory, Problems> {
    let (directory, problems) = read_all(files)?;
    problems.none().map(|()| directory)
}

/// For an engine that reads more than this one: what could run code is refused all the same. What else is wrong is that
/// engine's to say; what could be read of the directory comes back.
pub fn screen(files: &Files) -> Result<Directory, Problems> {
    let (directory, problems) = read_all(files)?;
    problems.that_run_code().none().map(|()| directory)
}

/// What could be read of the directory, and what could not: for those who only look at it.
pub(crate) fn as_far_as_readable(files: &Files) -> Result<(Directory, Problems), Problems> {
    let (directory, problems) = read_all(files)?;
    Ok((directory, problems.sorted()))
}

/// For Terraform, where what could run code was allowed: what could be read of the directory comes back.
pub fn glance(files: &Files) -> Result<Directory, Problems> {
    read_all(files).map(|(directory, _)| directory)
}

fn read_all(files: &Files) -> Result<(Directory, Problems), Problems> {
    let mut directory = Directory::default();
    let mut problems = Problems::default();
    let names = files.top().map_err(|error| Problems(vec![Problem::new(None, error.to_string())]))?;
    let mut any = false;
    for name in &names {
        match role(name) {
            Role::Configuration => {
                any = true;
                if let Some((source, body)) = read(files, name, &mut problems) {
                    blocks::add(&source, &body, &mut directory, &mut problems);
                }
            }
            Role::Values => {
                if let Some(values) = read_values(files, name, &mut problems) {
                    directory.values.extend(values);
                }
            }
            Role::Refused(why) => {
                problems.add(Problem::runs_code(whole(name), &format!("`{name}` ({why})")));
            }
            Role::Other => {}
        }
    }
    if !any {
        problems.add(
            Problem::new(None, "there is no `.tf` file in the directory")
                .advise("give a rendered directory, or a spec: `provision render SPEC -o DIR` writes one"),
        );
    }
    check::references(&directory, &mut problems);
    locals::sort(&mut directory, &mut problems);
    Ok((directory, problems))
}

/// A file of values that was named on the command line (`--var-file`).
pub fn values_file(name: &str, text: &str) -> Result<IndexMap<String, Value>, Problems> {
    let mut problems = Problems::default();
    let source = Arc::new(SourceFile { name: name.to_owned(), text: text.to_owned() });
    let values = parse(&source, &mut problems).map(|body| blocks::values(&source, &body, &mut problems));
    problems.none().map(|()| values.unwrap_or_default())
}

enum Role {
    Configuration,
    Values,
    Refused(&'static str),
    Other,
}

/// What Terraform or OpenTofu would do with a file of this name.
fn role(name: &str) -> Role {
    let ignored =
        name.starts_with('.') || name.ends_with('~') || (name.starts_with('#') && name.ends_with('#'));
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    if ignored {
        Role::Other
    } else if name.ends_with(".tf.json") || name.ends_with(".tofu.json") {
        Role::Refused("JSON configuration")
    } else if name.ends_with(".tofu") {
        Role::Refused("OpenTofu prefers it to the `.tf` file of that name")
    } else if name.ends_with(".tf") && (stem == "override" || stem.ends_with("_override")) {
        Role::Refused("an override file changes what the other files say")
    } else if name.ends_with(".tf") {
        Role::Configuration
    } else if name == "terraform.tfvars" || name.ends_with(".auto.tfvars") {
        Role::Values
    } else if name == "terraform.tfvars.json" || name.ends_with(".auto.tfvars.json") {
        Role::Refused("values as JSON, which this engine doesn't read")
    } else {
        Role::Other
    }
}

fn read(files: &Files, name: &str, problems: &mut Problems) -> Option<(Arc<SourceFile>, Parsed)> {
    let content = match files.read(name) {
        Ok(content) => content,
        Err(error) => {
            problems.add(Problem::new(whole(name), error.to_string()));
            return None;
        }
    };
    let Ok(text) = String::from_utf8(content.to_vec()) else {
        problems.add(Problem::new(whole(name), format!("`{name}` is not UTF-8")));
        return None;
    };
    let source = Arc::new(SourceFile { name: name.to_owned(), text });
    parse(&source, problems).map(|body| (source, body))
}

/// The place of what is wrong with a file as a whole.
fn whole(name: &str) -> Span {
    let file = SourceFile { name: name.to_owned(), text: String::new() };
    Span { file: Arc::new(file), range: 0..0 }
}

fn read_values(files: &Files, name: &str, problems: &mut Problems) -> Option<IndexMap<String, Value>> {
    let (source, body) = read(files, name, problems)?;
    Some(blocks::values(&source, &body, problems))
}

fn parse(source: &Arc<SourceFile>, problems: &mut Problems) -> Option<Parsed> {
    match hcl_edit::parser::parse_body(source.text.trim_start_matches('\u{feff}')) {
        Ok(body) => Some(body),
        Err(error) => {
            let at = error.location().offset();
            let span = Span { file: source.clone(), range: at..at };
            problems.add(Problem::new(span, format!("this is no Terraform: {}", error.message())));
            None
        }
    }
}

#[cfg(test)]
mod tests;
