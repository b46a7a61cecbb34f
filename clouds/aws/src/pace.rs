//! How fast one service is asked: so many calls at a time, and slower while it says that it is too much.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// Calls at a time. EC2's buckets hold 50 to 100 calls that change nothing and refill by 5 to 20 a second
/// (https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html), so more only brings refusals.
const AT_A_TIME: usize = 16;
const FIRST_GAP: Duration = Duration::from_millis(50);
const LONGEST_GAP: Duration = Duration::from_secs(2);

pub(crate) struct Pace {
    room: Arc<Semaphore>,
    gap: Mutex<Gap>,
}

struct Gap {
    between: Duration,
    longest: Duration,
    next: Instant,
}

impl Default for Pace {
    fn default() -> Self {
        let gap = Gap { between: Duration::ZERO, longest: Duration::ZERO, next: Instant::now() };
        Pace { room: Arc::new(Semaphore::new(AT_A_TIME)), gap: Mutex::new(gap) }
    }
}

impl Pace {
    /// Waits for a turn; the call's time ends when the permit is dropped.
    pub(crate) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        // Nobody closes it.
        let permit = Arc::clone(&self.room).acquire_owned().await.ok();
        let start = {
            let mut gap = self.gap.lock().unwrap_or_else(PoisonError::into_inner);
            let start = gap.next.max(Instant::now());
            gap.next = start + gap.between;
            start
        };
        tokio::time::sleep_until(start).await;
        permit
    }

    /// After a refusal twice as far apart, after each success a little closer again.
    pub(crate) fn learn(&self, throttled: bool) {
        let mut gap = self.gap.lock().unwrap_or_else(PoisonError::into_inner);
        gap.between = match throttled {
            true => (gap.between * 2).clamp(FIRST_GAP, LONGEST_GAP),
            false if gap.between <= FIRST_GAP / 4 => Duration::ZERO,
            false => gap.between * 9 / 10,
        };
        gap.longest = gap.longest.max(gap.between);
    }

    /// How far apart calls were at most.
    pub(crate) fn longest(&self) -> Duration {
        self.gap.lock().unwrap_or_else(PoisonError::into_inner).longest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_slow_down_and_success_speeds_up_again() {
        let pace = Pace::default();
        let between = || pace.gap.lock().unwrap().between;
        assert_eq!((between(), pace.longest()), (Duration::ZERO, Duration::ZERO));
        for _ in 0..20 {
            pace.learn(true);
        }
        assert_eq!(between(), LONGEST_GAP);
        for _ in 0..60 {
            pace.learn(false);
        }
        assert_eq!(
            (between(), pace.longest()),
            (Duration::ZERO, LONGEST_GAP),
            "who asks later is told of it"
        );
    }
}
