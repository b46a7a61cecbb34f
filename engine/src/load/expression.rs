//! Expressions of the subset, in our own form: what is outside the subset can't be written down here.

use crate::problem::Span;
use crate::{Address, Value};

#[derive(Debug, Clone)]
pub struct Expression {
    pub span: Span,
    pub shape: Shape,
}

#[derive(Debug, Clone)]
pub enum Shape {
    Literal(Value),
    List(Vec<Expression>),
    Object(Vec<(Expression, Expression)>),
    /// A string with interpolations.
    Template(Vec<Expression>),
    Reference(Reference),
    Conditional(Box<[Expression; 3]>),
    Call(Function, Vec<Expression>),
    Not(Box<Expression>),
    Negative(Box<Expression>),
    Binary(Operator, Box<[Expression; 2]>),
}

/// `var.name`, `local.name[0]`, `aws_vpc.main.id`, `path.module`.
#[derive(Debug, Clone)]
pub struct Reference {
    pub root: Root,
    pub steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Root {
    Variable(String),
    Local(String),
    Resource(Address),
    PathModule,
}

#[derive(Debug, Clone)]
pub enum Step {
    Name(Span, String),
    Index(Expression),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    Jsonencode,
    File,
    Filebase64,
    Base64encode,
    Length,
    Contains,
    Can,
    Regex,
}

impl Function {
    pub(super) const NAMES: &str =
        "`jsonencode`, `file`, `filebase64`, `base64encode`, `length`, `contains`, `can`, `regex`";

    pub(super) fn named(name: &str) -> Option<Function> {
        Some(match name {
            "jsonencode" => Function::Jsonencode,
            "file" => Function::File,
            "filebase64" => Function::Filebase64,
            "base64encode" => Function::Base64encode,
            "length" => Function::Length,
            "contains" => Function::Contains,
            "can" => Function::Can,
            "regex" => Function::Regex,
            _ => return None,
        })
    }

    pub(super) fn takes(self) -> usize {
        match self {
            Function::Contains | Function::Regex => 2,
            _ => 1,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
    Plus,
    Minus,
    Times,
    Divide,
    Remainder,
}

impl Expression {
    /// Every reference in it, with its place.
    pub fn references(&self) -> Vec<(&Reference, &Span)> {
        let mut found = Vec::new();
        self.collect(&mut found);
        found
    }

    fn collect<'a>(&'a self, found: &mut Vec<(&'a Reference, &'a Span)>) {
        match &self.shape {
            Shape::Literal(_) => {}
            Shape::List(items) | Shape::Template(items) | Shape::Call(_, items) => {
                items.iter().for_each(|item| item.collect(found));
            }
            Shape::Object(entries) => entries.iter().for_each(|(key, value)| {
                key.collect(found);
                value.collect(found);
            }),
            Shape::Reference(reference) => {
                found.push((reference, &self.span));
                for step in &reference.steps {
                    if let Step::Index(index) = step {
                        index.collect(found);
                    }
                }
            }
            Shape::Conditional(parts) => parts.iter().for_each(|part| part.collect(found)),
            Shape::Not(inner) | Shape::Negative(inner) => inner.collect(found),
            Shape::Binary(_, parts) => parts.iter().for_each(|part| part.collect(found)),
        }
    }
}
