use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::join;

use super::*;
use crate::apply::Guard;
use crate::boundary::Unwatched;
use crate::clock::{Clock, VirtualClock};

/// A store in memory that loses replies when told to.
#[derive(Default)]
struct Memory {
    /// Which condition it does not heed.
    heedless: Heedless,
    keys: RefCell<std::collections::BTreeMap<String, Stored>>,
    written: Cell<u64>,
    lose_reply: Cell<bool>,
    /// Writes take so long to be answered.
    slow: RefCell<Option<(VirtualClock, Duration)>>,
}

#[derive(Default, PartialEq)]
enum Heedless {
    #[default]
    Neither,
    Absent,
    Version,
}

impl Memory {
    fn put(&self, key: &str, content: &[u8], expected: &Expected) -> Result<Version, StoreError> {
        let mut keys = self.keys.borrow_mut();
        let there = keys.get(key).map(|stored| stored.version.clone());
        match (there, expected) {
            (None, Expected::Absent) => {}
            (Some(there), Expected::Version(version)) if there == *version => {}
            (_, Expected::Absent) if self.heedless == Heedless::Absent => {}
            (_, Expected::Version(_)) if self.heedless == Heedless::Version => {}
            _ => return Err(StoreError::Refused),
        }
        self.written.set(self.written.get() + 1);
        let version = self.written.get().to_string();
        keys.insert(key.to_owned(), Stored { content: content.to_vec(), version: version.clone() });
        Ok(version)
    }
}

impl Store for Memory {
    fn name(&self) -> String {
        "memory".to_owned()
    }

    fn read<'a>(&'a self, key: &'a str) -> Later<'a, Result<Option<Stored>, StoreError>> {
        Box::pin(async move { Ok(self.keys.borrow().get(key).cloned()) })
    }

    fn write<'a>(
        &'a self,
        key: &'a str,
        content: &'a [u8],
        expected: &'a Expected,
    ) -> Later<'a, Result<Version, StoreError>> {
        Box::pin(async move {
            let version = self.put(key, content, expected)?;
            let slow = self.slow.borrow().clone();
            if let Some((clock, delay)) = slow {
                clock.sleep(delay).await;
            }
            if self.lose_reply.get() { Err(StoreError::Unanswered("cut".to_owned())) } else { Ok(version) }
        })
    }
}

fn terms(who: &str, entropy: u64) -> Terms {
    Terms {
        who: who.to_owned(),
        command: "apply".to_owned(),
        lease: Duration::from_secs(60),
        patience: Duration::ZERO,
        entropy,
    }
}

const CALL: Duration = Duration::from_secs(5);

#[test]
fn a_living_holder_is_named() {
    let (store, clock) = (Memory::default(), VirtualClock::default());
    let lease = clock.run(acquire(&store, &clock, &terms("ann", 1))).unwrap().unwrap();
    let bob = terms("bob", 2);
    let challenge = async { acquire(&store, &clock, &bob).await.err() };
    let refused = clock.run(lease.keep(challenge)).unwrap();
    assert!(matches!(refused, Some(LedgerError::Held { who, .. }) if who == "ann"));
}

#[test]
fn a_patient_challenger_gets_it_after_the_release() {
    let (store, clock) = (Memory::default(), VirtualClock::default());
    let lease = clock.run(acquire(&store, &clock, &terms("ann", 1))).unwrap().unwrap();
    let holder = async {
        lease.keep(clock.sleep(Duration::from_secs(500))).await;
        lease.release().await
    };
    let patient = Terms { patience: Duration::from_secs(3600), ..terms("bob", 2) };
    let (released, taken) = clock.run(join(holder, acquire(&store, &clock, &patient))).unwrap();
    released.unwrap();
    assert_eq!(taken.unwrap().epoch(), 2);
    assert!(clock.now() >= Duration::from_secs(500));
}

#[test]
fn a_silent_holder_is_replaced_after_its_lease_and_starts_nothing_any_more() {
    let (store, clock) = (Memory::default(), VirtualClock::default());
    let ann = clock.run(acquire(&store, &clock, &terms("ann", 1))).unwrap().unwrap();
    assert_eq!(clock.run(ann.allows(CALL)).unwrap(), Ok(()));
    // Ann is stopped: no heartbeat.
    let bob = clock.run(acquire(&store, &clock, &terms("bob", 2))).unwrap().unwrap();
    assert!(
        clock.now() >= Duration::from_secs(60) && clock.now() < Duration::from_secs(75),
        "{:?}",
        clock.now()
    );
    let refused = clock.run(ann.allows(CALL)).unwrap().unwrap_err();
    assert!(refused.contains("bob"), "{refused}");
    assert!(clock.run(ann.intend(&crate::Address::new("aws_vpc", "a"), "g")).unwrap().is_err());
    assert_eq!(clock.run(bob.allows(CALL)).unwrap(), Ok(()));
}

#[test]
fn no_call_starts_with_less_lease_than_it_may_take() {
    let (store, clock) = (Memory::default(), VirtualClock::default());
    let lease = clock.run(acquire(&store, &clock, &terms("ann", 1))).unwrap().unwrap();
    clock.run(clock.sleep(Duration::from_secs(58))).unwrap();
    // Two seconds are left and nobody else came: it is renewed first.
    assert_eq!(clock.run(lease.allows(CALL)).unwrap(), Ok(()));
    assert!(clock.run(lease.allows(Duration::from_secs(61))).unwrap().is_err());
}

#[test]
fn a_lost_reply_is_read_back() {
    let (store, clock) = (Memory::default(), VirtualClock::default());
    store.lose_reply.set(true);
    let lease = clock.run(acquire(&store, &clock, &terms("ann", 1))).unwrap().unwrap();
    clock.run(lease.change(|record| record.incarnation = 7)).unwrap().unwrap();
    assert_eq!(clock.run(look(&store)).unwrap().unwrap().unwrap().incarnation, 7);
}

#[test]
fn a_store_that_does_not_heed_a_condition_is_refused_at_its_first_use() {
    for heedless in [Heedless::Absent, Heedless::Version] {
        let store = Tried::new(Memory { heedless, ..Memory::default() });
        let clock = VirtualClock::default();
        let refused = clock.run(acquire(&store, &clock, &terms("ann", 1))).unwrap();
        assert!(matches!(refused, Err(LedgerError::Store(StoreError::Failed(_)))));
        assert_eq!(clock.run(look(&store)).unwrap().unwrap(), None, "no lock was written");
    }
    let store = Tried::new(AtOnce(Memory::default()));
    let clock = VirtualClock::default();
    for _ in 0..2 {
        let lease = clock.run(acquire(&store, &clock, &terms("ann", 1))).unwrap().unwrap();
        clock.run(lease.release()).unwrap().unwrap();
    }
    assert_eq!(clock.run(look(&store)).unwrap().unwrap().unwrap().epoch, 2);
}

#[test]
fn of_many_challengers_one_wins() {
    for round in 0..20 {
        let (store, clock) = (Memory::default(), VirtualClock::default());
        let winners: Rc<Cell<u32>> = Rc::default();
        let all: Vec<_> = (0..12)
            .map(|number| {
                let (store, clock, winners) = (&store, &clock, winners.clone());
                async move {
                    clock.sleep(Duration::from_millis((number * 7 + round) % 5)).await;
                    let terms = terms(&format!("p{number}"), number);
                    let Ok(lease) = acquire(store, clock, &terms).await else { return };
                    winners.set(winners.get() + 1);
                    // Alive to the end.
                    lease.keep(clock.sleep(Duration::from_secs(600))).await;
                }
            })
            .collect();
        clock.run(futures_util::future::join_all(all)).unwrap();
        assert_eq!(winners.get(), 1);
    }
}

#[test]
fn intents_survive_their_holder() {
    let (store, clock) = (Memory::default(), VirtualClock::default());
    let ann = clock.run(acquire(&store, &clock, &terms("ann", 1))).unwrap().unwrap();
    let vpc = crate::Address::new("aws_vpc", "a");
    clock.run(ann.intend(&vpc, "g")).unwrap().unwrap();
    let bob = clock.run(acquire(&store, &clock, &terms("bob", 2))).unwrap().unwrap();
    assert!(bob.record().intents.contains_key(&vpc));
}

#[test]
fn history_tells_what_happened_and_what_was_killed() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::new(folder.path().join("ledger"), &Unwatched);
    let clock = VirtualClock::default();
    let entry = |result: Option<&str>| Entry {
        who: "ann".to_owned(),
        command: "apply".to_owned(),
        at: 1,
        engine: "sandbox".to_owned(),
        plan: "1 to create".to_owned(),
        result: result.map(str::to_owned),
    };
    let first = clock.run(acquire(&store, &clock, &terms("ann", 1))).unwrap().unwrap();
    clock.run(first.begin(&entry(None))).unwrap().unwrap();
    let second = clock.run(acquire(&store, &clock, &terms("bob", 2))).unwrap().unwrap();
    clock.run(second.begin(&entry(None))).unwrap().unwrap();
    clock.run(second.end(&entry(Some("done")), true, Default::default(), true)).unwrap().unwrap();
    let results: Vec<_> =
        clock.run(history(&store)).unwrap().unwrap().into_iter().map(|entry| entry.result).collect();
    assert_eq!(results, [None, Some("done".to_owned())]);
    let record = clock.run(look(&store)).unwrap().unwrap().unwrap();
    assert_eq!((record.epoch, record.holder, record.incarnation), (2, None, 1));
}

#[test]
fn what_is_no_ledger_is_said() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("lock")).unwrap();
    std::fs::write(folder.path().join("lock/1.json"), "{}").unwrap();
    let store = FileStore::new(folder.path().to_owned(), &Unwatched);
    let clock = VirtualClock::default();
    let refused = clock.run(acquire(&store, &clock, &terms("ann", 1))).unwrap();
    assert!(matches!(refused, Err(LedgerError::Unreadable(..))));
}

#[test]
fn a_write_that_was_broken_off_blocks_nobody_and_is_known() {
    let (store, clock) = (Memory::default(), VirtualClock::default());
    let lease = clock.run(acquire(&store, &clock, &terms("ann", 1))).unwrap().unwrap();
    store.slow.replace(Some((clock.clone(), Duration::from_secs(9))));
    let broken_off = futures_util::future::select(
        Box::pin(lease.change(|record| record.incarnation = 7)),
        clock.sleep(Duration::from_secs(1)),
    );
    drop(clock.run(broken_off).unwrap());
    assert_eq!(clock.run(lease.release()).unwrap(), Ok(()));
    let record = clock.run(look(&store)).unwrap().unwrap().unwrap();
    assert_eq!((record.incarnation, record.holder), (7, None));
}

fn write(store: &FileStore<'_>, content: &str, expected: &Expected) -> Result<Version, StoreError> {
    VirtualClock::default().run(store.write("lock.json", content.as_bytes(), expected)).unwrap()
}

fn read(store: &FileStore<'_>) -> Option<Stored> {
    VirtualClock::default().run(store.read("lock.json")).unwrap().unwrap()
}

#[test]
fn of_many_writers_of_a_file_each_counts_once() {
    let folder = tempfile::tempdir().unwrap();
    let rounds = 40;
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let path = folder.path().to_owned();
            scope.spawn(move || {
                let store = FileStore::new(path, &Unwatched);
                let mut done = 0;
                while done < rounds {
                    let found = read(&store);
                    let count = found.as_ref().map_or(0, |found| {
                        let text = String::from_utf8(found.content.clone()).unwrap();
                        text.split(' ').next().unwrap().parse::<usize>().unwrap()
                    });
                    let expected = found.map_or(Expected::Absent, |found| Expected::Version(found.version));
                    match write(&store, &format!("{} {writer}-{done}", count + 1), &expected) {
                        Ok(_) => done += 1,
                        Err(StoreError::Refused) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            });
        }
    });
    let store = FileStore::new(folder.path().to_owned(), &Unwatched);
    let last = String::from_utf8(read(&store).unwrap().content).unwrap();
    assert!(last.starts_with(&format!("{} ", 4 * rounds)), "{last}");
    let left = std::fs::read_dir(folder.path().join("lock")).unwrap().count();
    assert_eq!(left, 1, "old states and drafts are cleared away");
}

/// Writes by another hand where the first one stands, once.
struct Overtake<'a> {
    store: &'a FileStore<'a>,
    point: &'static str,
    contents: &'static [&'static str],
    happened: Cell<bool>,
}

impl crate::boundary::Boundary for Overtake<'_> {
    fn reach(&self, point: &str) {
        if point.starts_with(self.point) && !self.happened.replace(true) {
            for content in self.contents {
                let found = read(self.store).unwrap();
                write(self.store, content, &Expected::Version(found.version)).unwrap();
            }
        }
    }
}

/// What comes of a write of `slow` over an `a`, while another hand writes at that point, and what stands there then.
fn overtaken(
    point: &'static str,
    contents: &'static [&'static str],
) -> (Result<Version, StoreError>, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let fast = FileStore::new(folder.path().to_owned(), &Unwatched);
    write(&fast, "a", &Expected::Absent).unwrap();
    let before = read(&fast).unwrap();
    let overtake = Overtake { store: &fast, point, contents, happened: Cell::new(false) };
    let slow = FileStore::new(folder.path().to_owned(), &overtake);
    let written = write(&slow, "slow", &Expected::Version(before.version));
    assert!(overtake.happened.get());
    (written, read(&fast).unwrap().content)
}

#[test]
fn a_writer_that_stood_still_while_others_went_on_is_refused() {
    for contents in [&["b"][..], &["b", "c"], &["b", "c", "d"]] {
        let last = contents.last().unwrap().as_bytes().to_vec();
        assert_eq!(overtaken("beside", contents), (Err(StoreError::Refused), last));
    }
}

/// What others have read and gone on from has been written, however far they went meanwhile.
#[test]
fn a_writer_whom_others_follow_at_once_has_written() {
    let (written, last) = overtaken("after", &["b", "c"]);
    assert!(written.is_ok(), "{written:?}");
    assert_eq!(last, b"c");
}

/// The number of a state that was cleared away is no free number for a draft that it found there.
#[test]
fn a_draft_does_not_outlive_the_state_that_overtook_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::new(folder.path().to_owned(), &Unwatched);
    write(&store, "a", &Expected::Absent).unwrap();
    let draft = folder.path().join("lock/draft-of-one-who-stands-still");
    std::fs::write(&draft, "late").unwrap();
    let found = read(&store).unwrap();
    write(&store, "b", &Expected::Version(found.version)).unwrap();
    assert!(!draft.exists());
}
