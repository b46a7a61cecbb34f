use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use provision_engine::Address;
use provision_engine::apply::Event;
use provision_engine::plan::view::duration;
use provision_validation::report::Style;

use super::lines;

/// What runs, each with its time, and beneath it how much is done.
pub struct Bar {
    bar: ProgressBar,
    estimate: Duration,
    width: usize,
    running: RefCell<BTreeMap<Address, (&'static str, Duration)>>,
}

/// More that run at once are counted.
const MOST_SHOWN: usize = 8;

impl Bar {
    pub fn new(actions: usize, estimate: Duration, style: Style) -> Self {
        let bar = ProgressBar::with_draw_target(Some(actions as u64), ProgressDrawTarget::stderr());
        let template = if style.colour {
            "{msg}{bar:40.cyan} {pos}/{len}  {prefix}"
        } else {
            "{msg}{bar:40} {pos}/{len}  {prefix}"
        };
        let look = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(look.progress_chars("=> "));
        Bar { bar, estimate, width: style.width, running: RefCell::default() }
    }

    pub fn on_screen(&self) -> ProgressBar {
        self.bar.clone()
    }

    pub fn show(&self, event: &Event, at: Duration) {
        match event {
            Event::Started { address, doing, .. } => {
                self.running.borrow_mut().insert(address.clone(), (doing, at));
            }
            Event::Finished { address, .. } => {
                self.running.borrow_mut().remove(address);
                self.bar.inc(1);
            }
            Event::Failed { address, .. } => {
                self.running.borrow_mut().remove(address);
            }
            Event::Retrying { .. } | Event::Still { .. } => {}
        }
        // What runs is on the screen already.
        if !matches!(event, Event::Started { .. } | Event::Still { .. })
            && let Some(line) = lines::of(event)
        {
            self.bar.println(line);
        }
        self.tick(at);
    }

    pub fn tick(&self, at: Duration) {
        let mut running: Vec<(Address, &str, Duration)> = self
            .running
            .borrow()
            .iter()
            .map(|(address, (doing, since))| (address.clone(), *doing, at.saturating_sub(*since)))
            .collect();
        running.sort_by_key(|(_, _, since)| std::cmp::Reverse(*since));
        let mut text = String::new();
        for (address, doing, since) in running.iter().take(MOST_SHOWN) {
            let line = format!("  {} {address}  {}", lines::ing(doing), duration(since.as_secs()));
            let _ = writeln!(text, "{}", line.chars().take(self.width).collect::<String>());
        }
        if let Some(more) = running.len().checked_sub(MOST_SHOWN).filter(|more| *more > 0) {
            let _ = writeln!(text, "  and {more} more");
        }
        self.bar.set_prefix(format!(
            "{} of about {}",
            duration(at.as_secs()),
            duration(self.estimate.as_secs())
        ));
        self.bar.set_message(text);
    }

    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
