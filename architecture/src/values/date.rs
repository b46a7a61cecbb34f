use std::fmt;

use super::{Refusal, read_by_try_from};

/// A day, as `2027-03-31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(transparent)]
pub struct Date(jiff::civil::Date);

impl Date {
    pub fn new(date: jiff::civil::Date) -> Self {
        Self(date)
    }

    pub fn civil(self) -> jiff::civil::Date {
        self.0
    }
}

impl TryFrom<&str> for Date {
    type Error = Refusal;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        let shaped = text.len() == 10
            && text.bytes().enumerate().all(|(at, byte)| match at {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        let date = shaped.then(|| text.parse().ok()).flatten();
        date.map(Self).ok_or_else(|| "a day is written like `2027-03-31`".to_owned())
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

read_by_try_from!(Date, "A day.", Some("^\\d{4}-\\d{2}-\\d{2}$"), &["2027-03-31"]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_days_only() {
        assert_eq!(Date::try_from("2028-02-29").expect("a leap day").to_string(), "2028-02-29");
        for bad in ["2027-02-29", "2027-3-1", "31.03.2027", "2027-03-31T00:00", "", "-027-03-31"] {
            assert!(Date::try_from(bad).is_err(), "{bad}");
        }
    }
}
