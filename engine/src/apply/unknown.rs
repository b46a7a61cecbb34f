//! What a create names and the cloud doesn't know: not yet, or it was never there.

use std::cell::Cell;
use std::time::Duration;

use crate::driver::{Class, Failure};

/// Time for what was made a moment ago to be known everywhere: "a few minutes"
/// (https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html). A step's own deadline is far longer.
const LONGEST: Duration = Duration::from_secs(180);

/// Since when one create has been told so.
#[derive(Default)]
pub(super) struct Unknown(Cell<Option<Duration>>);

impl Unknown {
    /// The failure as it is, until it has said for too long that something isn't known yet: then it is one for good.
    pub(super) fn judged(&self, failure: Failure, now: Duration) -> Failure {
        if failure.class != Class::NotYetConsistent {
            return failure;
        }
        let since = self.0.get().unwrap_or(now);
        self.0.set(Some(since));
        if now.saturating_sub(since) < LONGEST {
            return failure;
        }
        let message = format!("{}; it is the same after {} s", failure.message, LONGEST.as_secs());
        Failure { class: Class::Fatal, message, ..failure }
    }
}
