//! A plan, as `terraform show -json` writes it.

use std::collections::BTreeMap;

use serde_json::Value;

pub(super) struct Plan {
    resources: Vec<Resource>,
}

/// What is planned of one resource, and how it was written.
pub(super) struct Resource {
    pub(super) kind: String,
    /// Its name in the Terraform.
    pub(super) name: String,
    pub(super) values: Value,
    expressions: Value,
    depends_on: Vec<String>,
}

impl Plan {
    pub(super) fn new(plan: &Value) -> Self {
        let list =
            |document: &Value| document["root_module"]["resources"].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let written: BTreeMap<String, Value> = list(&plan["configuration"])
            .into_iter()
            .map(|resource| (text(&resource["address"]), resource))
            .collect();
        let resources = list(&plan["planned_values"]).into_iter().map(|resource| {
            let written = written.get(&text(&resource["address"])).cloned().unwrap_or_default();
            let depends_on = written["depends_on"].as_array().into_iter().flatten();
            Resource {
                kind: text(&resource["type"]),
                name: text(&resource["name"]),
                values: resource["values"].clone(),
                depends_on: depends_on.map(text).collect(),
                expressions: written["expressions"].clone(),
            }
        });
        Self { resources: resources.collect() }
    }

    pub(super) fn resources(&self) -> &[Resource] {
        &self.resources
    }

    pub(super) fn of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Resource> {
        self.resources.iter().filter(move |resource| resource.kind == kind)
    }

    pub(super) fn count(&self, kind: &str) -> usize {
        self.of(kind).count()
    }
}

impl Resource {
    pub(super) fn address(&self) -> String {
        format!("{}.{}", self.kind, self.name)
    }

    /// Its arguments as they were written.
    pub(super) fn expressions(&self) -> &Value {
        &self.expressions
    }

    /// Whole resources that an argument refers to; nothing where it holds plain values.
    pub(super) fn referred(&self, argument: &str) -> Vec<String> {
        let references = self.expressions[argument]["references"].as_array().cloned().unwrap_or_default();
        let whole = references.iter().filter_map(Value::as_str).filter(|it| it.matches('.').count() == 1);
        whole.map(str::to_owned).collect()
    }

    /// How an argument was written, blocks included.
    pub(super) fn expression(&self, argument: &str) -> &Value {
        &self.expressions[argument]
    }

    pub(super) fn depends_on(&self) -> &[String] {
        &self.depends_on
    }

    /// How many things a list argument names, by reference or by value.
    pub(super) fn named_in(&self, argument: &str) -> usize {
        let referred = self.referred(argument).len();
        if referred > 0 { referred } else { self.values[argument].as_array().map_or(0, Vec::len) }
    }

    pub(super) fn text(&self, argument: &str) -> &str {
        self.values[argument].as_str().unwrap_or_default()
    }

    pub(super) fn is(&self, argument: &str) -> bool {
        self.values[argument] == true
    }
}
