//! Ctrl-C: the first time ends gracefully, the second at once.

use std::future::poll_fn;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::Poll;

use futures_util::task::AtomicWaker;

#[derive(Debug, Default)]
pub struct Interrupt {
    asked: AtomicU8,
    waker: AtomicWaker,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    GoOn,
    /// Finish what is under way, start nothing.
    Finish,
    /// Leave everything as it is.
    AtOnce,
}

impl Interrupt {
    pub fn wish(&self) -> Wish {
        match self.asked.load(Ordering::Acquire) {
            0 => Wish::GoOn,
            1 => Wish::Finish,
            _ => Wish::AtOnce,
        }
    }

    /// One more time; may be called from any thread.
    pub fn ask(&self) {
        self.asked
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |asked| Some(asked.saturating_add(1)))
            .ok();
        self.waker.wake();
    }

    pub(super) fn at_once(&self) -> impl Future<Output = ()> + Unpin + '_ {
        Box::pin(poll_fn(|context| {
            self.waker.register(context.waker());
            if self.wish() == Wish::AtOnce { Poll::Ready(()) } else { Poll::Pending }
        }))
    }
}
