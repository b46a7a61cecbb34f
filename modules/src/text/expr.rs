use std::fmt;

use serde::{Serialize, Serializer};
use thiserror::Error;

/// A piece of Terraform that is no text but an expression: a reference, or an object that this room wrote itself. The
/// only thing that may stand outside of quotes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Expr(String);

#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "`{0}` is no reference: names, dots and numbers in brackets make one, like `aws_subnet.private_a.id`"
)]
pub struct NotAnExpression(String);

impl Expr {
    /// A reference: `aws_subnet.private_a.id`, `var.deletion_protection`, `aws_lb.main.subnets[0]`.
    pub fn reference(path: impl Into<String>) -> Result<Self, NotAnExpression> {
        let path = path.into();
        if is_reference(&path) { Ok(Self(path)) } else { Err(NotAnExpression(path)) }
    }

    /// A quoted string.
    pub fn text(value: &str) -> Self {
        let mut text = String::from('"');
        super::place::hcl::escape(value, &mut text);
        text.push('"');
        Self(text)
    }

    /// An object whose keys and values are texts, one on each line.
    pub fn object<'a>(entries: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut text = String::from("{\n");
        for (key, value) in entries {
            text += &format!("{} = {}\n", Self::text(key), Self::text(value));
        }
        text.push('}');
        Self(text)
    }

    /// An object of expressions, one on each line.
    pub fn entries<'a>(entries: impl IntoIterator<Item = (&'a str, Self)>) -> Self {
        let mut text = String::from("{\n");
        for (key, value) in entries {
            text += &format!("{} = {value}\n", Self::text(key));
        }
        text.push('}');
        Self(text)
    }

    /// A list, on one line.
    pub fn list(items: impl IntoIterator<Item = Self>) -> Self {
        let items: Vec<String> = items.into_iter().map(|item| item.0).collect();
        Self(format!("[{}]", items.join(", ")))
    }

    /// A quoted string with an expression in it: `"orders-${aws_vpc.main.owner_id}"`.
    pub fn joined(before: &str, middle: &Self, after: &str) -> Self {
        Self::strung(&[(before, middle)], after)
    }

    /// A quoted string of several expressions with texts around them.
    pub fn strung(parts: &[(&str, &Self)], after: &str) -> Self {
        let mut text = String::from('"');
        for (before, expression) in parts {
            super::place::hcl::escape(before, &mut text);
            text += &format!("${{{}}}", expression.0);
        }
        super::place::hcl::escape(after, &mut text);
        text.push('"');
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_reference(path: &str) -> bool {
    let mut steps = path.split('.');
    let first_is_name =
        steps.next().is_some_and(|step| is_step(step) && !step.starts_with(|c: char| c.is_ascii_digit()));
    first_is_name && steps.all(is_step)
}

/// `name`, `name[0]`; a digit may come first, as in `network_interface.0.id`.
fn is_step(step: &str) -> bool {
    let (name, index) = match step.split_once('[') {
        Some((name, rest)) => (name, rest.strip_suffix(']')),
        None => (step, Some("0")),
    };
    let word = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    word(name) && index.is_some_and(|index| !index.is_empty() && index.bytes().all(|b| b.is_ascii_digit()))
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Expr {
    /// As Tera's safe string, which passes the escape function by.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        tera::Value::safe_string(&self.0).serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_only() {
        for good in ["aws_vpc.main.id", "var.x", "aws_lb.main.subnets[0]", "a.0.b"] {
            assert!(Expr::reference(good).is_ok(), "{good}");
        }
        for bad in ["", "a.", "a b", "a\"", "0a", "a[", "a[]", "a[x]", "a]", "file(\"/x\")", "a.${b}", "a-b"]
        {
            assert!(Expr::reference(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn texts_are_escaped() {
        assert_eq!(Expr::text("a\"${x}%{y}\\\n").as_str(), r#""a\"$${x}%%{y}\\\n""#);
        let object = Expr::object([("provision:address", "aws_vpc.main"), ("a\"", "${b}")]);
        assert_eq!(object.as_str(), "{\n\"provision:address\" = \"aws_vpc.main\"\n\"a\\\"\" = \"$${b}\"\n}");
    }
}
