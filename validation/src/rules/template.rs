//! Texts with expressions in braces: `{replicas(component)} web servers`.

use super::evaluate::{NoValue, Scope};
use super::expression::{Expression, ParseError};

#[derive(Debug, Clone, PartialEq)]
pub struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Text(String),
    Value(Expression),
}

impl Template {
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let (mut parts, mut rest, mut at) = (Vec::new(), text, 0);
        while let Some(open) = rest.find('{') {
            let close = rest[open..]
                .find('}')
                .ok_or_else(|| ParseError { at: at + open, message: "the brace is not closed".to_owned() })?
                + open;
            parts.push(Part::Text(rest[..open].to_owned()));
            parts.push(Part::Value(Expression::parse(&rest[open + 1..close])?));
            at += close + 1;
            rest = &rest[close + 1..];
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Self(parts))
    }

    /// The text with its values; what the spec does not say reads as such.
    pub fn fill(&self, scope: Scope<'_>) -> String {
        self.0
            .iter()
            .map(|part| match part {
                Part::Text(text) => text.clone(),
                Part::Value(expression) => match expression.evaluate(scope) {
                    Ok(value) => value.to_string(),
                    Err(NoValue::Unknown(_)) => "an unknown number of".to_owned(),
                    Err(NoValue::Nonsense(message)) => format!("({message})"),
                },
            })
            .collect()
    }
}
