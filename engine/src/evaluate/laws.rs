//! The evaluator against another one, which is as simple as can be, on expressions that nobody would write.

use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

use super::*;
use crate::load::load;

/// An expression, for both evaluators.
#[derive(Debug, Clone)]
enum Term {
    Number(i32),
    Text(String),
    Flag(bool),
    /// An attribute of the resource: known at once, or only when it has been applied.
    Attribute(usize),
    List(Vec<Term>),
    Object(Vec<(String, Term)>),
    Template(Vec<Term>),
    If(Box<[Term; 3]>),
    Not(Box<Term>),
    Operator(&'static str, Box<[Term; 2]>),
    Length(Box<Term>),
    Contains(Box<[Term; 2]>),
    Encode(Box<Term>),
    Can(Box<Term>),
}

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

impl Term {
    /// As it is written.
    fn text(&self) -> String {
        let list = |terms: &[Term]| terms.iter().map(Term::text).collect::<Vec<_>>().join(", ");
        match self {
            Term::Number(number) => number.to_string(),
            Term::Text(text) => format!("\"{text}\""),
            Term::Flag(flag) => flag.to_string(),
            Term::Attribute(index) => format!("aws_vpc.v.{}", NAMES[*index]),
            Term::List(terms) => format!("[{}]", list(terms)),
            Term::Object(entries) => {
                let entries: Vec<String> =
                    entries.iter().map(|(name, term)| format!("{name} = {}", term.text())).collect();
                format!("{{ {} }}", entries.join(", "))
            }
            Term::Template(terms) => {
                // A template of one value is that value; text before it makes it text.
                let parts: String = terms.iter().map(|term| format!("${{{}}}", term.text())).collect();
                format!("\"-{parts}\"")
            }
            Term::If(terms) => format!("({} ? {} : {})", terms[0].text(), terms[1].text(), terms[2].text()),
            Term::Not(term) => format!("!({})", term.text()),
            Term::Operator(operator, terms) => {
                format!("({} {operator} {})", terms[0].text(), terms[1].text())
            }
            Term::Length(term) => format!("length({})", term.text()),
            Term::Contains(terms) => format!("contains({})", list(&**terms)),
            Term::Encode(term) => format!("jsonencode({})", term.text()),
            Term::Can(term) => format!("can({})", term.text()),
        }
    }

    /// What it comes to, where everything is known; none for an error.
    fn value(&self, attributes: &[Json; 4]) -> Option<Json> {
        let of = |term: &Term| term.value(attributes);
        Some(match self {
            Term::Number(number) => json!(number),
            Term::Text(text) => json!(text),
            Term::Flag(flag) => json!(flag),
            Term::Attribute(index) => attributes[*index].clone(),
            Term::List(terms) => terms.iter().map(of).collect::<Option<Vec<_>>>()?.into(),
            Term::Object(entries) => {
                let pairs = entries.iter().map(|(name, term)| Some((name.clone(), of(term)?)));
                Json::Object(sorted(pairs.collect::<Option<Map<_, _>>>()?))
            }
            Term::Template(terms) => {
                let parts = terms.iter().map(|term| as_text(&of(term)?));
                json!(format!("-{}", parts.collect::<Option<String>>()?))
            }
            Term::If(terms) => {
                let taken = usize::from(!as_flag(&of(&terms[0])?)?);
                let (value, other) = (of(&terms[1 + taken])?, of(&terms[2 - taken]));
                let unify = other.is_some_and(|other| other.is_string());
                match &value {
                    Json::Number(_) | Json::Bool(_) if unify => json!(as_text(&value)?),
                    _ => value,
                }
            }
            Term::Not(term) => json!(!as_flag(&of(term)?)?),
            Term::Operator(operator, terms) => operate(operator, &of(&terms[0])?, &of(&terms[1])?)?,
            Term::Length(term) => match of(term)? {
                Json::Array(items) => json!(items.len()),
                Json::Object(map) => json!(map.len()),
                Json::String(text) => json!(text.len()),
                _ => return None,
            },
            Term::Contains(terms) => {
                let (list, value) = (of(&terms[0])?, of(&terms[1])?);
                json!(list.as_array()?.contains(&value))
            }
            Term::Encode(term) => json!(of(term)?.to_string()),
            Term::Can(term) => json!(of(term).is_some()),
        })
    }
}

fn operate(operator: &str, a: &Json, b: &Json) -> Option<Json> {
    let numbers = || Some((as_number(a)?, as_number(b)?));
    Some(match operator {
        "==" => json!(a == b),
        "!=" => json!(a != b),
        "&&" => json!([as_flag(a)?, as_flag(b)?] == [true, true]),
        "||" => json!([as_flag(a)?, as_flag(b)?] != [false, false]),
        "<" => numbers().map(|(a, b)| json!(a < b))?,
        ">=" => numbers().map(|(a, b)| json!(a >= b))?,
        "+" => numbers().and_then(|(a, b)| exact(a.checked_add(b)))?,
        "-" => numbers().and_then(|(a, b)| exact(a.checked_sub(b)))?,
        _ => numbers().and_then(|(a, b)| exact(a.checked_mul(b)))?,
    })
}

/// Beyond this whole numbers aren't exact any more, and are refused.
fn exact(number: Option<i64>) -> Option<Json> {
    number.filter(|number| number.unsigned_abs() <= 1 << 53).map(Json::from)
}

fn sorted(map: Map<String, Json>) -> Map<String, Json> {
    map.into_iter().collect::<BTreeMap<_, _>>().into_iter().collect()
}

fn as_text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(_) | Json::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

fn as_flag(value: &Json) -> Option<bool> {
    match value {
        Json::Bool(flag) => Some(*flag),
        Json::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn as_number(value: &Json) -> Option<i64> {
    match value {
        Json::Number(number) => number.as_i64(),
        Json::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn leaf() -> impl Strategy<Value = Term> {
    prop_oneof![
        (0..20).prop_map(Term::Number),
        prop::sample::select(vec!["", "x", "yz", "7", "12", "true", "false"])
            .prop_map(|text| Term::Text(text.to_owned())),
        any::<bool>().prop_map(Term::Flag),
        (0..4usize).prop_map(Term::Attribute),
    ]
}

fn term() -> impl Strategy<Value = Term> {
    leaf().prop_recursive(4, 24, 3, |inner| {
        let one = || inner.clone().prop_map(Box::new);
        let two = || (inner.clone(), inner.clone()).prop_map(|(a, b)| Box::new([a, b]));
        let operators = prop::sample::select(vec!["==", "!=", "&&", "||", "<", ">=", "+", "-", "*"]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Term::List),
            prop::collection::btree_map("[k-n]", inner.clone(), 0..3)
                .prop_map(|map| Term::Object(map.into_iter().collect())),
            prop::collection::vec(inner.clone(), 1..3).prop_map(Term::Template),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| Term::If(Box::new([a, b, c]))),
            one().prop_map(Term::Not),
            (operators, two()).prop_map(|(operator, terms)| Term::Operator(operator, terms)),
            one().prop_map(Term::Length),
            two().prop_map(Term::Contains),
            one().prop_map(Term::Encode),
            one().prop_map(Term::Can),
        ]
    })
}

fn attributes() -> impl Strategy<Value = [Json; 4]> {
    let value = || {
        prop_oneof![
            (0..9i64).prop_map(|number| json!(number)),
            prop::sample::select(vec!["", "q", "5", "true"]).prop_map(|text| json!(text)),
            any::<bool>().prop_map(|flag| json!(flag)),
            prop::collection::vec(0..3i64, 0..3).prop_map(|list| json!(list)),
        ]
    };
    [value(), value(), value(), value()]
}

/// What the engine makes of the text when it knows these attributes.
fn evaluated(text: &str, known: &[(usize, &Json)], complete: bool) -> Result<Value, Problem> {
    let source = format!("resource \"aws_vpc\" \"v\" {{}}\noutput \"o\" {{\n  value = {text}\n}}\n");
    let files = Files::in_memory([("main.tf".to_owned(), source.into_bytes())].into());
    let directory = load(&files).unwrap_or_else(|problems| panic!("{text}: {problems}"));
    let variables = Variables::new();
    let scope = Scope::new(&directory, &files, &variables);
    let attributes =
        known.iter().map(|(index, json)| (NAMES[*index].to_owned(), Value::from(*json))).collect();
    scope.learn(&Address::new("aws_vpc", "v"), Known { attributes, complete });
    scope.evaluate(&directory.outputs["o"].value)
}

/// What was known before is the same afterwards; what was not may be anything.
fn agree(before: &Value, after: &Value) -> bool {
    match (before, after) {
        (Value::Unknown(_), _) => true,
        (Value::List(a), Value::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| agree(a, b)),
        (Value::Map(a), Value::Map(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| agree(a, b)))
        }
        (a, b) => a == b,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn both_evaluators_agree(term in term(), attributes in attributes()) {
        let all: Vec<(usize, &Json)> = attributes.iter().enumerate().collect();
        let ours = evaluated(&term.text(), &all, true).ok().map(|value| value.shown());
        prop_assert_eq!(ours, term.value(&attributes), "{}", term.text());
    }

    #[test]
    fn what_is_known_early_stays(term in term(), attributes in attributes(), early in 0..16usize) {
        let all: Vec<(usize, &Json)> = attributes.iter().enumerate().collect();
        let some: Vec<(usize, &Json)> = all.iter().filter(|(index, _)| early >> index & 1 == 1).copied().collect();
        let text = term.text();
        let (before, after) = (evaluated(&text, &some, false), evaluated(&text, &all, true));
        match (before, after) {
            (Ok(before), Ok(after)) => {
                prop_assert!(after.is_known(), "{text}");
                prop_assert!(agree(&before, &after), "{text}: {before:?}, then {after:?}");
            }
            // An error that only comes with a value is found when the value is there.
            (Ok(before), Err(_)) => prop_assert!(!before.is_known(), "{text}: {before:?}, then an error"),
            (Err(problem), after) => prop_assert!(after.is_err(), "{text}: {problem}, then {after:?}"),
        }
    }
}
