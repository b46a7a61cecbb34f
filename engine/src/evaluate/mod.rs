//! Evaluates expressions, also when not everything is known yet.
//!
//! An unknown remembers which resources it waits for; the expression itself is the recipe and is evaluated again when
//! they have been applied. A sensitive value marks everything that is made from it.

mod functions;
mod json;
mod operators;
mod pattern;
mod variables;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

pub(crate) use variables::variables_as_far_as_known;
pub use variables::{Given, Variables, resolve_variables};

use crate::load::expression::{Expression, Reference, Root, Shape, Step};
use crate::load::{Body, Check, Directory, Files};
use crate::problem::{Problem, Problems, Span};
use crate::value::number_text;
use crate::{Address, Attributes, Value};

/// What one expression may grow to; a dozen locals that double each other would fill any memory.
const HEAVIEST: usize = 8 << 20;

/// What is known of a resource while others are evaluated.
#[derive(Debug, Clone, Default)]
pub struct Known {
    pub attributes: Attributes,
    /// False before it was applied: what isn't in `attributes` may still come.
    pub complete: bool,
}

/// Where expressions are evaluated.
pub struct Scope<'a> {
    pub directory: &'a Directory,
    pub files: &'a Files,
    pub variables: &'a Variables,
    known: RefCell<BTreeMap<Address, Known>>,
    /// What locals came to, forgotten when something that they wait for becomes known.
    locals: RefCell<HashMap<&'a str, Rc<Evaluated>>>,
    /// How much the references of the current expression brought along.
    brought: Cell<usize>,
}

type Evaluated = Result<Value, Problem>;

impl<'a> Scope<'a> {
    pub fn new(directory: &'a Directory, files: &'a Files, variables: &'a Variables) -> Self {
        Scope {
            directory,
            files,
            variables,
            known: RefCell::default(),
            locals: RefCell::default(),
            brought: Cell::default(),
        }
    }

    /// Tells what a resource has become, or is going to be.
    pub fn learn(&self, address: &Address, known: Known) {
        self.known.borrow_mut().insert(address.clone(), known);
        self.locals.borrow_mut().retain(|_, local| match local.as_ref() {
            Ok(value) => !value.waits_for().contains(address),
            Err(_) => true,
        });
    }

    /// Everything that is wrong with the directory's values, as far as it can be known before a plan.
    pub fn check(&self) -> Result<(), Problems> {
        let mut problems = Problems::default();
        for resource in self.directory.resources.values() {
            let _ = self.body(&resource.body, &mut problems);
        }
        for output in self.directory.outputs.values() {
            if let Err(problem) = self.evaluate(&output.value) {
                problems.add(problem);
            }
        }
        problems.none()
    }

    /// The attributes of a resource; nested blocks are lists of objects.
    pub fn body(&self, body: &Body, problems: &mut Problems) -> Attributes {
        let mut attributes = Attributes::new();
        for attribute in &body.attributes {
            match self.evaluate(&attribute.value) {
                Ok(value) => {
                    attributes.insert(attribute.name.clone(), value);
                }
                Err(problem) => problems.add(problem),
            }
        }
        for block in &body.blocks {
            let value = Value::Map(self.body(&block.body, problems));
            match attributes.entry(block.name.clone()).or_insert_with(|| Value::List(Vec::new())) {
                Value::List(items) => items.push(value),
                _ => {
                    let what = format!("`{}` is an attribute and a block at once", block.name);
                    problems.add(Problem::new(block.span.clone(), what));
                }
            }
        }
        attributes
    }

    /// Whether a check holds; not yet, when it isn't known.
    pub fn holds(&self, check: &Check) -> Result<(), Problem> {
        let condition = self.evaluate(&check.condition)?;
        match condition.unmarked().0 {
            Value::Bool(true) | Value::Unknown(_) => Ok(()),
            Value::Bool(false) => {
                let what = match self.evaluate(&check.message)? {
                    Value::Text(message) => message,
                    _ => "a check doesn't hold, and its message is sensitive".to_owned(),
                };
                Err(Problem::new(check.condition.span.clone(), what))
            }
            other => {
                let what = format!("a condition is true or false, this is {}", other.kind());
                Err(Problem::new(check.condition.span.clone(), what))
            }
        }
    }

    pub fn evaluate(&self, expression: &Expression) -> Evaluated {
        let outer = self.brought.replace(0);
        let value = self.shape(expression);
        self.brought.set(outer);
        value
    }

    /// A value that a reference brings into an expression; what is brought in is bounded.
    fn bring(&self, value: Value, span: &Span) -> Evaluated {
        let brought = self.brought.get() + value.weight();
        self.brought.set(brought);
        if brought > HEAVIEST {
            return Err(Problem::new(span.clone(), "this expression comes to more than 8 MiB"));
        }
        Ok(value)
    }

    fn shape(&self, expression: &Expression) -> Evaluated {
        match &expression.shape {
            Shape::Literal(value) => Ok(value.clone()),
            Shape::List(items) => {
                items.iter().map(|item| self.shape(item)).collect::<Result<_, _>>().map(Value::List)
            }
            Shape::Object(entries) => self.object(entries),
            Shape::Template(parts) => self.template(parts),
            Shape::Reference(reference) => self.reference(reference, &expression.span),
            Shape::Conditional(parts) => self.conditional(parts),
            Shape::Call(function, arguments) => self.call(*function, arguments, &expression.span),
            Shape::Not(inner) => operators::not(&self.shape(inner)?, &inner.span),
            Shape::Negative(inner) => operators::negative(&self.shape(inner)?, &inner.span),
            Shape::Binary(operator, parts) => {
                let [left, right] = &**parts;
                operators::binary(*operator, &self.shape(left)?, &self.shape(right)?, &expression.span)
            }
        }
    }

    fn object(&self, entries: &[(Expression, Expression)]) -> Evaluated {
        let mut map = Attributes::new();
        let mut secret = false;
        for (key, value) in entries {
            let name = self.shape(key)?;
            let (name, hidden) = name.unmarked();
            secret |= hidden;
            let name = match name {
                Value::Unknown(by) => return Ok(Value::Unknown(by.clone())),
                other => as_text(other).ok_or_else(|| {
                    Problem::new(key.span.clone(), format!("a key is a string, this is {}", other.kind()))
                })?,
            };
            map.insert(name, self.shape(value)?);
        }
        Ok(Value::Map(map).hidden_if(secret))
    }

    fn template(&self, parts: &[Expression]) -> Evaluated {
        let mut text = String::new();
        let mut waits = BTreeSet::new();
        let mut secret = false;
        for part in parts {
            let value = self.shape(part)?;
            let (value, hidden) = value.unmarked();
            secret |= hidden;
            match value {
                Value::Unknown(by) => waits.extend(by.iter().cloned()),
                other => text.push_str(&as_text(other).ok_or_else(|| {
                    let what = format!(
                        "only text, numbers and bools can stand in a string, this is {}",
                        other.kind()
                    );
                    Problem::new(part.span.clone(), what)
                })?),
            }
            if text.len() > HEAVIEST {
                return Err(Problem::new(part.span.clone(), "this string comes to more than 8 MiB"));
            }
        }
        Ok(if waits.is_empty() { Value::Text(text).hidden_if(secret) } else { Value::Unknown(waits) })
    }

    /// Both sides are looked at, so that the result's type doesn't depend on the condition; an error counts only on
    /// the side that is taken.
    fn conditional(&self, parts: &[Expression; 3]) -> Evaluated {
        let [condition, yes, no] = parts;
        let decided = self.shape(condition)?;
        let (decided, secret) = decided.unmarked();
        let taken = match decided {
            Value::Unknown(by) => return Ok(Value::Unknown(by.clone())),
            other => operators::as_bool(other).ok_or_else(|| {
                let what = format!("a condition is true or false, this is {}", other.kind());
                Problem::new(condition.span.clone(), what)
            })?,
        };
        let (taken, other) =
            if taken { (self.shape(yes)?, self.shape(no)) } else { (self.shape(no)?, self.shape(yes)) };
        let plain = matches!(taken, Value::Number(_) | Value::Bool(_));
        let taken = match other.as_ref().map(|other| other.unmarked().0) {
            Ok(Value::Text(_)) if plain => as_text(&taken).map_or(taken, Value::Text),
            // Whether this becomes text, nobody knows yet.
            Ok(Value::Unknown(by)) if plain => Value::Unknown(by.clone()),
            _ => taken,
        };
        Ok(taken.hidden_if(secret))
    }

    fn reference(&self, reference: &Reference, span: &Span) -> Evaluated {
        let value = match &reference.root {
            Root::PathModule => Value::text("."),
            Root::Variable(name) => {
                let value = self.variables.get(name).ok_or_else(|| missing(span, "variable", name))?;
                self.steps(value, &reference.steps)?
            }
            Root::Local(name) => {
                let value = self.local(name).ok_or_else(|| missing(span, "local", name))?;
                self.steps(value.as_ref().as_ref().map_err(Clone::clone)?, &reference.steps)?
            }
            Root::Resource(address) => self.attribute(address, &reference.steps, span)?,
        };
        self.bring(value, span)
    }

    /// Locals are sorted, each needs only earlier ones; those are evaluated first, so that a chain of a hundred
    /// thousand locals doesn't become as many stack frames.
    fn local(&self, name: &str) -> Option<Rc<Evaluated>> {
        if let Some(value) = self.locals.borrow().get(name) {
            return Some(value.clone());
        }
        let index = self.directory.locals.get_index_of(name)?;
        for (name, expression) in self.directory.locals.iter().take(index + 1) {
            if !self.locals.borrow().contains_key(name.as_str()) {
                let value = self.evaluate(expression);
                self.locals.borrow_mut().insert(name, Rc::new(value));
            }
        }
        self.locals.borrow().get(name).cloned()
    }

    fn attribute(&self, address: &Address, steps: &[Step], span: &Span) -> Evaluated {
        let Some((first, rest)) = steps.split_first() else {
            return Err(Problem::outside_subset(span.clone(), &format!("`{address}` as a whole"))
                .advise(format!("name an attribute, as in `{address}.id`")));
        };
        let name = match first {
            Step::Name(_, name) => name.clone(),
            Step::Index(index) => match self.shape(index)? {
                Value::Text(name) => name,
                _ => return Err(Problem::outside_subset(span.clone(), "an index on a resource")),
            },
        };
        let known = self.known.borrow();
        let unknown = Value::Unknown(BTreeSet::from([address.clone()]));
        let value = match known.get(address).map(|known| (known.attributes.get(&name), known.complete)) {
            Some((Some(value), _)) => value,
            Some((None, true)) => {
                return Err(Problem::new(span.clone(), format!("`{address}` has no attribute `{name}`")));
            }
            _ => &unknown,
        };
        self.steps(value, rest)
    }

    /// One part after another of a list or an object.
    fn steps(&self, value: &Value, steps: &[Step]) -> Evaluated {
        let mut value = value;
        let mut secret = false;
        for step in steps {
            let (span, key) = match step {
                Step::Name(span, name) => (span, Value::text(name.as_str())),
                Step::Index(index) => (&index.span, self.shape(index)?),
            };
            let (whole, hidden) = value.unmarked();
            let (key, hidden_key) = key.unmarked();
            secret |= hidden || hidden_key;
            if let (Value::Unknown(by), _) | (_, Value::Unknown(by)) = (whole, key) {
                return Ok(Value::Unknown(by.clone()));
            }
            value = part(whole, key).ok_or_else(|| {
                let key = if secret { "of that name".to_owned() } else { key.shown().to_string() };
                Problem::new(span.clone(), format!("there is no element {key} in {}", whole.kind()))
            })?;
        }
        Ok(value.clone().hidden_if(secret))
    }
}

fn missing(span: &Span, what: &str, name: &str) -> Problem {
    Problem::new(span.clone(), format!("the {what} `{name}` isn't in the directory"))
}

/// One element of a list or an object.
fn part<'v>(whole: &'v Value, key: &Value) -> Option<&'v Value> {
    match (whole, key) {
        (Value::Map(map), Value::Text(name)) => map.get(name),
        (Value::List(items), key) => items.get(index(key)?),
        _ => None,
    }
}

fn index(key: &Value) -> Option<usize> {
    match key {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked to be a small whole number"
        )]
        Value::Number(number) if *number >= 0.0 && number.fract() == 0.0 && *number < 1e9 => {
            Some(*number as usize)
        }
        Value::Text(text) => text.parse().ok(),
        _ => None,
    }
}

/// How a value looks inside a string.
pub(crate) fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Number(number) => Some(number_text(*number)),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
