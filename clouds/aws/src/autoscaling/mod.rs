//! Auto Scaling: groups of machines and what belongs to them.

mod attachment;
mod group;
mod hook;
mod policy;

use crate::kind::{AnyKind, implemented};

pub(crate) use group::named;

pub(crate) fn kinds() -> Vec<Box<dyn AnyKind>> {
    vec![
        implemented::<attachment::Attachment>(),
        implemented::<group::Group>(),
        implemented::<hook::Hook>(),
        implemented::<policy::Policy>(),
    ]
}
