use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Works on many things at once, on as many threads as there are processors. The results stand in the order of the
/// things, so nobody can tell from them who was first. A worker has a state of its own, for what is costly to make.
pub(crate) fn abreast<Thing: Sync, State, Made: Send>(
    things: &[Thing],
    state: impl Fn() -> State + Sync,
    work: impl Fn(&mut State, &Thing) -> Made + Sync,
) -> Vec<Made> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let (mut state, mut made) = (state(), Vec::new());
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(thing) = things.get(at) else { return made };
            made.push((at, work(&mut state, thing)));
        }
    };
    let workers = thread::available_parallelism().map_or(1, NonZero::get).min(things.len());
    let mut all: Vec<(usize, Made)> = thread::scope(|scope| {
        // This thread is one of them.
        let others: Vec<_> = (1..workers).map(|_| scope.spawn(worker)).collect();
        let mut all = worker();
        for other in others {
            all.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        all
    });
    all.sort_unstable_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, made)| made).collect()
}

/// Two pieces of work at once.
pub(crate) fn both<One, Other: Send>(
    one: impl FnOnce() -> One,
    other: impl FnOnce() -> Other + Send,
) -> (One, Other) {
    thread::scope(|scope| {
        let other = scope.spawn(other);
        (one(), other.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_is_worked_on_once_and_the_order_stays() {
        for count in [0_usize, 1, 2, 7, 1_000] {
            let things: Vec<usize> = (0..count).collect();
            // What comes first takes longest.
            let slow = |thing: usize| (0..(count - thing) * 50).fold(thing, |sum, more| sum ^ more ^ more);
            let made = abreast(&things, || 0_usize, |mine, thing| (slow(*thing), std::mem::replace(mine, 1)));
            assert_eq!(made.iter().map(|(thing, _)| *thing).collect::<Vec<_>>(), things);
            let workers = made.iter().filter(|(_, before)| *before == 0).count();
            assert!(workers <= count && (workers > 0 || count == 0), "{workers} of {count}");
        }
    }

    #[test]
    #[should_panic(expected = "the third")]
    fn a_panic_is_not_swallowed() {
        abreast(&[1, 2, 3, 4], || (), |(), thing| assert_ne!(*thing, 3, "the third"));
    }
}
