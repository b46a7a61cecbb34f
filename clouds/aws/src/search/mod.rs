//! OpenSearch Service: clusters for search that the service runs.

mod described;
mod domain;
mod linked_role;
mod ordered;

use crate::kind::{AnyKind, implemented};

pub(crate) fn kinds() -> Vec<Box<dyn AnyKind>> {
    vec![implemented::<domain::Domain>()]
}

/// Its permissions still have the service's first name.
const SERVICE: &str = "es";
