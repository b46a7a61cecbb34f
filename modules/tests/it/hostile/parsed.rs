//! A rendered file as its reader understands it: a tree in which a text is what it means, not how it is written.

use std::io::Read as _;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Body, Structure};
use hcl_edit::template::Element;
use serde_json::{Map, Value, json};

/// The file's meaning; the reason why it has none.
pub(super) fn parsed(path: &str, text: &str) -> Result<Value, String> {
    let end = path.rsplit('.').next().unwrap_or_default();
    match end {
        "tf" => text.parse::<Body>().map(|it| body(&it)).map_err(|error| error.to_string()),
        "json" => serde_json::from_str(text).map_err(|error| error.to_string()),
        "yaml" => serde_saphyr::from_str(text).map(unpacked).map_err(|error| error.to_string()),
        // One line is one setting or command in all the others; the text layer's own tests read them back.
        _ => Ok(json!(text.lines().collect::<Vec<_>>())),
    }
}

/// The order of neighbours doesn't count: they are sorted by name, and a name may be what differs.
pub(super) fn sorted(value: Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(sorted).collect();
            items.sort_by_key(ToString::to_string);
            Value::Array(items)
        }
        Value::Object(map) => map.into_iter().map(|(key, value)| (key, sorted(value))).collect(),
        other => other,
    }
}

/// With each text exchanged for another, in keys, too.
pub(super) fn exchanged(value: Value, exchange: &impl Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => json!(exchange(&text)),
        Value::Array(items) => items.into_iter().map(|item| exchanged(item, exchange)).collect(),
        Value::Object(map) => {
            map.into_iter().map(|(key, value)| (exchange(&key), exchanged(value, exchange))).collect()
        }
        other => other,
    }
}

fn body(body: &Body) -> Value {
    let mut map = Map::new();
    for structure in body {
        match structure {
            Structure::Attribute(attribute) => {
                map.insert(attribute.key.to_string().trim().to_owned(), expression(&attribute.value));
            }
            Structure::Block(block) => {
                let labels = block.labels.iter().map(|label| label.as_str().to_owned());
                let name: Vec<String> =
                    std::iter::once(format!("block {}", block.ident.as_str())).chain(labels).collect();
                let all = map.entry(name.join(" ")).or_insert_with(|| json!([]));
                all.as_array_mut().unwrap().push(self::body(&block.body));
            }
        }
    }
    Value::Object(map)
}

fn expression(parsed: &Expression) -> Value {
    match parsed {
        Expression::String(text) => json!(text.value().as_str()),
        Expression::Array(items) => items.iter().map(expression).collect(),
        Expression::Object(object) => object
            .iter()
            .map(|(key, value)| {
                let key = match key {
                    ObjectKey::Ident(word) => word.as_str().to_owned(),
                    ObjectKey::Expression(Expression::String(text)) => text.value().as_str().to_owned(),
                    ObjectKey::Expression(other) => format!("({other})"),
                };
                (key, expression(value.expr()))
            })
            .collect(),
        Expression::StringTemplate(template) => template
            .iter()
            .map(|element| match element {
                Element::Literal(text) => json!(text.as_str()),
                Element::Interpolation(it) => json!({ "template": it.expr.to_string().trim() }),
                Element::Directive(it) => json!({ "directive": format!("{it:?}") }),
            })
            .collect(),
        other => json!({ "expression": other.to_string().trim() }),
    }
}

/// What cloud-init unpacks on the machine.
fn unpacked(value: Value) -> Value {
    match value {
        Value::Object(map) if map.get("encoding").is_some_and(|it| it == "gz+b64") => {
            let packed = STANDARD.decode(map["content"].as_str().unwrap()).unwrap();
            let mut text = String::new();
            GzDecoder::new(packed.as_slice()).read_to_string(&mut text).unwrap();
            let mut map = map;
            map.insert("content".to_owned(), json!(text));
            Value::Object(map)
        }
        Value::Object(map) => map.into_iter().map(|(key, value)| (key, unpacked(value))).collect(),
        Value::Array(items) => items.into_iter().map(unpacked).collect(),
        other => other,
    }
}
