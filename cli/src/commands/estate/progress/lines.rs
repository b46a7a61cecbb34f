use std::time::Duration;

use provision_engine::apply::Event;
use provision_engine::plan::view::duration;

/// What typically takes no longer is told when it is done only.
const LONG: Duration = Duration::from_secs(10);

/// The line for an event, where it is worth one.
pub fn of(event: &Event) -> Option<String> {
    Some(match event {
        Event::Started { typical, .. } if *typical < LONG => return None,
        Event::Started { address, doing, typical } => {
            format!("{} {address} … typically {}", ing(doing), duration(typical.as_secs()))
        }
        Event::Still { since, .. } if !is_worth_a_line(*since) => return None,
        Event::Still { address, doing, since } => {
            format!("still {} {address} … {}", ing(doing), duration(since.as_secs()))
        }
        Event::Retrying { address, class, message, after } => {
            format!("{address}: {message} ({class}); again in {:.1}s", after.as_secs_f64())
        }
        Event::Finished { address, doing, id, took } => {
            let id = id.as_ref().map(|id| format!(" [{id}]")).unwrap_or_default();
            format!("{} {address} after {}{id}", ed(doing), duration(took.as_secs()))
        }
        Event::Failed { address, doing, message } => format!("FAILED {} {address}: {message}", ing(doing)),
    })
}

/// A long wait is told often at first, then once a minute, then every five.
fn is_worth_a_line(since: Duration) -> bool {
    match since.as_secs() {
        0..=40 => true,
        41..=600 => since.as_secs().is_multiple_of(60),
        seconds => seconds.is_multiple_of(300),
    }
}

pub fn ing(doing: &str) -> &str {
    match doing {
        "create" => "creating",
        "change" => "changing",
        "delete" => "deleting",
        "wait for" => "waiting for",
        "forget" => "letting go of",
        other => other,
    }
}

fn ed(doing: &str) -> &str {
    match doing {
        "create" => "created",
        "change" => "changed",
        "delete" => "deleted",
        "wait for" => "waited for",
        "forget" => "let go of",
        other => other,
    }
}

pub fn stopping(count: u32) -> &'static str {
    match count {
        1 => "Interrupted: nothing new is started, what is under way is finished. Once more stops at once.",
        _ => "Stopping at once.",
    }
}
