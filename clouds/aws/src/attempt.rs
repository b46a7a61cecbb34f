//! How long one attempt may take, and what it means that its time is over.
//!
//! The time that a call waits for its turn counts: an attempt begins with enough of the lock's lease left, and nothing may be
//! sent when that is used up. But as long as nothing was sent, nothing can have come of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use provision_engine::driver::{Class, Failure};

tokio::task_local! {
    /// Whether the attempt that runs in this task has sent something.
    static SENT: Arc<AtomicBool>;
}

/// A call is on its way.
pub(crate) fn sends() {
    // Lists and members are no attempts: there is nothing to remember.
    let _ = SENT.try_with(|sent| sent.store(true, Ordering::Relaxed));
}

/// Works so long, in one task: after that, nobody knows whether it had its effect, unless it never had its turn.
pub(crate) async fn within<T>(
    longest: Duration,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let sent = Arc::new(AtomicBool::new(false));
    let outcome = tokio::time::timeout(longest, SENT.scope(Arc::clone(&sent), work)).await;
    outcome.unwrap_or_else(|_| {
        let seconds = longest.as_secs();
        Err(if sent.load(Ordering::Relaxed) {
            Failure::new(Class::Unanswered, format!("no answer in {seconds} s"))
        } else {
            Failure::new(Class::Throttled, format!("no turn to ask in {seconds} s: nothing was sent"))
        })
    })
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    fn outcome(work: impl Future<Output = Result<u8, Failure>>) -> Result<u8, Class> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(within(Duration::from_millis(10), work)).map_err(|failure| failure.class)
    }

    #[test]
    fn without_an_answer_it_is_open_what_came_of_it() {
        let work = async {
            sends();
            pending().await
        };
        assert_eq!(outcome(work), Err(Class::Unanswered));
    }

    #[test]
    fn without_a_turn_nothing_came_of_it() {
        assert_eq!(outcome(pending()), Err(Class::Throttled));
    }

    #[test]
    fn what_ends_in_time_is_handed_on() {
        let work = async {
            sends();
            Ok(1)
        };
        assert_eq!(outcome(work), Ok(1));
    }
}
