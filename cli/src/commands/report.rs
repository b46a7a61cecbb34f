use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use provision_architecture::{SpecFile, Topology};
use provision_engine::load::Files;
use provision_engine::plan::view::duration;
use provision_engine::plan::{Options as PlanOptions, Plan};
use provision_modules::text::{Overrides, Templates};
use provision_modules::{Directory, load_templates};
use provision_report::{PlanSummary, Subject};
use provision_validation::rules;
use provision_validation::survive::{self, Options, Timers};

use super::{ExitStatus, estate};
use crate::clock;
use crate::failure::Failure;
use crate::input;
use crate::output::Output;

/// Write one page about the deployment
///
/// The picture, in which failures can be chosen; the verdict against the documented architecture with its citations;
/// what each failure does, with the hosts tuned and with the kernel's own timers; what it takes to stop it; how much of
/// the time it stands; the kernels' parameters with their reasons; and what building it would do. The page needs no
/// network, neither to be written nor to be read.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provision report provision.yaml -o report.html
  provision report provision.yaml -o - | gzip > report.html.gz

Exit codes: 0 written, also where the deployment has findings, which the page shows; 1 it could not be written.")]
pub struct Arguments {
    /// The spec, `-` for standard input, or a rendered directory, which keeps its spec
    #[arg(value_name = "SPEC|DIR", default_value = "provision.yaml")]
    spec: PathBuf,
    /// The file to write, or `-` for standard output
    #[arg(short, long, value_name = "FILE", default_value = "report.html")]
    output: PathBuf,
    /// Take templates from this folder in place of the built-in ones of the same name
    #[arg(long, value_name = "DIR", env = "PROVISION_TEMPLATES")]
    templates: Option<PathBuf>,
}

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    let file = input::read_spec(&arguments.spec, output)?;
    let topology = input::resolve_spec(&file, output)?;
    let templates = templates(arguments.templates.as_deref())?;
    let page = page(&file, &topology, &templates, output)?;
    if arguments.output == Path::new("-") {
        output.data(&page)?;
    } else {
        std::fs::write(&arguments.output, page).map_err(|error| {
            Failure::because(format!("{} can't be written", arguments.output.display()), &error)
        })?;
        output.say(&format!("{} is written; it opens in any browser", arguments.output.display()));
    }
    Ok(ExitStatus::Fine)
}

fn templates(folder: Option<&Path>) -> Result<Templates, Failure> {
    let overrides = match folder {
        Some(folder) => Overrides::read(folder)
            .map_err(|error| Failure::because("the folder of templates can't be used", &error))?,
        None => Overrides::default(),
    };
    load_templates(&overrides).map_err(|error| Failure::because("the templates can't be used", &error))
}

fn page(
    file: &SpecFile,
    topology: &Topology,
    templates: &Templates,
    output: &Output,
) -> Result<String, Failure> {
    let name = file.source.name();
    let verdict = rules::check(file, topology, clock::today())
        .map_err(|error| Failure::because("a rule of ours is written wrongly; please report it", &error))?;
    let timers = Timers::of(topology);
    let unanalysed = |error| Failure::because(format!("{name} can't be analysed"), &error);
    let options = Options::default();
    let report = survive::survive(topology, &timers, &options).map_err(unanalysed)?;
    let pictured = survive::pictured(topology, &timers, &options.set).map_err(unanalysed)?;
    let plan = plan(topology, templates, output);
    let subject = Subject {
        topology,
        verdict: &verdict,
        report: &report,
        pictured: &pictured,
        plan: plan.as_ref(),
        version: env!("CARGO_PKG_VERSION"),
    };
    provision_report::page(&subject, templates)
        .map_err(|error| Failure::because(format!("no page about {name} can be written"), &error))
}

/// What building it from nothing would do; nothing, where it can't be rendered yet.
fn plan(topology: &Topology, templates: &Templates, output: &Output) -> Option<PlanSummary> {
    let planned = provision_modules::render(topology, templates)
        .map_err(|error| error.to_string())
        .and_then(|directory| planned(&directory, topology));
    match planned {
        Ok(plan) => Some(summary(&plan)),
        Err(reason) => {
            output.say(&format!("the page holds no plan: {reason}"));
            None
        }
    }
}

fn planned(directory: &Directory, topology: &Topology) -> Result<Plan, String> {
    let files = directory.files().map(|(path, file)| (path.to_owned(), file.bytes.clone())).collect();
    let deployment = topology.deployment.to_string();
    estate::plan_from_nothing(Files::in_memory(files), &deployment, &PlanOptions::default())
        .map_err(|failure| failure.to_string())
}

fn summary(plan: &Plan) -> PlanSummary {
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for action in &plan.actions {
        let kind = action.address.as_str().split('.').next().unwrap_or_default();
        *kinds.entry(kind.to_owned()).or_default() += 1;
    }
    let path = plan.estimate.critical_path.iter();
    PlanSummary {
        counts: plan.counts(),
        duration: duration(plan.estimate.seconds),
        critical_path: path.map(|address| address.as_str().to_owned()).collect(),
        kinds: kinds.into_iter().collect(),
    }
}
