use std::fmt::Write as _;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread;

use clap::Args;
use provision_architecture::documented::Severity;
use provision_architecture::{SpecFile, Topology};
use provision_modules::directory::{Change, ChangeKind, ObstacleReason, Writer};
use provision_modules::text::{Origin, Overrides, Templates};
use provision_modules::{Directory, Rendering, Survival, load_templates};
use provision_picture::{Format as Drawn, Marks, Picture};
use provision_validation::survive::{self, Options, Timers};
use provision_validation::{report, rules};
use serde_json::json;
use similar::TextDiff;

use super::ExitStatus;
use crate::clock;
use crate::failure::Failure;
use crate::input;
use crate::output::Output;

/// Write the deployment as plain Terraform and host files
///
/// Checks the spec, resolves it to its topology and writes a directory that an engineer owns: formatted Terraform with
/// telling names and the reason beside what looks odd, and under hosts/ what each kind of machine is made of. The same
/// spec gives the same bytes. Files that somebody else wrote, or that were edited since, are not overwritten.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provision render provision.yaml -o out
  provision render provision.yaml -o out --diff
  provision render provision.yaml -o out --templates our-templates
  provision render --list-templates

Exit codes: 0 written, or nothing to change; 1 it could not be written; 2 the spec has findings of
severity error, or --diff found changes.")]
pub struct Arguments {
    /// The spec, or `-` for standard input
    #[arg(value_name = "SPEC", required_unless_present = "list_templates")]
    spec: Option<PathBuf>,
    /// The directory to write
    #[arg(short, long, value_name = "DIR", required_unless_present = "list_templates")]
    output: Option<PathBuf>,
    /// Show what would change, and write nothing
    #[arg(long)]
    diff: bool,
    /// Overwrite files that somebody else wrote or edited
    #[arg(long)]
    overwrite: bool,
    /// Write also what the documented architecture forbids
    #[arg(long)]
    no_validate: bool,
    /// Take templates from this folder in place of the built-in ones of the same name
    #[arg(long, value_name = "DIR", env = "PROVISION_TEMPLATES")]
    templates: Option<PathBuf>,
    /// List the templates with their hashes
    #[arg(long, conflicts_with_all = ["output", "diff", "overwrite"])]
    list_templates: bool,
    /// Report as JSON
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    let templates = templates(arguments.templates.as_deref())?;
    let (Some(spec), Some(root)) = (&arguments.spec, &arguments.output) else {
        list(&templates, arguments.json, output)?;
        return Ok(ExitStatus::Fine);
    };
    let file = input::read_spec(spec, output)?;
    let topology = input::resolve_spec(&file, output)?;
    let directory = thread::scope(|scope| {
        // Only the README waits for it.
        let survival = scope.spawn(|| survival(&file, &topology));
        if !arguments.no_validate && !is_allowed(&file, &topology, output)? {
            return Ok(None);
        }
        let impossible =
            |error| Failure::because(format!("{} can't be rendered", file.source.name()), &error);
        let rendering = Rendering::of(&topology, &templates).map_err(impossible)?;
        let survival = survival.join().unwrap_or_else(|panic| resume_unwind(panic))?;
        rendering.finish(Some(&survival)).map(Some).map_err(impossible)
    })?;
    let Some(directory) = directory else { return Ok(ExitStatus::Findings) };
    write(&directory, root, arguments, output)
}

/// The picture and the matrix for the README.
fn survival(file: &SpecFile, topology: &Topology) -> Result<Survival, Failure> {
    let name = file.source.name();
    let undrawn = |error| Failure::because(format!("{name} can't be drawn"), &error);
    let picture = Picture::of(topology).map_err(undrawn)?;
    let options = Options { improvements: false, ..Options::default() };
    let report = survive::survive(topology, &Timers::of(topology), &options)
        .map_err(|error| Failure::because(format!("{name} can't be analysed"), &error))?;
    let matrix = report.matrix();
    Ok(Survival {
        picture: picture.written(Drawn::Svg, &Marks::new()),
        alternative: format!(
            "{} as a picture: its zones, its machines, and who connects to whom",
            topology.deployment
        ),
        summary: report.summary(),
        header: matrix.header,
        rows: matrix.rows,
        legend: matrix.legend,
    })
}

fn templates(folder: Option<&Path>) -> Result<Templates, Failure> {
    let overrides = match folder {
        Some(folder) => Overrides::read(folder)
            .map_err(|error| Failure::because("the folder of templates can't be used", &error))?,
        None => Overrides::default(),
    };
    load_templates(&overrides).map_err(|error| Failure::because("the templates can't be used", &error))
}

fn list(templates: &Templates, json: bool, output: &Output) -> Result<(), Failure> {
    if json {
        let listed: Vec<_> = templates.list().collect();
        return output.json(&json!({ "schema": 1, "templates": listed }));
    }
    let mut text = String::new();
    for listed in templates.list() {
        let origin = match listed.origin {
            Origin::BuiltIn => "",
            Origin::Override => "  (yours)",
        };
        let _ = writeln!(text, "{}  {}{origin}", listed.hash, listed.name);
    }
    output.data(&text)
}

/// Whether the documented architecture allows it; what stands against it goes to stderr.
fn is_allowed(file: &SpecFile, topology: &Topology, output: &Output) -> Result<bool, Failure> {
    let verdict = rules::check(file, topology, clock::today())
        .map_err(|error| Failure::because("a rule of ours is written wrongly; please report it", &error))?;
    if verdict.count(Severity::Error) == 0 {
        return Ok(true);
    }
    output.say(&report::text(&verdict, file, Severity::Error, output.stderr_style()));
    output.say("nothing is written; `--no-validate` writes it all the same");
    Ok(false)
}

fn write(
    directory: &Directory,
    root: &Path,
    arguments: &Arguments,
    output: &Output,
) -> Result<ExitStatus, Failure> {
    let failed = |error| Failure::because(format!("{} can't be written", root.display()), &error);
    let writer = Writer::look(root, directory).map_err(failed)?;
    if arguments.diff {
        return show(&writer, arguments.json, output);
    }
    if !arguments.overwrite && !writer.obstacles().is_empty() {
        return Err(obstacles(&writer, root));
    }
    writer.write().map_err(failed)?;
    if arguments.json {
        output.json(&document(&writer))?;
    } else {
        output.say(&summary(&writer, root, directory));
    }
    Ok(ExitStatus::Fine)
}

fn obstacles(writer: &Writer<'_>, root: &Path) -> Failure {
    let lines = writer.obstacles().iter().map(|obstacle| {
        let reason = match obstacle.reason {
            ObstacleReason::Foreign => "was not written by this tool",
            ObstacleReason::Edited => "was edited since it was written",
        };
        format!("\n  {} {reason}", obstacle.path)
    });
    let message = format!("{} holds files that would be lost:{}", root.display(), lines.collect::<String>());
    Failure::new(message).hint("`--diff` shows what would change; `--overwrite` writes it all the same")
}

fn summary(writer: &Writer<'_>, root: &Path, directory: &Directory) -> String {
    let count = |kind| writer.changes().iter().filter(|change| change.kind == kind).count();
    let (new, changed, gone) =
        (count(ChangeKind::Create), count(ChangeKind::Update), count(ChangeKind::Delete));
    let (files, root) = (directory.files().count(), root.display());
    if new + changed + gone == 0 {
        return format!("{root}: {files} files, nothing to change");
    }
    format!(
        "{root}: {files} files, {new} new, {changed} changed, {gone} removed; {root}/README.md says how to apply it"
    )
}

fn show(writer: &Writer<'_>, json: bool, output: &Output) -> Result<ExitStatus, Failure> {
    if json {
        output.json(&document(writer))?;
    } else {
        output.data(&writer.changes().iter().map(unified).collect::<String>())?;
    }
    Ok(if writer.changes().is_empty() { ExitStatus::Fine } else { ExitStatus::Findings })
}

fn document(writer: &Writer<'_>) -> serde_json::Value {
    let changes =
        writer.changes().iter().map(|change| json!({ "path": change.path, "change": word(change.kind) }));
    let obstacles = writer.obstacles().iter().map(|obstacle| {
        let reason = match obstacle.reason {
            ObstacleReason::Foreign => "foreign",
            ObstacleReason::Edited => "edited",
        };
        json!({ "path": obstacle.path, "reason": reason })
    });
    json!({
        "schema": 1,
        "changes": changes.collect::<Vec<_>>(),
        "obstacles": obstacles.collect::<Vec<_>>(),
    })
}

fn word(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Create => "create",
        ChangeKind::Update => "update",
        ChangeKind::Delete => "delete",
    }
}

/// As `diff -u` shows it.
fn unified(change: &Change) -> String {
    let (before, after) = (String::from_utf8_lossy(&change.before), String::from_utf8_lossy(&change.after));
    let name = |kind: ChangeKind, side: &str| {
        if change.kind == kind { "/dev/null".to_owned() } else { format!("{side}/{}", change.path) }
    };
    TextDiff::from_lines(before.as_ref(), after.as_ref())
        .unified_diff()
        .header(&name(ChangeKind::Create, "a"), &name(ChangeKind::Delete, "b"))
        .to_string()
}
