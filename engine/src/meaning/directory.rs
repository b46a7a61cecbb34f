use std::collections::{BTreeMap, BTreeSet};

use super::path::Path;
use super::{Found, Item, Leaf, Resource, Statements, statements};
use crate::evaluate::{Given, Scope, variables_as_far_as_known};
use crate::load::expression::{Expression, Root};
use crate::load::{self, Body, Files};
use crate::problem::{Problems, Span};
use crate::{Value, load::Directory};

/// What a directory says. Beside it what of it could not be read: that is not judged, and has to be said.
pub fn of_directory(files: &Files, given: &Given) -> Result<(Statements, Problems), Problems> {
    let (directory, mut problems) = load::as_far_as_readable(files)?;
    let variables = variables_as_far_as_known(&directory, given, &mut problems);
    let scope = Scope::new(&directory, files, &variables);
    let items: BTreeMap<String, Written<'_>> = directory
        .resources
        .iter()
        .map(|(address, resource)| (address.to_string(), Written { resource, scope: &scope }))
        .collect();
    Ok((statements(&items), problems))
}

struct Written<'a> {
    resource: &'a load::Resource,
    scope: &'a Scope<'a>,
}

impl Item for Written<'_> {
    fn kind(&self) -> &str {
        self.resource.address.kind()
    }

    fn find(&self, path: &Path<'_>) -> Found {
        let mut found = Found::default();
        self.look(&self.resource.body, &self.resource.span, path, &mut found);
        found
    }

    fn resource(&self) -> Resource {
        let expressions = self.resource.expressions();
        let names = expressions.into_iter().flat_map(|it| named(it, self.scope.directory)).collect();
        Resource { span: Some(self.resource.span.clone()), names }
    }
}

impl Written<'_> {
    fn look(&self, body: &Body, span: &Span, path: &Path<'_>, found: &mut Found) {
        let (step, rest) = path.first();
        let Some(rest) = rest else {
            match body.attributes.iter().find(|attribute| attribute.name == step.name) {
                Some(attribute) => found.leaves.push(Leaf {
                    value: self.value(&attribute.value),
                    names: named(&attribute.value, self.scope.directory),
                    span: Some(attribute.span.clone()),
                }),
                None => found.missing.push(Some(span.clone())),
            }
            return;
        };
        let is_chosen = |body: &Body| {
            step.chosen.is_none_or(|(key, wanted)| {
                let argument = body.attributes.iter().find(|attribute| attribute.name == key);
                let value = argument.and_then(|argument| self.value(&argument.value));
                value.is_some_and(|value| value.as_text() == Some(wanted))
            })
        };
        let mut blocks =
            body.blocks.iter().filter(|block| block.name == step.name && is_chosen(&block.body)).peekable();
        if blocks.peek().is_none() {
            found.missing.push(Some(span.clone()));
        }
        blocks.for_each(|block| self.look(&block.body, &block.span, &rest, found));
    }

    /// Nothing, where it is not known before it is applied, or makes no sense: others say that.
    fn value(&self, expression: &Expression) -> Option<Value> {
        self.scope.evaluate(expression).ok().filter(|value| !matches!(value, Value::Unknown(_)))
    }
}

/// The resources that an expression names, through locals too.
fn named(expression: &Expression, directory: &Directory) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (reference, _) in expression.references() {
        match &reference.root {
            Root::Resource(address) => {
                names.insert(address.to_string());
            }
            // A local names only what was decided before it, so this ends.
            Root::Local(local) => {
                if let Some((index, _, local)) = directory.locals.get_full(local)
                    && !local.references().iter().any(|(inner, _)| later(&inner.root, index, directory))
                {
                    names.extend(named(local, directory));
                }
            }
            Root::Variable(_) | Root::PathModule => {}
        }
    }
    names
}

/// Whether it is a local at or after this place: one of a circle, which was reported.
fn later(root: &Root, index: usize, directory: &Directory) -> bool {
    matches!(root, Root::Local(name) if directory.locals.get_index_of(name).is_none_or(|at| at >= index))
}
