//! What the clouds' stores have in common. Each cloud's crate says what one attempt is; how long it may take, when it is
//! made again, and what that means for a ledger is decided here, once.

mod remote;
mod secret;

pub use remote::{Fault, Place, Remote, patiently};
pub use secret::{Put, Sealed, Vault};

use std::pin::Pin;

/// A future that a cloud's crate returns: it runs on tokio's threads.
pub type Sent<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What has been done to a store, or was found done, in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    pub what: String,
    /// False for what stood already.
    pub is_new: bool,
}

impl Deed {
    pub fn done(what: impl Into<String>) -> Self {
        Deed { what: what.into(), is_new: true }
    }

    pub fn found(what: impl Into<String>) -> Self {
        Deed { what: what.into(), is_new: false }
    }
}

/// A store that a team is to share.
pub trait Founder {
    /// Makes and secures it, or brings one that is ours into order; refuses one that is not.
    fn found<'a>(&'a self, plan: &'a Founding) -> Sent<'a, Result<Vec<Deed>, Fault>>;
}

/// What a store is founded with.
#[derive(Debug, Clone)]
pub struct Founding {
    /// Where the estate is: the store comes into the same region.
    pub region: String,
    /// The project, where a bucket needs one.
    pub project: Option<String>,
}

/// The mark of a store that we made: its tag, label or metadata.
pub const OURS: &str = "provision-ledger";
/// The mark's value.
pub const SHARED: &str = "shared";
