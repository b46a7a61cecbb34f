//! Whether what is to be made may be made: one call of each kind as a dry run, with the arguments and the tags that it is
//! going to have, because a permission may depend on them.
//!
//! EC2 alone has dry runs: `DryRunOperation` means that it is permitted, `UnauthorizedOperation` that it isn't
//! (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html). Any other answer says nothing about
//! permissions. A call that names what isn't made yet can't be tried.

use std::sync::Arc;

use provision_engine::driver::{Class, Create, Failure};

use super::Foreseen;
use crate::connection::Cloud;
use crate::registry;

const MISSING: &str = "UnauthorizedOperation";

pub(super) async fn check(cloud: Arc<Cloud>, sample: Create) -> Result<Foreseen, Failure> {
    // What isn't known yet may be an argument without which there is no call.
    let Ok(kind) = registry::kind(sample.address.kind()) else { return Ok(Foreseen::default()) };
    let Ok(answer) = kind.rehearse(&cloud, &sample).await else { return Ok(Foreseen::default()) };
    match answer {
        Some(failed) if failed.code == MISSING => Ok(Foreseen::short([failed.failure.message])),
        Some(failed) if !tells_nothing(failed.failure.class) => Err(failed.failure),
        _ => Ok(Foreseen::default()),
    }
}

/// A name that isn't there, or one that is there already: it was looked at, and the permission wasn't what it failed for.
fn tells_nothing(class: Class) -> bool {
    !matches!(class, Class::Throttled | Class::Unanswered | Class::LoggedOut)
}
