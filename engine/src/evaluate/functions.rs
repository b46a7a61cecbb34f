//! The functions of the subset, each as Terraform has it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use unicode_normalization::UnicodeNormalization as _;
use unicode_segmentation::UnicodeSegmentation as _;

use super::{Evaluated, Scope, json, operators, pattern};
use crate::Value;
use crate::load::expression::{Expression, Function};
use crate::problem::{Problem, Span};

impl Scope<'_> {
    pub(super) fn call(&self, function: Function, arguments: &[Expression], span: &Span) -> Evaluated {
        if function == Function::Can {
            return Ok(self.can(arguments));
        }
        let values = arguments.iter().map(|argument| self.shape(argument)).collect::<Result<Vec<_>, _>>()?;
        if !values.iter().all(Value::is_known) {
            return Ok(Value::Unknown(values.iter().flat_map(Value::waits_for).collect()));
        }
        let secret = values.iter().any(Value::has_secret);
        let values: Vec<Value> = values.iter().map(Value::revealed).collect();
        let result = self.known_call(function, &values);
        match result {
            Ok(value) => Ok(value.hidden_if(secret)),
            // A message may quote its argument.
            Err(_) if secret => Err(Problem::new(span.clone(), "this call fails on a sensitive value")),
            Err(what) => Err(Problem::new(span.clone(), what)),
        }
    }

    fn can(&self, arguments: &[Expression]) -> Value {
        match arguments.first().map(|argument| self.shape(argument)) {
            // Whatever of it comes later may still be an error then.
            Some(Ok(value)) if !value.is_known() => Value::Unknown(value.waits_for()),
            Some(Ok(value)) => Value::Bool(true).hidden_if(value.has_secret()),
            _ => Value::Bool(false),
        }
    }

    fn known_call(&self, function: Function, arguments: &[Value]) -> Result<Value, String> {
        match (function, arguments) {
            (Function::Jsonencode, [value]) => Ok(Value::Text(json::encode(value))),
            (Function::File, [path]) => self.text_file(path).map(Value::Text),
            (Function::Filebase64, [path]) => Ok(Value::Text(STANDARD.encode(&*self.file(path)?))),
            (Function::Base64encode, [text]) => Ok(Value::Text(STANDARD.encode(wanted_text(text)?))),
            (Function::Length, [value]) => length(value),
            (Function::Contains, [list, value]) => contains(list, value),
            (Function::Regex, [pattern, text]) => pattern::find(&wanted_text(pattern)?, &wanted_text(text)?),
            _ => Err("this call has the wrong number of arguments".to_owned()),
        }
    }

    /// Terraform reads relative to the working directory, which is not always this one; `path.module` is.
    fn file(&self, path: &Value) -> Result<std::sync::Arc<[u8]>, String> {
        let path = wanted_text(path)?;
        let inside = path.strip_prefix("./").ok_or_else(|| {
            format!("`{path}` must begin with `${{path.module}}/`: otherwise it depends on where the program was started")
        })?;
        self.files.read(inside).map_err(|error| error.to_string())
    }

    fn text_file(&self, path: &Value) -> Result<String, String> {
        let content = self.file(path)?;
        let text = std::str::from_utf8(&content)
            .map_err(|_| "the file is not UTF-8; `filebase64` reads it".to_owned())?;
        Ok(text.nfc().collect())
    }
}

fn wanted_text(value: &Value) -> Result<String, String> {
    super::as_text(value).ok_or_else(|| format!("a string is needed, this is {}", value.kind()))
}

/// Of a string, the characters as people count them.
fn length(value: &Value) -> Result<Value, String> {
    let length = match value {
        Value::List(items) => items.len(),
        Value::Map(map) => map.len(),
        Value::Text(text) => text.graphemes(true).count(),
        other => return Err(format!("{} has no length", other.kind())),
    };
    #[expect(clippy::cast_precision_loss, reason = "no value is that long")]
    Ok(Value::Number(length as f64))
}

fn contains(list: &Value, value: &Value) -> Result<Value, String> {
    match list {
        Value::List(items) => Ok(Value::Bool(items.iter().any(|item| operators::same(item, value)))),
        other => Err(format!("`contains` looks into a list, this is {}", other.kind())),
    }
}
