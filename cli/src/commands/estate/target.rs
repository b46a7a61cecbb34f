use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use indexmap::IndexMap;
use provision_architecture::Topology;
use provision_architecture::documented::Severity;
use provision_architecture::values::LedgerLocation;
use provision_engine::evaluate::Given;
use provision_engine::handover::GUARD;
use provision_engine::ledger::{AtOnce, Location, Store};
use provision_engine::load::{Files, glance, values_file};
use provision_engine::session::Prepared;
use provision_modules::load_templates;
use provision_modules::text::Overrides;
use provision_validation::report;
use provision_validation::rules::{self, Verdict};
use serde_json::Value;

use super::by_terraform::{Workplace, copy};
use super::engine::{Chosen, Engine};
use super::in_aws::AwsPlace;
use super::in_sandbox::SandboxPlace;
use super::line::CommandLine;
use super::stage::{Driven, Stage};
use crate::clock;
use crate::clouds::{self, Opened};
use crate::failure::Failure;
use crate::input;
use crate::output::Output;

#[derive(Debug, Clone, Args)]
pub struct Target {
    /// A spec, or a rendered directory
    #[arg(value_name = "SPEC|DIR", default_value = "provision.yaml")]
    pub target: PathBuf,
    /// What applies it; the sandbox needs no account
    #[arg(long, value_enum, default_value = "auto", env = "PROVISION_ENGINE")]
    pub(super) engine: Engine,
    /// The sandbox's estate; by default a file under .provision
    #[arg(long, value_name = "FILE", env = "PROVISION_ESTATE")]
    estate: Option<PathBuf>,
    /// Where lock and history are kept: s3://BUCKET/PREFIX, gs://…, azblob://ACCOUNT/CONTAINER/PREFIX or file:FOLDER
    ///
    /// By default what the spec says, else a folder under .provision, which protects this machine only: a real cloud is
    /// changed with it only when it is named here on purpose. The sandbox has a folder of its own.
    #[arg(long, value_name = "PLACE", env = "PROVISION_LEDGER", value_parser = ledger_place)]
    ledger: Option<Location>,
    /// Where Terraform or OpenTofu works: a private copy. By default in the directory itself, for a spec under .provision
    #[arg(long, value_name = "DIR", env = "PROVISION_WORK_DIR")]
    work_dir: Option<PathBuf>,
    /// Let Terraform or OpenTofu take the directory as it is: also what could run code on this machine (provisioners,
    /// external data, modules) or replaces what was reviewed (JSON and override files)
    #[arg(long)]
    pub(super) allow_code: bool,
    /// The deployment's name, for a directory that doesn't tell it
    #[arg(long, value_name = "NAME")]
    deployment: Option<String>,
    /// The value of a variable; not for sensitive ones, those come from TF_VAR_NAME
    #[arg(long = "var", value_name = "NAME=VALUE")]
    pub(super) variables: Vec<String>,
    /// A file of values of variables
    #[arg(long = "var-file", value_name = "FILE")]
    pub(super) variable_files: Vec<PathBuf>,
}

/// What a spec says beyond its directory.
pub struct Described {
    pub topology: Topology,
    pub verdict: Verdict,
}

/// The file in a rendered directory that tools read.
const TOPOLOGY: &str = "topology.json";

/// The files of a directory.
pub enum Source {
    Directory(PathBuf),
    /// Rendered in memory.
    Rendered(BTreeMap<String, Vec<u8>>),
}

/// Which deployment it is, and where its ledger is: no engine is needed to know that.
pub struct Located {
    pub source: Source,
    pub described: Option<Described>,
    pub deployment: String,
    pub ledger: Location,
    /// Where the estate is, as far as it is told.
    region: Option<String>,
    /// Somebody named the ledger: by an argument or in the spec.
    pub is_ledger_named: bool,
    /// In the sandbox the clock doesn't wait for a store.
    is_virtual: bool,
    opened: OnceCell<Opened>,
    /// Whether code of the directory may run.
    pub allow_code: bool,
}

impl Located {
    fn opened(&self) -> Result<&Opened, Failure> {
        if let Some(opened) = self.opened.get() {
            return Ok(opened);
        }
        let mut opened = clouds::open(&self.ledger, self.region.as_deref())?;
        if self.is_virtual {
            opened.store = Box::new(AtOnce(opened.store));
        }
        Ok(self.opened.get_or_init(|| opened))
    }

    /// Lock and history.
    pub fn store(&self) -> Result<&dyn Store, Failure> {
        Ok(self.opened()?.store.as_ref())
    }

    /// Says, before a cloud is written to, who does it.
    pub fn introduce(&self, output: &Output) -> Result<(), Failure> {
        if let Some(identity) = &self.opened()?.identity {
            output.say(&format!("The ledger is {}; it is written as {identity}.", self.ledger));
        }
        Ok(())
    }

    /// A lock that one machine sees protects nobody from a colleague.
    pub fn may_change_a_cloud(&self) -> Result<(), Failure> {
        if self.is_ledger_named {
            return Ok(());
        }
        Err(Failure::new(format!(
            "`{}` has no ledger that others see: two people could change it at once",
            self.deployment
        ))
        .hint("`provision bootstrap` makes a shared one; name it with `--ledger s3://…`, or in the spec as `ledger:`")
        .hint(format!("`--ledger {}` keeps it on this machine, on purpose", self.ledger)))
    }

    pub(super) fn files(&self) -> Result<Files, Failure> {
        match &self.source {
            Source::Directory(path) => {
                Files::on_disk(path).map_err(|error| Failure::because("the directory can't be read", &error))
            }
            Source::Rendered(files) => Ok(Files::in_memory(files.clone())),
        }
    }

    /// What the directory says of itself: which resource is which instance, and what was promised. None where it
    /// doesn't.
    pub fn described(&self) -> Result<Option<Value>, Failure> {
        let content = match &self.source {
            Source::Directory(path) => std::fs::read(path.join(TOPOLOGY)).ok(),
            Source::Rendered(files) => files.get(TOPOLOGY).cloned(),
        };
        let document = content.map(|content| serde_json::from_slice(&content)).transpose();
        document.map_err(|error| Failure::because(format!("its {TOPOLOGY} is no JSON"), &error))
    }

    /// Where other programs find this file and those beside it: in the directory, or in a private copy. None without it.
    pub(super) fn with_file(&self, name: &str) -> Result<Option<PathBuf>, Failure> {
        match &self.source {
            Source::Directory(directory) => Ok(directory.join(name).is_file().then(|| directory.clone())),
            Source::Rendered(files) if files.contains_key(name) => {
                let place = self.kept().join("embedded");
                copy(&self.source, &place).map_err(|error| {
                    Failure::because(format!("the files can't be put into {}", place.display()), &error)
                })?;
                Ok(Some(place))
            }
            Source::Rendered(_) => Ok(None),
        }
    }

    /// What is kept of the deployment, beside the spec.
    pub fn kept(&self) -> PathBuf {
        Path::new(".provision").join(&self.deployment)
    }
}

impl Target {
    /// The same for another directory.
    pub fn at(&self, target: PathBuf) -> Self {
        Target { target, ..self.clone() }
    }

    /// The same by another engine.
    pub fn by(&self, engine: Engine) -> Self {
        Target { engine, ..self.clone() }
    }

    /// The engine that was asked for.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Where Terraform works on it: the directory itself, or a copy of its own.
    pub fn workplace(&self, located: &Located, engine: &str) -> PathBuf {
        match &located.source {
            Source::Directory(directory) => directory.clone(),
            Source::Rendered(_) => self.work_dir.clone().unwrap_or_else(|| located.kept().join(engine)),
        }
    }

    /// The command that does this again, or another one on the same estate.
    pub fn command(&self, verb: &str) -> CommandLine {
        let mut line = CommandLine::new(verb, &self.target);
        if let Some(engine) = self.engine.to_possible_value().filter(|_| self.engine != Engine::Auto) {
            line = line.option("--engine", engine.get_name());
        }
        for (name, path) in [("--estate", &self.estate), ("--work-dir", &self.work_dir)] {
            if let Some(path) = path {
                line = line.option(name, path.display());
            }
        }
        if let Some(ledger) = &self.ledger {
            line = line.option("--ledger", ledger);
        }
        if self.allow_code {
            line = line.flag("--allow-code");
        }
        if let Some(deployment) = &self.deployment {
            line = line.option("--deployment", deployment);
        }
        line = self.variables.iter().fold(line, |line, variable| line.variable(variable));
        self.variable_files.iter().fold(line, |line, path| line.option("--var-file", path.display()))
    }

    /// Finds the directory, or renders it in memory from the spec.
    pub fn locate(&self, output: &Output) -> Result<Located, Failure> {
        let (source, told, described) = if self.target.is_dir() {
            let told = Told::by(&self.target);
            (Source::Directory(self.target.clone()), told, None)
        } else {
            let (files, described) = self.render(output)?;
            let told = Told {
                deployment: Some(described.topology.deployment.to_string()),
                ledger: described.topology.spec.ledger.as_ref().map(ToString::to_string),
                region: Some(described.topology.region.to_string()),
            };
            (Source::Rendered(files), told, Some(described))
        };
        let deployment = self.deployment.clone().or(told.deployment).ok_or_else(|| {
            Failure::new("the directory doesn't tell its deployment's name")
                .hint("give it with `--deployment NAME`")
        })?;
        let kept = Path::new(".provision").join(&deployment);
        let is_virtual = self.engine == Engine::Sandbox;
        // Trying something in the sandbox doesn't make it the owner of the real thing.
        let in_spec = told.ledger.filter(|_| !is_virtual);
        let in_spec = in_spec.map(|text| Location::try_from(text.as_str())).transpose();
        let in_spec = in_spec.map_err(|error| Failure::because("the spec's ledger can't be used", &error))?;
        let named = self.ledger.clone().or(in_spec).map(|ledger| ledger.of(&deployment));
        let is_ledger_named = named.is_some();
        let usual = kept.join(if is_virtual { "sandbox-ledger" } else { "ledger" });
        let ledger = named.unwrap_or(Location::File(usual));
        let opened = OnceCell::new();
        Ok(Located {
            source,
            described,
            deployment,
            ledger,
            region: told.region,
            is_ledger_named,
            is_virtual,
            opened,
            allow_code: self.allow_code,
        })
    }

    /// Makes everything ready for a plan.
    pub fn open(&self, output: &Output) -> Result<Stage, Failure> {
        let located = self.locate(output)?;
        let driven = match self.engine.choose(&located)? {
            Chosen::Sandbox | Chosen::Aws if self.allow_code => {
                return Err(Failure::new("only Terraform and OpenTofu run code of a directory")
                    .hint("take `--engine terraform` or `--engine tofu`, or leave `--allow-code` out"));
            }
            Chosen::Aws => Driven::Aws(Box::new(AwsPlace::open(self.prepared(&located, output)?, output)?)),
            Chosen::Sandbox => {
                let prepared = self.prepared(&located, output)?;
                let estate = self.estate.clone().unwrap_or_else(|| located.kept().join("sandbox.json"));
                Driven::Sandbox(Box::new(SandboxPlace { prepared, estate }))
            }
            Chosen::Terraform(binary) => {
                let place = match (&self.work_dir, &located.source) {
                    (Some(work_dir), _) => Some(work_dir.clone()),
                    (None, Source::Rendered(_)) => Some(located.kept().join(binary.flavour.word())),
                    (None, Source::Directory(_)) => None,
                };
                Driven::Terraform(Box::new(Workplace::make(
                    binary,
                    &located.source,
                    place.as_deref(),
                    self,
                    &located.files()?,
                    output,
                )?))
            }
        };
        Ok(Stage { located, driven })
    }

    fn prepared(&self, located: &Located, output: &Output) -> Result<Prepared, Failure> {
        let mut given = self.given()?;
        let files = located.files()?;
        // The file of imports lets in whoever gives this.
        if glance(&files).is_ok_and(|directory| directory.variables.contains_key(GUARD)) {
            given.arguments.push((GUARD.to_owned(), "embedded".to_owned()));
        }
        Prepared::new(files, &given).map_err(|problems| {
            output.say(&problems.to_string());
            Failure::new(format!("{} can't be applied as it is", self.target.display()))
        })
    }

    /// A spec that the documented architecture forbids goes no further.
    fn render(&self, output: &Output) -> Result<(BTreeMap<String, Vec<u8>>, Described), Failure> {
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
        Ok((files, Described { topology, verdict }))
    }

    fn given(&self) -> Result<Given, Failure> {
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
        let environment = crate::environment::terraform_variables();
        Ok(Given { environment, files, arguments: self.given_variables()? })
    }

    /// `--var name=value`, taken apart.
    pub(super) fn given_variables(&self) -> Result<Vec<(String, String)>, Failure> {
        let parts = self.variables.iter().map(|argument| {
            let parts = argument.split_once('=');
            parts.ok_or_else(|| Failure::new("`--var` takes NAME=VALUE"))
        });
        parts.map(|part| part.map(|(name, value)| (name.to_owned(), value.to_owned()))).collect()
    }
}

/// What a rendered directory tells of its deployment.
#[derive(Default)]
struct Told {
    deployment: Option<String>,
    ledger: Option<String>,
    region: Option<String>,
}

impl Told {
    fn by(directory: &Path) -> Self {
        let content = std::fs::read(directory.join(TOPOLOGY)).unwrap_or_default();
        let document: Value = serde_json::from_slice(&content).unwrap_or_default();
        let topology = &document["topology"];
        let text = |value: &Value| value.as_str().map(str::to_owned);
        Told {
            deployment: text(&topology["deployment"]),
            ledger: text(&topology["spec"]["ledger"]),
            region: text(&topology["region"]),
        }
    }
}

/// A folder may be named without `file:`, too.
pub fn ledger_place(text: &str) -> Result<Location, String> {
    if !text.contains("://") && !text.starts_with("file:") {
        return Ok(Location::File(PathBuf::from(text)));
    }
    let location = Location::try_from(text).map_err(|error| error.to_string())?;
    // A name that its cloud doesn't take is refused here, as it is in a spec.
    if location.is_shared() {
        LedgerLocation::try_from(text)?;
    }
    Ok(location)
}
