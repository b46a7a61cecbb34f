use std::cmp::Ordering;
use std::fmt;

use super::{Refusal, read_by_try_from};

/// A product's version: up to four numbers with dots, an optional suffix such as `-rc1` that does not count.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Version {
    parts: Vec<u32>,
    text: String,
}

impl Version {
    pub fn parts(&self) -> &[u32] {
        &self.parts
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Compares as many parts as `other` has: `0.19.5` equals `0.19`, because a rule that holds up to `0.19` holds
    /// for its patches. A part that is missing here counts as zero.
    pub fn compare_to(&self, other: &Version) -> Ordering {
        let mine = self.parts.iter().copied().chain(std::iter::repeat(0)).take(other.parts.len());
        mine.cmp(other.parts.iter().copied())
    }
}

impl TryFrom<&str> for Version {
    type Error = Refusal;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        let refusal = || "a version is numbers with dots, like `1.3` or `2026.4.6909`".to_owned();
        let (numbers, suffix) = text.split_once('-').unwrap_or((text, "x"));
        let parts: Vec<u32> = numbers
            .split('.')
            .map(|part| if part.bytes().all(|b| b.is_ascii_digit()) { part.parse().ok() } else { None })
            .collect::<Option<_>>()
            .ok_or_else(refusal)?;
        let good_suffix = !suffix.is_empty()
            && suffix.len() <= 24
            && suffix.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.');
        if parts.len() > 4 || !good_suffix {
            return Err(refusal());
        }
        Ok(Self { parts, text: text.to_owned() })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl serde::Serialize for Version {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> serde::Deserialize<'de> for Version {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'_, str> as serde::Deserialize>::deserialize(deserializer)?;
        Self::try_from(text.as_ref()).map_err(serde::de::Error::custom)
    }
}

read_by_try_from!(
    Version,
    "A product's version.",
    Some("^\\d+(\\.\\d+){0,3}(-[A-Za-z0-9.]+)?$"),
    &["1.3", "0.19.5", "2026.4.6909"]
);

/// Which versions a documented statement holds for: `all`, `<=0.19`, `>=0.20, <2.0`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRange {
    bounds: Vec<(Operator, Version)>,
    text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    AtMost,
    Below,
    AtLeast,
    Above,
}

impl VersionRange {
    pub fn contains(&self, version: &Version) -> bool {
        self.bounds.iter().all(|(operator, bound)| {
            let order = version.compare_to(bound);
            match operator {
                Operator::AtMost => order.is_le(),
                Operator::Below => order.is_lt(),
                Operator::AtLeast => order.is_ge(),
                Operator::Above => order.is_gt(),
            }
        })
    }

    pub fn is_all(&self) -> bool {
        self.bounds.is_empty()
    }
}

impl TryFrom<&str> for VersionRange {
    type Error = Refusal;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        if text == "all" {
            return Ok(Self { bounds: Vec::new(), text: text.to_owned() });
        }
        let bounds = text.split(',').map(|bound| parse_bound(bound.trim())).collect::<Result<_, _>>()?;
        Ok(Self { bounds, text: text.to_owned() })
    }
}

fn parse_bound(bound: &str) -> Result<(Operator, Version), Refusal> {
    const OPERATORS: [(&str, Operator); 4] =
        [("<=", Operator::AtMost), (">=", Operator::AtLeast), ("<", Operator::Below), (">", Operator::Above)];
    OPERATORS
        .iter()
        .find_map(|(sign, operator)| bound.strip_prefix(sign).map(|rest| (*operator, rest.trim())))
        .ok_or_else(|| "a range is `all` or bounds like `>=0.20, <2.0`".to_owned())
        .and_then(|(operator, version)| Ok((operator, Version::try_from(version)?)))
}

impl fmt::Display for VersionRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl serde::Serialize for VersionRange {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

read_by_try_from!(VersionRange, "A range of versions.", None, &["all", ">=0.20, <2.0"]);

impl<'de> serde::Deserialize<'de> for VersionRange {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'_, str> as serde::Deserialize>::deserialize(deserializer)?;
        Self::try_from(text.as_ref()).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::try_from(text).expect(text)
    }

    #[test]
    fn ranges_count_patches_in() {
        let cases = [
            ("<=0.19", "0.19.5", true),
            ("<=0.19", "0.20", false),
            (">=0.20", "0.19.99", false),
            (">=0.20, <2.0", "1.3.15", true),
            (">=0.20, <2.0", "2.0", false),
            (">=2.0", "2", true),
            ("<=1", "1.10", true),
            (">=2026.4.6909", "2026.4.6908", false),
            (">1.23", "1.23.9", false),
            ("all", "0.0", true),
        ];
        for (range, text, expected) in cases {
            let range = VersionRange::try_from(range).expect(range);
            assert_eq!(range.contains(&version(text)), expected, "{text} in {range}");
        }
    }

    #[test]
    fn ten_is_more_than_nine() {
        assert_eq!(version("1.10").compare_to(&version("1.9")), Ordering::Greater);
    }

    #[test]
    fn nonsense_is_refused() {
        for bad in ["", "latest", "v1.3", "1..3", "1.3.", "1.2.3.4.5", "1.3-", "+1", "1.99999999999"] {
            assert!(Version::try_from(bad).is_err(), "{bad}");
        }
        for bad in ["", "1.3", "=1.3", "<=", ">=1,"] {
            assert!(VersionRange::try_from(bad).is_err(), "{bad}");
        }
    }
}
