//! What an expression comes to on a topology. What the spec does not say stays unknown, and a rule that needs it is
//! left undecided: never broken, never kept.

use provision_architecture::Topology;
use provision_architecture::spec::ComponentName;

use super::expression::{Argument, Expression, Function, Operator};
use super::value::{Unknown, Value};

/// What an expression is evaluated on.
#[derive(Clone, Copy)]
pub struct Scope<'t> {
    pub topology: &'t Topology,
    /// The component that the rule is being applied to.
    pub component: Option<ComponentName>,
}

/// Why there is no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoValue {
    /// The spec does not say it.
    Unknown(Unknown),
    /// The rule compares what cannot be compared: a mistake in our own data, found by the test that walks it.
    Nonsense(String),
}

impl From<Unknown> for NoValue {
    fn from(unknown: Unknown) -> Self {
        NoValue::Unknown(unknown)
    }
}

impl Expression {
    pub fn evaluate(&self, scope: Scope<'_>) -> Result<Value, NoValue> {
        match self {
            Expression::Number(number, _) => Ok(Value::Number(*number)),
            Expression::Word(word) => Ok(Value::Word(word.clone())),
            Expression::Truth(truth) => Ok(Value::Truth(*truth)),
            Expression::List(items) => {
                Ok(Value::List(items.iter().map(|item| item.evaluate(scope)).collect::<Result<_, _>>()?))
            }
            Expression::Component => {
                let component = scope.component.ok_or_else(|| NoValue::Nonsense("no `each`".to_owned()))?;
                Ok(Value::Word(component.to_string()))
            }
            Expression::Quantity(quantity, argument) => {
                let name = argument.as_ref().map(|argument| scope.name(argument)).transpose()?;
                Ok(quantity.ask(scope.topology, name.as_deref())?)
            }
            Expression::Not(inner) => Ok(Value::Truth(!inner.holds(scope)?)),
            Expression::Binary(operator, left, right) => binary(*operator, left, right, scope),
            Expression::Call(function, arguments) => call(*function, arguments, scope),
        }
    }

    /// Whether a condition holds.
    pub fn holds(&self, scope: Scope<'_>) -> Result<bool, NoValue> {
        match self.evaluate(scope)? {
            Value::Truth(truth) => Ok(truth),
            other => Err(NoValue::Nonsense(format!("`{other}` is neither true nor false"))),
        }
    }
}

impl Scope<'_> {
    pub fn name(&self, argument: &Argument) -> Result<String, NoValue> {
        match (argument, self.component) {
            (Argument::Named(name), _) => Ok(name.clone()),
            (Argument::Component, Some(component)) => Ok(component.to_string()),
            (Argument::Component, None) => Err(NoValue::Nonsense("no `each`".to_owned())),
        }
    }
}

fn binary(
    operator: Operator,
    left: &Expression,
    right: &Expression,
    scope: Scope<'_>,
) -> Result<Value, NoValue> {
    match operator {
        Operator::And | Operator::Or => connective(operator, left, right, scope).map(Value::Truth),
        Operator::In => {
            let (found, list) = (left.evaluate(scope)?, right.evaluate(scope)?);
            let Value::List(items) = list else {
                return Err(NoValue::Nonsense("`in` needs a list".to_owned()));
            };
            Ok(Value::Truth(
                items.iter().any(|item| found.compare(item).is_some_and(std::cmp::Ordering::is_eq)),
            ))
        }
        Operator::Plus | Operator::Minus | Operator::Times | Operator::Over => {
            arithmetic(operator, &left.evaluate(scope)?, &right.evaluate(scope)?)
        }
        _ => comparison(operator, &left.comparable(scope)?, &right.comparable(scope)?),
    }
}

impl Expression {
    /// A number that stands in the rule may be compared to a version, so its text is kept beside it.
    fn comparable(&self, scope: Scope<'_>) -> Result<(Value, Option<String>), NoValue> {
        let text = match self {
            Expression::Number(_, text) => Some(text.clone()),
            _ => None,
        };
        Ok((self.evaluate(scope)?, text))
    }
}

fn comparison(
    operator: Operator,
    (left, left_text): &(Value, Option<String>),
    (right, right_text): &(Value, Option<String>),
) -> Result<Value, NoValue> {
    let order = match (left, right, left_text, right_text) {
        (Value::Version(_), Value::Number(_), _, Some(text)) => left.compare(&Value::Word(text.clone())),
        (Value::Number(_), Value::Version(_), Some(text), _) => {
            right.compare(&Value::Word(text.clone())).map(std::cmp::Ordering::reverse)
        }
        _ => left.compare(right),
    };
    let order =
        order.ok_or_else(|| NoValue::Nonsense(format!("`{left}` and `{right}` cannot be compared")))?;
    Ok(Value::Truth(match operator {
        Operator::Equal => order.is_eq(),
        Operator::Different => order.is_ne(),
        Operator::Less => order.is_lt(),
        Operator::AtMost => order.is_le(),
        Operator::More => order.is_gt(),
        _ => order.is_ge(),
    }))
}

/// One side may decide alone, whatever the other is.
fn connective(
    operator: Operator,
    left: &Expression,
    right: &Expression,
    scope: Scope<'_>,
) -> Result<bool, NoValue> {
    let decisive = operator == Operator::Or;
    let first = left.holds(scope);
    if first == Ok(decisive) {
        return Ok(decisive);
    }
    let second = right.holds(scope);
    if second == Ok(decisive) {
        return Ok(decisive);
    }
    first?;
    second
}

fn arithmetic(operator: Operator, left: &Value, right: &Value) -> Result<Value, NoValue> {
    let (Value::Number(left), Value::Number(right)) = (left, right) else {
        return Err(NoValue::Nonsense(format!(
            "`{left} {operator} {right}` calculates with what is no number"
        )));
    };
    Ok(Value::Number(match operator {
        Operator::Plus => left + right,
        Operator::Minus => left - right,
        Operator::Times => left * right,
        _ => left / right,
    }))
}

fn call(function: Function, arguments: &[Expression], scope: Scope<'_>) -> Result<Value, NoValue> {
    if function == Function::Given {
        return match arguments[0].evaluate(scope) {
            Ok(_) => Ok(Value::Truth(true)),
            Err(NoValue::Unknown(_)) => Ok(Value::Truth(false)),
            Err(nonsense) => Err(nonsense),
        };
    }
    let numbers: Vec<f64> = arguments
        .iter()
        .map(|argument| match argument.evaluate(scope)? {
            Value::Number(number) => Ok(number),
            other => Err(NoValue::Nonsense(format!("`{other}` is no number"))),
        })
        .collect::<Result<_, _>>()?;
    let fold = |pick: fn(f64, f64) -> f64| numbers.iter().copied().reduce(pick).unwrap_or(0.0);
    Ok(Value::Number(match function {
        Function::Least => fold(f64::min),
        Function::Most => fold(f64::max),
        _ => numbers[0].ceil(),
    }))
}
