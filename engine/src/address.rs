use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// A resource's place in the configuration: `aws_subnet.private_a`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(Arc<str>);

#[derive(Debug, Error)]
#[error("`{0}` is no resource address: it takes a type and a name, as in `aws_subnet.private_a`")]
pub struct NotAnAddress(String);

impl Address {
    pub fn new(kind: &str, name: &str) -> Self {
        Address(format!("{kind}.{name}").into())
    }

    /// The resource type: `aws_subnet`.
    pub fn kind(&self) -> &str {
        self.0.split_once('.').map_or(&*self.0, |(kind, _)| kind)
    }

    /// The name in the configuration: `private_a`.
    pub fn name(&self) -> &str {
        self.0.split_once('.').map_or("", |(_, name)| name)
    }

    /// Also one that only a plan of Terraform's has: an instance of a resource, or a resource of a module.
    pub fn in_a_plan(text: &str) -> Result<Self, NotAnAddress> {
        let is_instance = text.ends_with(']') || text.starts_with("module.");
        match Address::try_from(text) {
            Err(_) if is_instance && !text.chars().any(char::is_control) => Ok(Address(text.into())),
            address => address,
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for Address {
    type Error = NotAnAddress;

    fn try_from(text: &str) -> Result<Self, NotAnAddress> {
        let word = |part: &str| {
            part.starts_with(|c: char| c.is_alphabetic() || c == '_')
                && part.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')
        };
        match text.split_once('.') {
            Some((kind, name)) if word(kind) && word(name) => Ok(Address(text.into())),
            _ => Err(NotAnAddress(text.to_owned())),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Address::in_a_plan(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_a_type_and_a_name() {
        let address = Address::try_from("aws_subnet.private-a").unwrap();
        assert_eq!((address.kind(), address.name()), ("aws_subnet", "private-a"));
    }

    #[test]
    fn a_plan_may_name_instances() {
        for text in ["aws_subnet.a[0]", "module.net.aws_vpc.main", "aws_vpc.main"] {
            assert_eq!(Address::in_a_plan(text).unwrap().as_str(), text);
        }
        assert!(Address::in_a_plan("a").is_err() && Address::in_a_plan("a.b[0\n]").is_err());
    }

    #[test]
    fn refuses_anything_else() {
        for text in ["", ".", "a", "a.", ".b", "a.b.c", "a.b[0]", "1.2", "a.b\n"] {
            assert!(Address::try_from(text).is_err(), "{text:?}");
        }
    }
}
