//! Who may change a deployment now, what was begun, and what was done before.
//!
//! The store's only primitive is the conditional write. The lock is a lease: every write carries an epoch, which rises
//! with every acquisition, and a nonce. What that guarantees:
//!
//! - Ledger writes are exclusive: a holder whose record was replaced can't write any more.
//! - Cloud writes can't be fenced. No attempt starts with less of the lease left than it may take, judged at the moment
//!   of sending on a clock that counts suspension. A holder that is paused between that check and the sending leaks at
//!   most the attempts in flight; those are harmless, or visible through tokens, names and tags.
//! - A challenger never believes a holder's clock. It takes over when the record hasn't changed for a whole lease by
//!   its own monotonic clock, and then by compare-and-set.
//! - Losing the ledger loses no resource: identity is in the cloud.

mod at_once;
mod file;
mod lease;
mod location;
mod record;
mod tried;

use thiserror::Error;

pub use at_once::AtOnce;
pub use file::FileStore;
pub use lease::{Lease, Terms, acquire, history, look};
pub use location::{Location, NoLocation};
pub use record::{Entry, Holder, Record};
pub use tried::Tried;

use crate::clock::Later;

/// Where a ledger is kept.
pub trait Store {
    /// `file:…`, `s3://…`: what people know it by.
    fn name(&self) -> String;

    fn read<'a>(&'a self, key: &'a str) -> Later<'a, Result<Option<Stored>, StoreError>>;

    /// Writes only if the key is as expected. The one primitive on which everything rests.
    fn write<'a>(
        &'a self,
        key: &'a str,
        content: &'a [u8],
        expected: &'a Expected,
    ) -> Later<'a, Result<Version, StoreError>>;
}

impl<S: Store + ?Sized> Store for Box<S> {
    fn name(&self) -> String {
        (**self).name()
    }

    fn read<'a>(&'a self, key: &'a str) -> Later<'a, Result<Option<Stored>, StoreError>> {
        (**self).read(key)
    }

    fn write<'a>(
        &'a self,
        key: &'a str,
        content: &'a [u8],
        expected: &'a Expected,
    ) -> Later<'a, Result<Version, StoreError>> {
        (**self).write(key, content, expected)
    }
}

/// What a store calls one state of a key: an ETag, a generation.
pub type Version = String;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub content: Vec<u8>,
    pub version: Version,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    Absent,
    Version(Version),
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StoreError {
    /// The key is not as expected. It may be one's own write whose reply was lost.
    #[error("the ledger was changed by somebody else")]
    Refused,
    /// The write may or may not have happened.
    #[error("the ledger didn't answer: {0}")]
    Unanswered(String),
    #[error("the ledger can't be used: {0}")]
    Failed(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LedgerError {
    #[error("{who} holds the lock since {since} (seconds since 1970) and is alive; it runs `{command}`")]
    Held { who: String, command: String, since: u64 },
    #[error("the lock was taken over by {0}; this run starts nothing any more")]
    Lost(String),
    #[error("`{0}` is no ledger of this version: {1}")]
    Unreadable(String, String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[cfg(test)]
mod tests;
