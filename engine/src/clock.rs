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

/// A fixed day, so that what is written down is the same each time.
const SOME_DAY: u64 = 1_767_225_600;

struct Timers {
    now: Cell<Duration>,
    /// Seconds since 1970 when the clock read zero.
    wall: Cell<u64>,
    next: Cell<u64>,
    waiting: RefCell<BTreeMap<(Duration, u64), Waker>>,
}

impl Default for Timers {
    fn default() -> Self {
        Timers {
            now: Cell::default(),
            wall: Cell::new(SOME_DAY),
            next: Cell::default(),
            waiting: RefCell::default(),
        }
    }
}

impl VirtualClock {
    /// With the time of day as it is where somebody reads what is written down.
    #[must_use]
    pub fn with_wall(self, wall: u64) -> Self {
        self.0.wall.set(wall.saturating_sub(self.now().as_secs()));
        self
    }

    pub fn starting_at(now: Duration) -> Self {
        let clock = VirtualClock::default();
        clock.0.now.set(now);
        clock
    }

    /// Drives a future to its end. Returns `None` when it waits for something that no timer brings.
    pub fn run<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        self.run_shown(future, &|_| ())
    }

    /// The same, and tells before each jump how far it goes: whoever shows it may let some real time pass.
    pub fn run_shown<T>(&self, future: impl Future<Output = T>, before_jump: &dyn Fn(Duration)) -> Option<T> {
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
            let next = self.0.waiting.borrow().keys().next().map(|(at, _)| *at)?;
            before_jump(next.saturating_sub(self.now()));
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

/// The real time, for one thread: between timers it sleeps.
pub struct RealClock {
    /// Seconds since 1970 when the clock read zero, told by whoever may read the wall clock.
    wall: u64,
    waiting: RefCell<BTreeMap<(Duration, u64), Waker>>,
    next: Cell<u64>,
}

impl RealClock {
    /// `wall` is the time of day now.
    pub fn new(wall: u64) -> Self {
        let wall = wall.saturating_sub(since_boot().as_secs());
        RealClock { wall, waiting: RefCell::default(), next: Cell::default() }
    }

    /// Drives a future to its end; other threads may wake it.
    ///
    /// So it drives futures of tokio too, and none of them needs to be `Send`: whoever calls has a runtime of several
    /// threads, whose threads bring what sockets and timers wait for, and is inside of it (`Runtime::enter`) meanwhile.
    /// What is only polled here must hold its timers on this clock, as the engine does, or bound them itself.
    pub fn run<T>(&self, future: impl Future<Output = T>) -> T {
        let mut future = pin!(future);
        let thread = Arc::new(Unpark(std::thread::current()));
        let waker = Waker::from(thread);
        let mut context = Context::from_waker(&waker);
        loop {
            if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
                return value;
            }
            let next = self.waiting.borrow().keys().next().map(|(at, _)| *at);
            match next {
                Some(at) => std::thread::park_timeout(at.saturating_sub(self.now())),
                None => std::thread::park(),
            }
            let due: Vec<_> = {
                let mut waiting = self.waiting.borrow_mut();
                let later = waiting.split_off(&(self.now(), u64::MAX));
                std::mem::replace(&mut *waiting, later).into_values().collect()
            };
            due.into_iter().for_each(Waker::wake);
        }
    }
}

struct Unpark(std::thread::Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Counts while the machine is suspended, unlike `Instant`: a lease runs out meanwhile.
fn since_boot() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

impl Clock for RealClock {
    fn now(&self) -> Duration {
        since_boot()
    }

    fn sleep(&self, duration: Duration) -> Later<'_, ()> {
        let key = (self.now() + duration, self.next.get());
        self.next.set(key.1 + 1);
        Box::pin(RealSleep { clock: self, key })
    }

    fn wall(&self) -> u64 {
        self.wall + self.now().as_secs()
    }
}

struct RealSleep<'a> {
    clock: &'a RealClock,
    key: (Duration, u64),
}

impl Future for RealSleep<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.clock.now() >= self.key.0 {
            return Poll::Ready(());
        }
        self.clock.waiting.borrow_mut().insert(self.key, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for RealSleep<'_> {
    fn drop(&mut self) {
        self.clock.waiting.borrow_mut().remove(&self.key);
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
        self.0.wall.get() + self.now().as_secs()
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
    fn the_real_clock_sleeps_as_long_as_it_is_told() {
        let clock = RealClock::new(1_800_000_000);
        let before = clock.now();
        clock.run(join(clock.sleep(Duration::from_millis(30)), clock.sleep(Duration::from_millis(10))));
        let took = clock.now() - before;
        assert!(took >= Duration::from_millis(30) && took < Duration::from_secs(5), "{took:?}");
        assert!(clock.wall() - 1_800_000_000 < 10);
    }

    #[test]
    fn the_real_clock_drives_what_waits_for_a_runtime() {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let _inside = runtime.enter();
        let clock = RealClock::new(0);
        // Not `Send`, as a driver's futures may be.
        let answered = Rc::new(Cell::new(false));
        let work = async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let server = tokio::spawn(async move {
                let (mut stream, _) = listener.accept().await.unwrap();
                tokio::time::sleep(Duration::from_millis(20)).await;
                stream.write_all(b"yes").await.unwrap();
            });
            let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
            let mut answer = String::new();
            let read = stream.read_to_string(&mut answer);
            tokio::time::timeout(Duration::from_secs(20), read).await.unwrap().unwrap();
            server.await.unwrap();
            answered.set(answer == "yes");
        };
        clock.run(join(work, clock.sleep(Duration::from_millis(10))));
        assert!(answered.get());
    }

    #[test]
    fn waiting_for_nothing_ends() {
        assert_eq!(VirtualClock::default().run(std::future::pending::<()>()), None);
    }
}
