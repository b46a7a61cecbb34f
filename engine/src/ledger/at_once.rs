use super::{Expected, Store, StoreError, Stored, Version};
use crate::clock::{Later, RealClock};

/// A store whose answers are waited for while everything else stands still.
///
/// For runs on the virtual clock: it would jump to its next timer while a real store has yet to answer.
pub struct AtOnce<S>(pub S);

impl<S: Store> Store for AtOnce<S> {
    fn name(&self) -> String {
        self.0.name()
    }

    fn read<'a>(&'a self, key: &'a str) -> Later<'a, Result<Option<Stored>, StoreError>> {
        Box::pin(async move { RealClock::new(0).run(self.0.read(key)) })
    }

    fn write<'a>(
        &'a self,
        key: &'a str,
        content: &'a [u8],
        expected: &'a Expected,
    ) -> Later<'a, Result<Version, StoreError>> {
        Box::pin(async move { RealClock::new(0).run(self.0.write(key, content, expected)) })
    }
}
