//! The directory in the sandbox: virtual time, faults on demand.

use std::path::PathBuf;
use std::time::Duration;

use provision_engine::apply::{Event, Report, Settings, Tools};
use provision_engine::boundary::Unwatched;
use provision_engine::clock::{Clock as _, RealClock, VirtualClock};
use provision_engine::ledger::{self, Lease, Record};
use provision_engine::plan::{self, Options, Plan};
use provision_engine::sandbox::{Estate, Part, Place, Sandbox};
use provision_engine::session::{Prepared, Run, RunError};
use provision_engine::survey::{self, Survey};

use super::stage::{Looked, Order, who};
use super::target::Located;
use super::{Progress, Signals};
use crate::clock;
use crate::failure::Failure;
use crate::output::Output;

/// A directory that was read, and where its estate is.
pub struct SandboxPlace {
    pub prepared: Prepared,
    pub estate: PathBuf,
}

impl SandboxPlace {
    fn place(&self) -> Result<Place, Failure> {
        if let Some(folder) = self.estate.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)
                .map_err(|error| Failure::because(format!("{} can't be made", folder.display()), &error))?;
        }
        Ok(Place::file(self.estate.clone()))
    }

    /// Where the sandbox's time stands.
    fn clock(place: &Place) -> Result<VirtualClock, Failure> {
        let estate = place.read().map_err(|error| Failure::because("the sandbox can't be read", &error))?;
        // Its time is modelled, but the history says when somebody did something.
        Ok(VirtualClock::starting_at(Duration::from_millis(estate.clock)).with_wall(clock::seconds()))
    }

    /// What would change. Writes nothing but the sandbox's own clock.
    pub fn look(&self, located: &Located, options: &Options, output: &Output) -> Result<Looked, Failure> {
        let place = self.place()?;
        let clock = Self::clock(&place)?;
        let sandbox = Sandbox::new(place, &clock, &Unwatched);
        let live = clock
            .run(self.prepared.inventory(&sandbox, &clock, &located.deployment))
            .ok_or_else(stuck)?
            .map_err(|error| Failure::because("no plan can be made", &error))?;
        let mut planned =
            self.prepared.plan(&live, "sandbox", &located.deployment, options).map_err(|problems| {
                output.say(&problems.to_string());
                Failure::new("no plan can be made")
            })?;
        let record = RealClock::new(clock::seconds())
            .run(ledger::look(located.store()?))
            .map_err(|error| Failure::because("the ledger can't be read", &error))?;
        if let Some(record) = record {
            plan::mark_drift(&mut planned, &record.applied);
        }
        let backups = plan::leaves(&planned.plan, &live);
        Ok(Looked { plan: planned.plan, backups })
    }

    /// What lives, and what stands behind it.
    pub fn survey(&self, located: &Located, record: Option<&Record>) -> Result<(Plan, Survey), Failure> {
        let place = self.place()?;
        let clock = Self::clock(&place)?;
        let sandbox = Sandbox::new(place, &clock, &Unwatched);
        let applied = record.map(|record| record.applied.clone()).unwrap_or_default();
        let looked = survey::look(&self.prepared, &sandbox, &clock, &located.deployment, &applied);
        let looked = clock.run(looked).ok_or_else(stuck)?;
        looked.map_err(|error| Failure::because("the live estate can't be looked at", &error))
    }

    /// Lets parts fail, or all that failed be back; a part that nothing here is called by is refused.
    pub fn strike(&self, parts: &[Part], recover: bool) -> Result<(), Failure> {
        let strike = |estate: &mut Estate| {
            let now = estate.clock;
            if recover {
                let failed: Vec<Part> = estate.outages.iter().map(|outage| outage.of.clone()).collect();
                failed.iter().for_each(|part| estate.recover(part, now));
            }
            let machines = estate.machines(now);
            let is_there = |part: &&Part| match part {
                Part::Zone(name) => machines.iter().any(|machine| machine.zone == *name),
                Part::Machine(id) | Part::Service(id) => machines.iter().any(|machine| machine.id == *id),
            };
            if let Some(Part::Zone(name) | Part::Machine(name) | Part::Service(name)) =
                parts.iter().find(|part| !is_there(part))
            {
                return Err(Failure::new(format!("no zone or machine in the sandbox is called `{name}`"))
                    .hint("`provision status --json` names them"));
            }
            parts.iter().for_each(|part| estate.fail(part.clone(), now));
            Ok(())
        };
        self.place()?
            .change(strike)
            .map_err(|error| Failure::because("the sandbox can't be written", &error))?
    }

    /// Lets modelled time go by.
    pub fn pass(&self, time: Duration) -> Result<(), Failure> {
        let milliseconds = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.place()?
            .change(|estate| estate.clock = estate.clock.saturating_add(milliseconds))
            .map_err(|error| Failure::because("the sandbox can't be written", &error))
    }

    /// Does it, while the lock is kept alive.
    pub fn run(
        &self,
        located: &Located,
        order: &Order<'_>,
        lease: &Lease<'_>,
        signals: &Signals,
        progress: &Progress,
        output: &Output,
    ) -> Result<Result<Report, RunError>, Failure> {
        let place = self.place()?;
        let clock = Self::clock(&place)?;
        let started = clock.now();
        let since = |now: Duration| now.saturating_sub(started);
        let troubles = &order.troubles;
        let reaper = troubles.reaper(output);
        let sandbox =
            Sandbox::new(place, &clock, &reaper).with_faults(troubles.faults.clone(), troubles.seed);
        let events = |event: Event| progress.show(&event, since(clock.now()));
        let interrupt = signals.interrupt();
        let tools = Tools { driver: &sandbox, clock: &clock, guard: lease, interrupt, events: &events };
        let (who, command) = (who(), order.command.redacted());
        let run = Run {
            prepared: &self.prepared,
            deployment: &located.deployment,
            options: order.options,
            tools: &tools,
            lease,
            who: &who,
            command: &command,
            settings: Settings { parallelism: order.parallelism, ..Settings::default() },
            agreed: Some(order.agreed),
        };
        let before_jump = |jump: Duration| {
            let tick = |passed: Duration| progress.tick(since(clock.now() + passed));
            order.pace.wait(jump, interrupt, &tick);
        };
        // The heartbeat is looked at whenever anything moves, and in the sandbox something always does.
        let ended = clock.run_shown(lease.keep(run.apply()), &before_jump);
        // One file for whoever wants to look at it or keep it; that it can't be written is no reason to fail.
        let _ = sandbox.place().fold(&Unwatched);
        Ok(ended.ok_or_else(stuck)?.map(|(_, report)| report))
    }
}

pub(super) fn stuck() -> Failure {
    Failure::new("the sandbox waits for something that never comes; please report it")
}
