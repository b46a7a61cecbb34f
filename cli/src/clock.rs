//! The one place that reads the wall clock.

use provision_architecture::values::Date;

/// The day it is here.
#[expect(clippy::disallowed_methods, reason = "this is the module that may")]
pub fn today() -> Date {
    Date::new(jiff::Zoned::now().date())
}
