//! To whom objects belong that are found by a name and whose lists don't show tags.

use provision_engine::driver::{Class, Failure, State};

use crate::failure::Failed;
use crate::kind::{Found, Order, Wanted};
use crate::tags::{self, Tags};

/// Whether an object of that name may be the deployment's. Only then its tags are asked for, and they decide: names
/// that are rendered begin with the deployment's, or have a part that does. What the configuration wants is asked for
/// whatever its name.
pub(crate) fn may_be_ours(name: &str, wanted: &Wanted) -> bool {
    let begins = |part: &str| !wanted.deployment.is_empty() && part.starts_with(&wanted.deployment);
    wanted.names.iter().any(|other| other.eq_ignore_ascii_case(name)) || name.split('/').any(begins)
}

pub(crate) fn is_of(tags: &Tags, deployment: &str) -> bool {
    tags.get(tags::DEPLOYMENT).is_some_and(|name| name == deployment)
}

/// The name is taken. When it was taken for this very resource, by a call whose answer was lost or a process that was
/// killed, that is what was ordered; what is somebody else's stops the run.
pub(crate) fn adopted<A>(
    order: &Order<A>,
    found: Option<Found<A>>,
    failed: Failed,
) -> Result<String, Failure> {
    let Some(found) = found.filter(|found| !found.gone && found.state != State::Deleting) else {
        return Err(failed.failure);
    };
    let same_address = found.tags.get(tags::ADDRESS) == Some(&order.address.to_string());
    if is_of(&found.tags, &order.deployment) && same_address || found.of_ours {
        return Ok(found.id);
    }
    let id = &found.id;
    let message =
        format!("`{id}` has the name that {} wants, and it is not this deployment's", order.address);
    Err(Failure::new(Class::Fatal, message))
}

/// Tags of a service that lists them as pairs.
macro_rules! pairs {
    ($tags:expr) => {
        $tags
            .into_iter()
            .flatten()
            .filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default())))
            .collect::<$crate::tags::Tags>()
    };
}
pub(crate) use pairs;
