//! What the configuration says against what lives.
//!
//! What it sets is compared in the kind's canonical form. What it leaves out is compared with the kind's default; an
//! argument that lives without being set and without default was set once and is removed, unless the kind says that
//! the cloud chooses it.

mod canonical;

use provision_kinds::Kind;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

use crate::driver::Live;
use crate::load::{Ignored, hex};
use crate::{Attributes, Value};

/// Tags that are identity, not configuration.
pub const IDENTITY_TAGS: &str = "provision:";

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// `ingress[0].from_port`
    pub field: String,
    /// What lives, as it may be shown.
    pub before: Json,
    /// What the configuration says, as it may be shown.
    pub after: Json,
    pub forces_replacement: bool,
}

/// Everything that applying would change on the object, in the order of the fields' names.
pub fn changes(kind: &Kind, desired: &Attributes, live: &Live, ignored: &Ignored) -> Vec<Change> {
    if *ignored == Ignored::All {
        return Vec::new();
    }
    let mut diff = Diff { kind, chosen: chosen(&live.kind), ignored, found: Vec::new() };
    let mut names: Vec<&String> = desired.keys().chain(live.arguments.keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        let given = desired.get(name);
        // What an attribute of both kinds holds after all: an argument that the driver only knows as computed.
        let lives = live.arguments.get(name).or_else(|| given.and_then(|_| live.computed.get(name)));
        if name == "tags" || name == "tags_all" {
            diff.tags(name, given, lives);
        } else if name == "tag" && kind.tags.is_some() {
            // Some kinds have a block for each tag.
            let (given, lives) = (given.map(tag_blocks), lives.map(tag_blocks));
            diff.tags(name, given.as_ref(), lives.as_ref());
        } else {
            diff.compare(name, given, lives);
        }
    }
    diff.found
}

/// Tags that live without being configured: somebody else's, shown but left alone.
pub fn foreign_tags(desired: &Attributes, live: &Live) -> Vec<String> {
    let blocks = live.arguments.get("tag").map(tag_blocks);
    let Some(Value::Map(tags)) = live.arguments.get("tags").or(blocks.as_ref()) else { return Vec::new() };
    let blocks = desired.get("tag").map(tag_blocks);
    let configured = desired.get("tags").or(blocks.as_ref()).and_then(|tags| tags.unmarked().0.as_map());
    tags.keys()
        .filter(|key| {
            !key.starts_with(IDENTITY_TAGS) && !configured.is_some_and(|tags| tags.contains_key(*key))
        })
        .cloned()
        .collect()
}

/// `tag { key = …, value = …, propagate_at_launch = … }`, each, as a map: their order says nothing.
fn tag_blocks(blocks: &Value) -> Value {
    let Value::List(blocks) = blocks.unmarked().0 else { return blocks.clone() };
    let pair = |block: &Value| -> Option<(String, Value)> {
        let block = block.unmarked().0.as_map()?;
        let key = block.get("key")?.unmarked().0.as_text()?.to_owned();
        let propagated = block.get("propagate_at_launch").is_some_and(|set| *set == Value::Bool(true));
        let value = block.get("value").cloned().unwrap_or(Value::Null);
        match value {
            Value::Text(text) if propagated => Some((key, Value::Text(format!("{text} (also on machines)")))),
            value => Some((key, value)),
        }
    };
    Value::Map(blocks.iter().filter_map(pair).collect())
}

struct Diff<'a> {
    kind: &'a Kind,
    chosen: &'static [String],
    ignored: &'a Ignored,
    found: Vec<Change>,
}

impl Diff<'_> {
    fn compare(&mut self, path: &str, given: Option<&Value>, lives: Option<&Value>) {
        let plain = without_indices(path);
        if self.is_ignored(&plain) || self.kind.write_only.contains(&plain) {
            return;
        }
        let default = self.kind.defaults.get(&plain).map(default_value);
        match given.filter(|value| is_set(value)) {
            Some(value) => self.compare_set(path, &plain, value, lives),
            None => self.compare_unset(path, &plain, default.as_ref(), lives),
        }
    }

    fn compare_set(&mut self, path: &str, plain: &str, given: &Value, lives: Option<&Value>) {
        if let Some(form) = self.kind.canonical.get(plain) {
            if !lives.is_some_and(|lives| canonical::same(*form, given, lives)) {
                self.add(path, lives, Some(given));
            }
            return;
        }
        match (given, lives) {
            // Clouds don't hand out what is secret.
            (Value::Sensitive(_), None) => {}
            (Value::Map(given), Some(Value::Map(lives))) => self.compare_maps(path, given, lives),
            (Value::List(given), Some(Value::List(lives)))
                if are_blocks(given) && given.len() == lives.len() =>
            {
                for (index, (given, lives)) in given.iter().zip(lives).enumerate() {
                    self.compare(&format!("{path}[{index}]"), Some(given), Some(lives));
                }
            }
            (given, Some(lives)) if canonical::equal(given, lives) => {}
            _ => self.add(path, lives, Some(given)),
        }
    }

    fn compare_maps(&mut self, path: &str, given: &Attributes, lives: &Attributes) {
        let mut names: Vec<&String> = given.keys().chain(lives.keys()).collect();
        names.sort();
        names.dedup();
        for name in names {
            self.compare(&format!("{path}.{name}"), given.get(name), lives.get(name));
        }
    }

    fn compare_unset(&mut self, path: &str, plain: &str, default: Option<&Value>, lives: Option<&Value>) {
        let Some(lives) = lives.filter(|value| is_set(value)) else { return };
        match default {
            Some(default) => {
                let form = self.kind.canonical.get(plain);
                let same = canonical::equal(default, lives)
                    || form.is_some_and(|form| canonical::same(*form, default, lives));
                if !same {
                    self.add(path, Some(lives), Some(default));
                }
            }
            None if self.is_chosen(plain) => {}
            // A block that lives with nothing but its defaults was never set.
            None if self.only_defaults(plain, lives) => {}
            None => self.add(path, Some(lives), None),
        }
    }

    fn only_defaults(&self, plain: &str, lives: &Value) -> bool {
        match lives {
            Value::List(items) => {
                items.iter().all(|item| matches!(item, Value::Map(_)) && self.only_defaults(plain, item))
            }
            Value::Map(map) => map.iter().all(|(name, value)| {
                let path = format!("{plain}.{name}");
                !is_set(value)
                    || self.is_chosen(&path)
                    || self
                        .kind
                        .defaults
                        .get(&path)
                        .is_some_and(|default| canonical::equal(&default_value(default), value))
                    || (matches!(value, Value::List(_) | Value::Map(_)) && self.only_defaults(&path, value))
            }),
            _ => false,
        }
    }

    /// Only configured keys count: other tags on the object belong to others.
    fn tags(&mut self, path: &str, given: Option<&Value>, lives: Option<&Value>) {
        let Some(Value::Map(given)) = given.map(|tags| tags.unmarked().0) else { return };
        let lives = lives.and_then(Value::as_map);
        for (key, value) in given.iter().filter(|(key, _)| !key.starts_with(IDENTITY_TAGS)) {
            let live = lives.and_then(|tags| tags.get(key));
            let path = format!("{path}.{key}");
            if !self.is_ignored(&path) && !live.is_some_and(|live| canonical::equal(value, live)) {
                self.add(&path, live, Some(value));
            }
        }
    }

    /// The kind's list, or what any object has: its id and what Terraform keeps for itself.
    fn is_chosen(&self, plain: &str) -> bool {
        plain == "id" || plain == "region" || self.chosen.iter().any(|chosen| is_part_of(plain, chosen))
    }

    fn is_ignored(&self, plain: &str) -> bool {
        match self.ignored {
            Ignored::Paths(paths) => paths.iter().any(|path| is_part_of(plain, &without_indices(path))),
            Ignored::Nothing => false,
            Ignored::All => true,
        }
    }

    fn add(&mut self, path: &str, before: Option<&Value>, after: Option<&Value>) {
        let plain = without_indices(path);
        let is_tag = is_part_of(&plain, "tags") || is_part_of(&plain, "tags_all");
        let forces_replacement = if self.kind.immutable {
            !is_tag
        } else {
            self.kind
                .replaces
                .iter()
                .any(|forcing| is_part_of(&plain, forcing) || is_part_of(forcing, &plain))
        };
        let secret = after.is_some_and(Value::has_secret);
        let opaque = self.kind.opaque.iter().any(|name| is_part_of(&plain, name));
        let shown = |value: Option<&Value>| match value {
            None => Json::Null,
            Some(_) if secret => Json::from("(sensitive)"),
            Some(value) if opaque && value.is_known() => Json::from(digest(value)),
            Some(value) => value.shown(),
        };
        self.found.push(Change {
            field: path.to_owned(),
            before: shown(before),
            after: shown(after),
            forces_replacement,
        });
    }
}

/// Enough to tell one from another.
fn digest(value: &Value) -> String {
    let text = crate::evaluate::as_text(value).unwrap_or_else(|| value.shown().to_string());
    format!("sha256:{} ({} bytes)", &hex(&Sha256::digest(&text))[..12], text.len())
}

fn chosen(kind: &str) -> &'static [String] {
    provision_kinds::cloud(kind).map_or(&[], |cloud| &cloud.chosen)
}

/// Null, and collections without anything, are how clouds and people write "not set".
fn is_set(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::List(items) => !items.is_empty(),
        Value::Map(map) => !map.is_empty(),
        Value::Text(text) => !text.is_empty(),
        _ => true,
    }
}

fn are_blocks(items: &[Value]) -> bool {
    items.iter().all(|item| matches!(item, Value::Map(_)))
}

/// `a[0].b.1.c` → `a.b.c`, as kinds write paths.
fn without_indices(path: &str) -> String {
    path.split(['.', '['])
        .filter(|part| {
            let part = part.trim_end_matches(']');
            part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit())
        })
        .collect::<Vec<_>>()
        .join(".")
}

fn is_part_of(path: &str, whole: &str) -> bool {
    path == whole || path.strip_prefix(whole).is_some_and(|rest| rest.starts_with('.'))
}

fn default_value(default: &provision_kinds::Value) -> Value {
    match default {
        provision_kinds::Value::Flag(flag) => Value::Bool(*flag),
        #[expect(clippy::cast_precision_loss, reason = "defaults are small numbers")]
        provision_kinds::Value::Number(number) => Value::Number(*number as f64),
        provision_kinds::Value::Text(text) => Value::text(text.as_str()),
        provision_kinds::Value::List(items) => Value::List(items.iter().map(default_value).collect()),
    }
}

#[cfg(test)]
mod tests;
