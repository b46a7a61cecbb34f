//! Operators, with Terraform's conversions.

use super::Evaluated;
use crate::Value;
use crate::load::expression::Operator;
use crate::problem::{Problem, Span};

pub(super) fn not(value: &Value, span: &Span) -> Evaluated {
    let (inner, secret) = value.unmarked();
    match (inner, as_bool(inner)) {
        (Value::Unknown(by), _) => Ok(Value::Unknown(by.clone())),
        (_, Some(value)) => Ok(Value::Bool(!value).hidden_if(secret)),
        _ => Err(wrong(span, "a bool", inner)),
    }
}

pub(super) fn negative(value: &Value, span: &Span) -> Evaluated {
    let (inner, secret) = value.unmarked();
    match (inner, as_number(inner)) {
        (Value::Unknown(by), _) => Ok(Value::Unknown(by.clone())),
        (_, Some(number)) => Ok(Value::Number(-number).hidden_if(secret)),
        _ => Err(wrong(span, "a number", inner)),
    }
}

pub(super) fn binary(operator: Operator, left: &Value, right: &Value, span: &Span) -> Evaluated {
    let secret = left.has_secret() || right.has_secret();
    let mut waits = left.waits_for();
    waits.extend(right.waits_for());
    if !waits.is_empty() {
        return Ok(Value::Unknown(waits));
    }
    let (left, right) = (left.revealed(), right.revealed());
    known(operator, &left, &right, span).map(|value| value.hidden_if(secret))
}

fn known(operator: Operator, left: &Value, right: &Value, span: &Span) -> Evaluated {
    match operator {
        Operator::Equal => return Ok(Value::Bool(same(left, right))),
        Operator::NotEqual => return Ok(Value::Bool(!same(left, right))),
        Operator::And | Operator::Or => {
            let a = as_bool(left).ok_or_else(|| wrong(span, "a bool", left))?;
            let b = as_bool(right).ok_or_else(|| wrong(span, "a bool", right))?;
            return Ok(Value::Bool(if operator == Operator::And { a && b } else { a || b }));
        }
        _ => {}
    }
    let a = as_number(left).ok_or_else(|| wrong(span, "a number", left))?;
    let b = as_number(right).ok_or_else(|| wrong(span, "a number", right))?;
    let number = match operator {
        Operator::Less => return Ok(Value::Bool(a < b)),
        Operator::LessOrEqual => return Ok(Value::Bool(a <= b)),
        Operator::Greater => return Ok(Value::Bool(a > b)),
        Operator::GreaterOrEqual => return Ok(Value::Bool(a >= b)),
        Operator::Plus => a + b,
        Operator::Minus => a - b,
        Operator::Times => a * b,
        Operator::Divide => a / b,
        _ => a % b,
    };
    exact(number).map(Value::Number).ok_or_else(|| {
        Problem::outside_subset(span.clone(), "arithmetic whose result has no short decimal form")
    })
}

/// Terraform computes with 512 bits. What has a short decimal form comes out the same here; for the rest we would
/// write other digits than Terraform, so it is refused.
fn exact(number: f64) -> Option<f64> {
    if number.fract() == 0.0 {
        // Adding zero makes a negative zero a plain one.
        return (number.abs() <= 9_007_199_254_740_992.0).then_some(number + 0.0);
    }
    let short: f64 = format!("{number:.11e}").parse().ok()?;
    ((short - number).abs() <= number.abs() * 1e-15).then_some(short)
}

/// Terraform's `==`: values of different types differ.
pub(super) fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::List(a), Value::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (a, b) => a == b,
    }
}

pub(super) fn as_bool(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::Text(text) if text == "true" => Some(true),
        Value::Text(text) if text == "false" => Some(false),
        _ => None,
    }
}

fn as_number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Text(text) if text.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
            text.parse().ok().filter(|number: &f64| number.is_finite())
        }
        _ => None,
    }
}

fn wrong(span: &Span, wanted: &str, value: &Value) -> Problem {
    Problem::new(span.clone(), format!("{wanted} is needed, this is {}", value.kind()))
}
