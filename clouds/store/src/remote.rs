//! A place behind a network as a ledger's store.

use std::sync::Arc;
use std::time::Duration;

use provision_engine::clock::Later;
use provision_engine::ledger::{Expected, Store, StoreError, Stored, Version};
use thiserror::Error;
use tokio::runtime::Handle;

use crate::Sent;

/// How long one attempt may take. All attempts and the pauses between them stay below a lease of a minute.
const ATTEMPT: Duration = Duration::from_secs(8);
const ATTEMPTS: u32 = 5;
/// The pause after the first attempt; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(200);

/// Where keys are kept, one attempt at a time.
pub trait Place: Send + Sync + 'static {
    /// `s3://bucket/prefix`: what people know it by.
    fn name(&self) -> String;
    fn get<'a>(&'a self, key: &'a str) -> Sent<'a, Result<Option<Stored>, Fault>>;
    fn put<'a>(
        &'a self,
        key: &'a str,
        content: &'a [u8],
        expected: &'a Expected,
    ) -> Sent<'a, Result<Version, Fault>>;
}

/// What can come of an attempt.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault {
    /// The key is not as it was expected.
    #[error("it was changed by somebody else")]
    Refused,
    /// It may have happened or not, and may be asked again.
    #[error("no answer: {0}")]
    Unanswered(String),
    /// Asking again won't help.
    #[error("{0}")]
    Failed(String),
}

/// A place as the engine's store. The work runs on tokio's threads; whoever drives the engine only waits for it.
pub struct Remote<P> {
    place: Arc<P>,
    runtime: Handle,
}

impl<P: Place> Remote<P> {
    pub fn new(place: P, runtime: Handle) -> Self {
        Remote { place: Arc::new(place), runtime }
    }

    /// Also when nobody waits for it any more, what was sent is waited for to its end: it ends by itself.
    async fn on_its_threads<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Fault>> + Send + 'static,
    ) -> Result<T, StoreError> {
        match self.runtime.spawn(work).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(Fault::Refused)) => Err(StoreError::Refused),
            Ok(Err(Fault::Unanswered(why))) => Err(StoreError::Unanswered(self.named(&why))),
            Ok(Err(Fault::Failed(why))) => Err(StoreError::Failed(self.named(&why))),
            Err(broken) => Err(StoreError::Failed(self.named(&broken.to_string()))),
        }
    }

    fn named(&self, why: &str) -> String {
        format!("{}: {why}", self.place.name())
    }
}

impl<P: Place> Store for Remote<P> {
    fn name(&self) -> String {
        self.place.name()
    }

    fn read<'a>(&'a self, key: &'a str) -> Later<'a, Result<Option<Stored>, StoreError>> {
        let (place, key) = (self.place.clone(), key.to_owned());
        Box::pin(self.on_its_threads(patiently(move || {
            let (place, key) = (place.clone(), key.clone());
            Box::pin(async move { place.get(&key).await })
        })))
    }

    fn write<'a>(
        &'a self,
        key: &'a str,
        content: &'a [u8],
        expected: &'a Expected,
    ) -> Later<'a, Result<Version, StoreError>> {
        let place = self.place.clone();
        let all = Arc::new((key.to_owned(), content.to_vec(), expected.clone()));
        Box::pin(self.on_its_threads(patiently(move || {
            let (place, all) = (place.clone(), all.clone());
            Box::pin(async move { place.put(&all.0, &all.1, &all.2).await })
        })))
    }
}

/// Asks again while there is hope, and never for ever.
///
/// A conditional write may be sent again: had the one before been heard, the condition would not hold any more, and the
/// answer is [`Fault::Refused`], after which a ledger looks whose write it was.
pub async fn patiently<T: Send>(
    attempt: impl Fn() -> Sent<'static, Result<T, Fault>> + Send,
) -> Result<T, Fault> {
    let mut pause = PAUSE;
    let mut number = 1;
    loop {
        let answer = match tokio::time::timeout(ATTEMPT, attempt()).await {
            Ok(answer) => answer,
            Err(_) => Err(Fault::Unanswered(format!("nothing came within {} s", ATTEMPT.as_secs()))),
        };
        match answer {
            Err(Fault::Unanswered(_)) if number < ATTEMPTS => {}
            answer => return answer,
        }
        tokio::time::sleep(pause).await;
        pause *= 2;
        number += 1;
    }
}
