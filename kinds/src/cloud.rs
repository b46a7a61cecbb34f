//! What the cloud adds to an object on its own: the attributes that references may name, and the arguments that it
//! chooses where they are left out.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// What a cloud decides about objects of one kind.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cloud {
    /// Attribute → what it looks like: `vpc-{hex}`. In braces an argument, another attribute, or `hex`, `account`,
    /// `region`, `name` (the kind's own name), `updates` (rises with every update).
    #[serde(default)]
    pub computed: BTreeMap<String, String>,
    /// Optional arguments that the cloud chooses where they are left out; a plan doesn't miss them.
    #[serde(default)]
    pub chosen: Vec<String>,
}

/// What the cloud adds to objects of the kind.
pub fn cloud(kind: &str) -> Option<&'static Cloud> {
    CLOUD.get(kind)
}

static CLOUD: LazyLock<BTreeMap<String, Cloud>> = LazyLock::new(|| {
    // A test reads it.
    serde_saphyr::from_str(include_str!("../aws/cloud.yaml"))
        .unwrap_or_else(|error| panic!("kinds/aws/cloud.yaml: {error}"))
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_says_what_the_cloud_adds() {
        for (name, _) in crate::kinds() {
            assert!(cloud(name).is_some_and(|cloud| cloud.computed.contains_key("id")), "{name} has no id");
        }
        for name in CLOUD.keys() {
            assert!(crate::kind(name).is_some(), "{name} is no kind");
        }
    }
}
