use provision_engine::apply::Event;
use provision_engine::plan::view::duration;
use serde_json::json;

use crate::output::Output;

/// Tells how a run goes: lines for people on stderr, or one JSON object a line on stdout.
pub struct Progress<'a> {
    output: &'a Output,
    json: bool,
}

impl<'a> Progress<'a> {
    pub fn new(output: &'a Output, json: bool) -> Self {
        Progress { output, json }
    }

    pub fn show(&self, event: &Event) {
        if self.json {
            // A reader that went away doesn't stop what was begun.
            let _ = self.output.data(&format!("{}\n", object(event)));
        } else if is_worth_a_line(event) {
            self.output.say(&line(event));
        }
    }
}

/// A long wait is told often at first, then once a minute.
fn is_worth_a_line(event: &Event) -> bool {
    match event {
        Event::Still { since, .. } => since.as_secs() <= 30 || since.as_secs().is_multiple_of(60),
        _ => true,
    }
}

fn line(event: &Event) -> String {
    match event {
        Event::Started { address, doing, .. } => format!("{address}: {doing} …"),
        Event::Still { address, doing, since } => {
            format!("{address}: still to {doing}, {}", duration(since.as_secs()))
        }
        Event::Retrying { address, class, message, after } => {
            format!("{address}: {message} ({class}); again in {:.1}s", after.as_secs_f64())
        }
        Event::Finished { address, doing, id, took } => {
            let id = id.as_ref().map(|id| format!(" [{id}]")).unwrap_or_default();
            format!("{address}: {doing} done after {}{id}", duration(took.as_secs()))
        }
        Event::Failed { address, doing, message } => format!("{address}: {doing} failed: {message}"),
    }
}

fn object(event: &Event) -> serde_json::Value {
    match event {
        Event::Started { address, doing, typical } => {
            json!({ "type": "started", "address": address, "doing": doing, "typical_seconds": typical.as_secs() })
        }
        Event::Still { address, doing, since } => {
            json!({ "type": "still", "address": address, "doing": doing, "seconds": since.as_secs() })
        }
        Event::Retrying { address, class, message, after } => json!({
            "type": "retrying", "address": address, "class": class, "message": message, "after_seconds": after.as_secs_f64(),
        }),
        Event::Finished { address, doing, id, took } => {
            json!({ "type": "finished", "address": address, "doing": doing, "id": id, "seconds": took.as_secs() })
        }
        Event::Failed { address, doing, message } => {
            json!({ "type": "failed", "address": address, "doing": doing, "message": message })
        }
    }
}
