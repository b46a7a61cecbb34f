//! How often a cloud was asked what, and where it wanted to be asked less often.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

/// What an engine tells of its calls.
#[derive(Debug, Default)]
pub struct Asked {
    /// `ec2:DescribeVpcs` → 2
    pub calls: BTreeMap<String, u64>,
    /// The services that refused calls, and how far apart calls were then at most.
    pub slowed: BTreeMap<String, Duration>,
}

impl Asked {
    /// For `--stats`: the most frequent first.
    pub fn text(&self) -> String {
        let total: u64 = self.calls.values().sum();
        let mut text = format!("Calls to the cloud: {total}\n");
        let mut calls: Vec<(&String, &u64)> = self.calls.iter().collect();
        calls.sort_by_key(|(name, times)| (std::cmp::Reverse(**times), (*name).clone()));
        for (name, times) in calls {
            let _ = writeln!(text, "{times:>6}  {name}");
        }
        text + &self.slowed_text()
    }

    /// Nothing, where nobody was slowed down.
    pub fn slowed_text(&self) -> String {
        let slowed =
            self.slowed.iter().map(|(service, gap)| format!("{service} (up to {gap:.1?} between calls)"));
        let slowed: Vec<String> = slowed.collect();
        if slowed.is_empty() {
            return String::new();
        }
        format!("Asked more slowly, because the cloud refused calls: {}\n", slowed.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_come_first_and_who_was_slowed_last() {
        let calls =
            [("ec2:DescribeVpcs".to_owned(), 2), ("ec2:CreateVpc".to_owned(), 2), ("sts:X".to_owned(), 11)];
        let slowed = [("ec2".to_owned(), Duration::from_millis(400))];
        let asked = Asked { calls: calls.into(), slowed: slowed.into() };
        assert_eq!(
            asked.text(),
            "Calls to the cloud: 15\n    11  sts:X\n     2  ec2:CreateVpc\n     2  ec2:DescribeVpcs\n\
             Asked more slowly, because the cloud refused calls: ec2 (up to 400.0ms between calls)\n"
        );
        assert_eq!(Asked::default().slowed_text(), "");
    }
}
