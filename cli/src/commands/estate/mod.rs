//! What the commands share that look at an estate or change it: which directory, which engine, where things are kept.

mod progress;
mod saved;

use std::collections::BTreeSet;
use std::hash::{BuildHasher as _, Hasher as _};
use std::io::{self, BufRead as _, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use indexmap::IndexMap;
use provision_architecture::documented::Severity;
use provision_engine::Address;
use provision_engine::apply::{Interrupt, Report, Settings, Tools};
use provision_engine::boundary::Unwatched;
use provision_engine::clock::{RealClock, VirtualClock};
use provision_engine::evaluate::Given;
use provision_engine::ledger::{FileStore, Lease, Terms, acquire};
use provision_engine::load::{Files, values_file};
use provision_engine::plan::view::{self, Detail};
use provision_engine::plan::{Options, Plan};
use provision_engine::sandbox::{Place, Sandbox};
use provision_engine::session::{Prepared, Run, RunError};
use provision_modules::load_templates;
use provision_modules::text::Overrides;
use provision_validation::{report, rules};

pub use progress::Progress;
pub use saved::SavedPlan;

use crate::clock;
use crate::failure::Failure;
use crate::input;
use crate::output::Output;

/// Said with everything that the sandbox does.
pub const SANDBOX: &str = "This is the sandbox: no cloud is asked, nothing is built, time is modelled.";

/// How long a lock outlives a holder that doesn't move any more.
const LEASE: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, Args)]
pub struct Target {
    /// A spec, or a rendered directory
    #[arg(value_name = "SPEC|DIR", default_value = "provision.yaml")]
    pub target: PathBuf,
    /// What applies it; the sandbox needs no account
    #[arg(long, value_enum, env = "PROVISION_ENGINE")]
    engine: Option<Engine>,
    /// The sandbox's estate; by default a file under .provision
    #[arg(long, value_name = "FILE", env = "PROVISION_ESTATE")]
    estate: Option<PathBuf>,
    /// The folder of lock and history; by default one under .provision. Protects this machine only
    #[arg(long, value_name = "DIR", env = "PROVISION_LEDGER")]
    ledger: Option<PathBuf>,
    /// The deployment's name, for a directory that doesn't tell it
    #[arg(long, value_name = "NAME")]
    deployment: Option<String>,
    /// The value of a variable; not for sensitive ones, those come from TF_VAR_NAME
    #[arg(long = "var", value_name = "NAME=VALUE")]
    variables: Vec<String>,
    /// A file of values of variables
    #[arg(long = "var-file", value_name = "FILE")]
    variable_files: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Engine {
    /// A cloud in a file
    Sandbox,
}

/// A directory, ready to be planned, and where its estate and ledger are.
pub struct Stage {
    pub prepared: Prepared,
    pub deployment: String,
    estate: PathBuf,
    ledger: PathBuf,
}

/// How a run under the lock is to be done.
pub struct Order<'a> {
    pub options: &'a Options,
    pub agreed: &'a Plan,
    pub command: String,
    pub parallelism: usize,
    pub patience: Duration,
}

impl Target {
    /// The same for another directory.
    pub fn at(&self, target: PathBuf) -> Self {
        Target { target, ..self.clone() }
    }

    /// Reads the directory, or renders it in memory from the spec.
    pub fn open(&self, output: &Output) -> Result<Stage, Failure> {
        let (files, named) = if self.target.is_dir() {
            let files = Files::on_disk(&self.target)
                .map_err(|error| Failure::because("the directory can't be read", &error))?;
            let named = deployment_of(&files);
            (files, named)
        } else {
            let (files, deployment) = self.render(output)?;
            (files, Some(deployment))
        };
        let deployment = self.deployment.clone().or(named).ok_or_else(|| {
            Failure::new("the directory doesn't tell its deployment's name")
                .hint("give it with `--deployment NAME`")
        })?;
        let prepared = Prepared::new(files, &self.given()?).map_err(|problems| {
            output.say(&problems.to_string());
            Failure::new(format!("{} can't be applied as it is", self.target.display()))
        })?;
        let kept = Path::new(".provision").join(&deployment);
        Ok(Stage {
            prepared,
            estate: self.estate.clone().unwrap_or_else(|| kept.join("sandbox.json")),
            ledger: self.ledger.clone().unwrap_or_else(|| kept.join("ledger")),
            deployment,
        })
    }

    /// The sandbox is never chosen by itself.
    pub fn needs_engine(&self) -> Result<(), Failure> {
        self.engine.map(|Engine::Sandbox| ()).ok_or_else(|| {
            Failure::new("no engine for a real cloud is part of this build")
                .hint("`--engine sandbox` tries everything without an account")
                .hint("`provision render SPEC -o DIR` writes plain Terraform")
        })
    }

    /// A spec that the documented architecture forbids goes no further.
    fn render(&self, output: &Output) -> Result<(Files, String), Failure> {
        let file = input::read_spec(&self.target, output)?;
        let topology = input::resolve_spec(&file, output)?;
        let verdict = rules::check(&file, &topology, clock::today()).map_err(|error| {
            Failure::because("a rule of ours is written wrongly; please report it", &error)
        })?;
        if verdict.count(Severity::Error) > 0 {
            output.say(&report::text(&verdict, &file, Severity::Error, output.stderr_style()));
            return Err(Failure::new("the documented architecture forbids this")
                .hint("waive a rule in the spec, with a reason, when you know better"));
        }
        let templates = load_templates(&Overrides::default())
            .map_err(|error| Failure::because("the templates can't be used", &error))?;
        let directory = provision_modules::render(&topology, &templates)
            .map_err(|error| Failure::because(format!("{} can't be rendered", file.source.name()), &error))?;
        let files = directory.files().map(|(path, file)| (path.to_owned(), file.bytes.clone())).collect();
        Ok((Files::in_memory(files), topology.deployment.to_string()))
    }

    fn given(&self) -> Result<Given, Failure> {
        let mut arguments = Vec::new();
        for argument in &self.variables {
            let (name, value) =
                argument.split_once('=').ok_or_else(|| Failure::new("`--var` takes NAME=VALUE"))?;
            arguments.push((name.to_owned(), value.to_owned()));
        }
        let mut files = IndexMap::new();
        for path in &self.variable_files {
            let name = path.display().to_string();
            let text = std::fs::read_to_string(path)
                .map_err(|error| Failure::because(format!("{name} can't be read"), &error))?;
            files.extend(
                values_file(&name, &text)
                    .map_err(|error| Failure::because("values can't be read", &error))?,
            );
        }
        Ok(Given { environment: crate::environment::terraform_variables(), files, arguments })
    }
}

fn deployment_of(files: &Files) -> Option<String> {
    let content = files.read("topology.json").ok()?;
    let document: serde_json::Value = serde_json::from_slice(&content).ok()?;
    document["topology"]["deployment"].as_str().map(str::to_owned)
}

impl Stage {
    fn place(&self) -> Result<Place, Failure> {
        if let Some(folder) = self.estate.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)
                .map_err(|error| Failure::because(format!("{} can't be made", folder.display()), &error))?;
        }
        Ok(Place::File(self.estate.clone()))
    }

    /// Where the sandbox's time stands.
    fn clock(place: &Place) -> Result<VirtualClock, Failure> {
        let estate = place.read().map_err(|error| Failure::because("the sandbox can't be read", &error))?;
        Ok(VirtualClock::starting_at(Duration::from_millis(estate.clock)))
    }

    /// What would change. Writes nothing but the sandbox's own clock.
    pub fn plan(&self, options: &Options, output: &Output) -> Result<Plan, Failure> {
        let place = self.place()?;
        let clock = Self::clock(&place)?;
        let sandbox = Sandbox::new(place, &clock, &Unwatched);
        let live = clock
            .run(self.prepared.inventory(&sandbox, &clock, &self.deployment))
            .ok_or_else(stuck)?
            .map_err(|error| Failure::because("no plan can be made", &error))?;
        let planned =
            self.prepared.plan(&live, "sandbox", &self.deployment, options).map_err(|problems| {
                output.say(&problems.to_string());
                Failure::new("no plan can be made")
            })?;
        Ok(planned.plan)
    }

    /// Does it, under the lock.
    pub fn run(&self, order: &Order<'_>, progress: &Progress<'_>) -> Result<Report, Failure> {
        // The lock lives in real time; what it protects, in the sandbox's.
        let real = RealClock::new(clock::seconds());
        let store = self.store();
        let lease = self.lock(&store, &real, order)?;
        let place = self.place()?;
        let clock = Self::clock(&place)?;
        let sandbox = Sandbox::new(place, &clock, &Unwatched);
        let interrupt = Interrupt::default();
        let events = |event| progress.show(&event);
        let tools =
            Tools { driver: &sandbox, clock: &clock, guard: &lease, interrupt: &interrupt, events: &events };
        let who = who();
        let run = Run {
            prepared: &self.prepared,
            deployment: &self.deployment,
            options: order.options,
            tools: &tools,
            lease: &lease,
            who: &who,
            command: &order.command,
            settings: Settings { parallelism: order.parallelism, ..Settings::default() },
            agreed: Some(order.agreed),
        };
        match clock.run(run.apply()).ok_or_else(stuck)? {
            Ok((_, report)) => Ok(report),
            Err(error) => {
                // The next run shouldn't wait for a lock that nobody needs.
                let _ = real.run(lease.release());
                Err(refused(&error))
            }
        }
    }

    fn lock<'a>(
        &self,
        store: &'a FileStore<'_>,
        real: &'a RealClock,
        order: &Order<'_>,
    ) -> Result<Lease<'a>, Failure> {
        let terms = Terms {
            who: who(),
            command: order.command.clone(),
            lease: LEASE,
            patience: order.patience,
            entropy: std::hash::RandomState::new().build_hasher().finish(),
        };
        real.run(acquire(store, real, &terms)).map_err(|error| {
            Failure::because(format!("`{}` can't be locked", self.deployment), &error)
                .hint("`--lock-timeout 600` waits for the holder")
        })
    }

    /// Lock and history.
    pub fn store(&self) -> FileStore<'static> {
        FileStore::new(self.ledger.clone(), &Unwatched)
    }
}

fn refused(error: &RunError) -> Failure {
    let failure = Failure::because("nothing was applied", error);
    match error {
        RunError::Moved { .. } => failure.hint("make a new plan and look at it"),
        _ => failure,
    }
}

fn stuck() -> Failure {
    Failure::new("the sandbox waits for something that never comes; please report it")
}

fn who() -> String {
    format!("process {} of user {}", std::process::id(), rustix::process::getuid().as_raw())
}

/// The addresses that arguments name.
pub fn addresses(texts: &[String]) -> Result<BTreeSet<Address>, Failure> {
    texts
        .iter()
        .map(|text| {
            Address::try_from(text.as_str()).map_err(|error| Failure::because("no such consent", &error))
        })
        .collect()
}

/// The plan for people, on stdout.
pub fn show(plan: &Plan, detail: Detail, output: &Output) -> Result<(), Failure> {
    output.data(&view::text(plan, detail))
}

/// Asks for the word; without a terminal consent has to come as a flag.
pub fn confirm(question: &str, word: &str, output: &Output) -> Result<bool, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::new("there is nobody to ask").hint("`--auto-approve` says yes beforehand"));
    }
    output.say(&format!("{question} Type `{word}` to go on:"));
    let mut line = String::new();
    io::stdin()
        .lock()
        .read_line(&mut line)
        .map_err(|error| Failure::because("no answer could be read", &error))?;
    Ok(line.trim() == word)
}

/// How a command is written down: no value of a variable, no path outside.
pub fn redacted(verb: &str, target: &Path) -> String {
    format!("provision {verb} {} --engine sandbox", target.display())
}
