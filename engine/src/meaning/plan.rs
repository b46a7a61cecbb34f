use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use thiserror::Error;

use super::path::Path;
use super::{Found, Item, Leaf, Resource, Statements, statements};
use crate::Value;

#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "this is no plan: `terraform show -json PLANFILE` writes one, with `planned_values` and `configuration`"
)]
pub struct NotAPlan;

/// What a plan says (`terraform show -json PLANFILE`): the estate as it is going to be.
pub fn of_plan(plan: &Json) -> Result<Statements, NotAPlan> {
    let (Some(planned), Some(configuration)) =
        (plan["planned_values"]["root_module"].as_object(), plan["configuration"]["root_module"].as_object())
    else {
        return Err(NotAPlan);
    };
    let written: BTreeMap<&str, &Json> = list(configuration.get("resources"))
        .filter_map(|resource| Some((resource["address"].as_str()?, resource)))
        .collect();
    let items: BTreeMap<String, Planned<'_>> = list(planned.get("resources"))
        .filter(|resource| resource["mode"] == "managed")
        .filter_map(|resource| {
            let address = resource["address"].as_str()?;
            let plain = address.split_once('[').map_or(address, |(plain, _)| plain);
            let written = written.get(plain).copied().unwrap_or(&Json::Null);
            Some((address.to_owned(), Planned { resource, written }))
        })
        .collect();
    Ok(statements(&items))
}

struct Planned<'a> {
    resource: &'a Json,
    /// As it stands in the configuration: what its arguments name.
    written: &'a Json,
}

impl Item for Planned<'_> {
    fn kind(&self) -> &str {
        self.resource["type"].as_str().unwrap_or_default()
    }

    fn find(&self, path: &Path<'_>) -> Found {
        let mut found = Found::default();
        look(&self.resource["values"], &self.written["expressions"], path, &mut found);
        found
    }

    fn resource(&self) -> Resource {
        let mut names = named(&self.written["expressions"]);
        names.extend(list(self.written.get("depends_on")).filter_map(Json::as_str).map(plain));
        Resource { span: None, names }
    }
}

fn look(values: &Json, written: &Json, path: &Path<'_>, found: &mut Found) {
    let (step, rest) = path.first();
    let (value, written) = (&values[step.name], &written[step.name]);
    let Some(rest) = rest else {
        let names = named(written);
        match value_of(value) {
            None if names.is_empty() => found.missing.push(None),
            value => found.leaves.push(Leaf { value, names, span: None }),
        }
        return;
    };
    let mut any = false;
    for (index, value) in blocks(value).into_iter().enumerate() {
        let is_chosen = step.chosen.is_none_or(|(key, wanted)| value[key].as_str() == Some(wanted));
        if is_chosen {
            any = true;
            let written = if written.is_array() { &written[index] } else { written };
            look(value, written, &rest, found);
        }
    }
    if !any {
        found.missing.push(None);
    }
}

/// Blocks are lists of objects; of some kinds there is one only.
fn blocks(value: &Json) -> Vec<&Json> {
    match value {
        Json::Array(blocks) => blocks.iter().collect(),
        Json::Object(_) => vec![value],
        _ => Vec::new(),
    }
}

fn value_of(value: &Json) -> Option<Value> {
    match value {
        Json::Bool(flag) => Some(Value::Bool(*flag)),
        Json::Number(number) => number.as_f64().map(Value::Number),
        Json::String(text) => Some(Value::text(text.clone())),
        Json::Array(items) => items.iter().map(value_of).collect::<Option<Vec<_>>>().map(Value::List),
        _ => None,
    }
}

/// The resources that expressions name, at any depth.
fn named(expressions: &Json) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    match expressions {
        Json::Object(map) => {
            for (key, value) in map {
                match key.as_str() {
                    "references" => names.extend(list(Some(value)).filter_map(Json::as_str).map(plain)),
                    _ => names.extend(named(value)),
                }
            }
        }
        Json::Array(items) => items.iter().for_each(|item| names.extend(named(item))),
        _ => {}
    }
    names
}

/// `aws_subnet.a[0].id` → `aws_subnet.a`
fn plain(reference: &str) -> String {
    let mut parts = reference.split(['.', '[']);
    let (kind, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    format!("{kind}.{name}")
}

fn list(value: Option<&Json>) -> impl Iterator<Item = &Json> {
    value.and_then(Json::as_array).into_iter().flatten()
}
