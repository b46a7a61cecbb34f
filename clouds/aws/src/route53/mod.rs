//! Route 53: names in zones that were there before.

mod names;
mod record;

use crate::kind::{AnyKind, implemented};

pub(crate) fn kinds() -> Vec<Box<dyn AnyKind>> {
    vec![implemented::<record::Record>()]
}

const SERVICE: &str = "route53";
