//! Everything that the template shows, in words.

use provision_architecture::documented;
use provision_architecture::spec::OperatingSystem;
use provision_modules::text::Markup;
use provision_picture::{Format, Marks, Picture, Shown};
use provision_validation::survive::{Cell, Pictured, Report, State, View};
use serde::Serialize;

use crate::findings::{Findings, Sized};
use crate::tuning::{Tuning, tuning};
use crate::{PlanSummary, ReportError, Subject, marks};

#[derive(Serialize)]
pub(crate) struct Page {
    name: String,
    title: String,
    version: String,
    size: String,
    region: String,
    zones: Vec<String>,
    tool: String,
    facts: Vec<Fact>,
    picture: Markup,
    capabilities: Vec<Capability>,
    failures: Vec<Failure>,
    view: View,
    findings: Findings,
    sized: Option<Sized>,
    tuning: Vec<Tuning>,
    plan: Option<PlanSummary>,
    /// What the script needs, as JSON.
    data: String,
}

#[derive(Serialize)]
struct Fact {
    label: &'static str,
    value: String,
    note: String,
}

#[derive(Serialize)]
struct Capability {
    name: String,
    about: String,
}

/// A row of the matrix.
#[derive(Serialize)]
struct Failure {
    number: usize,
    name: String,
    cells: Vec<NamedCell>,
}

#[derive(Serialize)]
struct NamedCell {
    capability: String,
    /// How it is drawn: a state's word, or `interrupted` for what passes by itself because something takes over.
    look: &'static str,
    #[serde(flatten)]
    cell: Cell,
}

/// What the script shows for one failure.
#[derive(Serialize)]
struct Scene {
    name: String,
    shown: Vec<Shown>,
    /// What failed itself, by the names of the picture.
    failed: Vec<String>,
}

impl Page {
    pub(crate) fn of(subject: &Subject<'_>) -> Result<Self, ReportError> {
        let Subject { topology, report, pictured, .. } = subject;
        let picture = Picture::of(topology)?;
        let view = report.view();
        let findings = Findings::of(subject.verdict);
        let windows = topology.os == OperatingSystem::Windows;
        Ok(Self {
            name: topology.deployment.to_string(),
            title: documented::architecture(topology.platform).title.clone(),
            version: topology.version.to_string(),
            size: topology.size.to_string(),
            region: format!("{} {}", topology.provider, topology.region),
            zones: report.zones.clone(),
            tool: subject.version.to_owned(),
            facts: facts(report, &view, &findings),
            picture: Markup::drawing(&picture.written(Format::Svg, &Marks::new()))?,
            capabilities: capabilities(report),
            failures: pictured.iter().enumerate().map(|(number, it)| failure(number, it, report)).collect(),
            data: data(&picture, pictured)?,
            view,
            findings,
            sized: Sized::of(topology),
            tuning: if windows { Vec::new() } else { tuning(topology) },
            plan: subject.plan.cloned(),
        })
    }
}

fn capabilities(report: &Report) -> Vec<Capability> {
    let capability = |it: &provision_validation::survive::CapabilityReport| Capability {
        name: it.name.clone(),
        about: it.about.clone(),
    };
    report.capabilities.iter().map(capability).collect()
}

fn failure(number: usize, pictured: &Pictured, report: &Report) -> Failure {
    let named = |(capability, cell): (&provision_validation::survive::CapabilityReport, Cell)| NamedCell {
        capability: capability.name.clone(),
        look: look(&cell),
        cell,
    };
    let cells = report.capabilities.iter().zip(pictured.row.cells()).map(named).collect();
    Failure { number, name: name(pictured), cells }
}

fn name(pictured: &Pictured) -> String {
    pictured.row.failure()
}

fn look(cell: &Cell) -> &'static str {
    if cell.state == State::Stopped && cell.standing < State::Stopped {
        "interrupted"
    } else {
        cell.state.word()
    }
}

fn data(picture: &Picture, pictured: &[Pictured]) -> Result<String, serde_json::Error> {
    let scene = |it: &Pictured| Scene {
        name: name(it),
        shown: picture.shown(&marks(&it.casualties)),
        failed: it.casualties.iter().filter(|it| it.failed).map(|it| it.name.clone()).collect(),
    };
    serde_json::to_string(&pictured.iter().map(scene).collect::<Vec<_>>())
}

/// What somebody who reads no further should know.
fn facts(report: &Report, view: &View, findings: &Findings) -> Vec<Fact> {
    let zones = report.zones.len();
    let mut facts = vec![
        Fact {
            label: "Machines",
            value: report.machines.to_string(),
            note: format!("in {zones} zone{}", if zones == 1 { "" } else { "s" }),
        },
        Fact {
            label: "Documented architecture",
            value: findings.count.clone(),
            note: format!("{} rules applied", findings.applied),
        },
        zone_fact(report),
    ];
    facts.extend(view.tuning.as_ref().map(|bought| Fact {
        label: "A dead machine is given up after",
        value: bought.tuned.clone(),
        note: format!("{} with the kernel's own timers", bought.kernel),
    }));
    facts
}

/// The worst that a lost zone does.
fn zone_fact(report: &Report) -> Fact {
    let cells = report.zone_losses.iter().flat_map(|row| row.cells().into_iter().zip(&row.effects));
    let worst = cells.max_by_key(|(cell, effect)| {
        let time = effect.stop.as_ref().map(|stop| stop.time(provision_validation::survive::Tuning::Tuned));
        (
            effect.standing,
            cell.state,
            time.map_or(0, |time| {
                time.map_or(u64::MAX, provision_architecture::values::Duration::milliseconds)
            }),
        )
    });
    let (value, note) = match worst {
        Some((cell, effect)) if effect.standing >= State::Stopped => {
            (cell.tuned, "until something is replaced or returns".to_owned())
        }
        Some((cell, _)) if cell.state >= State::Stopped => {
            let note =
                if cell.kernel == cell.tuned { String::new() } else { format!("{} untuned", cell.kernel) };
            (format!("{} at most", cell.tuned), note)
        }
        Some((cell, _)) if cell.state == State::Degraded => {
            ("keeps running".to_owned(), format!("{} left of what is needed, at the least", cell.tuned))
        }
        _ => ("keeps running".to_owned(), "nothing stops".to_owned()),
    };
    Fact { label: "When a zone is lost", value, note }
}
