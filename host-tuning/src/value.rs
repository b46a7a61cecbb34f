//! Keys and values of kernel parameters, validated before anything is done with them.
//!
//! The kernel itself protects nobody: it reads `010` as 8, `5 6` as 5, takes negative times, and a vector that is
//! too short silently changes only its first entries.

use std::fmt;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The name of a kernel parameter, with dots: `net.ipv4.tcp_retries2`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SysctlKey(String);

#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{text:?} is not the name of a kernel parameter: {reason}; give names of letters, digits, `_` and `-`, joined by \
     dots, such as `net.ipv4.tcp_retries2`"
)]
pub struct KeyError {
    text: String,
    reason: &'static str,
}

const LONGEST_KEY: usize = 128;
const TREES: [&str; 5] = ["fs", "kernel", "net", "user", "vm"];

impl TryFrom<&str> for SysctlKey {
    type Error = KeyError;

    fn try_from(text: &str) -> Result<Self, KeyError> {
        let refuse = |reason| Err(KeyError { text: text.chars().take(LONGEST_KEY).collect(), reason });
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if text.len() > LONGEST_KEY {
            return refuse("it is too long");
        }
        if text.contains('/') {
            return refuse("it holds a `/`");
        }
        let segments: Vec<&str> = text.split('.').collect();
        if segments.iter().any(|segment| segment.is_empty()) {
            return refuse("it has an empty part");
        }
        if !text.chars().all(|c| allowed(c) || c == '.') {
            return refuse("it holds a character that no parameter has");
        }
        if segments.len() < 2 || !TREES.contains(&segments[0]) {
            return refuse("it is not below `fs`, `kernel`, `net`, `user` or `vm`");
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for SysctlKey {
    type Error = KeyError;

    fn try_from(text: String) -> Result<Self, KeyError> {
        Self::try_from(text.as_str())
    }
}

impl From<SysctlKey> for String {
    fn from(key: SysctlKey) -> Self {
        key.0
    }
}

impl SysctlKey {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Below `/proc/sys`. No part can be `..`, so it never leads out of there.
    pub fn relative_path(&self) -> PathBuf {
        self.0.split('.').collect()
    }
}

impl fmt::Display for SysctlKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A value as the kernel takes it: one or several tokens, compared token by token.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct SysctlValue(String);

impl SysctlValue {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The one number that it is, if it is one.
    pub fn number(&self) -> Option<i64> {
        self.0.parse().ok()
    }

    pub fn numbers(&self) -> Vec<i64> {
        self.0.split(' ').filter_map(|token| token.parse().ok()).collect()
    }

    /// Whether a list of ports names this one.
    pub fn names_port(&self, port: i64) -> bool {
        self.0.split(',').any(|part| {
            let (from, to) = part.split_once('-').unwrap_or((part, part));
            from.parse().is_ok_and(|from: i64| from <= port) && to.parse().is_ok_and(|to: i64| port <= to)
        })
    }

    /// The kernel separates by tabs what we separate by spaces, and ends with a line feed.
    pub fn is_what_reads(&self, raw: &str) -> bool {
        self.0.split_whitespace().eq(raw.split_whitespace())
    }
}

impl fmt::Display for SysctlValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What values a parameter takes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// One whole number, from and to.
    Integer(i64, i64),
    /// Several whole numbers, exactly as many as there are ranges, none smaller than the one before it.
    Ascending(Vec<(i64, i64)>),
    /// Ports and ranges of ports, separated by commas; may be empty.
    PortRanges,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{key}` can't be set to {text:?}: {reason}; give {valid}")]
pub struct ValueError {
    pub key: SysctlKey,
    pub text: String,
    pub reason: String,
    pub valid: String,
}

impl Kind {
    pub fn parse(&self, key: &SysctlKey, text: &str) -> Result<SysctlValue, ValueError> {
        self.checked(text).map(SysctlValue).map_err(|reason| ValueError {
            key: key.clone(),
            text: text.chars().take(LONGEST_KEY).collect(),
            reason,
            valid: self.valid(),
        })
    }

    /// What is valid, in words.
    pub fn valid(&self) -> String {
        match self {
            Self::Integer(from, to) => format!("one whole number from {from} to {to}"),
            Self::Ascending(ranges) => {
                let each: Vec<_> = ranges.iter().map(|(from, to)| format!("{from} to {to}")).collect();
                let count = ranges.len();
                format!("{count} whole numbers separated by spaces, in ascending order ({})", each.join(", "))
            }
            Self::PortRanges => "ports from 1 to 65535 and ranges such as 9092,9200-9300".to_owned(),
        }
    }

    /// The same, for a table.
    pub fn brief(&self) -> String {
        match self {
            Self::Integer(from, to) => format!("{from}..{to}"),
            Self::Ascending(ranges) => {
                let each: Vec<_> = ranges.iter().map(|(from, to)| format!("{from}..{to}")).collect();
                if each.windows(2).all(|pair| pair[0] == pair[1]) {
                    format!("{} of {}", each.len(), each[0])
                } else {
                    each.join(" ")
                }
            }
            Self::PortRanges => "ports".to_owned(),
        }
    }

    fn checked(&self, text: &str) -> Result<String, String> {
        if text.chars().any(|c| c.is_control() && c != '\t') {
            return Err("it holds a control character".to_owned());
        }
        let tokens: Vec<&str> = text.split_whitespace().collect();
        match self {
            Self::Integer(from, to) => integers(&tokens, &[(*from, *to)]).map(|numbers| join(&numbers)),
            Self::Ascending(ranges) => {
                let numbers = integers(&tokens, ranges)?;
                if numbers.is_sorted() {
                    Ok(join(&numbers))
                } else {
                    Err("it isn't in ascending order".to_owned())
                }
            }
            Self::PortRanges => port_ranges(&tokens),
        }
    }
}

fn join(numbers: &[i64]) -> String {
    numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(" ")
}

fn integers(tokens: &[&str], ranges: &[(i64, i64)]) -> Result<Vec<i64>, String> {
    if tokens.len() != ranges.len() {
        return Err(format!("it has {} values instead of {}", tokens.len(), ranges.len()));
    }
    let bounds = ranges.iter().map(|(from, to)| *from..=*to);
    tokens.iter().zip(bounds).map(|(token, bounds)| integer(token, &bounds)).collect()
}

fn integer(token: &str, bounds: &RangeInclusive<i64>) -> Result<i64, String> {
    let digits = token.strip_prefix('-').unwrap_or(token);
    if digits.starts_with("0x") || digits.starts_with("0X") {
        return Err(format!("`{token}` is hexadecimal"));
    }
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("`{token}` is not a whole number"));
    }
    if (digits.len() > 1 && digits.starts_with('0')) || token == "-0" {
        return Err(format!("`{token}` starts with 0, which the kernel reads as octal"));
    }
    let number: i64 = token.parse().map_err(|_| format!("`{token}` is too large"))?;
    if bounds.contains(&number) { Ok(number) } else { Err(format!("{number} is out of range")) }
}

fn port_ranges(tokens: &[&str]) -> Result<String, String> {
    let text = match tokens {
        [] => return Ok(String::new()),
        [text] => *text,
        _ => return Err("it holds spaces between ports".to_owned()),
    };
    let mut next_free = 1;
    for part in text.split(',') {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        let (from, to) = (integer(from, &(1..=65535))?, integer(to, &(1..=65535))?);
        if to < from {
            return Err(format!("`{part}` ends before it starts"));
        }
        // The kernel merges and sorts: only the sorted form reads back as it was written.
        if from < next_free {
            return Err(format!("`{part}` isn't behind the ports before it"));
        }
        next_free = to + 2;
    }
    Ok(text.to_owned())
}
