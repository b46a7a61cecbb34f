//! Every reference must lead somewhere.

use super::directory::Directory;
use super::expression::{Expression, Root};
use crate::problem::{Problem, Problems};

pub(super) fn references(directory: &Directory, problems: &mut Problems) {
    for resource in directory.resources.values() {
        resource.expressions().iter().for_each(|expression| all(expression, directory, problems));
        for address in &resource.depends_on {
            if !directory.resources.contains_key(address) {
                let what = format!("`depends_on` names `{address}`, which isn't in the directory");
                problems.add(Problem::new(resource.span.clone(), what));
            }
        }
    }
    directory.locals.values().for_each(|local| all(local, directory, problems));
    directory.outputs.values().for_each(|output| all(&output.value, directory, problems));
    directory.imports.iter().for_each(|import| all(&import.id, directory, problems));
    for (name, variable) in &directory.variables {
        for check in &variable.validations {
            for expression in [&check.condition, &check.message] {
                only_itself(expression, name, problems);
            }
        }
        if let Some(default) = &variable.default {
            for (_, span) in default.references() {
                problems.add(Problem::new(span.clone(), "a variable's default can't refer to anything"));
            }
        }
    }
    moves(directory, problems);
}

fn all(expression: &Expression, directory: &Directory, problems: &mut Problems) {
    for (reference, span) in expression.references() {
        let (there, what) = match &reference.root {
            Root::Variable(name) => {
                (directory.variables.contains_key(name), format!("the variable `{name}`"))
            }
            Root::Local(name) => (directory.locals.contains_key(name), format!("the local `{name}`")),
            Root::Resource(address) => {
                (directory.resources.contains_key(address), format!("the resource `{address}`"))
            }
            Root::PathModule => (true, String::new()),
        };
        if !there {
            problems.add(Problem::new(span.clone(), format!("{what} isn't in the directory")));
        }
    }
}

/// A validation may look at its own variable only: others may not be decided yet.
fn only_itself(expression: &Expression, name: &str, problems: &mut Problems) {
    for (reference, span) in expression.references() {
        if reference.root != Root::Variable(name.to_owned()) {
            problems.add(Problem::new(
                span.clone(),
                format!("a validation of `{name}` may only look at `var.{name}`"),
            ));
        }
    }
}

fn moves(directory: &Directory, problems: &mut Problems) {
    for moved in &directory.moved {
        if directory.resources.contains_key(&moved.from) {
            let what = format!("`{}` is said to have moved, but it is still here", moved.from);
            problems.add(Problem::new(moved.span.clone(), what));
        }
        if moved.from.kind() != moved.to.kind() {
            problems.add(Problem::outside_subset(moved.span.clone(), "a move to another resource type"));
        }
    }
    for removed in &directory.removed {
        if directory.resources.contains_key(&removed.from) {
            let what = format!("`{}` is said to be removed, but it is still here", removed.from);
            problems.add(Problem::new(removed.span.clone(), what));
        }
    }
}
