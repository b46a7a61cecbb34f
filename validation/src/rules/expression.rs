//! The language that rules are written in: comparisons and arithmetic over named quantities of a topology.
//!
//! ```text
//! queue.kind == 'kafka' and replicas(component) <= queue.partitions
//! ```

use std::fmt;

use super::vocabulary::{self, Quantity};

#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// A number, with the text it was written as: versions compare to the text.
    Number(f64, String),
    Word(String),
    Truth(bool),
    List(Vec<Expression>),
    Quantity(&'static Quantity, Option<Argument>),
    /// The component that a rule is being applied to.
    Component,
    Not(Box<Expression>),
    Binary(Operator, Box<Expression>, Box<Expression>),
    Call(Function, Vec<Expression>),
}

/// What a quantity is asked of.
#[derive(Debug, Clone, PartialEq)]
pub enum Argument {
    /// The component that the rule is being applied to.
    Component,
    /// A component by its name, or the key of a kernel parameter.
    Named(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Or,
    And,
    Equal,
    Different,
    Less,
    AtMost,
    More,
    AtLeast,
    In,
    Plus,
    Minus,
    Times,
    Over,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    Least,
    Most,
    Ceiling,
    Given,
}

/// Why a text is no expression.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
#[error("at character {at}: {message}")]
pub struct ParseError {
    pub at: usize,
    pub message: String,
}

impl Expression {
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let tokens = tokens(text)?;
        let mut parser = Parser { tokens: &tokens, next: 0, end: text.len() };
        let expression = parser.binary(0)?;
        match parser.peek() {
            None => Ok(expression),
            Some(_) => Err(parser.error("the expression should end here")),
        }
    }

    /// Every quantity it asks for, each once.
    pub fn quantities(&self) -> Vec<(&'static Quantity, Option<&Argument>)> {
        let mut found = Vec::new();
        self.collect(&mut found);
        found
    }

    fn collect<'e>(&'e self, found: &mut Vec<(&'static Quantity, Option<&'e Argument>)>) {
        match self {
            Expression::Quantity(quantity, argument) => {
                let asked = (*quantity, argument.as_ref());
                if !found.iter().any(|(other, of)| std::ptr::eq(*other, *quantity) && *of == asked.1) {
                    found.push(asked);
                }
            }
            Expression::List(items) | Expression::Call(_, items) => {
                items.iter().for_each(|item| item.collect(found));
            }
            Expression::Not(inner) => inner.collect(found),
            Expression::Binary(_, left, right) => {
                left.collect(found);
                right.collect(found);
            }
            Expression::Number(..) | Expression::Word(_) | Expression::Truth(_) | Expression::Component => {}
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Operator::Or => "or",
            Operator::And => "and",
            Operator::Equal => "==",
            Operator::Different => "!=",
            Operator::Less => "<",
            Operator::AtMost => "<=",
            Operator::More => ">",
            Operator::AtLeast => ">=",
            Operator::In => "in",
            Operator::Plus => "+",
            Operator::Minus => "-",
            Operator::Times => "*",
            Operator::Over => "/",
        })
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Number(f64, String),
    Word(String),
    Name(String),
    Sign(&'static str),
}

const SIGNS: [&str; 15] = ["==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "(", ")", "[", "]", ","];
const SECONDS: [(&str, f64); 5] = [("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3_600.0), ("d", 86_400.0)];

fn tokens(text: &str) -> Result<Vec<(usize, Token)>, ParseError> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        if c.is_whitespace() {
            at += c.len_utf8();
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            tokens.push((at, Token::Sign(sign)));
            at += sign.len();
        } else if c == '\'' {
            let end = rest[1..]
                .find('\'')
                .ok_or_else(|| ParseError { at, message: "the word has no closing quote".to_owned() })?;
            tokens.push((at, Token::Word(rest[1..=end].to_owned())));
            at += end + 2;
        } else if c.is_ascii_digit() {
            let length = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'.').count();
            let number = number(&rest[..length])
                .ok_or_else(|| ParseError { at, message: format!("`{}` is no number", &rest[..length]) })?;
            tokens.push((at, number));
            at += length;
        } else {
            let length = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || b"._".contains(b)).count();
            if length == 0 {
                return Err(ParseError { at, message: format!("{c:?} has no meaning here") });
            }
            tokens.push((at, Token::Name(rest[..length].to_owned())));
            at += length;
        }
    }
    Ok(tokens)
}

/// `16`, `0.7`, or a length of time such as `15s`, which counts in seconds.
fn number(text: &str) -> Option<Token> {
    let digits = text.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
    let (digits, unit) = text.split_at(digits);
    let factor = match unit {
        "" => 1.0,
        _ => SECONDS.iter().find(|(name, _)| *name == unit)?.1,
    };
    Some(Token::Number(digits.parse::<f64>().ok()? * factor, text.to_owned()))
}

struct Parser<'t> {
    tokens: &'t [(usize, Token)],
    next: usize,
    end: usize,
}

/// Loosest first.
const LEVELS: [&[(&str, Operator)]; 5] = [
    &[("or", Operator::Or)],
    &[("and", Operator::And)],
    &[
        ("==", Operator::Equal),
        ("!=", Operator::Different),
        ("<=", Operator::AtMost),
        (">=", Operator::AtLeast),
        ("<", Operator::Less),
        (">", Operator::More),
        ("in", Operator::In),
    ],
    &[("+", Operator::Plus), ("-", Operator::Minus)],
    &[("*", Operator::Times), ("/", Operator::Over)],
];

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|(_, token)| token)
    }

    fn error(&self, message: &str) -> ParseError {
        let at = self.tokens.get(self.next).map_or(self.end, |(at, _)| *at);
        ParseError { at, message: message.to_owned() }
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(found)) if *found == sign);
        self.next += usize::from(found);
        found
    }

    fn expect_sign(&mut self, sign: &str) -> Result<(), ParseError> {
        if self.take_sign(sign) { Ok(()) } else { Err(self.error(&format!("`{sign}` is missing"))) }
    }

    fn binary(&mut self, level: usize) -> Result<Expression, ParseError> {
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        let mut left = self.binary(level + 1)?;
        loop {
            let found = match self.peek() {
                Some(Token::Sign(sign)) => operators.iter().find(|(text, _)| text == sign),
                Some(Token::Name(name)) => operators.iter().find(|(text, _)| text == name),
                _ => None,
            };
            let Some((_, operator)) = found else { return Ok(left) };
            self.next += 1;
            let right = self.binary(level + 1)?;
            left = Expression::Binary(*operator, Box::new(left), Box::new(right));
        }
    }

    fn unary(&mut self) -> Result<Expression, ParseError> {
        if matches!(self.peek(), Some(Token::Name(name)) if name == "not") {
            self.next += 1;
            return Ok(Expression::Not(Box::new(self.unary()?)));
        }
        if self.take_sign("(") {
            let inner = self.binary(0)?;
            self.expect_sign(")")?;
            return Ok(inner);
        }
        if self.take_sign("[") {
            return Ok(Expression::List(self.items("]")?));
        }
        let Some(token) = self.peek().cloned() else { return Err(self.error("something is missing here")) };
        self.next += 1;
        match token {
            Token::Number(number, text) => Ok(Expression::Number(number, text)),
            Token::Word(word) => Ok(Expression::Word(word)),
            Token::Name(name) => self.named(&name),
            Token::Sign(sign) => {
                self.next -= 1;
                Err(self.error(&format!("`{sign}` can't stand here")))
            }
        }
    }

    fn items(&mut self, close: &str) -> Result<Vec<Expression>, ParseError> {
        let mut items = vec![self.binary(0)?];
        while self.take_sign(",") {
            items.push(self.binary(0)?);
        }
        self.expect_sign(close)?;
        Ok(items)
    }

    fn named(&mut self, name: &str) -> Result<Expression, ParseError> {
        let function = match name {
            "true" => return Ok(Expression::Truth(true)),
            "false" => return Ok(Expression::Truth(false)),
            "component" => return Ok(Expression::Component),
            "min" => Some(Function::Least),
            "max" => Some(Function::Most),
            "ceil" => Some(Function::Ceiling),
            "given" => Some(Function::Given),
            _ => None,
        };
        if let Some(function) = function {
            self.expect_sign("(")?;
            return Ok(Expression::Call(function, self.items(")")?));
        }
        let Some(quantity) = vocabulary::find(name) else {
            self.next -= 1;
            let known = vocabulary::names();
            let hint = provision_architecture::diagnostic::did_you_mean(name, known);
            return Err(self.error(&format!("`{name}` is no quantity: {hint}")));
        };
        let argument = match self.take_sign("(") {
            true => Some(self.argument()?),
            false => None,
        };
        if argument.is_some() != quantity.takes_argument() {
            let what = if argument.is_some() {
                "takes no argument"
            } else {
                "needs an argument, as in `replicas(worker)`"
            };
            return Err(self.error(&format!("`{name}` {what}")));
        }
        Ok(Expression::Quantity(quantity, argument))
    }

    fn argument(&mut self) -> Result<Argument, ParseError> {
        let argument = match self.peek() {
            Some(Token::Name(name)) if name == "component" => Argument::Component,
            Some(Token::Name(name) | Token::Word(name)) => Argument::Named(name.clone()),
            _ => return Err(self.error("the name of a component is missing here")),
        };
        self.next += 1;
        self.expect_sign(")")?;
        Ok(argument)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binds_as_people_read() {
        let parsed = Expression::parse("zones + 1 * 2 <= 4 and not queue.racks or false").expect("it parses");
        let Expression::Binary(Operator::Or, left, _) = parsed else { panic!("`or` binds loosest") };
        let Expression::Binary(Operator::And, left, right) = *left else { panic!("then `and`") };
        assert!(matches!(*right, Expression::Not(_)));
        let Expression::Binary(Operator::AtMost, left, _) = *left else { panic!("then comparisons") };
        assert!(matches!(*left, Expression::Binary(Operator::Plus, ..)));
    }

    #[test]
    fn lengths_of_time_count_in_seconds() {
        assert_eq!(Expression::parse("5m"), Ok(Expression::Number(300.0, "5m".to_owned())));
        assert!(Expression::parse("5q").is_err());
    }

    #[test]
    fn mistakes_are_named() {
        let hint = Expression::parse("zone >= 2").expect_err("no such quantity");
        assert!(hint.message.contains("`zones`"), "{hint}");
        for bad in [
            "",
            "zones >=",
            "zones zones",
            "replicas",
            "zones(worker)",
            "(zones",
            "'open",
            "zones § 1",
            "replicas(1)",
        ] {
            assert!(Expression::parse(bad).is_err(), "{bad}");
        }
    }
}
