//! A store of others is tried before a lock is entrusted to it.

use std::cell::Cell;

use sha2::{Digest, Sha256};

use super::lease::KEY;
use super::{Expected, Store, StoreError, Stored, Version};
use crate::clock::Later;
use crate::load::hex;

/// What the trial writes to. It stays, so that many may try at once.
const TRIAL: &str = "trial.json";

/// A store that is refused when it lets a second conditional write pass: some that speak a cloud's language ignore the
/// conditions, and then everybody would hold the lock.
pub struct Tried<S> {
    store: S,
    is_tried: Cell<bool>,
}

impl<S: Store> Tried<S> {
    pub fn new(store: S) -> Self {
        Tried { store, is_tried: Cell::new(false) }
    }

    /// Both conditions, each with a write that has to be refused. `seed` differs for every process.
    async fn try_out(&self, seed: &[u8]) -> Result<(), StoreError> {
        // No two contents are the same: a version may be a hash of the content.
        let content = |number: u32| {
            let hash = hex(&Sha256::digest([seed, &number.to_be_bytes()].concat()));
            format!("{{ \"trial\": \"{hash}\" }}\n").into_bytes()
        };
        for number in 0..2 {
            // The second of these at the latest finds one.
            match self.store.write(TRIAL, &content(number), &Expected::Absent).await {
                Err(StoreError::Refused) => {}
                Ok(_) if number == 0 => {}
                Ok(_) => return Err(self.unfit("it made a key that existed, though asked not to")),
                Err(failure) => return Err(failure),
            }
        }
        let Some(stored) = self.store.read(TRIAL).await? else {
            return Err(self.unfit("what was written can't be read back"));
        };
        let before = Expected::Version(stored.version);
        for number in 2..4 {
            match self.store.write(TRIAL, &content(number), &before).await {
                Err(StoreError::Refused) => {}
                Ok(_) if number == 2 => {}
                Ok(_) => return Err(self.unfit("it replaced a state that was not there any more")),
                Err(failure) => return Err(failure),
            }
        }
        Ok(())
    }

    fn unfit(&self, why: &str) -> StoreError {
        StoreError::Failed(format!(
            "{} does not keep to conditional writes ({why}), so no lock can be kept in it",
            self.store.name()
        ))
    }
}

impl<S: Store> Store for Tried<S> {
    fn name(&self) -> String {
        self.store.name()
    }

    fn read<'a>(&'a self, key: &'a str) -> Later<'a, Result<Option<Stored>, StoreError>> {
        self.store.read(key)
    }

    fn write<'a>(
        &'a self,
        key: &'a str,
        content: &'a [u8],
        expected: &'a Expected,
    ) -> Later<'a, Result<Version, StoreError>> {
        Box::pin(async move {
            // With the first lock of a deployment. Whoever finds a lock there finds a store that was tried.
            if key == KEY && *expected == Expected::Absent && !self.is_tried.get() {
                self.try_out(content).await?;
                self.is_tried.set(true);
            }
            self.store.write(key, content, expected).await
        })
    }
}
