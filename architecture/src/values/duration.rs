use std::fmt;

use super::{Refusal, read_by_try_from};

/// A length of time, as `15s`, `250ms`, `1h30m` or `7d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration {
    milliseconds: u64,
}

const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];
/// Ten years: longer than anything that a deployment waits for or keeps.
const LONGEST: u64 = 3_650 * 86_400_000;

impl Duration {
    pub const fn from_seconds(seconds: u64) -> Self {
        Self { milliseconds: seconds * 1_000 }
    }

    pub const fn from_milliseconds(milliseconds: u64) -> Self {
        Self { milliseconds }
    }

    pub const fn milliseconds(self) -> u64 {
        self.milliseconds
    }

    #[expect(clippy::cast_precision_loss, reason = "ten years of milliseconds fit a float exactly")]
    pub fn seconds(self) -> f64 {
        self.milliseconds as f64 / 1_000.0
    }
}

impl TryFrom<&str> for Duration {
    type Error = Refusal;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        parse(text).map(|milliseconds| Self { milliseconds }).ok_or_else(|| {
            "a length of time is a whole number with a unit, like `250ms`, `15s`, `5m`, `1h30m` or `7d` (at most ten years)"
                .to_owned()
        })
    }
}

/// Numbers with ever smaller units, at least one.
fn parse(text: &str) -> Option<u64> {
    let (mut rest, mut total, mut units) = (text, 0u64, &UNITS[..]);
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: u64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let at = units.iter().position(|(unit, _)| *unit == &rest[..letters])?;
        total = total.checked_add(number.checked_mul(units[at].1)?)?;
        units = &units[at + 1..];
        rest = &rest[letters..];
    }
    (!text.is_empty() && total <= LONGEST).then_some(total)
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.milliseconds == 0 {
            return f.pad("0s");
        }
        let (mut rest, mut text) = (self.milliseconds, String::new());
        for (unit, length) in UNITS {
            if rest >= length {
                text += &format!("{}{unit}", rest / length);
                rest %= length;
            }
        }
        f.pad(&text)
    }
}

impl serde::Serialize for Duration {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Duration {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'_, str> as serde::Deserialize>::deserialize(deserializer)?;
        Self::try_from(text.as_ref())
            .map_err(|refusal| serde::de::Error::custom(format!("`{text}`: {refusal}")))
    }
}

read_by_try_from!(
    Duration,
    "A length of time.",
    Some("^(\\d+d)?(\\d+h)?(\\d+m)?(\\d+s)?(\\d+ms)?$"),
    &["15s", "5m", "1h30m", "7d"]
);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_and_refuses() {
        for (text, milliseconds) in
            [("15s", 15_000), ("1h30m", 5_400_000), ("250ms", 250), ("0s", 0), ("90s", 90_000)]
        {
            assert_eq!(Duration::try_from(text).expect(text).milliseconds(), milliseconds);
        }
        for bad in
            ["", "15", "s", "1m1h", "1s1s", "1.5s", "-1s", "1 s", "99999999999999999999s", "4000d", "1é"]
        {
            assert!(Duration::try_from(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(milliseconds in 0..=LONGEST) {
            let duration = Duration { milliseconds };
            prop_assert_eq!(Duration::try_from(duration.to_string().as_str()), Ok(duration));
        }
    }
}
