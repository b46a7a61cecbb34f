//! The one place that reads the wall clock.

use provision_architecture::values::Date;

/// The day it is here.
#[expect(clippy::disallowed_methods, reason = "this is the module that may")]
pub fn today() -> Date {
    Date::new(jiff::Zoned::now().date())
}

/// Seconds since 1970.
#[expect(clippy::disallowed_methods, reason = "this is the module that may")]
pub fn seconds() -> u64 {
    u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or(0)
}

/// A moment, for people.
pub fn shown(seconds: u64) -> String {
    i64::try_from(seconds)
        .ok()
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
        .map_or_else(|| seconds.to_string(), |moment| moment.to_string())
}
