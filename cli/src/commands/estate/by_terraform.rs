//! The directory by Terraform or OpenTofu: where they work, and what they are told.

use std::cell::{Cell, RefCell};
use std::fs;
use std::path::{Path, PathBuf};

use provision_engine::apply::{Event, Report, Unguarded};
use provision_engine::clock::{Clock as _, RealClock};
use provision_engine::ledger::Lease;
use provision_engine::load::{Files, glance, screen};
use provision_engine::plan::Options;
use provision_engine::session::RunError;
use provision_engine::terraform::{self, Binary, Run, Seen, State, Terraform, TerraformError, Wanted, Watch};
use serde_json::Value;
use tempfile::TempDir;

use super::stage::{Looked, Order, who};
use super::target::{Located, Source, Target};
use super::{Progress, Signals};
use crate::clock;
use crate::failure::Failure;
use crate::output::Output;

/// A directory that one of the two works in.
pub struct Workplace {
    binary: Binary,
    directory: PathBuf,
    /// For its plans, which may hold secrets: outside the directory, for nobody else to read.
    scratch: TempDir,
    variables: Vec<String>,
    is_ready: Cell<bool>,
    /// The last look: what was agreed to needn't be planned again.
    seen: RefCell<Option<Seen>>,
}

/// Which files of a private copy are ours.
const OURS: &str = ".provision-files";

/// How many calls are under way at once while it only looks.
const LOOKING: usize = 16;

impl Workplace {
    /// In the directory itself, or in a private copy at `place`.
    pub fn make(
        binary: Binary,
        source: &Source,
        place: Option<&Path>,
        target: &Target,
        files: &Files,
        output: &Output,
    ) -> Result<Self, Failure> {
        let variables = variables(target, files, output)?;
        let directory = match (place, source) {
            (None, Source::Directory(directory)) => directory.clone(),
            (place, source) => {
                let place = place.unwrap_or(Path::new("."));
                copy(source, place).map_err(|error| {
                    Failure::because(format!("the files can't be put into {}", place.display()), &error)
                })?;
                place.to_owned()
            }
        };
        let scratch = tempfile::Builder::new()
            .prefix("provision-")
            .tempdir()
            .map_err(|error| Failure::because("no folder for plans can be made", &error))?;
        Ok(Workplace {
            binary,
            directory,
            scratch,
            variables,
            is_ready: Cell::new(false),
            seen: RefCell::default(),
        })
    }

    fn terraform(&self, parallelism: usize, lock_timeout: u64) -> Terraform<'_> {
        Terraform {
            binary: &self.binary,
            directory: &self.directory,
            scratch: self.scratch.path(),
            variables: &self.variables,
            parallelism,
            lock_timeout,
        }
    }

    pub fn directory(&self) -> &Path {
        &self.directory
    }

    pub fn binary(&self) -> &Binary {
        &self.binary
    }

    fn say(&self, doing: &str, output: &Output) {
        output.say(&format!(
            "{} {} in {}: {doing} …",
            self.binary.flavour,
            self.binary.version,
            self.directory.display()
        ));
    }

    /// Providers and state, once a run.
    fn ready(&self, clock: &RealClock, watch: &Watch<'_>, output: &Output) -> Result<(), TerraformError> {
        if !self.is_ready.get() {
            self.say("init", output);
            clock.run(self.terraform(LOOKING, 0).init(watch))?;
            self.say("validate", output);
            clock.run(self.terraform(LOOKING, 0).validate(watch))?;
            self.is_ready.set(true);
        }
        Ok(())
    }

    fn digest(&self) -> Result<String, Failure> {
        terraform::digest(&self.directory)
            .map_err(|error| Failure::because(format!("{} can't be read", self.directory.display()), &error))
    }

    /// What would change.
    pub fn look(
        &self,
        located: &Located,
        options: &Options,
        lock_timeout: u64,
        output: &Output,
    ) -> Result<Looked, Failure> {
        let clock = RealClock::new(clock::seconds());
        let signals = watched(output)?;
        let watch = Watch { clock: &clock, interrupt: signals.interrupt(), guard: &Unguarded };
        let failed = |error: &TerraformError| self.failed("no plan can be made", error, &signals);
        self.ready(&clock, &watch, output).map_err(|error| failed(&error))?;
        self.say("plan", output);
        let digest = self.digest()?;
        let wanted = Wanted { deployment: &located.deployment, options, directory: &digest };
        let terraform = self.terraform(LOOKING, lock_timeout);
        let seen = clock.run(terraform.plan(&wanted, &watch)).map_err(|error| failed(&error))?;
        seen.warnings.iter().for_each(|warning| output.say(&warning.to_string()));
        let looked = Looked { plan: seen.plan.clone(), backups: seen.backups.clone() };
        self.seen.replace(Some(seen));
        Ok(looked)
    }

    /// What its state says of the directory's outputs.
    pub fn outputs(&self, output: &Output) -> Result<Value, Failure> {
        let clock = RealClock::new(clock::seconds());
        let signals = watched(output)?;
        let watch = Watch { clock: &clock, interrupt: signals.interrupt(), guard: &Unguarded };
        let failed = |error: &TerraformError| self.failed("the outputs can't be read", error, &signals);
        self.ready(&clock, &watch, output).map_err(|error| failed(&error))?;
        clock.run(self.terraform(LOOKING, 0).outputs(&watch)).map_err(|error| failed(&error))
    }

    /// What its state remembers; none where it is empty.
    pub fn state(&self, output: &Output) -> Result<Option<State>, Failure> {
        let clock = RealClock::new(clock::seconds());
        let signals = watched(output)?;
        let watch = Watch { clock: &clock, interrupt: signals.interrupt(), guard: &Unguarded };
        let failed = |error: &TerraformError| self.failed("its state can't be read", error, &signals);
        self.ready(&clock, &watch, output).map_err(|error| failed(&error))?;
        clock.run(self.terraform(LOOKING, 0).state(&watch)).map_err(|error| failed(&error))
    }

    /// Lets its state forget everything.
    pub fn forget(&self, state: &State, lock_timeout: u64, output: &Output) -> Result<(), Failure> {
        let clock = RealClock::new(clock::seconds());
        let signals = watched(output)?;
        let watch = Watch { clock: &clock, interrupt: signals.interrupt(), guard: &Unguarded };
        let forgotten = clock.run(self.terraform(LOOKING, lock_timeout).forget(state, &watch));
        forgotten.map_err(|error| self.failed("its state can't be emptied", &error, &signals))
    }

    /// Does it, while our lock is kept alive.
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
        let watch = Watch { clock, interrupt: signals.interrupt(), guard: lease };
        let digest = self.digest()?;
        let wanted = Wanted { deployment: &located.deployment, options: order.options, directory: &digest };
        let terraform = self.terraform(order.parallelism, order.patience.as_secs());
        let (who, command) = (who(), order.command.redacted());
        let run = Run {
            terraform: &terraform,
            wanted: &wanted,
            lease,
            who: &who,
            command: &command,
            agreed: order.agreed,
            seen: self.seen.take().filter(|seen| seen.plan == *order.agreed),
        };
        Ok(clock.run(lease.keep(run.apply(&watch, &events))))
    }

    fn failed(&self, what: &str, error: &TerraformError, signals: &Signals) -> Failure {
        let failure = Failure::because(what, error);
        let failure = match error {
            TerraformError::Failed { doing: "init", .. } => failure.hint(
                "providers come over the network, or from a mirror that the CLI configuration names (TF_CLI_CONFIG_FILE)",
            ),
            _ => failure,
        };
        match signals.caught() {
            Some(signal) => failure.interrupted(signal),
            None => failure,
        }
    }
}

/// A look is ended by a signal, too, but not before the binary has let go of its lock.
fn watched(output: &Output) -> Result<Signals, Failure> {
    let output = *output;
    Signals::watch(Box::new(move |count| {
        output.say(if count == 1 { "Interrupted: waiting for it to let go." } else { "Stopping at once." });
    }))
}

/// What could run code is refused unless it was allowed by name; a sensitive value never comes by the command line.
fn variables(target: &Target, files: &Files, output: &Output) -> Result<Vec<String>, Failure> {
    let read = if target.allow_code { glance(files) } else { screen(files) };
    let directory = read.map_err(|problems| {
        output.say(&problems.to_string());
        Failure::new(format!("{} can't be applied as it is", target.target.display()))
    })?;
    let mut arguments = Vec::new();
    for path in &target.variable_files {
        let path = fs::canonicalize(path)
            .map_err(|error| Failure::because(format!("{} can't be read", path.display()), &error))?;
        arguments.push(format!("-var-file={}", path.display()));
    }
    for (name, value) in target.given_variables()? {
        if directory.variables.get(&name).is_some_and(|variable| variable.sensitive) {
            return Err(Failure::new(format!(
                "`{name}` is sensitive, and everyone on the machine can read a command line"
            ))
            .hint(format!("set `TF_VAR_{name}` in the environment")));
        }
        arguments.push(format!("-var={name}={value}"));
    }
    Ok(arguments)
}

/// Puts the files there, and takes away those of ours that are no more; what is not ours stays.
pub(super) fn copy(source: &Source, place: &Path) -> std::io::Result<()> {
    fs::create_dir_all(place)?;
    let list = place.join(OURS);
    let before = fs::read_to_string(&list).unwrap_or_default();
    let mut names: Vec<String> = Vec::new();
    match source {
        Source::Rendered(files) => {
            for (name, content) in files {
                put(place, name, content)?;
                names.push(name.clone());
            }
        }
        Source::Directory(directory) => {
            for name in terraform::inputs(directory)? {
                put(place, &name, &fs::read(directory.join(&name))?)?;
                names.push(name);
            }
        }
    }
    // Only what we once wrote ourselves, and nothing outside.
    for name in before.lines().filter(|name| !names.iter().any(|now| now == name) && !name.contains("..")) {
        let _ = fs::remove_file(place.join(name));
    }
    fs::write(list, names.join("\n"))
}

fn put(place: &Path, name: &str, content: &[u8]) -> std::io::Result<()> {
    let path = place.join(name);
    if fs::read(&path).is_ok_and(|there| there == content) {
        return Ok(());
    }
    fs::create_dir_all(path.parent().unwrap_or(place))?;
    fs::write(path, content)
}
