use serde::Serialize;

use super::established::{established, unreachable};
use super::settings::{Path, Settings};
use super::span::Span;
use super::{connecting, idle, queued_locally};

/// How long it takes to notice that a peer is gone, by what the connection was doing.
///
/// The error is `ETIMEDOUT`, `EHOSTUNREACH` or `ECONNRESET`; all three mean dead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Detection {
    /// Established, data sent and not acknowledged: the peer hangs, or lost its power, or the network drops all.
    pub in_flight: Span,
    /// The same, where the network says that the peer is unreachable (its neighbour entry failed, a router answered).
    pub unreachable: Span,
    /// Established, data that could not even leave this host.
    pub queued: Span,
    /// Established and idle, where the application asked for keepalive; an application that didn't never notices.
    pub idle: Span,
    /// `connect` to an address that doesn't answer.
    pub connect: Span,
}

impl Detection {
    pub fn of(settings: &Settings, path: &Path) -> Self {
        Self {
            in_flight: established(settings, path),
            unreachable: unreachable(settings, path),
            queued: queued_locally(settings, path),
            idle: idle(settings, path),
            connect: connecting(settings, path),
        }
    }

    /// What an untuned network namespace does: also every container's, whatever its host is set to.
    pub fn at_kernel_defaults(path: &Path) -> Self {
        Self::of(&Settings::KERNEL, path)
    }
}
