//! One self-contained page about a deployment, for those who answer for it and those who ask them.
//!
//! ```text
//! topology ──► picture ──┐
//! verdict ───────────────┤
//! failure analysis ──────┼──► page (all words, all states) ──► templates/report ──► HTML
//! host profiles ─────────┤
//! plan, where there is ──┘
//! ```
//!
//! Everything is worked out beforehand: what each failure does to the picture lies in the page as data, and its script
//! only shows it.

mod findings;
mod page;
mod tuning;

use provision_architecture::Topology;
use provision_modules::text::{NoDrawing, TemplateError, Templates};
use provision_picture::{DeploymentError, Mark, Marks, State};
use provision_validation::rules::Verdict;
use provision_validation::survive::{self, Casualty, Pictured, Report};
use serde::Serialize;
use thiserror::Error;

/// What the page is about.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    pub topology: &'a Topology,
    pub verdict: &'a Verdict,
    pub report: &'a Report,
    /// The rows of the report's matrix, with what each takes down.
    pub pictured: &'a [Pictured],
    pub plan: Option<&'a PlanSummary>,
    /// The version of the tool.
    pub version: &'a str,
}

/// What building it would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanSummary {
    /// `61 to create`
    pub counts: String,
    /// `1h 05m`
    pub duration: String,
    /// What the duration hangs on, first to last.
    pub critical_path: Vec<String>,
    /// Kinds of resources with how many of each.
    pub kinds: Vec<(String, usize)>,
}

#[derive(Debug, Error)]
pub enum ReportError {
    #[error(transparent)]
    Undrawn(#[from] DeploymentError),
    #[error(transparent)]
    Drawing(#[from] NoDrawing),
    #[error("the data of the page can't be written")]
    Data(#[from] serde_json::Error),
    #[error(transparent)]
    Template(#[from] TemplateError),
}

/// The page.
pub fn page(subject: &Subject<'_>, templates: &Templates) -> Result<String, ReportError> {
    let page = page::Page::of(subject)?;
    Ok(templates.render("report/report.html", &page)?)
}

/// What the failure analysis says, in the words of the picture.
pub fn marks(casualties: &[Casualty]) -> Marks {
    let state = |state| match state {
        survive::State::Running => State::Running,
        survive::State::Degraded => State::Degraded,
        survive::State::Stopped => State::Stopped,
        survive::State::Lost => State::Lost,
    };
    let mark = |it: &Casualty| (it.name.clone(), Mark { state: state(it.state), failed: it.failed });
    casualties.iter().map(mark).collect()
}
