//! How many calls may be under way at once: the most urgent first, among equals first come, first served.

use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::task::{Poll, Waker};

pub(super) struct Permits {
    free: Cell<usize>,
    /// Tickets in order; those served are taken out.
    queue: RefCell<BTreeMap<Place, Option<Waker>>>,
    next: Cell<u64>,
}

/// The urgency, and a number.
type Place = (Reverse<u64>, u64);

pub(super) struct Permit<'a>(&'a Permits);

impl Permits {
    pub(super) fn new(count: usize) -> Self {
        Permits { free: Cell::new(count.max(1)), queue: RefCell::default(), next: Cell::new(0) }
    }

    pub(super) async fn take(&self, urgency: u64) -> Permit<'_> {
        let number = self.next.get();
        self.next.set(number + 1);
        let ticket = Ticket { permits: self, place: (Reverse(urgency), number) };
        self.queue.borrow_mut().insert(ticket.place, None);
        poll_fn(|context| {
            let mut queue = self.queue.borrow_mut();
            if self.free.get() > 0 && queue.first_key_value().is_some_and(|(first, _)| *first == ticket.place)
            {
                self.free.set(self.free.get() - 1);
                return Poll::Ready(());
            }
            queue.insert(ticket.place, Some(context.waker().clone()));
            Poll::Pending
        })
        .await;
        drop(ticket);
        Permit(self)
    }

    fn wake_first(&self) {
        if self.free.get() > 0
            && let Some(mut first) = self.queue.borrow_mut().first_entry()
            && let Some(waker) = first.get_mut().take()
        {
            waker.wake();
        }
    }
}

/// Leaves the queue when it was served, or when nobody waits any more.
struct Ticket<'a> {
    permits: &'a Permits,
    place: Place,
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        self.permits.queue.borrow_mut().remove(&self.place);
        self.permits.wake_first();
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.free.set(self.0.free.get() + 1);
        self.0.wake_first();
    }
}
