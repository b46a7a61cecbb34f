//! How it ended.

use std::fmt::{self, Write as _};
use std::time::Duration;

use crate::Address;
use crate::driver::{Class, Leftover};
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
    /// By the clock of the engine.
    pub took: Duration,
    /// Why nothing was started any more, when it was not a failure of a step.
    pub stopped: Option<String>,
    /// After a destroy: what no resource is and that lives on.
    pub leftovers: Vec<Leftover>,
    /// Why those are not known.
    pub leftovers_unknown: Option<String>,
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

/// More names than this are counted.
const MOST_NAMES: usize = 10;

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

    /// For people: what was done, then what was not and why, and last the command to go on with.
    pub fn text(&self, again: &str) -> String {
        let mut out = String::new();
        let took = duration(self.took.as_secs());
        if self.is_complete() {
            let _ = writeln!(out, "Done in {took}: {}.", self.deeds());
            list("Still there, because no resource is one of these", &self.leftovers, usize::MAX, &mut out);
            if let Some(why) = &self.leftovers_unknown {
                let _ = writeln!(out, "\nWhat else is still there could not be listed: {why}");
            }
            return out;
        }
        let headline = if self.interrupted { "Interrupted" } else { "Not everything was done" };
        let _ = writeln!(out, "{headline} after {took}: {}.", self.summary());
        for failed in &self.failed {
            let message = failed.message.replace('\n', "\n  ");
            let _ = writeln!(out, "\nFailed: {} {}\n  {message}", failed.doing, failed.address);
            let _ = writeln!(out, "  {}", advice(failed.class));
        }
        if let Some(stopped) = &self.stopped {
            let _ = writeln!(out, "\nStopped: {stopped}.");
        }
        list(
            "Under way when it stopped; the next run finds out what came of it",
            &self.unknown,
            MOST_NAMES,
            &mut out,
        );
        list("Not started", &self.not_started, MOST_NAMES, &mut out);
        let _ = writeln!(out, "\nWhat was done stays, and the next run goes on from there:\n  {again}");
        out
    }

    /// `12 created, 1 changed`
    fn deeds(&self) -> String {
        let words = [
            ("create", "created"),
            ("change", "changed"),
            ("wait for", "waited for"),
            ("delete", "deleted"),
            ("forget", "let go"),
        ];
        let counted: Vec<String> = words
            .into_iter()
            .map(|(doing, done)| (self.done.iter().filter(|deed| deed.doing == doing).count(), done))
            .filter(|(count, _)| *count > 0)
            .map(|(count, done)| format!("{count} {done}"))
            .collect();
        if counted.is_empty() { "nothing had to be done".to_owned() } else { counted.join(", ") }
    }
}

/// What to do about a failure of this class.
fn advice(class: Class) -> &'static str {
    match class {
        Class::Fatal => "It was refused: trying again changes nothing before its cause is mended.",
        Class::Quota => "A limit of the account is reached: have it raised, then go on.",
        Class::Conflict => "Something else is in the way: remove it, or let it end, then go on.",
        Class::Throttled => {
            "The cloud was asked too often for too long: go on later, or with less --parallelism."
        }
        Class::NotYetConsistent => "The cloud still doesn't know what was made before it: go on in a while.",
        Class::Busy => "The cloud is still at work on it: the next run waits for it.",
        Class::LoggedOut => "Log in again, then go on.",
        Class::Unanswered => "The cloud didn't answer: the next run finds out what came of it.",
    }
}

fn list(what: &str, names: &[impl fmt::Display], most: usize, out: &mut String) {
    if names.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{what}:");
    for name in names.iter().take(most) {
        let _ = writeln!(out, "  {name}");
    }
    if let Some(more) = names.len().checked_sub(most).filter(|more| *more > 0) {
        let _ = writeln!(out, "  and {more} more");
    }
}
