//! Type constraints of variables, and how a given value becomes one of that type.

use hcl_edit::expr::{Expression as Parsed, ObjectKey};
use indexmap::IndexMap;

use crate::Value;
use crate::value::number_text;

#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    Any,
    Text,
    Number,
    Bool,
    List(Box<Type>),
    /// Sorted and without doubles.
    Set(Box<Type>),
    Map(Box<Type>),
    Object(IndexMap<String, Type>),
}

impl Type {
    /// None for what is no type of the subset.
    pub(super) fn parse(parsed: &Parsed) -> Option<Type> {
        match parsed {
            Parsed::Variable(word) => match word.as_str() {
                "any" => Some(Type::Any),
                "string" => Some(Type::Text),
                "number" => Some(Type::Number),
                "bool" => Some(Type::Bool),
                _ => None,
            },
            Parsed::FuncCall(call) if call.args.len() == 1 && !call.name.is_namespaced() => {
                let argument = call.args.get(0)?;
                match call.name.name.as_str() {
                    "list" => Some(Type::List(Box::new(Type::parse(argument)?))),
                    "set" => Some(Type::Set(Box::new(Type::parse(argument)?))),
                    "map" => Some(Type::Map(Box::new(Type::parse(argument)?))),
                    "object" => Type::object(argument),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn object(argument: &Parsed) -> Option<Type> {
        let mut fields = IndexMap::new();
        for (key, value) in argument.as_object()? {
            let ObjectKey::Ident(name) = key else { return None };
            fields.insert(name.as_str().to_owned(), Type::parse(value.expr())?);
        }
        Some(Type::Object(fields))
    }

    /// The value as this type, converted as Terraform converts; what doesn't fit is said without the value.
    pub fn convert(&self, value: Value) -> Result<Value, String> {
        match (self, value) {
            (_, Value::Sensitive(secret)) => self.convert(secret.reveal().clone()).map(Value::hidden),
            (_, value @ (Value::Null | Value::Unknown(_))) | (Type::Any, value) => Ok(value),
            (Type::Text, value @ Value::Text(_))
            | (Type::Number, value @ Value::Number(_))
            | (Type::Bool, value @ Value::Bool(_)) => Ok(value),
            (Type::Text, Value::Number(number)) => Ok(Value::Text(number_text(number))),
            (Type::Text, Value::Bool(value)) => Ok(Value::Text(value.to_string())),
            (Type::Number, Value::Text(text)) => number(&text),
            (Type::Bool, Value::Text(text)) => match text.as_str() {
                "true" => Ok(Value::Bool(true)),
                "false" => Ok(Value::Bool(false)),
                _ => Err("a bool is needed: true or false".to_owned()),
            },
            (Type::List(inner), Value::List(items)) => Ok(Value::List(convert_all(inner, items)?)),
            (Type::Set(inner), Value::List(items)) => Ok(Value::List(as_set(convert_all(inner, items)?))),
            (Type::Map(inner), Value::Map(map)) => Ok(Value::Map(
                map.into_iter()
                    .map(|(key, value)| inner.convert(value).map(|value| (key, value)))
                    .collect::<Result<_, _>>()?,
            )),
            (Type::Object(fields), Value::Map(mut map)) => {
                let mut converted = crate::Attributes::new();
                for (name, kind) in fields {
                    let value =
                        map.remove(name).ok_or_else(|| format!("the attribute `{name}` is missing"))?;
                    converted.insert(name.clone(), kind.convert(value)?);
                }
                Ok(Value::Map(converted))
            }
            (kind, value) => Err(format!("{} is needed, this is {}", kind.name(), value.kind())),
        }
    }

    /// A value that came as text (`--var`, `TF_VAR_*`): simple types take it as it is, others read it as HCL.
    pub fn takes_text_as_is(&self) -> bool {
        matches!(self, Type::Any | Type::Text | Type::Number | Type::Bool)
    }

    fn name(&self) -> &'static str {
        match self {
            Type::Any => "any value",
            Type::Text => "a string",
            Type::Number => "a number",
            Type::Bool => "a bool",
            Type::List(_) => "a list",
            Type::Set(_) => "a set",
            Type::Map(_) => "a map",
            Type::Object(_) => "an object",
        }
    }
}

fn number(text: &str) -> Result<Value, String> {
    let digits = text.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    text.parse::<f64>()
        .ok()
        .filter(|number| digits && number.is_finite())
        .map(Value::Number)
        .ok_or_else(|| "a number is needed".to_owned())
}

fn convert_all(kind: &Type, items: Vec<Value>) -> Result<Vec<Value>, String> {
    items.into_iter().map(|item| kind.convert(item)).collect()
}

fn as_set(mut items: Vec<Value>) -> Vec<Value> {
    items.sort_by_key(|item| item.revealed().shown().to_string());
    items.dedup();
    items
}
