//! The kernel's TCP timers, as pure functions.
//!
//! The documented time of `tcp_retries2` is a lower bound: the kernel turns the number into a time limit and gives
//! up at the first retransmission timer that fires *after* it, which can be nearly twice as late. A budget such as
//! "a dead peer is noticed within 15 s" therefore has to be met by the worst phase of the timers, and that is what
//! this module computes: it runs the kernel's algorithm over every phase of the timer wheel.
//!
//! [`Detection`] is the short way in: how long until a dead peer is noticed, with data in flight, idle, and while
//! connecting. [`Budget`] goes the other way, from a time to values.
//!
//! ```
//! use provision_host_tuning::timers::{Detection, Path, Settings};
//!
//! let kernel = Detection::of(&Settings::KERNEL, &Path::LOCAL);
//! let tuned = Detection::of(&Settings { retries2: 5, ..Settings::KERNEL }, &Path::LOCAL);
//! assert!(kernel.in_flight.lower.as_secs() > 900);
//! assert!(tuned.in_flight.worst.as_secs() < 15);
//! ```

mod budget;
mod connect;
mod detection;
mod established;
mod keepalive;
mod runs;
mod settings;
mod span;
mod wheel;
mod window;

pub use budget::{Budget, BudgetError, Caveat, Fitted, KernelFeatures};
pub use connect::{accepting, connecting};
pub use detection::Detection;
pub use established::{
    TailProbe, documented, established, established_with, orphaned, unreachable, user_timeout,
};
pub use keepalive::{TIME_WAIT, idle, lingering};
pub use settings::{Path, Settings};
pub use span::Span;
pub use wheel::{Hz, HzError, TickRate};
pub use window::{queued_locally, zero_window_then_dead};
