//! What differs on a resource, with what must not be shown left out by the binary's own marks.

use serde_json::{Map, Value as Json};

use crate::diff::Change;

pub(super) const SENSITIVE: &str = "(sensitive)";
const UNKNOWN: &str = "(known after apply)";

/// The fields that differ between before and after.
pub(super) fn changes(change: &Json) -> Vec<Change> {
    let mut found = Vec::new();
    let sides = Sides {
        before: &change["before"],
        after: &change["after"],
        unknown: &change["after_unknown"],
        hidden_before: &change["before_sensitive"],
        hidden_after: &change["after_sensitive"],
    };
    sides.compare("", &mut found);
    let forcing: Vec<String> = change["replace_paths"].as_array().into_iter().flatten().map(path).collect();
    for change in &mut found {
        change.forces_replacement = forcing.iter().any(|path| is_within(&change.field, path));
    }
    // The provider adds them up from `tags`: the same news twice.
    if found.iter().any(|change| change.field.starts_with("tags.")) {
        found.retain(|change| !change.field.starts_with("tags_all"));
    }
    found
}

/// A value as it may be shown.
pub(super) fn shown(value: &Json, unknown: &Json, hidden: &Json) -> Json {
    if is_marked(hidden) {
        return SENSITIVE.into();
    }
    if is_marked(unknown) {
        return UNKNOWN.into();
    }
    match value {
        Json::Object(map) => {
            let mut keys: Vec<&String> =
                map.keys().chain(unknown.as_object().into_iter().flat_map(Map::keys)).collect();
            keys.sort();
            keys.dedup();
            let parts = keys.into_iter().map(|key| {
                (
                    key.clone(),
                    shown(&map.get(key).cloned().unwrap_or_default(), part(unknown, key), part(hidden, key)),
                )
            });
            parts.collect()
        }
        Json::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| shown(item, item_of(unknown, index), item_of(hidden, index)))
            .collect(),
        other => other.clone(),
    }
}

struct Sides<'a> {
    before: &'a Json,
    after: &'a Json,
    unknown: &'a Json,
    hidden_before: &'a Json,
    hidden_after: &'a Json,
}

impl Sides<'_> {
    fn compare(&self, path: &str, found: &mut Vec<Change>) {
        let hidden = is_marked(self.hidden_before) || is_marked(self.hidden_after);
        let leaf = hidden || is_marked(self.unknown);
        match (self.before, self.after) {
            (Json::Object(before), Json::Object(after)) if !leaf => self.fields(path, before, after, found),
            (Json::Array(before), Json::Array(after)) if !leaf && are_blocks(before, after) => {
                for index in 0..before.len().max(after.len()) {
                    self.item(index, before, after).compare(&format!("{path}[{index}]"), found);
                }
            }
            _ if self.before != self.after || is_any_marked(self.unknown) => self.push(path, found),
            _ => {}
        }
    }

    fn fields(
        &self,
        path: &str,
        before: &Map<String, Json>,
        after: &Map<String, Json>,
        found: &mut Vec<Change>,
    ) {
        let unknown = self.unknown.as_object().into_iter().flat_map(Map::keys);
        let mut keys: Vec<&String> = before.keys().chain(after.keys()).chain(unknown).collect();
        keys.sort();
        keys.dedup();
        for key in keys {
            let sides = Sides {
                before: before.get(key).unwrap_or(&Json::Null),
                after: after.get(key).unwrap_or(&Json::Null),
                unknown: part(self.unknown, key),
                hidden_before: part(self.hidden_before, key),
                hidden_after: part(self.hidden_after, key),
            };
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            sides.compare(&path, found);
        }
    }

    fn item<'s>(&'s self, index: usize, before: &'s [Json], after: &'s [Json]) -> Sides<'s> {
        Sides {
            before: before.get(index).unwrap_or(&Json::Null),
            after: after.get(index).unwrap_or(&Json::Null),
            unknown: item_of(self.unknown, index),
            hidden_before: item_of(self.hidden_before, index),
            hidden_after: item_of(self.hidden_after, index),
        }
    }

    fn push(&self, path: &str, found: &mut Vec<Change>) {
        // A mark on either side hides both: what was secret stays so when it no longer is marked.
        let hidden = is_marked(self.hidden_before) || is_marked(self.hidden_after);
        let all = Json::Bool(hidden);
        let side = |value: &Json, unknown: &Json, marks: &Json| {
            if value.is_null() && !is_any_marked(unknown) {
                Json::Null
            } else {
                shown(value, unknown, if hidden { &all } else { marks })
            }
        };
        found.push(Change {
            field: path.to_owned(),
            before: side(self.before, &Json::Null, self.hidden_before),
            after: side(self.after, self.unknown, self.hidden_after),
            forces_replacement: false,
        });
    }
}

fn is_marked(mark: &Json) -> bool {
    mark == &Json::Bool(true)
}

fn is_any_marked(mark: &Json) -> bool {
    match mark {
        Json::Bool(marked) => *marked,
        Json::Object(map) => map.values().any(is_any_marked),
        Json::Array(items) => items.iter().any(is_any_marked),
        _ => false,
    }
}

fn part<'a>(mark: &'a Json, key: &str) -> &'a Json {
    if is_marked(mark) { mark } else { mark.get(key).unwrap_or(&Json::Null) }
}

fn item_of(mark: &Json, index: usize) -> &Json {
    if is_marked(mark) { mark } else { mark.get(index).unwrap_or(&Json::Null) }
}

/// Blocks are compared one by one, lists of plain values as a whole.
fn are_blocks(before: &[Json], after: &[Json]) -> bool {
    before.iter().chain(after).any(Json::is_object)
}

/// `["rule", 0, "port"]` → `rule[0].port`
fn path(steps: &Json) -> String {
    steps.as_array().into_iter().flatten().fold(String::new(), |path, step| match step {
        Json::String(name) if path.is_empty() => name.clone(),
        Json::String(name) => format!("{path}.{name}"),
        other => format!("{path}[{other}]"),
    })
}

fn is_within(field: &str, path: &str) -> bool {
    field == path
        || field.strip_prefix(path).is_some_and(|rest| rest.starts_with(['.', '[']))
        || path.strip_prefix(field).is_some_and(|rest| rest.starts_with(['.', '[']))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn differences_are_named_and_secrets_are_not_told() {
        let change = json!({
            "before": { "name": "a", "password": "old-secret", "list": ["x"], "tags": { "k": "1" }, "tags_all": { "k": "1" },
                        "rule": [{ "port": 1, "key": "inner-secret" }], "arn": "a-1" },
            "after": { "name": "b", "password": "new-secret", "list": ["y"], "tags": { "k": "2" }, "tags_all": { "k": "2" },
                       "rule": [{ "port": 2, "key": "other-secret" }] },
            "after_unknown": { "arn": true },
            "before_sensitive": { "password": true, "rule": [{ "key": true }] },
            "after_sensitive": { "rule": [{ "key": true }] },
            "replace_paths": [["name"], ["rule", 0, "port"]],
        });
        let found = changes(&change);
        let told: Vec<String> = found
            .iter()
            .map(|it| format!("{}: {} → {} {}", it.field, it.before, it.after, it.forces_replacement))
            .collect();
        assert_eq!(
            told,
            [
                "arn: \"a-1\" → \"(known after apply)\" false",
                "list: [\"x\"] → [\"y\"] false",
                "name: \"a\" → \"b\" true",
                "password: \"(sensitive)\" → \"(sensitive)\" false",
                "rule[0].key: \"(sensitive)\" → \"(sensitive)\" false",
                "rule[0].port: 1 → 2 true",
                "tags.k: \"1\" → \"2\" false",
            ]
        );
    }

    #[test]
    fn what_is_marked_as_a_whole_is_hidden_as_a_whole() {
        assert_eq!(shown(&json!({ "a": ["x"] }), &json!(false), &json!(true)), json!("(sensitive)"));
        assert_eq!(
            shown(&json!({ "a": ["x", "y"] }), &json!({ "b": true }), &json!({ "a": [false, true] })),
            json!({ "a": ["x", "(sensitive)"], "b": "(known after apply)" })
        );
    }
}
