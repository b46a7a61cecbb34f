//! An estate without what differs between two undisturbed runs: ids, and times.

use std::collections::HashMap;
use std::net::Ipv4Addr;

use provision_engine::sandbox::{Estate, Object};
use serde_json::Value as Json;

/// One line an object: kind, address and every setting. What the cloud made up is called by the address
/// and the attribute that it came from.
pub(crate) fn essence(estate: &Estate) -> Vec<String> {
    let living: Vec<&Object> = estate.objects.values().filter(|object| object.gone_at.is_none()).collect();
    let mut names: HashMap<&str, String> = HashMap::new();
    for object in &living {
        // What can't have tags is called by its kind and its name, if it has one.
        let called = object.address.as_ref().map_or_else(
            || format!("{} {}", object.kind, object.arguments.get("name").unwrap_or(&Json::Null)),
            ToString::to_string,
        );
        for (attribute, value) in &object.computed {
            name(value, &format!("<{called}.{attribute}>"), &mut names);
        }
    }
    let mut lines: Vec<String> = living
        .iter()
        .map(|object| {
            let settings: Json = renamed(&Json::Object(object.arguments.clone()), &names);
            format!("{} {:?} {settings}", object.kind, object.address)
        })
        .collect();
    lines.sort();
    lines
}

fn name<'a>(value: &'a Json, called: &str, names: &mut HashMap<&'a str, String>) {
    match value {
        Json::String(text) if text.parse::<Ipv4Addr>().is_ok() => {
            // The sandbox may make the same one up twice.
            names.insert(text, "<ip>".to_owned());
        }
        // Short ones are numbers and words that mean something.
        Json::String(text) if text.len() > 12 => {
            names.entry(text).or_insert_with(|| called.to_owned());
        }
        Json::Array(items) => items.iter().for_each(|item| name(item, called, names)),
        Json::Object(map) => map.values().for_each(|item| name(item, called, names)),
        _ => {}
    }
}

fn renamed(value: &Json, names: &HashMap<&str, String>) -> Json {
    match value {
        Json::String(text) => Json::String(in_text(text, names)),
        // Sets come back in an order that follows the ids.
        Json::Array(items) => {
            let mut items: Vec<Json> = items.iter().map(|item| renamed(item, names)).collect();
            items.sort_by_key(ToString::to_string);
            Json::Array(items)
        }
        Json::Object(map) => map.iter().map(|(key, value)| (key.clone(), renamed(value, names))).collect(),
        other => other.clone(),
    }
}

/// Names stand in policies too, between quotes, and addresses in lists of them.
fn in_text(text: &str, names: &HashMap<&str, String>) -> String {
    if let Some(name) = names.get(text) {
        return name.clone();
    }
    let mut out = String::with_capacity(text.len());
    for (index, part) in text.split('"').enumerate() {
        if index > 0 {
            out.push('"');
        }
        match names.get(part) {
            Some(name) => out.push_str(name),
            None => {
                for piece in part.split_inclusive([',', '/', ':']) {
                    let end = piece.trim_end_matches([',', '/', ':']);
                    out.push_str(names.get(end).map_or(end, String::as_str));
                    out.push_str(&piece[end.len()..]);
                }
            }
        }
    }
    out
}

/// Nothing, or the first lines in which two estates differ.
pub(crate) fn difference(found: &[String], expected: &[String]) -> Option<String> {
    let short = |sign: &str, lines: Vec<&String>| -> String {
        lines.into_iter().take(3).map(|line| format!("{sign} {line:.2000}\n")).collect()
    };
    let extra = short("+", found.iter().filter(|line| !expected.contains(line)).collect());
    let missing = short("-", expected.iter().filter(|line| !found.contains(line)).collect());
    (found != expected)
        .then(|| format!("{} objects, expected {}\n{extra}{missing}", found.len(), expected.len()))
}
