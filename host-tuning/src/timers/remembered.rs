//! Budgets that were fitted before in this process. One command asks for the same one several times, to check a spec, to
//! analyse its failures and to render it, and each time the kernel's timers are simulated in every phase.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use super::budget::{Budget, BudgetError, Fitted};

type Outcome = Result<Fitted, BudgetError>;

/// A process knows a few: those of its spec and its variations.
const MOST: usize = 16;

static KNOWN: Mutex<VecDeque<(Budget, Outcome)>> = Mutex::new(VecDeque::new());

/// What comes of a budget, worked out at most once while it is remembered.
pub(super) fn fitted(budget: &Budget, work_out: impl FnOnce() -> Outcome) -> Outcome {
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, outcome)) = known().iter().find(|(asked, _)| asked == budget) {
        return outcome.clone();
    }
    // Without the lock: others may need another one meanwhile.
    let outcome = work_out();
    let mut known = known();
    known.truncate(MOST - 1);
    known.push_front((budget.clone(), outcome.clone()));
    outcome
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::time::Duration;

    use super::super::{KernelFeatures, Path};
    use super::*;

    fn budget(seconds: u64) -> Budget {
        // Odd numbers of milliseconds, which no other test of this process asks for.
        let detect_within = Duration::from_millis(seconds * 1_000 + 7);
        Budget { detect_within, path: Path::LOCAL, kernel: KernelFeatures::default() }
    }

    #[test]
    fn the_same_budget_is_worked_out_once_and_others_are_not_taken_for_it() {
        let times = Cell::new(0);
        let ask = |seconds| {
            fitted(&budget(seconds), || {
                times.set(times.get() + 1);
                budget(seconds).work_out()
            })
        };
        let (first, again) = (ask(20), ask(20));
        assert_eq!((&first, times.get()), (&again, 1));
        assert_eq!(first, budget(20).work_out());
        assert_ne!(ask(40), first);
        assert_eq!(times.get(), 2);
        // What can't be is remembered as well, and what was asked for long ago is forgotten.
        assert!(ask(1).is_err() && ask(1).is_err());
        assert_eq!(times.get(), 3);
        (100..200).for_each(|seconds| drop(ask(seconds)));
        let before = times.get();
        assert_eq!((ask(20), times.get()), (first, before + 1));
    }
}
