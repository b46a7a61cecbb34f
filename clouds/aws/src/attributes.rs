//! The engine's attributes as typed structs, and back.
//!
//! Terraform converts between strings, numbers and bools, so reading does as well: `port = "8080"` fills a number. A
//! block that may stand once is a list of one. What a struct doesn't know is refused.

use std::fmt;

use provision_engine::driver::{Class, Failure};
use provision_engine::{Attributes, Value};
use serde::de::value::{Error, MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, Error as _, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde::ser::Serialize;

/// The arguments of a resource, all of them known to the type.
pub(crate) fn read<A: DeserializeOwned>(attributes: &Attributes) -> Result<A, Failure> {
    let given = attributes.iter().filter(|(_, value)| !matches!(value, Value::Null));
    read_value(&Value::Map(given.map(|(name, value)| (name.clone(), value.clone())).collect()))
}

pub(crate) fn read_value<A: DeserializeOwned>(value: &Value) -> Result<A, Failure> {
    A::deserialize(Given(value.revealed())).map_err(|error| {
        // The words of an error may quote the value.
        let what =
            if value.has_secret() { "an argument has another form".to_owned() } else { error.to_string() };
        Failure::new(Class::Fatal, format!("the AWS driver can't take what the configuration says: {what}"))
    })
}

/// Back to attributes; what is not set is left out.
pub(crate) fn write<A: Serialize>(arguments: &A) -> Attributes {
    // Arguments hold strings, numbers, bools, lists and maps with strings as keys: none of them can fail.
    let json = serde_json::to_value(arguments).unwrap_or_default();
    match without_empty(Value::from(&json)) {
        Value::Map(map) => map,
        _ => Attributes::new(),
    }
}

fn without_empty(value: Value) -> Value {
    let is_empty = |value: &Value| match value {
        Value::Null => true,
        Value::List(items) => items.is_empty(),
        Value::Map(map) => map.is_empty(),
        _ => false,
    };
    match value {
        Value::Map(map) => Value::Map(
            map.into_iter()
                .map(|(name, value)| (name, without_empty(value)))
                .filter(|(_, value)| !is_empty(value))
                .collect(),
        ),
        Value::List(items) => Value::List(items.into_iter().map(without_empty).collect()),
        other => other,
    }
}

/// Attributes that only the cloud decides, of those that it told.
pub(crate) fn computed<const N: usize>(pairs: [(&str, Option<String>); N]) -> Attributes {
    pairs.into_iter().filter_map(|(name, text)| Some((name.to_owned(), Value::text(text?)))).collect()
}

struct Given(Value);

impl fmt::Display for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Value::Text(text) => f.write_str(text),
            Value::Number(number) => write!(f, "{number}"),
            Value::Bool(value) => write!(f, "{value}"),
            other => write!(f, "{}", other.kind()),
        }
    }
}

impl<'de> IntoDeserializer<'de, Error> for Given {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl Given {
    fn number<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let number = match &self.0 {
            Value::Number(number) => Some(*number),
            Value::Text(text) => text.parse().ok(),
            _ => None,
        };
        match number {
            #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
            Some(number) if number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0 => {
                visitor.visit_i64(number as i64)
            }
            Some(number) => visitor.visit_f64(number),
            None => Err(Error::custom(format!("`{self}` is no number"))),
        }
    }

    fn map<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Map(map) => visitor
                .visit_map(MapDeserializer::new(map.into_iter().map(|(name, value)| (name, Given(value))))),
            Value::List(mut items) if items.len() == 1 => Given(items.remove(0)).map(visitor),
            other => Err(Error::custom(format!("{} stands where a block is expected", other.kind()))),
        }
    }
}

macro_rules! numbers {
    ($($method:ident)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.number(visitor)
        }
    )* };
}

impl<'de> Deserializer<'de> for Given {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(value),
            Value::Number(_) => self.number(visitor),
            Value::Text(text) => visitor.visit_string(text),
            Value::List(items) => visitor.visit_seq(SeqDeserializer::new(items.into_iter().map(Given))),
            Value::Map(_) => self.map(visitor),
            Value::Unknown(_) => Err(Error::custom("a value isn't known yet")),
            Value::Sensitive(secret) => Given(secret.reveal().clone()).deserialize_any(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0.as_text() {
            Some("true") => visitor.visit_bool(true),
            Some("false") => visitor.visit_bool(false),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.0 {
            Value::Number(_) | Value::Bool(_) => visitor.visit_string(self.to_string()),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_string(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.map(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.map(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    /// One of a few words.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.0 {
            Value::Text(word) => visitor.visit_enum(word.into_deserializer()),
            other => Given(other).deserialize_any(visitor),
        }
    }

    numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8 deserialize_u16
        deserialize_u32 deserialize_u64 deserialize_f32 deserialize_f64
    }

    forward_to_deserialize_any! {
        char bytes byte_buf unit unit_struct seq tuple tuple_struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize, serde::Serialize, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Target {
        port: String,
        timeout: Option<i32>,
        enabled: bool,
        #[serde(default)]
        check: Vec<Check>,
    }

    #[derive(serde::Deserialize, serde::Serialize, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Check {
        path: Option<String>,
    }

    fn attributes(json: &serde_json::Value) -> Attributes {
        match Value::from(json) {
            Value::Map(map) => map,
            _ => Attributes::new(),
        }
    }

    #[test]
    fn strings_numbers_and_bools_are_converted_as_terraform_does() {
        let given =
            serde_json::json!({"port": 8080, "timeout": "4", "enabled": "true", "check": [{"path": "/"}]});
        let target: Target = read(&attributes(&given)).unwrap();
        let check = vec![Check { path: Some("/".to_owned()) }];
        assert_eq!(target, Target { port: "8080".to_owned(), timeout: Some(4), enabled: true, check });
        let written = attributes(
            &serde_json::json!({"port": "8080", "timeout": 4, "enabled": true, "check": [{"path": "/"}]}),
        );
        assert_eq!(write(&target), written);
    }

    #[test]
    fn what_the_type_does_not_know_is_refused() {
        let given = serde_json::json!({"port": 1, "enabled": true, "speed": 3});
        let error = read::<Target>(&attributes(&given)).unwrap_err();
        assert!(error.message.contains("unknown field `speed`"), "{error}");
    }

    #[test]
    fn a_word_is_one_of_those_that_are_known() {
        #[derive(serde::Deserialize, serde::Serialize, Debug, PartialEq)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        enum Status {
            Enabled,
        }
        let given = Value::text("ENABLED");
        assert_eq!(read_value::<Status>(&given).unwrap(), Status::Enabled);
        let error = read_value::<Status>(&Value::text("OFTEN")).unwrap_err();
        assert!(error.message.contains("unknown variant `OFTEN`, expected `ENABLED`"), "{error}");
    }

    #[test]
    fn an_error_quotes_no_secret() {
        let mut given = attributes(&serde_json::json!({"port": 1, "enabled": true}));
        given.insert("timeout".to_owned(), Value::text("hunter2").hidden());
        assert!(!read::<Target>(&given).unwrap_err().to_string().contains("hunter2"));
    }
}
