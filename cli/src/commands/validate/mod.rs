mod directory;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use provision_architecture::documented::Severity;
use provision_architecture::{SpecFile, Topology};
use provision_validation::report::{self, Unreadable};
use provision_validation::rules::{self, Verdict};

use self::directory::Subject;
use super::ExitStatus;
use crate::clock;
use crate::failure::Failure;
use crate::input;
use crate::output::Output;

/// Check specs, and what was rendered from them, against the documented architecture
///
/// Reads each spec, resolves it to its topology and applies the rules of the vendor's documents that hold for its
/// version. Of a rendered directory it judges the files as they are now: what an edit broke is reported with file and
/// line. The same for a plan of Terraform's. Needs no cloud, no account and no network.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provision validate provision.yaml
  provision validate specs/ --min-severity warning
  provision validate out/
  terraform -chdir=out show -json tfplan > plan.json && provision validate --plan plan.json out/
  provision validate provision.yaml --format sarif > provision.sarif
  provision expand provision.yaml | provision validate -

Exit codes: 0 no finding of severity error (or of --min-severity and above), 1 a spec could not be read,
2 findings. Findings that the spec waives do not count.")]
pub struct Arguments {
    /// Spec files, folders of them, or `-` for standard input; or rendered directories
    #[arg(required_unless_present = "plan", value_name = "SPEC|DIR")]
    specs: Vec<PathBuf>,
    /// Judge this plan (`terraform show -json`) of the directory, or of what the spec renders to; by default of the
    /// directory that it lies in
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// How to report
    #[arg(long, value_enum, default_value = "text", env = "PROVISION_FORMAT")]
    format: Format,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// From which severity on findings make the exit code 2
    #[arg(
        long,
        value_enum,
        default_value = "error",
        value_name = "SEVERITY",
        env = "PROVISION_MIN_SEVERITY"
    )]
    min_severity: Least,
    /// From which severity on findings are shown in full
    #[arg(long, value_enum, default_value = "warning", value_name = "SEVERITY")]
    show: Least,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One versioned JSON document
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// JUnit XML, for CI systems
    Junit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Least {
    Info,
    Warning,
    Error,
}

impl From<Least> for Severity {
    fn from(least: Least) -> Self {
        match least {
            Least::Info => Severity::Info,
            Least::Warning => Severity::Warning,
            Least::Error => Severity::Error,
        }
    }
}

/// What became of the specs.
#[derive(Default)]
struct Judged {
    verdicts: Vec<(SpecFile, Verdict)>,
    unreadable: Vec<Unreadable>,
    /// A file that is not there, or no text.
    missing: bool,
}

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    let format = if arguments.json { Format::Json } else { arguments.format };
    let mut judged = Judged::default();
    if let Some(plan) = &arguments.plan {
        let by = match arguments.specs.as_slice() {
            [] => None,
            [by] => Some(by.as_path()),
            _ => return Err(Failure::new("a plan is judged by one spec or directory")),
        };
        add(directory::plan(plan, by, output)?, plan, output, &mut judged)?;
    } else {
        let (rendered, specs): (Vec<PathBuf>, Vec<PathBuf>) =
            arguments.specs.iter().cloned().partition(|path| directory::is_rendered(path));
        for path in input::spec_paths(&specs)? {
            judge(&path, output, &mut judged)?;
        }
        for path in rendered {
            add(directory::directory(&path, output)?, &path, output, &mut judged)?;
        }
    }
    write(&judged, format, arguments, output)?;
    let least = arguments.min_severity.into();
    Ok(if judged.missing || !judged.unreadable.is_empty() {
        ExitStatus::Failed
    } else if judged.verdicts.iter().any(|(_, verdict)| verdict.count(least) > 0) {
        ExitStatus::Findings
    } else {
        ExitStatus::Fine
    })
}

/// One spec that can't be read does not keep the others from being judged.
fn judge(path: &Path, output: &Output, judged: &mut Judged) -> Result<(), Failure> {
    let source = match input::read_source(path) {
        Ok(source) => source,
        Err(failure) => {
            output.say(&failure.to_string());
            judged.missing = true;
            return Ok(());
        }
    };
    let resolved = SpecFile::parse(source).and_then(|file| file.resolve().map(|topology| (file, topology)));
    match resolved {
        Ok((file, topology)) => {
            let verdict = verdict(&file, &topology)?;
            judged.verdicts.push((file, verdict));
        }
        Err(diagnostics) => {
            output.say(&report::diagnostics(&diagnostics, output.stderr_style()));
            judged.unreadable.push(Unreadable::from(&diagnostics));
        }
    }
    Ok(())
}

/// What a directory or a plan comes to. What of it could not be read was not judged, so it makes the command fail.
fn add(subject: Subject, path: &Path, output: &Output, judged: &mut Judged) -> Result<(), Failure> {
    let Subject { file, topology, reading, problems } = subject;
    if !problems.0.is_empty() {
        output.say(&format!(
            "{problems}\n{}: this was not judged; a plan is judged whole: provision validate --plan PLAN {}",
            path.display(),
            path.display()
        ));
        judged.missing = true;
    }
    let verdict = provision_validation::directory::check(&file, &topology, &reading, clock::today())
        .map_err(|error| Failure::because("a rule of ours is written wrongly; please report it", &error))?;
    judged.verdicts.push((file, verdict));
    Ok(())
}

fn verdict(file: &SpecFile, topology: &Topology) -> Result<Verdict, Failure> {
    rules::check(file, topology, clock::today())
        .map_err(|error| Failure::because("a rule of ours is written wrongly; please report it", &error))
}

fn write(judged: &Judged, format: Format, arguments: &Arguments, output: &Output) -> Result<(), Failure> {
    let verdicts =
        || -> Vec<Verdict> { judged.verdicts.iter().map(|(_, verdict)| verdict.clone()).collect() };
    match format {
        Format::Text => judged.verdicts.iter().try_for_each(|(file, verdict)| {
            output.data(&report::text(verdict, file, arguments.show.into(), output.style()))
        }),
        Format::Json => output.json(&report::json(&verdicts(), &judged.unreadable)),
        Format::Sarif => {
            output.json(&report::sarif(&verdicts(), &judged.unreadable, env!("CARGO_PKG_VERSION")))
        }
        Format::Junit => {
            let xml = report::junit(&verdicts(), &judged.unreadable, arguments.min_severity.into())
                .map_err(|error| Failure::because("the report could not be written as XML", &error))?;
            output.data(&xml)
        }
    }
}
