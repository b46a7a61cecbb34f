//! Applies a plan of the binary's, and tells how it goes as the embedded engine does.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value as Json;

use super::plan::{Seen, address};
use super::process::{Ended, Watch};
use super::{Diagnostic, Terraform, TerraformError};
use crate::Address;
use crate::apply::{Done, Event, Failed, Report, Wish};
use crate::driver::Class;
use crate::plan::{Action, Plan, Verb};

impl Terraform<'_> {
    /// Does exactly what the plan's file says.
    pub async fn apply(
        &self,
        seen: &Seen,
        watch: &Watch<'_>,
        events: &dyn Fn(Event),
    ) -> Result<Report, TerraformError> {
        let started = watch.clock.now();
        let mut command = self.command_with_variables("apply");
        command.arg(&seen.file);
        let mut run = Run { events, report: Report::default(), under_way: BTreeMap::new(), said: Vec::new() };
        let ended = self.follow(command, watch, &mut |line| run.line(line)).await?;
        let mut report = run.ended(&seen.plan, &ended);
        report.interrupted = watch.interrupt.wish() != Wish::GoOn;
        report.took = watch.clock.now().saturating_sub(started);
        Ok(report)
    }
}

struct Run<'a> {
    events: &'a dyn Fn(Event),
    report: Report,
    /// What was begun and not ended; whether it is known to have failed.
    under_way: BTreeMap<(Address, &'static str), bool>,
    said: Vec<Diagnostic>,
}

impl Run<'_> {
    fn line(&mut self, line: &Json) {
        if let Some(diagnostic) = Diagnostic::from_line(line) {
            self.said.push(diagnostic);
            return;
        }
        let hook = &line["hook"];
        let (Some(written), Some(doing)) = (hook["resource"]["addr"].as_str(), doing(&hook["action"])) else {
            return;
        };
        let address = address(written);
        let took = Duration::from_secs_f64(hook["elapsed_seconds"].as_f64().unwrap_or(0.0).max(0.0));
        let id = hook["id_value"].as_str().map(str::to_owned);
        let key = (address.clone(), doing);
        match line["type"].as_str() {
            Some("apply_start") => {
                let typical = typical(&address, doing);
                self.under_way.insert(key, false);
                (self.events)(Event::Started { address, doing, typical });
            }
            Some("apply_progress") => (self.events)(Event::Still { address, doing, since: took }),
            Some("apply_complete") => {
                self.under_way.remove(&key);
                (self.events)(Event::Finished { address: address.clone(), doing, id: id.clone(), took });
                self.report.done.push(Done { address, doing, id, took });
            }
            Some("apply_errored") => {
                self.under_way.insert(key, true);
            }
            _ => {}
        }
    }

    /// What became of everything, now that it is over.
    fn ended(mut self, plan: &Plan, ended: &Ended) -> Report {
        let mut errors: Vec<Diagnostic> = self.said.into_iter().filter(|said| said.is_error).collect();
        for ((address, doing), failed) in std::mem::take(&mut self.under_way) {
            if !failed {
                self.report.unknown.push(address);
                continue;
            }
            let about = |error: &Diagnostic| error.address.as_deref() == Some(address.as_str());
            let (mine, others) = errors.into_iter().partition::<Vec<_>, _>(about);
            errors = others;
            let message = mine.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
            let message = if message.is_empty() { "it doesn't say why".to_owned() } else { message };
            (self.events)(Event::Failed { address: address.clone(), doing, message: message.clone() });
            self.report.failed.push(Failed { address, doing, class: Class::Fatal, message });
        }
        self.report.stopped = ended.stopped.clone();
        if !ended.success && self.report.stopped.is_none() {
            let told = errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
            let silent = self.report.failed.is_empty();
            self.report.stopped = match told.is_empty() {
                false => Some(told),
                true if silent => Some(ended.ending.to_string()),
                true => None,
            };
        }
        self.report.not_started = not_started(plan, &self.report, ended.success);
        self.report
    }
}

/// What the plan has and nothing was heard of; what needs no call is done when everything is.
fn not_started(plan: &Plan, report: &Report, success: bool) -> Vec<Address> {
    let silent = |verb: Verb| matches!(verb, Verb::Move | Verb::Forget | Verb::Import);
    let heard_of = |address: &Address| {
        report.done.iter().any(|done| done.address == *address)
            || report.failed.iter().any(|failed| failed.address == *address)
            || report.unknown.contains(address)
    };
    let is_done = |action: &Action| heard_of(&action.address) || success && silent(action.verb);
    let left = plan.actions.iter().filter(|action| !is_done(action));
    left.map(|action| action.address.clone()).collect()
}

fn doing(action: &Json) -> Option<&'static str> {
    match action.as_str()? {
        "create" => Some("create"),
        "update" => Some("change"),
        "delete" => Some("delete"),
        _ => None,
    }
}

fn typical(address: &Address, doing: &str) -> Duration {
    let kind = provision_kinds::kind(address.kind());
    let seconds = kind.map_or(0, |kind| match doing {
        "create" => kind.duration.create,
        "delete" => kind.duration.delete,
        _ => kind.duration.of_update(),
    });
    Duration::from_secs(u64::from(seconds))
}
