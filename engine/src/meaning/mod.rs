//! What a directory, or a plan of Terraform's, says of a deployment: its arguments in the words of `kinds/meanings.yaml`,
//! each with its place. Nothing is judged here.

mod directory;
mod path;
mod plan;

use std::collections::{BTreeMap, BTreeSet};

pub use provision_kinds::Meaning;
use provision_kinds::Says;

pub use directory::of_directory;
pub use plan::{NotAPlan, of_plan};

use crate::Value;
use crate::problem::Span;
use path::Path;

/// Everything that is said.
#[derive(Debug, Default)]
pub struct Statements {
    pub said: Vec<Said>,
    /// Every resource, by address.
    pub resources: BTreeMap<String, Resource>,
}

/// One argument, in words that no cloud has of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    pub address: String,
    /// Its path inside the resource.
    pub argument: String,
    pub meaning: Meaning,
    pub value: Known,
    /// In a directory: the argument, or what it is missing from.
    pub span: Option<Span>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Known {
    Flag(bool),
    Number(f64),
    Text(String),
    List(Vec<String>),
}

#[derive(Debug, Default)]
pub struct Resource {
    pub span: Option<Span>,
    /// The addresses that it names.
    pub names: BTreeSet<String>,
}

/// An argument as it was found.
#[derive(Debug)]
struct Leaf {
    /// Nothing, where it is known only after it was applied.
    value: Option<Value>,
    names: BTreeSet<String>,
    span: Option<Span>,
}

/// What stands at a path: the arguments, and the blocks that could hold it and don't.
#[derive(Debug, Default)]
struct Found {
    leaves: Vec<Leaf>,
    missing: Vec<Option<Span>>,
}

/// A resource, wherever it was read.
trait Item {
    fn kind(&self) -> &str;
    fn find(&self, path: &Path<'_>) -> Found;
    fn resource(&self) -> Resource;
}

fn statements<I: Item>(items: &BTreeMap<String, I>) -> Statements {
    let mut statements = Statements::default();
    for (address, item) in items {
        statements.resources.insert(address.clone(), item.resource());
        for (argument, says) in provision_kinds::says(item.kind()) {
            let path = Path::of(argument);
            let found = item.find(&path);
            let mut add = |value: Option<Known>, span: Option<Span>| {
                let said = |value| Said {
                    address: address.clone(),
                    argument: argument.to_owned(),
                    meaning: says.means,
                    value,
                    span,
                };
                statements.said.extend(value.map(said));
            };
            for leaf in found.leaves {
                let value = known(&leaf, says, &path, items);
                add(value, leaf.span);
            }
            for span in found.missing {
                add(left_out(item.kind(), argument, says), span);
            }
        }
    }
    statements
}

/// What is meant by an argument that isn't there.
fn left_out(kind: &str, argument: &str, says: &Says) -> Option<Known> {
    if let Some(value) = &says.without {
        return plain(&of_fact(value));
    }
    let default = provision_kinds::kind(kind)?.defaults.get(argument)?;
    means(&of_fact(default), says)
}

fn known<I: Item>(leaf: &Leaf, says: &Says, path: &Path<'_>, items: &BTreeMap<String, I>) -> Option<Known> {
    if says.means == Meaning::Zones {
        let zones = zones(leaf, items, 0);
        return (!zones.is_empty()).then_some(Known::List(zones));
    }
    let value = leaf.value.as_ref()?;
    match path.property {
        None => means(value, says),
        Some(property) => {
            let text = value.as_text()?;
            let mut lines = text.lines().filter_map(|line| line.split_once('='));
            let (_, value) = lines.find(|(key, _)| key.trim() == property)?;
            means(&Value::text(value.trim()), says)
        }
    }
}

/// The value, or whether it is one of those that make it true.
fn means(value: &Value, says: &Says) -> Option<Known> {
    let known = plain(value)?;
    if says.when.is_empty() {
        return Some(known);
    }
    Some(Known::Flag(says.when.iter().any(|one| plain(&of_fact(one)).as_ref() == Some(&known))))
}

fn plain(value: &Value) -> Option<Known> {
    match value {
        Value::Bool(flag) => Some(Known::Flag(*flag)),
        Value::Number(number) => Some(Known::Number(*number)),
        Value::Text(text) => Some(match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Known::Number(number),
            _ if text == "true" => Known::Flag(true),
            _ if text == "false" => Known::Flag(false),
            _ => Known::Text(text.clone()),
        }),
        Value::List(items) => {
            let texts = items.iter().map(|item| item.as_text().map(str::to_owned));
            texts.collect::<Option<Vec<String>>>().map(Known::List)
        }
        _ => None,
    }
}

fn of_fact(value: &provision_kinds::Value) -> Value {
    use provision_kinds::Value as Fact;
    match value {
        Fact::Flag(flag) => Value::Bool(*flag),
        #[expect(clippy::cast_precision_loss, reason = "defaults are small")]
        Fact::Number(number) => Value::Number(*number as f64),
        Fact::Text(text) => Value::text(text.clone()),
        Fact::List(items) => Value::List(items.iter().map(of_fact).collect()),
    }
}

/// More links than this lead in a circle.
const FARTHEST: usize = 4;

/// The zones that an argument means: those of what it names, or else its own text.
fn zones<I: Item>(leaf: &Leaf, items: &BTreeMap<String, I>, depth: usize) -> Vec<String> {
    let mut zones = Vec::new();
    if depth < FARTHEST {
        for item in leaf.names.iter().flat_map(|name| instances(name, items)) {
            let paths = provision_kinds::says(item.kind()).filter(|(_, says)| says.means == Meaning::Zones);
            for (argument, _) in paths {
                for leaf in item.find(&Path::of(argument)).leaves {
                    zones.extend(self::zones(&leaf, items, depth + 1));
                }
            }
        }
    }
    if zones.is_empty() && leaf.names.is_empty() {
        match &leaf.value {
            Some(Value::Text(zone)) => zones.push(zone.clone()),
            Some(Value::List(items)) => {
                zones.extend(items.iter().filter_map(Value::as_text).map(str::to_owned));
            }
            _ => {}
        }
    }
    zones.sort();
    zones.dedup();
    zones
}

/// The resource of this address, or all of them where it has several: `aws_subnet.a[0]`.
fn instances<'a, I>(name: &'a str, items: &'a BTreeMap<String, I>) -> impl Iterator<Item = &'a I> {
    let is_one = move |address: &str| {
        address.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
    };
    items
        .range(name.to_owned()..)
        .take_while(move |(address, _)| address.starts_with(name))
        .filter(move |(address, _)| is_one(address))
        .map(|(_, item)| item)
}
