//! How times, shares and counts are spoken.

use provision_architecture::values::Duration;

use super::model::PoolKind;

/// A time as people say it: `14 s`, `5 min 55 s`, `4 h`.
pub(super) fn spoken(time: Duration) -> String {
    // What is waited for is rounded up: nobody is served by 13 s that are 13.6 s.
    let seconds = time.milliseconds().div_ceil(1_000);
    let parts = [
        (seconds / 86_400, "d"),
        (seconds / 3_600 % 24, "h"),
        (seconds / 60 % 60, "min"),
        (seconds % 60, "s"),
    ];
    let said: Vec<String> = parts
        .iter()
        .filter(|(amount, _)| *amount > 0)
        .take(2)
        .map(|(amount, unit)| format!("{amount} {unit}"))
        .collect();
    if said.is_empty() { "0 s".to_owned() } else { said.join(" ") }
}

/// A share as a whole percentage; what is not all is never called all.
pub(super) fn percent(share: f64) -> String {
    let rounded = (share * 100.0).round();
    match share {
        share if share > 0.0 && rounded < 1.0 => "less than 1 %".to_owned(),
        share if share < 1.0 && rounded >= 100.0 => "99 %".to_owned(),
        _ => format!("{rounded} %"),
    }
}

/// A number with its thousands set apart: `83,333`.
pub(super) fn thousands(number: f64) -> String {
    let digits = format!("{:.0}", number.abs().round());
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 of 3 workers`; `no worker`; `2 of 3 brokers`.
pub(super) fn count_of(left: u64, total: u64, what: &str) -> String {
    match (left, total) {
        (0, _) => format!("no {what}"),
        (left, total) => format!("{left} of {total} {}", plural(what, total)),
    }
}

pub(super) fn plural(what: &str, count: u64) -> String {
    if count == 1 { what.to_owned() } else { format!("{what}s") }
}

impl PoolKind {
    /// What one of its nodes is called.
    pub(super) fn node_word(self) -> &'static str {
        match self {
            Self::Group(component) | Self::Shards(component) => component.word(),
            Self::Database => "database",
            Self::Brokers => "broker",
            Self::Controllers => "queue-controller",
            Self::SearchNodes => "search-node",
            Self::SearchMasters => "search-master",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rounded_up_and_have_two_units_at_most() {
        let cases = [
            (0, "0 s"),
            (13_600, "14 s"),
            (355_000, "5 min 55 s"),
            (3_600_000, "1 h"),
            (90_061_000, "1 d 1 h"),
        ];
        for (milliseconds, expected) in cases {
            assert_eq!(spoken(Duration::from_milliseconds(milliseconds)), expected);
        }
    }

    #[test]
    fn shares_and_numbers_read_well() {
        assert_eq!(percent(0.84), "84 %");
        assert_eq!(percent(0.999), "99 %");
        assert_eq!(percent(0.001), "less than 1 %");
        assert_eq!(thousands(83_333.33), "83,333");
        assert_eq!(thousands(4_000_000.0), "4,000,000");
        assert_eq!(count_of(0, 2, "executor"), "no executor");
        assert_eq!(count_of(1, 3, "worker"), "1 of 3 workers");
    }
}
