//! Applies a plan: every step starts the moment that what it needs is done.
//!
//! One task drives everything. Steps wait for each other, not in waves; only calls to the cloud are capped, so that a
//! database that takes ten minutes doesn't hold up anybody.

mod call;
mod interrupt;
mod permits;
mod report;
mod step;
mod unknown;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::{Either, select};
use futures_util::stream::FuturesUnordered;

pub use interrupt::{Interrupt, Wish};
pub use report::{Done, Failed, Report};

use crate::Address;
use crate::clock::{Clock, Later};
use crate::driver::{Class, Driver};
use crate::plan::{Planned, Work};
use crate::random::Random;
use permits::Permits;

/// What happens, for whoever shows it.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    Started { address: Address, doing: &'static str, typical: Duration },
    Still { address: Address, doing: &'static str, since: Duration },
    Retrying { address: Address, class: Class, message: String, after: Duration },
    Finished { address: Address, doing: &'static str, id: Option<String>, took: Duration },
    Failed { address: Address, doing: &'static str, message: String },
}

/// Keeps a second applier out. Asked before every call.
pub trait Guard {
    /// Whether an attempt that may take so long may start now; `Err` says why not, and then nothing starts any more.
    fn allows(&self, attempt: Duration) -> Later<'_, Result<(), String>>;
    /// Writes down that a create is about to be sent.
    fn intend<'a>(&'a self, address: &'a Address, generation: &'a str) -> Later<'a, Result<(), String>>;
}

/// For tests that apply alone.
pub struct Unguarded;

impl Guard for Unguarded {
    fn allows(&self, _attempt: Duration) -> Later<'_, Result<(), String>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn intend<'a>(&'a self, _address: &'a Address, _generation: &'a str) -> Later<'a, Result<(), String>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

#[derive(Debug, Clone)]
pub struct Settings {
    /// How many calls may be under way at once.
    pub parallelism: usize,
    /// Part of every client token: clouds remember the tokens of the dead.
    pub incarnation: String,
    /// For the jitter.
    pub seed: u64,
    /// How long a step may be retried at least; long ones get four times their typical duration.
    pub patience: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { parallelism: 16, incarnation: String::new(), seed: 0, patience: Duration::from_secs(600) }
    }
}

/// What an applier works with.
pub struct Tools<'a> {
    pub driver: &'a dyn Driver,
    pub clock: &'a dyn Clock,
    pub guard: &'a dyn Guard,
    pub interrupt: &'a Interrupt,
    pub events: &'a dyn Fn(Event),
}

struct Applier<'a, 'p> {
    planned: &'a Planned<'p>,
    tools: &'a Tools<'a>,
    settings: &'a Settings,
    permits: Permits,
    random: Random,
    /// Set when nothing may start any more.
    stopped: RefCell<Option<String>>,
    last_create: RefCell<Option<Duration>>,
    /// How much time what waits for each resource will take at least, in seconds.
    urgency: BTreeMap<Address, u64>,
    /// For what a call was sent.
    touched: RefCell<BTreeSet<Address>>,
}

/// Does what the plan says. Every failure is in the report.
pub async fn apply(planned: &Planned<'_>, tools: &Tools<'_>, settings: &Settings) -> Report {
    let applier = Applier {
        planned,
        tools,
        settings,
        permits: Permits::new(settings.parallelism),
        random: Random::new(settings.seed),
        stopped: RefCell::default(),
        last_create: RefCell::default(),
        urgency: planned.steps.urgency(),
        touched: RefCell::default(),
    };
    let started = tools.clock.now();
    let mut report = applier.run().await;
    report.took = tools.clock.now().saturating_sub(started);
    // At once is at once: the intents stay in the ledger, and the next run waits for the lists instead.
    if tools.interrupt.wish() != Wish::AtOnce {
        applier.settle().await;
    }
    report
}

impl Applier<'_, '_> {
    async fn run(&self) -> Report {
        let steps = &self.planned.steps;
        let mut waits_for: Vec<usize> = steps.needs.iter().map(Vec::len).collect();
        let mut waited_by: Vec<Vec<usize>> = vec![Vec::new(); steps.steps.len()];
        for (step, needs) in steps.needs.iter().enumerate() {
            needs.iter().for_each(|&need| waited_by[need].push(step));
        }
        let mut report = Report::default();
        let mut ready: Vec<usize> = (0..waits_for.len()).rev().filter(|&step| waits_for[step] == 0).collect();
        let mut running = FuturesUnordered::new();
        let mut under_way: BTreeSet<usize> = BTreeSet::new();
        let mut finished: BTreeSet<usize> = BTreeSet::new();
        loop {
            while let Some(step) = ready.pop() {
                if self.may_start() {
                    under_way.insert(step);
                    running.push(async move { (step, self.step(&steps.steps[step]).await) });
                }
            }
            if running.is_empty() {
                break;
            }
            let (step, result) = match select(running.next(), self.tools.interrupt.at_once()).await {
                Either::Left((Some(ended), _)) => ended,
                Either::Left((None, _)) => break,
                Either::Right(_) => {
                    report.interrupted = true;
                    break;
                }
            };
            under_way.remove(&step);
            finished.insert(step);
            match result {
                Ok(done) => {
                    report.done.extend(done);
                    for &next in &waited_by[step] {
                        waits_for[next] -= 1;
                        if waits_for[next] == 0 {
                            ready.push(next);
                        }
                    }
                }
                // That nothing may start any more is said once, not for each step that it keeps from starting.
                Err(failed) if self.stopped.borrow().as_ref() == Some(&failed.message) => {
                    let touched = self.touched.borrow().contains(&failed.address);
                    let list = if touched { &mut report.unknown } else { &mut report.not_started };
                    list.push(failed.address);
                }
                Err(failed) => report.failed.push(failed),
            }
        }
        self.complete(&mut report, &under_way, &finished);
        report
    }

    fn may_start(&self) -> bool {
        self.tools.interrupt.wish() == Wish::GoOn && self.stopped.borrow().is_none()
    }

    /// What was not done: under way when everything stopped, or never started.
    fn complete(&self, report: &mut Report, under_way: &BTreeSet<usize>, finished: &BTreeSet<usize>) {
        report.interrupted |= self.tools.interrupt.wish() != Wish::GoOn;
        report.stopped = self.stopped.borrow().clone();
        for (index, step) in self.planned.steps.steps.iter().enumerate() {
            if matches!(step.work, Work::Nothing) || finished.contains(&index) {
                continue;
            }
            if under_way.contains(&index) {
                report.unknown.push(step.address.clone());
            } else {
                report.not_started.push(step.address.clone());
            }
        }
    }

    /// Until lists show what was made, another run could make it again: not before then is this one over.
    async fn settle(&self) {
        let last = *self.last_create.borrow();
        if let Some(last) = last {
            let settled = last + self.tools.driver.lists_settle_after();
            self.tools.clock.sleep(settled.saturating_sub(self.tools.clock.now())).await;
            // What the list says is for the next run; that it was asked for tells the sandbox what time it is.
            let query = crate::plan::query(&self.planned.scope, &self.planned.plan.deployment);
            let _ = self.attempt(None, &|| self.tools.driver.inventory(&query)).await;
        }
    }
}
