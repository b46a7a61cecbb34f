//! SNS: topics, and who hears of what is said there.

mod subscription;
mod topic;

use crate::kind::{AnyKind, implemented};

pub(crate) fn kinds() -> Vec<Box<dyn AnyKind>> {
    vec![implemented::<subscription::Subscription>(), implemented::<topic::Topic>()]
}
