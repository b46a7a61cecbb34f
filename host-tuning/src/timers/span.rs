use std::fmt;
use std::time::Duration;

use serde::Serialize;

use super::wheel::Hz;

/// How long something takes: never sooner than `lower`, never later than `worst`; `typical` is the mean over all
/// phases of the timers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Span {
    #[serde(serialize_with = "as_seconds")]
    pub lower: Duration,
    #[serde(serialize_with = "as_seconds")]
    pub typical: Duration,
    #[serde(serialize_with = "as_seconds")]
    pub worst: Duration,
}

impl Span {
    /// The span that holds all of them: at least one is needed.
    pub(super) fn around(spans: impl IntoIterator<Item = Self>) -> Self {
        let (spans, mut count) = (spans.into_iter(), 0);
        let start = Self { lower: Duration::MAX, typical: Duration::ZERO, worst: Duration::ZERO };
        let all = spans.fold(start, |all, span| {
            count += 1;
            Self {
                lower: all.lower.min(span.lower),
                typical: all.typical + span.typical,
                worst: all.worst.max(span.worst),
            }
        });
        Self { typical: all.typical / count.max(1), ..all }
    }

    pub fn contains(&self, time: Duration) -> bool {
        self.lower <= time && time <= self.worst
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1}-{:.1} s", self.lower.as_secs_f64(), self.worst.as_secs_f64())
    }
}

/// Seconds with milliseconds: what people and JSON readers expect of a time.
fn as_seconds<S: serde::Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((time.as_secs_f64() * 1000.0).round() / 1000.0)
}

/// Collects runs, each counted in jiffies from the tick *before* the event that starts it.
#[derive(Default)]
pub(super) struct Runs {
    shortest: Option<u64>,
    longest: u64,
    total: u64,
    count: u64,
}

impl Runs {
    pub(super) fn add(&mut self, jiffies: u64) {
        self.shortest = Some(self.shortest.map_or(jiffies, |shortest| shortest.min(jiffies)));
        self.longest = self.longest.max(jiffies);
        self.total += jiffies;
        self.count += 1;
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
