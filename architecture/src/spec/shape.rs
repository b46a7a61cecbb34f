//! What a field may hold, as data: the JSON Schema is made of it.

use serde_json::{Map, Value, json};

#[derive(Debug, Clone)]
pub enum Shape {
    Boolean,
    Number { least: u64, most: u64 },
    Text { about: &'static str, pattern: Option<&'static str>, examples: &'static [&'static str] },
    Word(Vec<(&'static str, &'static str)>),
    List(Box<Shape>),
    Map { keys: Box<Shape>, values: Box<Shape> },
    Object { name: &'static str, about: String, fields: Vec<Field> },
    Either(Vec<Shape>),
}

#[derive(Debug, Clone)]
pub struct Field {
    pub name: &'static str,
    pub about: String,
    pub required: bool,
    pub shape: Shape,
}

/// The JSON Schema (draft 2020-12) of a spec whose root has this shape.
pub fn json_schema(root: &Shape, id: &str) -> Value {
    let mut definitions = Map::new();
    let Value::Object(mut schema) = root.schema(&mut definitions) else {
        unreachable!("a shape's schema is an object")
    };
    if let Some(Value::String(reference)) = schema.remove("$ref") {
        let name = reference.trim_start_matches("#/$defs/");
        if let Some(Value::Object(inlined)) = definitions.remove(name) {
            schema = inlined;
        }
    }
    let mut document = Map::new();
    document.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    document.insert("$id".into(), json!(id));
    document.extend(schema);
    document.insert("$defs".into(), Value::Object(definitions));
    Value::Object(document)
}

impl Shape {
    fn schema(&self, definitions: &mut Map<String, Value>) -> Value {
        match self {
            Shape::Boolean => json!({ "type": "boolean" }),
            Shape::Number { least, most } => json!({ "type": "integer", "minimum": least, "maximum": most }),
            Shape::Text { about, pattern, examples } => {
                // A plain scalar such as `1.3` reaches a schema validator as a number; the reader takes its text.
                let mut schema = json!({ "type": ["string", "number"], "description": about });
                if let Some(pattern) = pattern {
                    schema["pattern"] = json!(pattern);
                }
                if !examples.is_empty() {
                    schema["examples"] = json!(examples);
                }
                schema
            }
            Shape::Word(words) => json!({
                "oneOf": words.iter().map(|(word, about)| json!({ "const": word, "description": about })).collect::<Vec<_>>(),
            }),
            Shape::List(items) => json!({ "type": "array", "items": items.schema(definitions) }),
            Shape::Map { keys, values } => json!({
                "type": "object",
                "propertyNames": keys.schema(definitions),
                "additionalProperties": values.schema(definitions),
            }),
            Shape::Either(shapes) => {
                json!({ "anyOf": shapes.iter().map(|shape| shape.schema(definitions)).collect::<Vec<_>>() })
            }
            Shape::Object { name, about, fields } => {
                if !definitions.contains_key(*name) {
                    definitions.insert((*name).to_owned(), Value::Null);
                    let schema = object(about, fields, definitions);
                    definitions.insert((*name).to_owned(), schema);
                }
                json!({ "$ref": format!("#/$defs/{name}") })
            }
        }
    }
}

fn object(about: &str, fields: &[Field], definitions: &mut Map<String, Value>) -> Value {
    let mut properties = Map::new();
    for field in fields {
        let mut schema = field.shape.schema(definitions);
        schema["description"] = json!(field.about);
        properties.insert(field.name.to_owned(), schema);
    }
    let required: Vec<&str> = fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    json!({
        "type": "object",
        "description": about,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}
