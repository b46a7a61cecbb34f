//! How many calls may be under way at once; first come, first served.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::{Poll, Waker};

pub(super) struct Permits {
    free: Cell<usize>,
    /// Tickets in order; those served are taken out.
    queue: RefCell<VecDeque<(u64, Option<Waker>)>>,
    next: Cell<u64>,
}

pub(super) struct Permit<'a>(&'a Permits);

impl Permits {
    pub(super) fn new(count: usize) -> Self {
        Permits { free: Cell::new(count.max(1)), queue: RefCell::default(), next: Cell::new(0) }
    }

    pub(super) async fn take(&self) -> Permit<'_> {
        let ticket = Ticket { permits: self, number: self.next.get() };
        self.next.set(ticket.number + 1);
        self.queue.borrow_mut().push_back((ticket.number, None));
        poll_fn(|context| {
            let mut queue = self.queue.borrow_mut();
            if self.free.get() > 0 && queue.front().is_some_and(|(first, _)| *first == ticket.number) {
                self.free.set(self.free.get() - 1);
                return Poll::Ready(());
            }
            if let Some((_, waker)) = queue.iter_mut().find(|(number, _)| *number == ticket.number) {
                *waker = Some(context.waker().clone());
            }
            Poll::Pending
        })
        .await;
        drop(ticket);
        Permit(self)
    }

    fn wake_first(&self) {
        if self.free.get() > 0
            && let Some((_, waker)) = self.queue.borrow_mut().front_mut()
            && let Some(waker) = waker.take()
        {
            waker.wake();
        }
    }
}

/// Leaves the queue when it was served, or when nobody waits any more.
struct Ticket<'a> {
    permits: &'a Permits,
    number: u64,
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        self.permits.queue.borrow_mut().retain(|(number, _)| *number != self.number);
        self.permits.wake_first();
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.free.set(self.0.free.get() + 1);
        self.0.wake_first();
    }
}
