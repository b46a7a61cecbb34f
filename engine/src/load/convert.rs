//! From the parser's tree to ours. This is the one place that decides what is inside the subset.

use std::ops::Range;
use std::sync::Arc;

use hcl_edit::Span as _;
use hcl_edit::expr::{
    BinaryOperator, Expression as Parsed, FuncCall, Object, ObjectKey, Traversal, TraversalOperator,
    UnaryOperator,
};
use hcl_edit::template::{Element, Strip};

use super::expression::{Expression, Function, Operator, Reference, Root, Shape, Step};
use crate::problem::{Problem, Problems, SourceFile, Span};
use crate::{Address, Value};

/// Whole numbers beyond this are not exact in our arithmetic.
const EXACT: f64 = 9_007_199_254_740_992.0;

pub(crate) struct Converter<'a> {
    pub(crate) file: Arc<SourceFile>,
    pub(crate) problems: &'a mut Problems,
}

impl Converter<'_> {
    pub(super) fn span(&self, range: Option<Range<usize>>) -> Span {
        Span { file: self.file.clone(), range: range.unwrap_or(0..0) }
    }

    pub(super) fn refuse(&mut self, problem: Problem) -> Shape {
        self.problems.add(problem);
        Shape::Literal(Value::Null)
    }

    pub(crate) fn expression(&mut self, parsed: &Parsed) -> Expression {
        let span = self.span(parsed.span());
        let shape = self.shape(parsed, &span);
        Expression { span, shape }
    }

    fn shape(&mut self, parsed: &Parsed, span: &Span) -> Shape {
        match parsed {
            Parsed::Null(_) => Shape::Literal(Value::Null),
            Parsed::Bool(value) => Shape::Literal(Value::Bool(*value.value())),
            Parsed::Number(number) => self.number(number.value().as_f64(), span),
            Parsed::String(text) => Shape::Literal(Value::text(text.value().as_str())),
            Parsed::Array(array) => Shape::List(array.iter().map(|item| self.expression(item)).collect()),
            Parsed::Object(object) => self.object(object),
            Parsed::Parenthesis(inner) => self.shape(inner.inner(), span),
            Parsed::StringTemplate(template) => self.template(template.iter(), true),
            Parsed::HeredocTemplate(heredoc) => self.template(heredoc.template.iter(), false),
            Parsed::Traversal(traversal) => self.traversal(traversal, span),
            Parsed::FuncCall(call) => self.call(call, span),
            Parsed::Conditional(parts) => Shape::Conditional(Box::new([
                self.expression(&parts.cond_expr),
                self.expression(&parts.true_expr),
                self.expression(&parts.false_expr),
            ])),
            Parsed::UnaryOp(operation) => {
                let inner = Box::new(self.expression(&operation.expr));
                match operation.operator.value() {
                    UnaryOperator::Not => Shape::Not(inner),
                    UnaryOperator::Neg => Shape::Negative(inner),
                }
            }
            Parsed::BinaryOp(operation) => Shape::Binary(
                operator(*operation.operator.value()),
                Box::new([self.expression(&operation.lhs_expr), self.expression(&operation.rhs_expr)]),
            ),
            Parsed::Variable(word) => {
                let what = format!("`{}` is neither a value nor a reference", word.as_str());
                self.refuse(Problem::new(span.clone(), what).advise("put text in quotes"))
            }
            Parsed::ForExpr(_) => self.refuse(Problem::outside_subset(span.clone(), "a `for` expression")),
        }
    }

    fn number(&mut self, number: Option<f64>, span: &Span) -> Shape {
        match number {
            Some(number) if number.is_finite() && (number.abs() <= EXACT || number.fract() != 0.0) => {
                Shape::Literal(Value::Number(number))
            }
            _ => self.refuse(
                Problem::new(span.clone(), "this number is too large to be kept exactly")
                    .advise("write it as a string, in quotes"),
            ),
        }
    }

    fn object(&mut self, object: &Object) -> Shape {
        let mut entries: Vec<(Expression, Expression)> = Vec::new();
        for (key, value) in object {
            let key = match key {
                ObjectKey::Ident(word) => Expression {
                    span: self.span(word.span()),
                    shape: Shape::Literal(Value::text(word.as_str())),
                },
                ObjectKey::Expression(expression) => self.expression(expression),
            };
            entries.push((key, self.expression(value.expr())));
        }
        Shape::Object(entries)
    }

    /// `unwrap`: a quoted string that is one interpolation is that value, whatever its type.
    fn template<'t>(&mut self, elements: impl Iterator<Item = &'t Element>, unwrap: bool) -> Shape {
        let elements: Vec<&Element> = elements.collect();
        let mut parts = Vec::new();
        for (index, element) in elements.iter().enumerate() {
            match element {
                Element::Literal(text) => {
                    let before = index.checked_sub(1).map(|at| elements[at]);
                    let text = stripped(text.as_str(), before, elements.get(index + 1).copied());
                    let shape = Shape::Literal(Value::text(text));
                    parts.push(Expression { span: self.span(element.span()), shape });
                }
                Element::Interpolation(interpolation) => parts.push(self.expression(&interpolation.expr)),
                Element::Directive(directive) => {
                    let span = self.span(directive.span());
                    self.problems.add(Problem::outside_subset(span, "a template directive (`%{ … }`)"));
                }
            }
        }
        match <[Expression; 1]>::try_from(parts) {
            Ok([only]) if unwrap => only.shape,
            Ok([only]) => Shape::Template(vec![only]),
            Err(parts) => Shape::Template(parts),
        }
    }

    fn call(&mut self, call: &FuncCall, span: &Span) -> Shape {
        let name = call.name.name.as_str();
        let Some(function) = Function::named(name).filter(|_| !call.name.is_namespaced()) else {
            let what = format!("the function `{name}` (what it knows: {})", Function::NAMES);
            return self.refuse(Problem::outside_subset(span.clone(), &what));
        };
        if call.args.expand_final() {
            return self.refuse(Problem::outside_subset(span.clone(), "`...` in a call"));
        }
        if call.args.len() != function.takes() {
            let what =
                format!("`{name}` takes {} argument(s), here are {}", function.takes(), call.args.len());
            return self.refuse(Problem::new(span.clone(), what));
        }
        Shape::Call(function, call.args.iter().map(|argument| self.expression(argument)).collect())
    }

    fn traversal(&mut self, traversal: &Traversal, span: &Span) -> Shape {
        let Parsed::Variable(root) = &traversal.expr else {
            return self.refuse(Problem::outside_subset(span.clone(), "taking a part of something computed"));
        };
        let name = match traversal.operators.first().map(hcl_edit::Decorated::value) {
            Some(TraversalOperator::GetAttr(name)) => name.as_str(),
            _ => {
                return self.refuse(Problem::new(
                    span.clone(),
                    format!("`{}` needs a name after it", root.as_str()),
                ));
            }
        };
        let root = match (root.as_str(), name) {
            ("var", name) => Root::Variable(name.to_owned()),
            ("local", name) => Root::Local(name.to_owned()),
            ("path", "module" | "root") => Root::PathModule,
            (
                word @ ("data" | "module" | "each" | "count" | "self" | "path" | "terraform" | "ephemeral"),
                _,
            ) => {
                return self.refuse(Problem::outside_subset(span.clone(), &format!("`{word}.{name}`")));
            }
            (kind, name) => Root::Resource(Address::new(kind, name)),
        };
        let mut steps = Vec::new();
        for operator in &traversal.operators[1..] {
            let here = self.span(operator.span());
            match operator.value() {
                TraversalOperator::GetAttr(name) => steps.push(Step::Name(here, name.as_str().to_owned())),
                TraversalOperator::Index(index) => steps.push(Step::Index(self.expression(index))),
                TraversalOperator::LegacyIndex(_) => {
                    return self.refuse(Problem::outside_subset(here, "the old way to index (`.0`)"));
                }
                TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => {
                    return self.refuse(Problem::outside_subset(here, "`*`"));
                }
            }
        }
        Shape::Reference(Reference { root, steps })
    }
}

/// `${~ x ~}` takes the white space away beside it.
fn stripped(text: &str, before: Option<&Element>, after: Option<&Element>) -> String {
    let strip = |element: Option<&Element>| match element {
        Some(Element::Interpolation(interpolation)) => interpolation.strip,
        _ => Strip::None,
    };
    let text = if strip(before).strip_end() { text.trim_start() } else { text };
    let text = if strip(after).strip_start() { text.trim_end() } else { text };
    text.to_owned()
}

fn operator(operator: BinaryOperator) -> Operator {
    match operator {
        BinaryOperator::Eq => Operator::Equal,
        BinaryOperator::NotEq => Operator::NotEqual,
        BinaryOperator::LessEq => Operator::LessOrEqual,
        BinaryOperator::GreaterEq => Operator::GreaterOrEqual,
        BinaryOperator::Less => Operator::Less,
        BinaryOperator::Greater => Operator::Greater,
        BinaryOperator::Plus => Operator::Plus,
        BinaryOperator::Minus => Operator::Minus,
        BinaryOperator::Mul => Operator::Times,
        BinaryOperator::Div => Operator::Divide,
        BinaryOperator::Mod => Operator::Remainder,
        BinaryOperator::And => Operator::And,
        BinaryOperator::Or => Operator::Or,
    }
}
