//! Taking the lock, keeping it, and noticing that it is gone.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::{Either, select};
use sha2::{Digest, Sha256};

use super::record::{Entry, Holder, Record, SCHEMA};
use super::{Expected, LedgerError, Store, StoreError, Stored, Version};
use crate::Address;
use crate::apply::Guard;
use crate::clock::{Clock, Later};
use crate::load::hex;

pub(super) const KEY: &str = "lock.json";

/// On what terms the lock is asked for.
#[derive(Debug, Clone)]
pub struct Terms {
    pub who: String,
    /// With its arguments redacted.
    pub command: String,
    pub lease: Duration,
    /// How long to wait for a holder that is alive. One that is silent is waited for as long as its lease.
    pub patience: Duration,
    /// Different for every process.
    pub entropy: u64,
}

/// The lock, held.
pub struct Lease<'a> {
    store: &'a dyn Store,
    clock: &'a dyn Clock,
    lease: Duration,
    entropy: u64,
    record: RefCell<Record>,
    version: RefCell<Version>,
    /// When the last write that succeeded was sent: the lease counts from there.
    sent_at: Cell<Duration>,
    lost: RefCell<Option<LedgerError>>,
    /// One write at a time; others queue.
    busy: Cell<bool>,
    /// A write that nobody waited for to its end: it may have happened.
    open: RefCell<Option<Record>>,
}

/// Frees the place in the queue, also when its future is dropped.
struct Turn<'a>(&'a Cell<bool>);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

/// Takes the lock, or says who holds it.
pub async fn acquire<'a>(
    store: &'a dyn Store,
    clock: &'a dyn Clock,
    terms: &Terms,
) -> Result<Lease<'a>, LedgerError> {
    let started = clock.now();
    let mut seen: Option<(String, Duration)> = None;
    let mut alive = false;
    loop {
        let sent_at = clock.now();
        let found = store.read(KEY).await?;
        let record = found.as_ref().map(|found| Record::parse(&store.name(), &found.content)).transpose()?;
        let holder = record.as_ref().and_then(|record| record.holder.clone().map(|holder| (record, holder)));
        if let Some((record, holder)) = holder {
            match &seen {
                Some((nonce, since)) if *nonce == record.nonce => {
                    if clock.now() - *since < Duration::from_secs(holder.lease_seconds) {
                        clock.sleep((terms.lease / 20).max(Duration::from_millis(20))).await;
                        continue;
                    }
                    // Silent for a whole lease by our own clock.
                }
                previous => {
                    alive |= previous.is_some();
                    if alive && clock.now() - started >= terms.patience {
                        return Err(LedgerError::Held {
                            who: holder.who,
                            command: holder.command,
                            since: holder.since,
                        });
                    }
                    seen = Some((record.nonce.clone(), clock.now()));
                    continue;
                }
            }
        }
        if let Some(lease) = take(store, clock, terms, found, record, sent_at).await? {
            return Ok(lease);
        }
        // Somebody was faster: look again.
        seen = None;
    }
}

async fn take<'a>(
    store: &'a dyn Store,
    clock: &'a dyn Clock,
    terms: &Terms,
    found: Option<Stored>,
    record: Option<Record>,
    sent_at: Duration,
) -> Result<Option<Lease<'a>>, LedgerError> {
    let mut next = record.unwrap_or_else(|| Record { schema: SCHEMA.to_owned(), ..Record::default() });
    next.epoch += 1;
    next.nonce = nonce(terms.entropy, next.epoch, &next.nonce);
    next.last = Some(terms.who.clone());
    next.holder = Some(Holder {
        who: terms.who.clone(),
        command: terms.command.clone(),
        since: clock.wall(),
        lease_seconds: terms.lease.as_secs().max(1),
    });
    let expected = found.map_or(Expected::Absent, |found| Expected::Version(found.version));
    let Some(version) = write_and_read_back(store, &next, &expected).await? else { return Ok(None) };
    Ok(Some(Lease {
        store,
        clock,
        lease: terms.lease,
        entropy: terms.entropy,
        record: RefCell::new(next),
        version: RefCell::new(version),
        sent_at: Cell::new(sent_at),
        lost: RefCell::default(),
        busy: Cell::new(false),
        open: RefCell::default(),
    }))
}

/// A refused or unanswered write may be one's own: the nonce tells. None when it is another's.
async fn write_and_read_back(
    store: &dyn Store,
    record: &Record,
    expected: &Expected,
) -> Result<Option<Version>, LedgerError> {
    let content = serde_json::to_vec_pretty(record).map_err(|error| StoreError::Failed(error.to_string()))?;
    let mut tries = 0;
    loop {
        let failure = match store.write(KEY, &content, expected).await {
            Ok(version) => return Ok(Some(version)),
            Err(failure @ (StoreError::Refused | StoreError::Unanswered(_))) => failure,
            Err(failure) => return Err(failure.into()),
        };
        let found = store.read(KEY).await?;
        let unchanged = match (&found, expected) {
            (None, Expected::Absent) => true,
            (Some(found), Expected::Version(version)) => found.version == *version,
            _ => false,
        };
        tries += 1;
        match found {
            Some(found) if Record::parse(&store.name(), &found.content)?.nonce == record.nonce => {
                return Ok(Some(found.version));
            }
            // It never arrived.
            _ if unchanged && tries < 5 => {}
            _ if unchanged => return Err(failure.into()),
            _ => return Ok(None),
        }
    }
}

fn nonce(entropy: u64, epoch: u64, previous: &str) -> String {
    hex(&Sha256::digest(format!("{entropy}/{epoch}/{previous}")))[..16].to_owned()
}

impl Lease<'_> {
    pub fn epoch(&self) -> u64 {
        self.record.borrow().epoch
    }

    /// What the ledger holds, as of the last write.
    pub fn record(&self) -> Record {
        self.record.borrow().clone()
    }

    fn remaining(&self) -> Duration {
        (self.sent_at.get() + self.lease).saturating_sub(self.clock.now())
    }

    /// Changes the record; every write is a heartbeat too.
    pub async fn change(&self, change: impl FnOnce(&mut Record)) -> Result<(), LedgerError> {
        while self.busy.replace(true) {
            self.clock.sleep(Duration::from_millis(5)).await;
        }
        let _turn = Turn(&self.busy);
        self.change_alone(change).await
    }

    /// Finds out about a write that was broken off, as a second Ctrl-C does.
    async fn close(&self) -> Result<(), LedgerError> {
        let Some(open) = self.open.take() else { return Ok(()) };
        let found = self.store.read(KEY).await.inspect_err(|_| {
            self.open.replace(Some(open.clone()));
        })?;
        if let Some(found) = found
            && Record::parse(&self.store.name(), &found.content)?.nonce == open.nonce
        {
            self.version.replace(found.version);
            self.record.replace(open);
        }
        Ok(())
    }

    async fn change_alone(&self, change: impl FnOnce(&mut Record)) -> Result<(), LedgerError> {
        if let Some(lost) = self.lost.borrow().clone() {
            return Err(lost);
        }
        self.close().await?;
        let mut next = self.record();
        change(&mut next);
        next.nonce = nonce(self.entropy, next.epoch, &next.nonce);
        let sent_at = self.clock.now();
        let expected = Expected::Version(self.version.borrow().clone());
        self.open.replace(Some(next.clone()));
        let written = write_and_read_back(self.store, &next, &expected).await?;
        self.open.take();
        if let Some(version) = written {
            self.version.replace(version);
            self.record.replace(next);
            self.sent_at.set(sent_at);
            return Ok(());
        }
        let now = self.store.read(KEY).await.ok().flatten();
        let record = now.and_then(|now| Record::parse(&self.store.name(), &now.content).ok());
        let who = record.and_then(|record| record.last);
        let lost = LedgerError::Lost(who.unwrap_or_else(|| "somebody".to_owned()));
        self.lost.replace(Some(lost.clone()));
        Err(lost)
    }

    /// Runs something while the lease is kept alive.
    pub async fn keep<T>(&self, work: impl Future<Output = T>) -> T {
        let beat = async {
            loop {
                self.clock.sleep(self.lease / 3).await;
                // A beat that fails isn't the end: what is left of the lease decides before each call.
                if let Err(LedgerError::Lost(_)) = self.change(|_| ()).await {
                    std::future::pending::<()>().await;
                }
            }
        };
        match select(Box::pin(work), Box::pin(beat)).await {
            Either::Left((result, _)) => result,
            Either::Right(((), _)) => unreachable!("a heartbeat never ends"),
        }
    }

    /// Writes the run into the history, without a result yet.
    pub async fn begin(&self, entry: &Entry) -> Result<(), LedgerError> {
        self.change(|record| {
            record.entries += 1;
            record.engine = Some(entry.engine.clone());
        })
        .await?;
        self.write_entry(entry, &Expected::Absent).await
    }

    /// Writes how the run ended and frees the lock. The record is not deleted: its epoch must go on.
    pub async fn end(
        &self,
        entry: &Entry,
        complete: bool,
        applied: BTreeMap<Address, String>,
        destroyed: bool,
    ) -> Result<(), LedgerError> {
        let key = self.entry_key();
        if let Some(stored) = self.store.read(&key).await? {
            self.write_entry(entry, &Expected::Version(stored.version)).await?;
        }
        self.change(|record| {
            if complete {
                record.intents.clear();
                record.applied = applied;
                record.incarnation += u64::from(destroyed);
            }
            record.holder = None;
        })
        .await
    }

    /// Frees the lock without anything to tell.
    pub async fn release(&self) -> Result<(), LedgerError> {
        self.change(|record| record.holder = None).await
    }

    fn entry_key(&self) -> String {
        format!("history/{:08}.json", self.record.borrow().entries)
    }

    async fn write_entry(&self, entry: &Entry, expected: &Expected) -> Result<(), LedgerError> {
        let content =
            serde_json::to_vec_pretty(entry).map_err(|error| StoreError::Failed(error.to_string()))?;
        match self.store.write(&self.entry_key(), &content, expected).await {
            // The lock makes us the only writer: a refusal is our own write, whose reply was lost.
            Ok(_) | Err(StoreError::Refused) => Ok(()),
            Err(failure) => Err(failure.into()),
        }
    }
}

impl Guard for Lease<'_> {
    fn allows(&self, attempt: Duration) -> Later<'_, Result<(), String>> {
        Box::pin(async move {
            if let Some(lost) = self.lost.borrow().as_ref() {
                return Err(lost.to_string());
            }
            if self.remaining() < attempt {
                // A beat may be late; but what was suspended for a whole lease finds another's record here.
                self.change(|_| ()).await.map_err(|error| error.to_string())?;
            }
            if self.remaining() < attempt {
                return Err("the lease is shorter than a call may take".to_owned());
            }
            Ok(())
        })
    }

    fn intend<'a>(&'a self, address: &'a Address, generation: &'a str) -> Later<'a, Result<(), String>> {
        Box::pin(async move {
            let natural = provision_kinds::kind(address.kind())
                .is_some_and(|kind| kind.identity != provision_kinds::Identity::Tagged);
            if natural {
                // Its name or its key keeps it from being made twice.
                return Ok(());
            }
            self.change(|record| {
                record.intents.insert(address.clone(), generation.to_owned());
            })
            .await
            .map_err(|error| error.to_string())
        })
    }
}

/// What the ledger says now, without taking the lock.
pub async fn look(store: &dyn Store) -> Result<Option<Record>, LedgerError> {
    let found = store.read(KEY).await?;
    found.map(|found| Record::parse(&store.name(), &found.content)).transpose()
}

/// The runs so far, oldest first.
pub async fn history(store: &dyn Store) -> Result<Vec<Entry>, LedgerError> {
    let entries = look(store).await?.map_or(0, |record| record.entries);
    let mut found = Vec::new();
    for number in 1..=entries {
        // An entry that was never written belongs to a run that was killed before it did anything.
        if let Some(stored) = store.read(&format!("history/{number:08}.json")).await? {
            let entry = serde_json::from_slice(&stored.content)
                .map_err(|error| LedgerError::Unreadable(store.name(), error.to_string()))?;
            found.push(entry);
        }
    }
    Ok(found)
}
