//! Runs of a timer, one for each phase of the wheel in which the event that starts it may fall. There are thousands of
//! phases, and most run alike.

use std::iter::Sum;

use super::span::Span;
use super::wheel::Hz;

/// One run, all in ticks.
pub(super) struct Run {
    /// How often the timer fired; the last time is the end.
    pub firings: u32,
    /// The firing before the last, where a limit counts.
    pub before: u64,
    pub end: u64,
    /// From when a limit counts; later for an event that comes later.
    pub since: u64,
}

impl Run {
    /// One that ends with a number of firings, whenever that is.
    pub(super) fn counted(firings: u32, end: u64) -> Self {
        Self { firings, before: 0, end, since: 0 }
    }
}

/// What all runs together come to, counted in ticks from the one *before* the event.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Runs {
    shortest: Option<u64>,
    longest: u64,
    total: u64,
    count: u64,
}

impl Runs {
    /// The runs of all phases, in which the timer's waits are the same one by one, and which end with a number of
    /// firings or with the first one that is a limit away from `since`.
    pub(super) fn of(phases: u64, limit: u64, run: &impl Fn(u64) -> Run) -> Self {
        let mut runs = Self::default();
        let last = phases - 1;
        runs.add_between((0, &run(0)), (last, &run(last)), limit, run);
        runs
    }

    /// The runs of all phases, each by itself.
    pub(super) fn of_each(phases: u64, run: &impl Fn(u64) -> Run) -> Self {
        let mut runs = Self::default();
        (0..phases).for_each(|phase| runs.add(phase, phase, run(phase).end));
        runs
    }

    /// A timer that is set later fires no sooner. So between two runs that fire together at last, and equally often, all
    /// fire then; and none of them ended before, if even the one that began first wouldn't have with the latest firing.
    fn add_between(
        &mut self,
        (first, early): (u64, &Run),
        (last, late): (u64, &Run),
        limit: u64,
        run: &impl Fn(u64) -> Run,
    ) {
        let alike = early.firings == late.firings
            && early.end == late.end
            && late.before.saturating_sub(early.since) < limit;
        if alike || first == last {
            return self.add(first, last, early.end);
        }
        let middle = first.midpoint(last);
        self.add_between((first, early), (middle, &run(middle)), limit, run);
        self.add_between((middle + 1, &run(middle + 1)), (last, late), limit, run);
    }

    /// A run for each of these phases, all with the same end.
    fn add(&mut self, first: u64, last: u64, end: u64) {
        let (count, shortest) = (last - first + 1, end - last);
        self.shortest = Some(self.shortest.map_or(shortest, |known| known.min(shortest)));
        self.longest = self.longest.max(end - first);
        self.total += count * end - count * (first + last) / 2;
        self.count += count;
    }

    /// Whatever was added to either.
    fn with(self, other: &Self) -> Self {
        Self {
            shortest: self.shortest.into_iter().chain(other.shortest).min(),
            longest: self.longest.max(other.longest),
            total: self.total + other.total,
            count: self.count + other.count,
        }
    }

    /// The event falls anywhere inside its tick, so the true time is up to one tick shorter than the count.
    pub(super) fn span(&self, hz: Hz) -> Span {
        let shortest = self.shortest.unwrap_or(0);
        let half_ticks = (2 * self.total).checked_div(self.count).unwrap_or(0).saturating_sub(1);
        Span {
            lower: hz.time(shortest.saturating_sub(1)),
            typical: hz.time(half_ticks) / 2,
            worst: hz.time(self.longest),
        }
    }
}

impl Sum for Runs {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, runs| sum.with(&runs))
    }
}
