//! The directory on AWS, by the engine's own driver: no state file, real time.

use std::cell::RefCell;
use std::future::poll_fn;
use std::time::Duration;

use provision_aws::{Aws, Settings, Wanted};
use provision_engine::apply::{Event, Report, Settings as Applying, Tools};
use provision_engine::clock::{Clock as _, RealClock};
use provision_engine::driver::Driver as _;
use provision_engine::evaluate::Scope;
use provision_engine::handover::{self, Handover, HandoverError, Import};
use provision_engine::ledger::{self, Lease, Record};
use provision_engine::load::{Directory, Files, load};
use provision_engine::owner;
use provision_engine::plan::{self, Options, Plan};
use provision_engine::problem::Problems;
use provision_engine::session::{Prepared, Run, RunError};
use provision_engine::survey::{self, Survey};

use super::engine::ways_on;
use super::stage::{Handed, Looked, Order, who};
use super::stats::Asked;
use super::target::Located;
use super::{Progress, Signals};
use crate::clock;
use crate::failure::Failure;
use crate::output::Output;

/// A directory that was read, and the account that it is for.
pub struct AwsPlace {
    prepared: Prepared,
    aws: Aws,
    /// What lived at the last look, as Terraform would import it.
    imports: RefCell<Vec<Import>>,
    /// Whose it was at the last look, where it is another engine's.
    other: RefCell<Option<String>>,
}

/// That this build has the driver.
pub fn available() -> Result<(), Failure> {
    Ok(())
}

/// Whether it is a directory for AWS with nothing that the driver doesn't know.
pub fn can_drive(files: &Files) -> bool {
    load(files).is_ok_and(|directory| {
        directory.providers.contains_key("aws")
            && directory.providers.len() == 1
            && unknown(&directory).is_empty()
    })
}

/// The kinds of a directory that the driver can't make yet.
fn unknown(directory: &Directory) -> Vec<String> {
    let mut kinds: Vec<String> =
        directory.resources.keys().map(|address| address.kind().to_owned()).collect();
    kinds.retain(|kind| !provision_aws::knows(kind));
    kinds.sort();
    kinds.dedup();
    kinds
}

impl AwsPlace {
    /// Says whose account it is before anything is asked of it.
    pub fn open(prepared: Prepared, output: &Output) -> Result<Self, Failure> {
        let unknown = unknown(&prepared.directory);
        if !unknown.is_empty() {
            let what = format!("the embedded engine can't make {} yet", unknown.join(", "));
            return Err(ways_on(Failure::new(what)));
        }
        let region = region(&prepared).ok_or_else(|| {
            Failure::new(
                "the directory has no `provider \"aws\"` with a region, so it isn't clear where it belongs",
            )
        })?;
        let aws = Aws::open(Settings::new(region))
            .map_err(|error| Failure::because("no threads for calls to the cloud can be started", &error))?;
        let identity = RealClock::new(clock::seconds())
            .run(aws.identity())
            .map_err(|error| ways_on(Failure::because("AWS doesn't say who we are", &error)))?;
        output.say(&format!(
            "AWS account {}, region {}, as {}",
            identity.account, identity.region, identity.arn
        ));
        Ok(AwsPlace { prepared, aws, imports: RefCell::default(), other: RefCell::default() })
    }

    /// What was asked so far.
    pub fn asked(&self) -> Asked {
        Asked { calls: self.aws.calls(), slowed: self.aws.slowed() }
    }

    /// What would change. Changes nothing.
    pub fn look(&self, located: &Located, options: &Options, output: &Output) -> Result<Looked, Failure> {
        let clock = RealClock::new(clock::seconds());
        let live = clock
            .run(self.prepared.inventory(&self.aws, &clock, &located.deployment))
            .map_err(|error| Failure::because("no plan can be made", &error))?;
        let mut planned =
            self.prepared.plan(&live, self.aws.name(), &located.deployment, options).map_err(|problems| {
                output.say(&problems.to_string());
                Failure::new("no plan can be made")
            })?;
        let record = clock
            .run(ledger::look(located.store()?))
            .map_err(|error| Failure::because("the ledger can't be read", &error))?;
        let recorded = record.as_ref().and_then(|record| record.engine.as_deref());
        self.other.replace(owner::other(recorded, &live, &self.aws));
        if let Some(record) = record {
            plan::mark_drift(&mut planned, &record.applied);
        }
        let backups = plan::leaves(&planned.plan, &live);
        let imports = handover::imports(&planned);
        self.imports.replace(imports.map_err(|error| Failure::because("no plan can be made", &error))?);
        Ok(Looked { plan: planned.plan, backups })
    }

    /// What a Terraform that is run by hand in the directory finds.
    pub fn imports(&self) -> String {
        handover::for_embedded(&self.imports.borrow(), self.aws.name())
    }

    /// That no other engine's estate was seen at the last look.
    pub fn is_ours(&self) -> Result<(), RunError> {
        match self.other.borrow().clone() {
            Some(owner) => Err(RunError::OtherEngine { owner, asked: self.aws.name().to_owned() }),
            None => Ok(()),
        }
    }

    /// Whether it could be taken over as it is.
    pub fn can_take(&self, plan: &Plan) -> bool {
        handover::only_remembered(plan, &self.aws)
    }

    /// Gives what lives to another engine, or takes it over from others.
    pub fn hand_over(
        &self,
        located: &Located,
        handed: &Handed<'_>,
        clock: &RealClock,
        lease: &Lease<'_>,
    ) -> Result<Vec<Import>, HandoverError> {
        let (who, command) = (who(), handed.command.redacted());
        let handover = Handover {
            prepared: &self.prepared,
            driver: &self.aws,
            clock,
            lease,
            deployment: &located.deployment,
            who: &who,
            command: &command,
            agreed: handed.agreed,
        };
        clock.run(lease.keep(async {
            match handed.to {
                Some(to) => handover.away(to).await,
                None => handover.here(&["terraform", "tofu"]).await,
            }
        }))
    }

    /// What lives, and what stands behind it. Changes nothing.
    pub fn survey(&self, located: &Located, record: Option<&Record>) -> Result<(Plan, Survey), Failure> {
        let clock = RealClock::new(clock::seconds());
        let applied = record.map(|record| record.applied.clone()).unwrap_or_default();
        clock
            .run(survey::look(&self.prepared, &self.aws, &clock, &located.deployment, &applied))
            .map_err(|error| Failure::because("the live estate can't be looked at", &error))
    }

    /// What the cloud tells beforehand, all of it at once.
    pub fn can_work(&self, order: &Order<'_>, clock: &RealClock, output: &Output) -> Result<(), Failure> {
        let wanted = Wanted::of(order.agreed, &self.prepared);
        let foreseen = clock.run(self.aws.preflight(&wanted)).map_err(|error| {
            Failure::because("nothing was applied: it can't be seen whether it would work", &error)
        })?;
        for note in &foreseen.notes {
            output.say(&format!("note: {note}"));
        }
        let list = match foreseen.shortfalls.as_slice() {
            [] => return Ok(()),
            [one] => format!(" {one}"),
            several => several.iter().map(|line| format!("\n  - {line}")).collect(),
        };
        let failure = Failure::new(format!("nothing was applied:{list}"));
        Err(failure.hint("what is missing has to be there first; then run the same command again"))
    }

    /// Does it, while the lock is kept alive.
    pub fn run(
        &self,
        located: &Located,
        order: &Order<'_>,
        clock: &RealClock,
        lease: &Lease<'_>,
        signals: &Signals,
        progress: &Progress,
    ) -> Result<Result<Report, RunError>, Failure> {
        let started = clock.now();
        let events = |event: Event| progress.show(&event, clock.now().saturating_sub(started));
        let interrupt = signals.interrupt();
        let tools = Tools { driver: &self.aws, clock, guard: lease, interrupt, events: &events };
        let (who, command) = (who(), order.command.redacted());
        let run = Run {
            prepared: &self.prepared,
            deployment: &located.deployment,
            options: order.options,
            tools: &tools,
            lease,
            who: &who,
            command: &command,
            settings: Applying { parallelism: order.parallelism, ..Applying::default() },
            agreed: Some(order.agreed),
        };
        let ended = clock.run(async {
            let ticks = async {
                loop {
                    clock.sleep(TICK).await;
                    progress.tick(clock.now().saturating_sub(started));
                }
            };
            first(lease.keep(run.apply()), ticks).await
        });
        Ok(ended.map(|(_, report)| report))
    }
}

/// How often whoever watches sees that time passes.
const TICK: Duration = Duration::from_millis(200);

/// The work's result; what accompanies it never ends by itself.
async fn first<T>(work: impl Future<Output = T>, beside: impl Future<Output = ()>) -> T {
    let (mut work, mut beside) = (std::pin::pin!(work), std::pin::pin!(beside));
    poll_fn(|context| {
        let _ = beside.as_mut().poll(context);
        work.as_mut().poll(context)
    })
    .await
}

fn scope(prepared: &Prepared) -> Scope<'_> {
    Scope::new(&prepared.directory, &prepared.files, &prepared.variables)
}

/// Where the provider's block says that everything is.
fn region(prepared: &Prepared) -> Option<String> {
    let body = prepared.directory.providers.get("aws")?;
    let arguments = scope(prepared).body(body, &mut Problems::default());
    arguments.get("region")?.as_text().map(str::to_owned)
}
