use std::fmt;

/// A resource's address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    pub kind: String,
    pub name: String,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.kind, self.name)
    }
}

/// The resources of a canonical Terraform text: each begins a line.
pub fn addresses(text: &str) -> Vec<Address> {
    let header = |line: &str| {
        let mut labels = line.strip_prefix("resource \"")?.split('"');
        let (kind, name) = (labels.next()?, labels.nth(1)?);
        Some(Address { kind: kind.to_owned(), name: name.to_owned() })
    };
    text.lines().filter_map(header).collect()
}
