use std::fmt;
use std::time::Duration;

use serde::Serialize;

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
