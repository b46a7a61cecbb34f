//! How it ended.

use std::fmt::Write as _;
use std::time::Duration;

use crate::Address;
use crate::driver::Class;
use crate::plan::view::duration;

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    pub done: Vec<Done>,
    /// Causes only: what waited for a failed one is among those not started.
    pub failed: Vec<Failed>,
    pub not_started: Vec<Address>,
    /// Under way when everything was stopped at once: the next run finds out.
    pub unknown: Vec<Address>,
    pub interrupted: bool,
    /// Why nothing was started any more, when it was not a failure of a step.
    pub stopped: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    pub address: Address,
    pub doing: &'static str,
    pub id: Option<String>,
    pub took: Duration,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Failed {
    pub address: Address,
    pub doing: &'static str,
    pub class: Class,
    pub message: String,
}

impl Report {
    pub fn is_complete(&self) -> bool {
        self.failed.is_empty()
            && self.not_started.is_empty()
            && self.unknown.is_empty()
            && self.stopped.is_none()
    }

    /// `12 done, 1 failed, 3 not started`
    pub fn summary(&self) -> String {
        let parts = [
            (self.done.len(), "done"),
            (self.failed.len(), "failed"),
            (self.unknown.len(), "unknown"),
            (self.not_started.len(), "not started"),
        ];
        let parts = parts.into_iter().filter(|(count, what)| *count > 0 || *what == "done");
        parts.map(|(count, what)| format!("{count} {what}")).collect::<Vec<_>>().join(", ")
    }

    /// For people; `again` is the command to go on with.
    pub fn text(&self, again: &str) -> String {
        let mut out = String::new();
        for failed in &self.failed {
            let _ = writeln!(
                out,
                "failed: {} {}: {} ({})",
                failed.doing, failed.address, failed.message, failed.class
            );
        }
        if let Some(stopped) = &self.stopped {
            let _ = writeln!(out, "stopped: {stopped}");
        }
        list("unknown, the next run finds out", &self.unknown, &mut out);
        list("not started", &self.not_started, &mut out);
        let longest = self.done.iter().max_by_key(|done| done.took);
        let _ = write!(out, "{} done", self.done.len());
        if let Some(longest) = longest {
            let _ = write!(out, ", the longest {} ({})", longest.address, duration(longest.took.as_secs()));
        }
        out.push_str(".\n");
        if !self.is_complete() {
            let _ = writeln!(out, "What was done stays, and the next run goes on from there:\n  {again}");
        }
        out
    }
}

fn list(what: &str, addresses: &[Address], out: &mut String) {
    if addresses.is_empty() {
        return;
    }
    let names: Vec<&str> = addresses.iter().take(10).map(Address::as_str).collect();
    let more =
        if addresses.len() > 10 { format!(", … ({} more)", addresses.len() - 10) } else { String::new() };
    let _ = writeln!(out, "{what}: {}{more}", names.join(", "));
}
