use std::hash::{BuildHasher as _, Hasher as _};
use std::time::Duration;

use provision_engine::apply::Report;
use provision_engine::clock::RealClock;
use provision_engine::handover::Import;
use provision_engine::ledger::{self, Lease, LedgerError, Record, Store, Terms, acquire};
use provision_engine::plan::{Backup, Options, Plan};
use provision_engine::sandbox::Part;
use provision_engine::session::RunError;
use provision_engine::survey::Survey;
use provision_engine::terraform::State;
use serde_json::Value;

use super::by_terraform::Workplace;
use super::imports;
use super::in_aws::AwsPlace;
use super::in_sandbox::SandboxPlace;
use super::line::CommandLine;
use super::sandbox::{SANDBOX, Troubles};
use super::target::{Located, Source};
use super::workload::{Installation, SCRIPT, Workload};
use super::{Pace, Progress, Signals};
use crate::clock;
use crate::failure::Failure;
use crate::output::Output;

/// How long a lock outlives a holder that doesn't move any more.
const LEASE: Duration = Duration::from_secs(60);

/// A directory, ready to be planned, and what drives it.
pub struct Stage {
    pub located: Located,
    pub driven: Driven,
}

pub enum Driven {
    Sandbox(Box<SandboxPlace>),
    Aws(Box<AwsPlace>),
    Terraform(Box<Workplace>),
}

/// What was seen, and what follows from it.
pub struct Looked {
    pub plan: Plan,
    /// What the plan's deletions leave behind on purpose.
    pub backups: Vec<Backup>,
}

/// How a run under the lock is to be done.
pub struct Order<'a> {
    pub options: &'a Options,
    pub agreed: &'a Plan,
    pub command: &'a CommandLine,
    pub parallelism: usize,
    pub patience: Duration,
    pub troubles: Troubles,
    pub pace: Pace,
}

/// What is handed over.
#[cfg_attr(
    not(feature = "embedded"),
    expect(dead_code, reason = "there is nobody in this build to hand over")
)]
pub struct Handed<'a> {
    /// The engine that gets it; none where the embedded one takes it over.
    pub to: Option<&'a str>,
    /// The plan that was looked at: nothing is to be done.
    pub agreed: &'a Plan,
    pub command: &'a CommandLine,
    pub patience: Duration,
}

/// How a run ended.
pub struct Outcome {
    pub report: Report,
    /// The signal that interrupted it.
    pub signal: Option<i32>,
}

impl Outcome {
    /// There was nothing to do.
    pub fn nothing() -> Self {
        Outcome { report: Report::default(), signal: None }
    }
}

impl Stage {
    pub fn is_sandbox(&self) -> bool {
        matches!(self.driven, Driven::Sandbox(_))
    }

    /// Says with everything that the sandbox does that it is the sandbox.
    pub fn announce(&self, output: &Output) {
        if self.is_sandbox() {
            output.say(SANDBOX);
        }
    }

    /// What changes a real cloud needs a ledger that was named: asked before anybody reads a plan.
    pub fn may_change(&self) -> Result<(), Failure> {
        if self.is_sandbox() { Ok(()) } else { self.located.may_change_a_cloud() }
    }

    /// ` in the sandbox`, where a question is asked.
    pub fn place(&self) -> &'static str {
        if self.is_sandbox() { " in the sandbox" } else { "" }
    }

    /// What would change; changes nothing.
    pub fn look(&self, options: &Options, lock_timeout: u64, output: &Output) -> Result<Looked, Failure> {
        match &self.driven {
            Driven::Sandbox(place) => place.look(&self.located, options, output),
            Driven::Aws(place) => place.look(&self.located, options, output),
            Driven::Terraform(place) => place.look(&self.located, options, lock_timeout, output),
        }
    }

    /// What would change, and what stands behind what lives; none of the latter where the engine can't tell.
    pub fn survey(
        &self,
        record: Option<&Record>,
        output: &Output,
    ) -> Result<(Plan, Option<Survey>), Failure> {
        match &self.driven {
            Driven::Sandbox(place) => {
                place.survey(&self.located, record).map(|(plan, survey)| (plan, Some(survey)))
            }
            Driven::Aws(place) => {
                place.survey(&self.located, record).map(|(plan, survey)| (plan, Some(survey)))
            }
            Driven::Terraform(_) => {
                let looked = self.look(&Options::default(), 0, output)?;
                Ok((looked.plan, None))
            }
        }
    }

    /// Says what the cloud was asked, where that is wanted, and always that it was asked more slowly.
    pub fn say_calls(&self, wanted: bool, output: &Output) {
        let text = match &self.driven {
            Driven::Aws(place) if wanted => place.asked().text(),
            Driven::Aws(place) => place.asked().slowed_text(),
            Driven::Sandbox(_) if wanted => "The sandbox asks no cloud.".to_owned(),
            Driven::Terraform(place) if wanted => {
                format!("{} doesn't tell how often it asks the cloud.", place.binary().flavour)
            }
            Driven::Sandbox(_) | Driven::Terraform(_) => String::new(),
        };
        if !text.is_empty() {
            output.say(&text);
        }
    }

    /// Lets parts of the sandbox fail, or all that failed be back.
    pub fn strike(&self, parts: &[Part], recover: bool) -> Result<(), Failure> {
        match &self.driven {
            _ if parts.is_empty() && !recover => Ok(()),
            Driven::Sandbox(place) => place.strike(parts, recover),
            Driven::Aws(_) | Driven::Terraform(_) => {
                Err(Failure::new("only in the sandbox can things be made to fail")
                    .hint("`--engine sandbox` tries it without an account"))
            }
        }
    }

    /// Lets time go by between two looks. In the sandbox it is its own time that does, and nobody waits for it unless
    /// `visibly`.
    pub fn pass(&self, time: Duration, visibly: bool) -> Result<(), Failure> {
        if let Driven::Sandbox(place) = &self.driven {
            place.pass(time)?;
        }
        if visibly || !self.is_sandbox() {
            std::thread::sleep(time);
        }
        Ok(())
    }

    /// The directory's outputs; sensitive ones stay hidden.
    pub fn outputs(&self, output: &Output) -> Result<Value, Failure> {
        match &self.driven {
            Driven::Sandbox(_) | Driven::Aws(_) => {
                let looked = self.look(&Options::default(), 0, output)?;
                Ok(serde_json::json!(looked.plan.outputs))
            }
            Driven::Terraform(place) => place.outputs(output),
        }
    }

    /// The installation of what runs in a cluster, where a real one was made; the sandbox has none.
    pub fn workload(&self) -> Result<Option<Workload>, Failure> {
        match &self.driven {
            Driven::Terraform(place) => Workload::of(place),
            Driven::Aws(_) => match self.located.with_file(SCRIPT)? {
                Some(directory) => Workload::without_state(&directory),
                None => Ok(None),
            },
            Driven::Sandbox(_) => Ok(None),
        }
    }

    /// Installs it. Of a directory that somebody gave us, only what we would have written ourselves is run.
    pub fn install(
        &self,
        workload: &Workload,
        is_wanted: bool,
        output: &Output,
    ) -> Result<Installation, Failure> {
        if !is_wanted {
            return Ok(workload.left("that was not asked for"));
        }
        if let (Source::Directory(directory), false) = (&self.located.source, self.located.allow_code)
            && !workload.is_ours(directory, output)
        {
            return Ok(workload.left(format!(
                "{SCRIPT} is not what `provision render` writes, and `--allow-code` was not given"
            )));
        }
        workload.install(|| self.outputs(output), output)
    }

    /// Keeps in the ledger why it is not there, where that is news.
    pub fn remember_installation(
        &self,
        why_not: Option<&str>,
        command: &CommandLine,
        patience: Duration,
        output: &Output,
    ) -> Result<(), Failure> {
        let real = RealClock::new(clock::seconds());
        let store = self.located.store()?;
        let failed = |error: &LedgerError| locked(&self.located.deployment, error);
        let known = real.run(ledger::look(store)).map_err(|error| failed(&error))?;
        if known.is_none_or(|record| record.not_installed.as_deref() == why_not) {
            return Ok(());
        }
        let lease = self.lock(store, &real, command, patience, output)?;
        let kept = real.run(lease.change(|record| record.not_installed = why_not.map(str::to_owned)));
        real.run(lease.release()).and(kept).map_err(|error| failed(&error))
    }

    /// Does it, under the lock.
    pub fn run(&self, order: &Order<'_>, progress: &Progress, output: &Output) -> Result<Outcome, Failure> {
        // The lock lives in real time, whatever clock its work lives in.
        let real = RealClock::new(clock::seconds());
        self.located.introduce(output)?;
        let lease = self.lock(self.located.store()?, &real, order.command, order.patience, output)?;
        // What became another engine's since the look is refused; its directory is as it wants it.
        if lease.record().engine.is_none_or(|owner| owner == self.engine_word()) {
            self.guard_directory()?;
        }
        let signals = Signals::watch(progress.voice())?;
        let ended = match &self.driven {
            Driven::Sandbox(place) => place.run(&self.located, order, &lease, &signals, progress, output),
            Driven::Aws(place) => place
                .can_work(order, &real, output)
                .and_then(|()| place.run(&self.located, order, &real, &lease, &signals, progress)),
            Driven::Terraform(place) => place.run(&self.located, order, &real, &lease, &signals, progress),
        };
        progress.finish();
        let ended = ended.inspect_err(|_| {
            // Nothing was begun: the next run needn't wait for a lock that nobody needs.
            let _ = real.run(lease.release());
        })?;
        match ended {
            Ok(report) => Ok(Outcome { report, signal: signals.caught() }),
            Err(error) => {
                // The next run shouldn't wait for a lock that nobody needs.
                let _ = real.run(lease.release());
                let failure = refused(&error);
                Err(match signals.caught() {
                    Some(signal) => failure.interrupted(signal),
                    None => failure,
                })
            }
        }
    }

    /// From here on nobody else's Terraform is to work in a directory of the embedded engine's.
    fn guard_directory(&self) -> Result<(), Failure> {
        match (&self.driven, &self.located.source) {
            (Driven::Aws(place), Source::Directory(directory)) => imports::keep(directory, &place.imports()),
            _ => Ok(()),
        }
    }

    /// After a run that left nothing to do, what lives stands in the directory, for whoever comes with Terraform; nothing,
    /// where nothing lives any more. What Terraform has imported is in its state: naming it still would forbid it to go.
    pub fn keep_imports(&self, nothing_lives: bool) -> Result<(), Failure> {
        match (&self.driven, &self.located.source) {
            (Driven::Terraform(place), _) => imports::remove(place.directory()),
            (Driven::Aws(_), Source::Directory(directory)) if nothing_lives => imports::remove(directory),
            _ => self.guard_directory(),
        }
    }

    /// That what was looked at is not another engine's: asked before anything is written, also into its directory.
    pub fn is_ours(&self) -> Result<(), Failure> {
        match &self.driven {
            Driven::Aws(place) => place.is_ours().map_err(|error| refused(&error)),
            Driven::Sandbox(_) | Driven::Terraform(_) => Ok(()),
        }
    }

    /// Whether the embedded engine could take it over as it is.
    pub fn can_take(&self, plan: &Plan) -> bool {
        matches!(&self.driven, Driven::Aws(place) if place.can_take(plan))
    }

    /// Changes the owner, under the lock; nothing that lives is touched but for the network's mark. Returns the imports.
    pub fn hand_over(&self, handed: &Handed<'_>, output: &Output) -> Result<Vec<Import>, Failure> {
        let Driven::Aws(place) = &self.driven else {
            return Err(Failure::new("only what lives on AWS can be handed over"));
        };
        let real = RealClock::new(clock::seconds());
        self.located.introduce(output)?;
        let lease = self.lock(self.located.store()?, &real, handed.command, handed.patience, output)?;
        let ended = place.hand_over(&self.located, handed, &real, &lease);
        ended.map_err(|error| {
            let _ = real.run(lease.release());
            Failure::because(format!("`{}` stays whose it is", self.located.deployment), &error)
        })
    }

    /// What Terraform's state remembers; none where it is empty.
    pub fn terraform_state(&self, output: &Output) -> Result<Option<State>, Failure> {
        match &self.driven {
            Driven::Terraform(place) => place.state(output),
            Driven::Sandbox(_) | Driven::Aws(_) => Ok(None),
        }
    }

    /// Empties it. What lives is not touched.
    pub fn forget_terraform_state(
        &self,
        state: &State,
        lock_timeout: u64,
        output: &Output,
    ) -> Result<(), Failure> {
        match &self.driven {
            Driven::Terraform(place) => place.forget(state, lock_timeout, output),
            Driven::Sandbox(_) | Driven::Aws(_) => Ok(()),
        }
    }

    /// What the engine is called.
    pub fn engine_word(&self) -> &'static str {
        match &self.driven {
            Driven::Sandbox(_) => "sandbox",
            Driven::Aws(_) => "embedded",
            Driven::Terraform(place) => place.binary().flavour.word(),
        }
    }

    fn lock<'a>(
        &self,
        store: &'a dyn Store,
        real: &'a RealClock,
        command: &CommandLine,
        patience: Duration,
        output: &Output,
    ) -> Result<Lease<'a>, Failure> {
        let terms = Terms {
            who: who(),
            command: command.redacted(),
            lease: LEASE,
            patience,
            entropy: std::hash::RandomState::new().build_hasher().finish(),
        };
        let failed = |error: &LedgerError| locked(&self.located.deployment, error);
        let held = real.run(ledger::look(store)).map_err(|error| failed(&error))?;
        if let Some(holder) = held.and_then(|record| record.holder) {
            output.say(&format!(
                "{} holds the lock since {} and runs `{}`; looking whether it is alive (a dead one's lock frees itself within {} s)",
                holder.who,
                clock::shown(holder.since),
                holder.command,
                holder.lease_seconds
            ));
        }
        real.run(acquire(store, real, &terms)).map_err(|error| failed(&error))
    }
}

fn locked(deployment: &str, error: &LedgerError) -> Failure {
    let what = format!("`{deployment}` can't be locked");
    match error {
        LedgerError::Held { who, command, since } => Failure::new(format!(
            "{what}: {who} holds the lock since {} and is alive; it runs `{command}`",
            clock::shown(*since)
        ))
        .hint("`--lock-timeout 600` waits for it"),
        other => Failure::because(what, other),
    }
}

fn refused(error: &RunError) -> Failure {
    let failure = match error {
        // What it says is all that there is to say, and it has lines of its own.
        RunError::Terraform(error) => Failure::because("it couldn't be applied", error),
        other => Failure::because("nothing was applied", other),
    };
    match error {
        RunError::Moved { .. } => failure.hint("`provision plan … --out FILE` makes and keeps one"),
        RunError::OtherEngine { owner, .. } => failure.hint(format!(
            "`--engine {owner}` goes on with it; `provision handover` gives it to another engine"
        )),
        _ => failure,
    }
}

/// `ann on build-7, process 4242`
pub fn who() -> String {
    let user =
        crate::environment::user().unwrap_or_else(|| format!("user {}", rustix::process::getuid().as_raw()));
    let machine = rustix::system::uname().nodename().to_string_lossy().into_owned();
    format!("{user} on {machine}, process {}", std::process::id())
}
