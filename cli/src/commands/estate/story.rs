//! What stands around a plan and its application for somebody who reads along: whether the spec keeps to the documents,
//! what it will survive, and where to go from here.

use std::fmt::Write as _;

use provision_architecture::documented::{self, Severity};
use provision_engine::plan::Plan;
use provision_engine::plan::view;
use provision_validation::rules::Verdict;
use provision_validation::survive::{Options, Timers, survive};
use serde_json::Value;

use super::stage::Stage;
use super::target::{Described, Target};
use crate::failure::Failure;
use crate::output::Output;
use crate::table::{table, wrapped};

/// What it is, and what the documents say to it; nothing for a directory.
pub fn before(stage: &Stage, target: &Target, output: &Output) -> Result<(), Failure> {
    let Some(described) = &stage.located.described else { return Ok(()) };
    let mut text = headline(described);
    text += &findings(&described.verdict, target);
    output.data(&format!("{text}\n"))
}

fn headline(described: &Described) -> String {
    let topology = &described.topology;
    let zones = topology.zones.len();
    format!(
        "{}: {} {}, size {}, in {} {}, {zones} {}\n",
        topology.deployment,
        documented::architecture(topology.platform).title,
        topology.version,
        topology.size.word(),
        topology.provider,
        topology.region,
        if zones == 1 { "zone" } else { "zones" },
    )
}

fn findings(verdict: &Verdict, target: &Target) -> String {
    let told: Vec<_> = verdict.open().filter(|finding| finding.severity >= Severity::Warning).collect();
    let waived = verdict.findings.len() - verdict.open().count();
    let waived = if waived > 0 { format!(", {waived} waived") } else { String::new() };
    let applied = verdict.applied;
    if told.is_empty() {
        return format!(
            "It keeps to the documented architecture: {applied} rules applied, no error, no warning{waived}.\n"
        );
    }
    let mut text = format!(
        "Against the documented architecture: {} {}, no error{waived} ({applied} rules applied).\n",
        told.len(),
        if told.len() == 1 { "warning" } else { "warnings" },
    );
    for finding in told {
        let _ = writeln!(text, "  {} {}: {}", finding.rule, finding.title, finding.found);
    }
    let _ = writeln!(text, "  `provision validate {}` says why, and what to do.", target.target.display());
    text
}

/// What there is now: what it survives, how long the real thing takes, its outputs, and where to go from here.
pub fn after(
    stage: &Stage,
    plan: &Plan,
    outputs: &Value,
    target: &Target,
    output: &Output,
) -> Result<(), Failure> {
    let width = output.style().width;
    let mut text = String::new();
    if let Some(described) = &stage.located.described {
        text += &survives(described, width)?;
    }
    if !plan.is_empty() && stage.is_sandbox() {
        text += &heading("How long the real thing would take");
        text += &view::estimate(plan, width);
        text += &wrapped("From typical durations of each kind of resource.", 0, width);
    }
    text += &written_outputs(outputs);
    text += &next(stage, target);
    output.data(&text)
}

fn heading(text: &str) -> String {
    format!("\n{text}\n{}\n", "-".repeat(text.chars().count()))
}

fn survives(described: &Described, width: usize) -> Result<String, Failure> {
    let options = Options { improvements: false, ..Options::default() };
    let timers = Timers::of(&described.topology);
    let report = survive(&described.topology, &timers, &options)
        .map_err(|error| Failure::because("what it survives can't be said", &error))?;
    Ok(heading("What it survives, and how fast it is back") + &report.in_short(width))
}

fn written_outputs(outputs: &Value) -> String {
    let Some(outputs) = outputs.as_object().filter(|outputs| !outputs.is_empty()) else {
        return String::new();
    };
    outputs.iter().fold(heading("Outputs"), |mut text, (name, value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let _ = writeln!(text, "{name} = {value}");
        text
    })
}

fn next(stage: &Stage, target: &Target) -> String {
    let spec = target.target.display();
    let mut rows = vec![("after an edit, what would change".to_owned(), target.command("plan").to_string())];
    if stage.located.described.is_some() {
        rows.push(("every failure, step by step".to_owned(), format!("provision survive {spec} --detail")));
        rows.push(("the same as plain Terraform".to_owned(), format!("provision render {spec} -o out")));
    }
    rows.push(("who did what".to_owned(), target.command("history").to_string()));
    rows.push(("take it down again".to_owned(), target.command("destroy").to_string()));
    let rows: Vec<Vec<String>> = rows.into_iter().map(|(what, command)| vec![what, command]).collect();
    heading("Where to go from here") + &table(&rows)
}
