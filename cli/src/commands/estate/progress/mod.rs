//! How a run goes: a bar on a terminal, lines elsewhere, or one JSON object a line.

mod bar;
mod json;
mod lines;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _};
use std::time::Duration;

use provision_engine::Address;
use provision_engine::apply::Event;

use crate::output::Output;
use bar::Bar;
pub use json::Begun;

/// Where a run's progress goes.
pub struct Progress {
    output: Output,
    form: Form,
}

enum Form {
    Json,
    /// The last trouble that was told of each step: the same again is no news.
    Lines(RefCell<BTreeMap<Address, String>>),
    Bar(Bar),
}

/// Tells something beside the progress, also from another thread.
pub type Voice = Box<dyn Fn(u32) + Send>;

impl Progress {
    /// For a run of so many actions that takes about so long.
    pub fn new(output: &Output, json: bool, actions: usize, estimate: Duration) -> Self {
        let form = if json {
            Form::Json
        } else if io::stderr().is_terminal() {
            Form::Bar(Bar::new(actions, estimate, output.stderr_style()))
        } else {
            Form::Lines(RefCell::default())
        };
        Progress { output: *output, form }
    }

    pub fn is_json(&self) -> bool {
        matches!(self.form, Form::Json)
    }

    pub fn is_on_terminal(&self) -> bool {
        matches!(self.form, Form::Bar(_))
    }

    /// A document of the run's own, in JSON only.
    pub fn document(&self, document: &serde_json::Value) {
        if self.is_json() {
            // A reader that went away doesn't stop what was begun.
            let _ = self.output.data(&format!("{document}\n"));
        }
    }

    /// Something happened, so long after the beginning.
    pub fn show(&self, event: &Event, at: Duration) {
        match &self.form {
            Form::Json => self.document(&json::event(event, at)),
            Form::Lines(told) => {
                if !is_told(event, &mut told.borrow_mut())
                    && let Some(line) = lines::of(event)
                {
                    self.output.say(&line);
                }
            }
            Form::Bar(bar) => bar.show(event, at),
        }
    }

    /// Nothing happened, but time went by.
    pub fn tick(&self, at: Duration) {
        if let Form::Bar(bar) = &self.form {
            bar.tick(at);
        }
    }

    /// Takes the bar off the screen; what is said now stands beneath the lines.
    pub fn finish(&self) {
        if let Form::Bar(bar) = &self.form {
            bar.finish();
        }
    }

    /// Tells of a signal; for the thread that catches it.
    pub fn voice(&self) -> Voice {
        let output = self.output;
        match &self.form {
            Form::Json => Box::new(move |count| {
                let _ = output.data(&format!("{}\n", json::stopping(count)));
            }),
            Form::Lines(_) => Box::new(move |count| output.say(lines::stopping(count))),
            Form::Bar(bar) => {
                let bar = bar.on_screen();
                Box::new(move |count| bar.println(lines::stopping(count)))
            }
        }
    }
}

fn is_told(event: &Event, told: &mut BTreeMap<Address, String>) -> bool {
    let Event::Retrying { address, message, .. } = event else { return false };
    told.insert(address.clone(), message.clone()).as_ref() == Some(message)
}
