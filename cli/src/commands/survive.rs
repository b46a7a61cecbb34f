use std::path::PathBuf;

use clap::{Args, ValueEnum};
use provision_architecture::values::{Duration, Objective};
use provision_architecture::{Diagnostic, SpecFile};
use provision_validation::report;
use provision_validation::survive::{
    self, Detail, Format as Written, ObjectiveProblem, Options, SurviveError, Timers,
};

use super::ExitStatus;
use crate::failure::Failure;
use crate::input;
use crate::output::Output;

/// Show what breaks when something breaks
///
/// From the topology that a spec comes to: every single failure and every lost zone, what it does to each capability
/// and for how long, with the hosts tuned and with the kernel's own timers; which failures it takes to stop something;
/// which one change would help most; and how much of the time everything stands. Needs no cloud and no network.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provision survive provision.yaml
  provision survive provision.yaml --detail
  provision survive provision.yaml --pairs --during-upgrade
  provision survive provision.yaml --require 'zone: ui running, execution < 60s'
  provision survive provision.yaml --set database-failover=35s --format markdown > SURVIVES.md

An objective names a failure (`machine`, `zone`, a zone's name, a component, `database`, `broker`, …)
and what must hold after it: a capability that is `running`, at least `degraded`, or back within a
time. The spec's own `objectives` are judged, too.

Exit codes: 0 every objective is met, 1 the spec could not be analysed, 2 an objective is missed.")]
pub struct Arguments {
    /// The spec, `-` for standard input, or a rendered directory, which keeps its spec
    #[arg(value_name = "SPEC|DIR")]
    spec: PathBuf,
    /// Try every two failures at once
    #[arg(long)]
    pairs: bool,
    /// Take one instance of each component away, then try each failure
    #[arg(long)]
    during_upgrade: bool,
    /// Find the smallest sets of failures up to this many
    #[arg(long, value_name = "N", default_value = "2", value_parser = clap::value_parser!(u8).range(1..=4))]
    order: u8,
    /// What must hold; may be given several times
    #[arg(long, value_name = "OBJECTIVE", value_parser = objective)]
    require: Vec<Objective>,
    /// Set one of the times that the analysis rests on; may be given several times
    #[arg(long, value_name = "NAME=DURATION", value_parser = time)]
    set: Vec<(String, Duration)>,
    /// Tell everything: each step of each recovery, each set of failures, where each time comes from
    #[arg(long)]
    detail: bool,
    /// Name every machine that a row stands for (in JSON)
    #[arg(long)]
    names: bool,
    /// How to report
    #[arg(long, value_enum, default_value = "text", env = "PROVISION_SURVIVE_FORMAT")]
    format: Format,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One versioned JSON document
    Json,
    /// For a README
    Markdown,
    /// One page that needs nothing else
    Html,
}

fn objective(text: &str) -> Result<Objective, String> {
    Objective::try_from(text)
}

fn time(text: &str) -> Result<(String, Duration), String> {
    let (name, value) =
        text.split_once('=').ok_or_else(|| "write it like `database-failover=35s`".to_owned())?;
    Ok((name.to_owned(), Duration::try_from(value)?))
}

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    let file = input::read_spec(&arguments.spec, output)?;
    let topology = input::resolve_spec(&file, output)?;
    let options = Options {
        order: usize::from(arguments.order),
        pairs: arguments.pairs,
        during_upgrade: arguments.during_upgrade,
        enumerate: arguments.names,
        improvements: true,
        require: arguments.require.clone(),
        set: arguments.set.iter().cloned().collect(),
    };
    let report = survive::survive(&topology, &Timers::of(&topology), &options)
        .map_err(|error| explained(&file, error, output))?;
    output.data(&match if arguments.json { Format::Json } else { arguments.format } {
        Format::Text => {
            let detail = if arguments.detail { Detail::Full } else { Detail::Brief };
            report.text(output.style().width, detail)
        }
        Format::Json => report.written(Written::Json),
        Format::Markdown => report.written(Written::Markdown),
        Format::Html => report.written(Written::Html),
    })?;
    Ok(if report.meets_objectives() { ExitStatus::Fine } else { ExitStatus::Findings })
}

fn explained(file: &SpecFile, error: SurviveError, output: &Output) -> Failure {
    match error {
        SurviveError::Timing(unknown) => {
            Failure::new(format!("no time is called `{}`", unknown.name)).hint(unknown.hint)
        }
        SurviveError::Objective(problem) => objective_problem(file, &problem, output),
        error @ SurviveError::TooManyNames { .. } => Failure::new(error.to_string()),
    }
}

/// An objective of the spec is shown where it stands; one of the command line is named.
fn objective_problem(file: &SpecFile, problem: &ObjectiveProblem, output: &Output) -> Failure {
    let written = file.spec.objectives.iter().position(|it| it.to_string() == problem.objective());
    let Some(index) = written else {
        return Failure::new(format!("in `{}`, {}", problem.objective(), problem.message()))
            .hint(problem.hint());
    };
    let span = file.locate_item("objectives", index);
    let diagnostic = Diagnostic::new(span, problem.message()).hint(problem.hint());
    output.say(&report::diagnostics(&file.complain(vec![diagnostic]), output.stderr_style()));
    Failure::new(format!("{} has an objective that can't be judged", file.source.name()))
}
