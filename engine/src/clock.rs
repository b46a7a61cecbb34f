//! Time as the engine sees it: real, or virtual so that a cluster that takes half an hour is tested in a millisecond.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

/// A future that this crate's traits return; single-threaded, so that drivers and stores may share plain state.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

pub trait Clock {
    /// Time since some fixed moment. Never goes back, and counts while the machine is suspended: leases depend on it.
    fn now(&self) -> Duration;
    fn sleep(&self, duration: Duration) -> Later<'_, ()>;
    /// Seconds since 1970, for people. Nothing is ever decided by it.
    fn wall(&self) -> u64;
}

/// A clock that stands still while there is work and jumps when there is none.
#[derive(Clone, Default)]
pub struct VirtualClock(Rc<Timers>);

#[derive(Default)]
struct Timers {
    now: Cell<Duration>,
    next: Cell<u64>,
    waiting: RefCell<BTreeMap<(Duration, u64), Waker>>,
}

impl VirtualClock {
    pub fn starting_at(now: Duration) -> Self {
        let clock = VirtualClock::default();
        clock.0.now.set(now);
        clock
    }

    /// Drives a future to its end. Returns `None` when it waits for something that no timer brings.
    pub fn run<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        let mut future = pin!(future);
        let flag = Arc::new(Flag(AtomicBool::new(true)));
        let waker = Waker::from(flag.clone());
        let mut context = Context::from_waker(&waker);
        loop {
            while flag.0.swap(false, Ordering::AcqRel) {
                if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
                    return Some(value);
                }
            }
            self.jump()?;
        }
    }

    /// To the next timer.
    fn jump(&self) -> Option<()> {
        let ((at, _), waker) = self.0.waiting.borrow_mut().pop_first()?;
        self.0.now.set(at.max(self.0.now.get()));
        waker.wake();
        Some(())
    }
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Release);
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Duration {
        self.0.now.get()
    }

    fn sleep(&self, duration: Duration) -> Later<'_, ()> {
        let number = self.0.next.get();
        self.0.next.set(number + 1);
        Box::pin(Sleep { timers: self.0.clone(), key: (self.now() + duration, number) })
    }

    fn wall(&self) -> u64 {
        // A fixed day, so that what is written down is the same each time.
        1_767_225_600 + self.now().as_secs()
    }
}

struct Sleep {
    timers: Rc<Timers>,
    key: (Duration, u64),
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.timers.now.get() >= self.key.0 {
            return Poll::Ready(());
        }
        self.timers.waiting.borrow_mut().insert(self.key, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        // A timer nobody waits for any more must not move the clock.
        self.timers.waiting.borrow_mut().remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join;

    use super::*;

    #[test]
    fn sleeps_overlap_and_cost_nothing() {
        let clock = VirtualClock::default();
        let hour = Duration::from_secs(3600);
        clock.run(join(clock.sleep(hour), clock.sleep(2 * hour))).unwrap();
        assert_eq!(clock.now(), 2 * hour);
    }

    #[test]
    fn a_dropped_timer_does_not_move_the_clock() {
        let clock = VirtualClock::default();
        let race = futures_util::future::select(
            clock.sleep(Duration::from_secs(1)),
            clock.sleep(Duration::from_secs(9)),
        );
        drop(clock.run(race));
        clock.run(clock.sleep(Duration::from_secs(1))).unwrap();
        assert_eq!(clock.now(), Duration::from_secs(2));
    }

    #[test]
    fn waiting_for_nothing_ends() {
        assert_eq!(VirtualClock::default().run(std::future::pending::<()>()), None);
    }
}
