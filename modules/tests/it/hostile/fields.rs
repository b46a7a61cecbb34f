//! Every text field of a spec, found in the spec's own schema: a field that comes new is tested by itself.

use provision_architecture::spec::json_schema;
use serde_json::{Map, Value, json};

pub(super) struct Field {
    steps: Vec<Step>,
    pub(super) example: String,
    /// What the schema says of its texts: fields of one kind have one reader.
    pub(super) kind: String,
}

#[derive(Clone)]
enum Step {
    Name(String),
    /// A map's entry under a good key.
    Entry(String),
    /// The map's key itself is the text.
    Key,
    Item,
}

/// The schema, whose references are followed.
pub(super) struct Schema(Value);

impl Schema {
    pub(super) fn new() -> Self {
        Self(json_schema())
    }

    pub(super) fn fields(&self) -> Vec<Field> {
        let mut fields = Vec::new();
        self.walk(&self.0, &mut Vec::new(), &mut fields);
        fields
    }

    fn followed<'a>(&'a self, node: &'a Value) -> &'a Value {
        match node["$ref"].as_str() {
            Some(reference) => &self.0["$defs"][reference.rsplit('/').next().unwrap()],
            None => node,
        }
    }

    /// The alternative that holds a text somewhere.
    fn chosen<'a>(&'a self, node: &'a Value) -> &'a Value {
        let node = self.followed(node);
        match node["anyOf"].as_array() {
            Some(all) => all.iter().find(|it| it["type"] == "array" || is_text(it)).unwrap_or(&all[0]),
            None => node,
        }
    }

    fn walk(&self, node: &Value, steps: &mut Vec<Step>, fields: &mut Vec<Field>) {
        let node = self.chosen(node);
        let mut below = |step: Step, node: &Value| {
            steps.push(step);
            self.walk(node, steps, fields);
            steps.pop();
        };
        if let Some(properties) = node["properties"].as_object() {
            for (name, node) in properties {
                below(Step::Name(name.clone()), node);
            }
        } else if node["additionalProperties"].is_object() {
            below(Step::Entry(good_key(&node["propertyNames"])), &node["additionalProperties"]);
            if is_text(&node["propertyNames"]) {
                below(Step::Key, &node["propertyNames"]);
            }
        } else if node["type"] == "array" {
            below(Step::Item, &node["items"]);
        } else if is_text(node) {
            let kind = format!("{} {}", node["pattern"], node["examples"]);
            fields.push(Field { steps: steps.clone(), example: text_of(node), kind });
        }
    }

    /// The least that the node may hold.
    fn least(&self, node: &Value) -> Value {
        let node = self.chosen(node);
        if let Some(required) = node["required"].as_array() {
            let names = required.iter().map(|name| name.as_str().unwrap().to_owned());
            return names.map(|name| (name.clone(), self.least(&node["properties"][&name]))).collect();
        }
        match node["type"].as_str() {
            Some("object") => json!({}),
            Some("array") => json!([]),
            Some("integer") => node["minimum"].clone(),
            Some("boolean") => json!(false),
            _ if node["oneOf"].is_array() => node["oneOf"][0]["const"].clone(),
            _ => json!(text_of(node)),
        }
    }

    /// Puts a text at the field's place, with what has to stand around it.
    pub(super) fn put(&self, spec: &mut Value, field: &Field, text: &str) {
        self.put_below(&self.0, spec, &field.steps, text);
    }

    fn put_below(&self, node: &Value, value: &mut Value, steps: &[Step], text: &str) {
        let node = self.chosen(node);
        let Some((step, rest)) = steps.split_first() else {
            *value = json!(text);
            return;
        };
        let (key, below) = match step {
            Step::Item => {
                if value.as_array().is_none_or(Vec::is_empty) {
                    *value = json!([self.least(&node["items"])]);
                }
                return self.put_below(&node["items"], &mut value[0], rest, text);
            }
            Step::Name(name) => (name.as_str(), &node["properties"][name]),
            Step::Entry(key) => (key.as_str(), &node["additionalProperties"]),
            Step::Key => (text, &node["additionalProperties"]),
        };
        if !value.is_object() {
            *value = Value::Object(Map::new());
        }
        let map = value.as_object_mut().unwrap();
        let place = map.entry(key).or_insert_with(|| self.least(below));
        if !matches!(step, Step::Key) {
            self.put_below(below, place, rest, text);
        }
    }
}

impl Field {
    /// `components.worker.image`, `tags.<key>`, `objectives[]`.
    pub(super) fn name(&self) -> String {
        let steps = self.steps.iter().map(|step| match step {
            Step::Name(name) | Step::Entry(name) => format!(".{name}"),
            Step::Key => ".<key>".to_owned(),
            Step::Item => "[]".to_owned(),
        });
        steps.collect::<String>().trim_start_matches('.').to_owned()
    }

    /// What stands at the field's place; nothing where nothing does.
    pub(super) fn find(&self, spec: &Value, text: &str) -> Option<String> {
        let mut at = spec;
        for step in &self.steps {
            at = match step {
                Step::Name(name) | Step::Entry(name) => at.get(name)?,
                Step::Key => return at.get(text).map(|_| text.to_owned()),
                Step::Item => at.get(0)?,
            };
        }
        at.as_str().map(str::to_owned).or_else(|| Some(at.to_string()))
    }
}

fn is_text(node: &Value) -> bool {
    node["type"] == json!(["string", "number"])
}

fn text_of(node: &Value) -> String {
    node["examples"][0].as_str().unwrap_or("words").to_owned()
}

/// A key that the documented architectures know what to do with.
fn good_key(names: &Value) -> String {
    let Some(words) = names["oneOf"].as_array() else { return text_of(names) };
    let known = words.iter().find(|word| word["const"] == "worker").unwrap_or(&words[0]);
    known["const"].as_str().unwrap().to_owned()
}
