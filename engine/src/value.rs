//! What an expression comes to: Terraform's values, plus "not known before apply", plus "must never be shown".

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value as Json;

use crate::Address;

pub type Attributes = BTreeMap<String, Value>;

#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    /// Whole numbers are exact up to 2^53; the loader refuses larger ones.
    Number(f64),
    Text(String),
    List(Vec<Value>),
    Map(Attributes),
    /// Decided when these resources have been applied.
    Unknown(BTreeSet<Address>),
    /// Whoever doesn't ask for what is inside can't leak it.
    Sensitive(Secret),
}

/// A value that is neither printed nor written down.
#[derive(Clone, PartialEq)]
pub struct Secret(Box<Value>);

impl Secret {
    /// The value itself, for the call that needs it.
    pub fn reveal(&self) -> &Value {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(sensitive)")
    }
}

impl Value {
    pub fn text(text: impl Into<String>) -> Self {
        Value::Text(text.into())
    }

    /// Marks a value as sensitive; what is unknown stays visibly unknown, there is nothing to hide yet.
    #[must_use]
    pub fn hidden(self) -> Self {
        match self {
            Value::Sensitive(_) | Value::Unknown(_) => self,
            other => Value::Sensitive(Secret(Box::new(other))),
        }
    }

    /// The value without its own mark, and whether it had one.
    pub fn unmarked(&self) -> (&Value, bool) {
        match self {
            Value::Sensitive(secret) => (secret.reveal(), true),
            other => (other, false),
        }
    }

    #[must_use]
    pub fn hidden_if(self, sensitive: bool) -> Self {
        if sensitive { self.hidden() } else { self }
    }

    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_map(&self) -> Option<&Attributes> {
        match self {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// What must be applied before this is known; empty when it is.
    pub fn waits_for(&self) -> BTreeSet<Address> {
        let mut addresses = BTreeSet::new();
        self.visit(&mut |value| {
            if let Value::Unknown(by) = value {
                addresses.extend(by.iter().cloned());
            }
        });
        addresses
    }

    pub fn is_known(&self) -> bool {
        let mut known = true;
        self.visit(&mut |value| known &= !matches!(value, Value::Unknown(_)));
        known
    }

    /// Whether any part of it is sensitive.
    pub fn has_secret(&self) -> bool {
        let mut secret = false;
        self.visit(&mut |value| secret |= matches!(value, Value::Sensitive(_)));
        secret
    }

    /// The texts of all that is sensitive in it, as far as they can be told from others.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let mut secrets = Vec::new();
        self.visit(&mut |value| {
            if let Value::Sensitive(secret) = value {
                secret.reveal().visit(&mut |value| secrets.extend(value.as_text().map(str::to_owned)));
            }
        });
        secrets.retain(|text| text.len() > 3);
        secrets
    }

    pub(crate) fn visit(&self, see: &mut impl FnMut(&Value)) {
        see(self);
        match self {
            Value::List(items) => items.iter().for_each(|item| item.visit(see)),
            Value::Map(map) => map.values().for_each(|item| item.visit(see)),
            Value::Sensitive(secret) => secret.reveal().visit(see),
            _ => {}
        }
    }

    /// How much memory it takes, roughly: what keeps a small text from growing into a large one.
    pub(crate) fn weight(&self) -> usize {
        let mut weight = 0;
        self.visit(&mut |value| {
            weight += match value {
                Value::Text(text) => 16 + text.len(),
                Value::Map(map) => 16 + map.keys().map(String::len).sum::<usize>(),
                _ => 16,
            };
        });
        weight
    }

    /// What kind of value it is, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "a bool",
            Value::Number(_) => "a number",
            Value::Text(_) => "a string",
            Value::List(_) => "a list",
            Value::Map(_) => "an object",
            Value::Unknown(_) => "not known before apply",
            Value::Sensitive(secret) => secret.reveal().kind(),
        }
    }

    /// The same value without any mark: for a driver's call and for comparing, never for showing.
    #[must_use]
    pub fn revealed(&self) -> Value {
        match self {
            Value::List(items) => Value::List(items.iter().map(Value::revealed).collect()),
            Value::Map(map) => Value::Map(map.iter().map(|(k, v)| (k.clone(), v.revealed())).collect()),
            Value::Sensitive(secret) => secret.reveal().revealed(),
            other => other.clone(),
        }
    }

    /// For people and documents: what is secret or unknown says so in its place.
    pub fn shown(&self) -> Json {
        match self {
            Value::Unknown(_) => Json::from("(known after apply)"),
            Value::Sensitive(_) => Json::from("(sensitive)"),
            Value::List(items) => items.iter().map(Value::shown).collect(),
            Value::Map(map) => map.iter().map(|(key, value)| (key.clone(), value.shown())).collect(),
            other => other.plain_json(),
        }
    }

    /// As JSON, when nothing in it is unknown or secret.
    pub fn to_json(&self) -> Option<Json> {
        (self.is_known() && !self.has_secret()).then(|| self.shown())
    }

    fn plain_json(&self) -> Json {
        match self {
            Value::Bool(value) => Json::from(*value),
            Value::Number(number) => number_json(*number),
            Value::Text(text) => Json::from(text.as_str()),
            _ => Json::Null,
        }
    }
}

fn number_json(number: f64) -> Json {
    if number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0 {
        #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
        return Json::from(number as i64);
    }
    Json::from(number)
}

impl From<&Json> for Value {
    fn from(json: &Json) -> Self {
        match json {
            Json::Null => Value::Null,
            Json::Bool(value) => Value::Bool(*value),
            Json::Number(number) => Value::Number(number.as_f64().unwrap_or(f64::NAN)),
            Json::String(text) => Value::Text(text.clone()),
            Json::Array(items) => Value::List(items.iter().map(Value::from).collect()),
            Json::Object(map) => Value::Map(map.iter().map(|(k, v)| (k.clone(), Value::from(v))).collect()),
        }
    }
}

/// A number as Terraform writes it: never with an exponent, whole numbers without a point.
pub(crate) fn number_text(number: f64) -> String {
    format!("{number}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_hidden_wherever_it_is_shown() {
        let value = Value::Map(Attributes::from([("password".into(), Value::text("hunter2").hidden())]));
        let shown = format!("{value:?} {}", value.shown());
        assert!(!shown.contains("hunter2"), "{shown}");
        assert_eq!(value.to_json(), None);
    }

    #[test]
    fn numbers_are_written_without_exponent() {
        for (number, text) in [(1e-7, "0.0000001"), (3.0, "3"), (0.1, "0.1"), (1e20, "100000000000000000000")]
        {
            assert_eq!(number_text(number), text);
        }
    }
}
