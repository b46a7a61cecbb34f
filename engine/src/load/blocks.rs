//! From parsed blocks to the directory's parts.

use std::collections::BTreeSet;
use std::sync::Arc;

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression as Parsed, Traversal, TraversalOperator};
use hcl_edit::structure::{
    Attribute as ParsedAttribute, Block as ParsedBlock, Body as ParsedBody, Structure,
};
use indexmap::IndexMap;

use super::convert::Converter;
use super::directory::{
    Attribute, Block, Body, Check, Directory, Ignored, Import, Lifecycle, Moved, Output, Removed, Resource,
    Variable,
};
use super::expression::{Expression, Shape};
use super::variable_type::Type;
use crate::problem::{Problem, Problems, SourceFile, Span};
use crate::{Address, Value};

/// Adds the blocks of one file.
pub(super) fn add(
    source: &Arc<SourceFile>,
    body: &ParsedBody,
    directory: &mut Directory,
    problems: &mut Problems,
) {
    let mut reader = Reader { converter: Converter { file: source.clone(), problems }, directory };
    for structure in body {
        match structure {
            Structure::Attribute(attribute) => {
                let span = reader.converter.span(attribute.span());
                let what = format!("`{}` stands outside any block", attribute.key.as_str());
                reader.problem(Problem::new(span, what));
            }
            Structure::Block(block) => reader.block(block),
        }
    }
}

/// The assignments of a `.tfvars` file: values only.
pub(super) fn values(
    source: &Arc<SourceFile>,
    body: &ParsedBody,
    problems: &mut Problems,
) -> IndexMap<String, Value> {
    let mut converter = Converter { file: source.clone(), problems };
    let mut values = IndexMap::new();
    for structure in body {
        let span = converter.span(structure.span());
        let Structure::Attribute(attribute) = structure else {
            converter.problems.add(Problem::new(span, "a file of values holds only `name = value`"));
            continue;
        };
        let expression = converter.expression(&attribute.value);
        match constant(&expression) {
            Some(value) => {
                values.insert(attribute.key.as_str().to_owned(), value);
            }
            None => converter.problems.add(Problem::new(span, "a file of values holds no expressions")),
        }
    }
    values
}

/// The value of an expression that needs nothing.
pub(crate) fn constant(expression: &Expression) -> Option<Value> {
    match &expression.shape {
        Shape::Literal(value) => Some(value.clone()),
        Shape::List(items) => items.iter().map(constant).collect::<Option<_>>().map(Value::List),
        Shape::Object(entries) => entries
            .iter()
            .map(|(key, value)| match (constant(key)?, constant(value)?) {
                (Value::Text(key), value) => Some((key, value)),
                _ => None,
            })
            .collect::<Option<_>>()
            .map(Value::Map),
        // A heredoc is a template of one literal.
        Shape::Template(parts) => parts
            .iter()
            .map(|part| constant(part)?.as_text().map(str::to_owned))
            .collect::<Option<String>>()
            .map(Value::Text),
        Shape::Negative(inner) => match constant(inner)? {
            Value::Number(number) => Some(Value::Number(-number)),
            _ => None,
        },
        _ => None,
    }
}

struct Reader<'a> {
    converter: Converter<'a>,
    directory: &'a mut Directory,
}

impl Reader<'_> {
    fn problem(&mut self, problem: Problem) {
        self.converter.problems.add(problem);
    }

    fn block(&mut self, block: &ParsedBlock) {
        let span = self.converter.span(block.ident.span());
        let labels: Vec<&str> = block.labels.iter().map(hcl_edit::structure::BlockLabel::as_str).collect();
        match (block.ident.as_str(), labels.as_slice()) {
            ("resource", [kind, name]) => self.resource(block, span, kind, name),
            ("variable", [name]) => self.variable(block, span, name),
            ("output", [name]) => self.output(block, span, name),
            ("locals", []) => self.locals(block),
            ("moved", []) => self.moved(block, span),
            ("removed", []) => self.removed(block, span),
            ("import", []) => self.import(block, span),
            ("provider", [name]) => self.provider(block, span, name),
            // What Terraform needs to find its providers and its state says nothing about the estate.
            ("terraform", []) => {}
            ("module", _) => self.problem(Problem::runs_code(span, "a module")),
            ("data", ["external", _]) => self.problem(Problem::runs_code(span, "`data \"external\"`")),
            (word, _) => {
                self.problem(Problem::outside_subset(span, &format!("a block `{word}` of this form")));
            }
        }
    }

    fn defined_twice(&mut self, span: Span, what: &str) {
        self.problem(Problem::new(span, format!("{what} is defined twice")));
    }

    fn resource(&mut self, block: &ParsedBlock, span: Span, kind: &str, name: &str) {
        let Ok(address) = Address::try_from(format!("{kind}.{name}").as_str()) else {
            let what = format!("`{kind}.{name}` is no resource address");
            return self.problem(Problem::new(span, what));
        };
        let mut resource = Resource {
            address: address.clone(),
            span: span.clone(),
            body: Body::default(),
            depends_on: Vec::new(),
            lifecycle: Lifecycle::default(),
        };
        for structure in &block.body {
            match structure {
                Structure::Attribute(attribute) => self.resource_attribute(attribute, &mut resource),
                Structure::Block(inner) => self.resource_block(inner, &mut resource),
            }
        }
        if self.directory.resources.insert(address.clone(), resource).is_some() {
            self.defined_twice(span, &format!("the resource `{address}`"));
        }
    }

    fn resource_attribute(&mut self, attribute: &ParsedAttribute, resource: &mut Resource) {
        let span = self.converter.span(attribute.span());
        match attribute.key.as_str() {
            "depends_on" => resource.depends_on = self.addresses(&attribute.value),
            // The default provider by another name is still one provider: aliases are refused where they are made.
            "provider" => {}
            word @ ("count" | "for_each") => {
                self.problem(Problem::outside_subset(span, &format!("`{word}`")));
            }
            _ => resource.body.attributes.extend(self.attribute(attribute)),
        }
    }

    fn resource_block(&mut self, block: &ParsedBlock, resource: &mut Resource) {
        let span = self.converter.span(block.ident.span());
        match block.ident.as_str() {
            "lifecycle" => resource.lifecycle = self.lifecycle(block),
            word @ ("provisioner" | "connection") => {
                self.problem(Problem::runs_code(span, &format!("`{word}`")));
            }
            _ => resource.body.blocks.extend(self.nested(block)),
        }
    }

    fn attribute(&mut self, attribute: &ParsedAttribute) -> Option<Attribute> {
        let span = self.converter.span(attribute.key.span());
        let value = self.converter.expression(&attribute.value);
        Some(Attribute { name: attribute.key.as_str().to_owned(), span, value })
    }

    fn nested(&mut self, block: &ParsedBlock) -> Option<Block> {
        let span = self.converter.span(block.ident.span());
        let name = block.ident.as_str();
        if name == "dynamic" || !block.labels.is_empty() {
            self.problem(Problem::outside_subset(span, &format!("a `{name}` block here")));
            return None;
        }
        let body = self.body(&block.body);
        Some(Block { name: name.to_owned(), span, body })
    }

    fn body(&mut self, parsed: &ParsedBody) -> Body {
        let mut body = Body::default();
        for structure in parsed {
            match structure {
                Structure::Attribute(attribute) => body.attributes.extend(self.attribute(attribute)),
                Structure::Block(block) => body.blocks.extend(self.nested(block)),
            }
        }
        body
    }

    fn lifecycle(&mut self, block: &ParsedBlock) -> Lifecycle {
        let mut lifecycle = Lifecycle::default();
        for structure in &block.body {
            let span = self.converter.span(structure.span());
            match structure {
                Structure::Attribute(attribute) => match attribute.key.as_str() {
                    "create_before_destroy" => lifecycle.create_before_destroy = self.flag(attribute),
                    "prevent_destroy" => lifecycle.prevent_destroy = self.flag(attribute),
                    "ignore_changes" => lifecycle.ignore_changes = self.ignored(&attribute.value),
                    word => self.problem(Problem::outside_subset(span, &format!("`lifecycle.{word}`"))),
                },
                Structure::Block(inner) if inner.ident.as_str() == "precondition" => {
                    lifecycle.preconditions.extend(self.check(inner));
                }
                Structure::Block(inner) => {
                    let what = format!("`lifecycle.{}`", inner.ident.as_str());
                    self.problem(Problem::outside_subset(span, &what));
                }
            }
        }
        lifecycle
    }

    fn flag(&mut self, attribute: &ParsedAttribute) -> bool {
        let value = attribute.value.as_bool();
        if value.is_none() {
            let span = self.converter.span(attribute.value.span());
            self.problem(Problem::new(span, format!("`{}` takes true or false", attribute.key.as_str())));
        }
        value.unwrap_or_default()
    }

    fn text(&mut self, attribute: &ParsedAttribute) -> Option<String> {
        let value = constant(&self.converter.expression(&attribute.value));
        let text = value.as_ref().and_then(Value::as_text).map(str::to_owned);
        if text.is_none() {
            let span = self.converter.span(attribute.value.span());
            self.problem(Problem::new(span, format!("`{}` takes a plain string", attribute.key.as_str())));
        }
        text
    }

    fn ignored(&mut self, value: &Parsed) -> Ignored {
        if value.as_variable().is_some_and(|word| word.as_str() == "all") {
            return Ignored::All;
        }
        let mut paths = BTreeSet::new();
        for item in value.as_array().into_iter().flatten() {
            match item {
                Parsed::Variable(word) => paths.insert(word.as_str().to_owned()),
                Parsed::Traversal(traversal) => match dotted(traversal) {
                    Some(path) => paths.insert(path),
                    None => self.wrong(item, "an attribute's name is needed here"),
                },
                Parsed::String(name) => paths.insert(name.as_str().to_owned()),
                _ => self.wrong(item, "an attribute's name is needed here"),
            };
        }
        if !value.is_array() {
            self.wrong(value, "`ignore_changes` takes a list of attributes, or `all`");
        }
        Ignored::Paths(paths)
    }

    fn wrong(&mut self, value: &Parsed, what: &str) -> bool {
        let span = self.converter.span(value.span());
        self.problem(Problem::new(span, what));
        false
    }

    fn check(&mut self, block: &ParsedBlock) -> Option<Check> {
        let condition = block.body.get_attribute("condition").map(|a| self.converter.expression(&a.value));
        let message = block.body.get_attribute("error_message").map(|a| self.converter.expression(&a.value));
        if let (Some(condition), Some(message)) = (condition, message) {
            return Some(Check { condition, message });
        }
        let span = self.converter.span(block.ident.span());
        self.problem(Problem::new(span, "a check needs `condition` and `error_message`"));
        None
    }

    fn variable(&mut self, block: &ParsedBlock, span: Span, name: &str) {
        let mut variable = Variable {
            span: span.clone(),
            kind: Type::Any,
            default: None,
            description: None,
            sensitive: false,
            nullable: true,
            validations: Vec::new(),
        };
        for structure in &block.body {
            let here = self.converter.span(structure.span());
            match structure {
                Structure::Attribute(attribute) => match attribute.key.as_str() {
                    "type" => match Type::parse(&attribute.value) {
                        Some(kind) => variable.kind = kind,
                        None => self.problem(Problem::outside_subset(here, "this type")),
                    },
                    "default" => variable.default = Some(self.converter.expression(&attribute.value)),
                    "description" => variable.description = self.text(attribute),
                    "sensitive" => variable.sensitive |= self.flag(attribute),
                    // What no plan may keep is not shown either.
                    "ephemeral" => variable.sensitive |= self.flag(attribute),
                    "nullable" => variable.nullable = self.flag(attribute),
                    word => self.problem(Problem::outside_subset(here, &format!("`variable.{word}`"))),
                },
                Structure::Block(inner) if inner.ident.as_str() == "validation" => {
                    variable.validations.extend(self.check(inner));
                }
                Structure::Block(inner) => {
                    let what = format!("`variable.{}`", inner.ident.as_str());
                    self.problem(Problem::outside_subset(here, &what));
                }
            }
        }
        if self.directory.variables.insert(name.to_owned(), variable).is_some() {
            self.defined_twice(span, &format!("the variable `{name}`"));
        }
    }

    fn locals(&mut self, block: &ParsedBlock) {
        for structure in &block.body {
            let span = self.converter.span(structure.span());
            let Structure::Attribute(attribute) = structure else {
                self.problem(Problem::new(span, "`locals` holds only `name = value`"));
                continue;
            };
            let value = self.converter.expression(&attribute.value);
            let name = attribute.key.as_str();
            if self.directory.locals.insert(name.to_owned(), value).is_some() {
                self.defined_twice(span, &format!("the local `{name}`"));
            }
        }
    }

    fn output(&mut self, block: &ParsedBlock, span: Span, name: &str) {
        let (mut value, mut description, mut sensitive) = (None, None, false);
        for structure in &block.body {
            let here = self.converter.span(structure.span());
            match structure.as_attribute().map(|attribute| (attribute.key.as_str(), attribute)) {
                Some(("value", attribute)) => value = Some(self.converter.expression(&attribute.value)),
                Some(("description", attribute)) => description = self.text(attribute),
                Some(("sensitive", attribute)) => sensitive = self.flag(attribute),
                // The engine reads outputs only after everything.
                Some(("depends_on", _)) => {}
                _ => self.problem(Problem::outside_subset(here, "this part of an output")),
            }
        }
        let Some(value) = value else {
            return self.problem(Problem::new(span, format!("the output `{name}` has no `value`")));
        };
        let output = Output { span: span.clone(), value, description, sensitive };
        if self.directory.outputs.insert(name.to_owned(), output).is_some() {
            self.defined_twice(span, &format!("the output `{name}`"));
        }
    }

    fn provider(&mut self, block: &ParsedBlock, span: Span, name: &str) {
        if block.body.has_attribute("alias") {
            return self
                .problem(Problem::outside_subset(span, "a second configuration of a provider (`alias`)"));
        }
        let body = self.body(&block.body);
        if self.directory.providers.insert(name.to_owned(), body).is_some() {
            self.defined_twice(span, &format!("the provider `{name}`"));
        }
    }

    fn moved(&mut self, block: &ParsedBlock, span: Span) {
        let from = self.address_of(block, "from");
        let to = self.address_of(block, "to");
        if let (Some(from), Some(to)) = (from, to) {
            self.directory.moved.push(Moved { span, from, to });
        }
    }

    fn removed(&mut self, block: &ParsedBlock, span: Span) {
        let destroy = block
            .body
            .get_blocks("lifecycle")
            .find_map(|lifecycle| lifecycle.body.get_attribute("destroy"))
            .is_none_or(|attribute| self.flag(attribute));
        if let Some(from) = self.address_of(block, "from") {
            self.directory.removed.push(Removed { span, from, destroy });
        }
    }

    fn import(&mut self, block: &ParsedBlock, span: Span) {
        let id = block.body.get_attribute("id").map(|attribute| self.converter.expression(&attribute.value));
        let to = self.address_of(block, "to");
        match (to, id) {
            (Some(to), Some(id)) => self.directory.imports.push(Import { span, to, id }),
            (_, None) => self.problem(Problem::new(span, "an import needs `id`")),
            (None, _) => {}
        }
    }

    fn address_of(&mut self, block: &ParsedBlock, attribute: &str) -> Option<Address> {
        let Some(found) = block.body.get_attribute(attribute) else {
            let span = self.converter.span(block.ident.span());
            self.problem(Problem::new(span, format!("`{attribute}` is missing")));
            return None;
        };
        self.address(&found.value)
    }

    fn addresses(&mut self, value: &Parsed) -> Vec<Address> {
        let Some(array) = value.as_array() else {
            self.wrong(value, "`depends_on` takes a list of resources");
            return Vec::new();
        };
        array.iter().filter_map(|item| self.address(item)).collect()
    }

    fn address(&mut self, value: &Parsed) -> Option<Address> {
        let found =
            value.as_traversal().and_then(dotted).and_then(|path| Address::try_from(path.as_str()).ok());
        if found.is_none() {
            self.wrong(value, "a resource is needed here, as in `aws_subnet.private_a`");
        }
        found
    }
}

/// `a.b.c`, when it is nothing but names; an index is written as in a path: `a.0`, `tags.Name`.
fn dotted(traversal: &Traversal) -> Option<String> {
    let mut path = traversal.expr.as_variable()?.as_str().to_owned();
    for operator in &traversal.operators {
        path.push('.');
        match operator.value() {
            TraversalOperator::GetAttr(name) => path.push_str(name.as_str()),
            TraversalOperator::Index(Parsed::String(name)) => path.push_str(name.as_str()),
            TraversalOperator::Index(Parsed::Number(number)) => path.push_str(&number.value().to_string()),
            _ => return None,
        }
    }
    Some(path)
}
