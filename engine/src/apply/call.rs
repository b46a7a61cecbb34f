//! One call with its retries: the class of an error decides.

use std::time::Duration;

use super::{Applier, Event};
use crate::driver::{Class, Failure, Reply};
use crate::problem::Problems;
use crate::redact::redacted;
use crate::{Address, Value};

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// Which classes a call may simply be sent again for.
#[derive(Clone, Copy)]
pub(super) struct Again {
    pub(super) unanswered: bool,
    pub(super) conflict: bool,
}

/// Until when a step goes on.
#[derive(Clone, Copy)]
pub(super) struct Until {
    /// What is refused is sent again.
    pub(super) refused: Duration,
    /// What the cloud is at work on is waited for.
    pub(super) under_way: Duration,
}

impl Until {
    fn of(self, class: Class) -> Duration {
        if class == Class::Busy { self.under_way } else { self.refused }
    }
}

impl Again {
    fn allows(self, class: Class) -> bool {
        match class {
            Class::Throttled | Class::NotYetConsistent | Class::Busy => true,
            Class::Unanswered => self.unanswered,
            Class::Conflict => self.conflict,
            Class::Fatal | Class::Quota | Class::LoggedOut => false,
        }
    }
}

impl Applier<'_, '_> {
    /// Sends a call until it succeeds, it fails for good, or its time is over.
    pub(super) async fn call<'d, T>(
        &self,
        address: &Address,
        until: Until,
        again: Again,
        send: impl Fn() -> Reply<'d, T>,
    ) -> Result<T, Failure> {
        let mut pause = FIRST_PAUSE;
        loop {
            let result = self.attempt(Some(address), &send).await;
            let Err(failure) = result else { return result };
            let after = pause.mul_f64(0.5 + self.random.fraction());
            if !again.allows(failure.class)
                || self.stopped.borrow().is_some()
                || self.tools.clock.now() + after > until.of(failure.class)
            {
                return Err(failure);
            }
            (self.tools.events)(Event::Retrying {
                address: address.clone(),
                class: failure.class,
                message: failure.message.clone(),
                after,
            });
            self.tools.clock.sleep(after).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// One attempt, when there is room and the lease allows it, judged at the moment of sending.
    pub(super) async fn attempt<'d, T>(
        &self,
        address: Option<&Address>,
        send: &impl Fn() -> Reply<'d, T>,
    ) -> Result<T, Failure> {
        // What much else waits for goes first.
        let urgency = address.and_then(|address| self.urgency.get(address)).copied().unwrap_or_default();
        let _permit = self.permits.take(urgency).await;
        let stopped = self.stopped.borrow().clone();
        if let Some(why) = stopped {
            return Err(Failure::new(Class::Fatal, why));
        }
        if let Err(why) = self.tools.guard.allows(self.tools.driver.longest_attempt()).await {
            self.stopped.replace(Some(why.clone()));
            return Err(Failure::new(Class::Fatal, why));
        }
        if let Some(address) = address.filter(|address| !self.touched.borrow().contains(*address)) {
            self.touched.borrow_mut().insert(address.clone());
        }
        let failure = match send().await {
            Ok(answer) => return Ok(answer),
            Err(failure) => failure,
        };
        let failure = match address {
            Some(address) => Failure { message: self.without_secrets(address, failure.message), ..failure },
            None => failure,
        };
        if failure.class == Class::LoggedOut {
            // Everything else would be refused as well.
            self.stopped.borrow_mut().get_or_insert_with(|| failure.message.clone());
        }
        Err(failure)
    }

    /// Clouds repeat in their errors what they didn't like, or a part of it.
    fn without_secrets(&self, address: &Address, message: String) -> String {
        let Some(resource) = self.planned.scope.directory.resources.get(address) else { return message };
        let attributes = self.planned.scope.body(&resource.body, &mut Problems::default());
        let secrets: Vec<String> = attributes.values().flat_map(Value::secrets).collect();
        redacted(&message, &secrets)
    }
}
