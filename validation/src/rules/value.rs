use std::cmp::Ordering;
use std::fmt;

use provision_architecture::values::Version;

/// What an expression comes to.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Number(f64),
    Word(String),
    Truth(bool),
    Version(Version),
    List(Vec<Value>),
}

/// The spec does not say it; the path of the field that would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown(pub String);

impl Value {
    /// How two values compare; a version compares to a text or to a number as it was written.
    pub fn compare(&self, other: &Value) -> Option<Ordering> {
        match (self, other) {
            (Value::Number(left), Value::Number(right)) => left.partial_cmp(right),
            (Value::Word(left), Value::Word(right)) => Some(left.cmp(right)),
            (Value::Truth(left), Value::Truth(right)) => Some(left.cmp(right)),
            (Value::Version(left), Value::Version(right)) => Some(left.compare_to(right)),
            (Value::Version(left), Value::Word(right)) => {
                Some(left.compare_to(&Version::try_from(right.as_str()).ok()?))
            }
            _ => None,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Number(number) => f.write_str(&shown(*number)),
            Value::Word(word) => f.write_str(word),
            Value::Truth(true) => f.write_str("yes"),
            Value::Truth(false) => f.write_str("no"),
            Value::Version(version) => version.fmt(f),
            Value::List(items) => {
                let items: Vec<String> = items.iter().map(ToString::to_string).collect();
                f.write_str(&items.join(", "))
            }
        }
    }
}

/// A number as people read it: thousands apart, two digits behind the point where it isn't whole.
fn shown(number: f64) -> String {
    let whole = number.fract() == 0.0;
    let text = if whole { format!("{number:.0}") } else { format!("{number:.2}") };
    let (sign, text) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
    let (digits, fraction) = text.split_once('.').map_or((text, ""), |(digits, fraction)| (digits, fraction));
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{grouped}{point}{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        for (number, text) in [
            (0.0, "0"),
            (999.0, "999"),
            (83_333.333, "83,333.33"),
            (5_000_000.0, "5,000,000"),
            (-1234.5, "-1,234.5"),
            (0.7, "0.7"),
        ] {
            assert_eq!(shown(number), text);
        }
    }
}
