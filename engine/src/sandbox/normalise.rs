//! Clouds don't return what they were given: they fill in, re-order and re-write.
//!
//! Written without the diff's canonical forms on purpose. If both shared a mistake, no test would see it.

use provision_kinds::{Canonical, Kind};
use serde_json::{Map, Value as Json};

/// What a cloud would return for these arguments.
pub(super) fn returned(kind: &Kind, given: &Map<String, Json>) -> Map<String, Json> {
    let mut arguments = given.clone();
    fill_in(kind, &mut arguments);
    for (path, form) in &kind.canonical {
        at(&mut arguments, path, &mut |value| rewrite(*form, value));
    }
    arguments
}

/// Defaults of a block only where the block is.
fn fill_in(kind: &Kind, arguments: &mut Map<String, Json>) {
    for (path, default) in &kind.defaults {
        let default = serde_json::to_value(default).unwrap_or_default();
        match path.rsplit_once('.') {
            None => {
                arguments.entry(path.as_str()).or_insert(default);
            }
            Some((block, name)) => at(arguments, block, &mut |value| {
                if let Json::Object(map) = value {
                    map.entry(name).or_insert_with(|| default.clone());
                }
            }),
        }
    }
}

/// Visits what stands at a path, in every block on the way.
fn at(map: &mut Map<String, Json>, path: &str, change: &mut dyn FnMut(&mut Json)) {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let Some(value) = map.get_mut(first) else { return };
    match (rest, value) {
        (None, Json::Array(items)) if items.iter().all(Json::is_object) && !items.is_empty() => {
            let mut whole = Json::Array(std::mem::take(items));
            change(&mut whole);
            if let Json::Array(mut changed) = whole {
                // A path to blocks means each of them.
                changed.iter_mut().for_each(&mut *change);
                *items = changed;
            }
        }
        (None, value) => change(value),
        (Some(rest), Json::Array(items)) => {
            items.iter_mut().filter_map(Json::as_object_mut).for_each(|item| at(item, rest, change));
        }
        (Some(rest), Json::Object(inner)) => at(inner, rest, change),
        _ => {}
    }
}

fn rewrite(form: Canonical, value: &mut Json) {
    match (form, value) {
        (Canonical::Json, Json::String(text)) => {
            if let Ok(json) = serde_json::from_str::<Json>(text) {
                *text = format!("{:#}", reversed(json));
            }
        }
        (Canonical::Policy, Json::String(text)) => {
            if let Ok(json) = serde_json::from_str::<Json>(text) {
                *text = reversed(unwrapped(json)).to_string();
            }
        }
        (Canonical::Set, Json::Array(items)) => {
            items.reverse();
            let turn = items.len() / 2;
            items.rotate_left(turn);
        }
        (Canonical::LowerCase, Json::String(text)) => *text = text.to_ascii_lowercase(),
        (Canonical::Properties, Json::String(text)) => {
            let mut lines: Vec<&str> = text.lines().collect();
            lines.reverse();
            *text = lines.join("\n");
        }
        (Canonical::DnsName, Json::String(text)) if !text.ends_with('.') => text.push('.'),
        (Canonical::BalancerName, Json::String(text)) if !text.starts_with("dualstack.") => {
            *text = format!("dualstack.{text}.");
        }
        (Canonical::VersionPrefix, Json::String(text)) if !text.contains('.') => text.push_str(".4"),
        _ => {}
    }
}

/// Keys in the other order.
fn reversed(json: Json) -> Json {
    match json {
        Json::Object(map) => {
            let mut entries: Vec<_> = map.into_iter().map(|(key, value)| (key, reversed(value))).collect();
            entries.reverse();
            Json::Object(entries.into_iter().collect())
        }
        Json::Array(items) => Json::Array(items.into_iter().map(reversed).collect()),
        other => other,
    }
}

/// IAM gives a list of one back as the one, and several actions in an order of its own.
fn unwrapped(json: Json) -> Json {
    match json {
        Json::Array(mut items) if items.len() == 1 && items[0].is_string() => items.remove(0),
        Json::Array(items) => Json::Array(items.into_iter().rev().map(unwrapped).collect()),
        Json::Object(map) => map.into_iter().map(|(key, value)| (key, unwrapped(value))).collect(),
        other => other,
    }
}
