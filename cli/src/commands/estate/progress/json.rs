//! One object a line; `docs/events.md` says what is in them.

use std::time::Duration;

use provision_engine::apply::{Event, Report};
use provision_engine::plan::{Backup, Plan};
use serde_json::{Value, json};

use super::super::line::CommandLine;

const SCHEMA: &str = "provision.events/1";

/// A run that was begun: its first and its last object.
pub struct Begun<'a> {
    pub command: &'static str,
    pub plan: &'a Plan,
}

impl Begun<'_> {
    pub fn first(&self) -> Value {
        json!({
            "type": "begin",
            "schema": SCHEMA,
            "command": self.command,
            "engine": self.plan.engine,
            "deployment": self.plan.deployment,
            "plan": self.plan,
        })
    }

    pub fn last(
        &self,
        report: &Report,
        backups: &[Backup],
        outputs: &Value,
        installation: &Value,
        again: &CommandLine,
    ) -> Value {
        let result = match (report.is_complete(), report.interrupted) {
            (true, _) => "complete",
            (false, true) => "interrupted",
            (false, false) => "incomplete",
        };
        let done = report.done.iter().map(|done| {
            json!({ "address": done.address, "doing": done.doing, "id": done.id, "seconds": done.took.as_secs() })
        });
        let failed = report.failed.iter().map(|failed| {
            json!({
                "address": failed.address, "doing": failed.doing, "class": failed.class, "message": failed.message,
            })
        });
        let backups = backups.iter().map(|backup| json!({ "of": backup.of, "what": backup.what }));
        json!({
            "type": "report",
            "schema": SCHEMA,
            "result": result,
            "seconds": report.took.as_secs(),
            "done": done.collect::<Vec<_>>(),
            "failed": failed.collect::<Vec<_>>(),
            "not_started": report.not_started,
            "unknown": report.unknown,
            "stopped": report.stopped,
            "left_behind": backups.collect::<Vec<_>>(),
            "leftovers": report.leftovers,
            "leftovers_unknown": report.leftovers_unknown,
            "outputs": outputs,
            "installation": installation,
            "again": (!report.is_complete()).then(|| again.to_string()),
        })
    }
}

pub fn event(event: &Event, at: Duration) -> Value {
    let at = at.as_secs();
    match event {
        Event::Started { address, doing, typical } => json!({
            "type": "started", "at": at, "address": address, "doing": doing, "typical_seconds": typical.as_secs(),
        }),
        Event::Still { address, doing, since } => {
            json!({ "type": "still", "at": at, "address": address, "doing": doing, "seconds": since.as_secs() })
        }
        Event::Retrying { address, class, message, after } => json!({
            "type": "retrying", "at": at, "address": address, "class": class, "message": message,
            "after_seconds": after.as_secs_f64(),
        }),
        Event::Finished { address, doing, id, took } => json!({
            "type": "finished", "at": at, "address": address, "doing": doing, "id": id, "seconds": took.as_secs(),
        }),
        Event::Failed { address, doing, message } => {
            json!({ "type": "failed", "at": at, "address": address, "doing": doing, "message": message })
        }
    }
}

pub fn stopping(count: u32) -> Value {
    json!({ "type": "stopping", "at_once": count > 1 })
}
