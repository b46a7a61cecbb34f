use provision_architecture::documented::{Evidence, Severity};
use provision_architecture::source::{Position, Span};
use provision_architecture::values::Date;
use serde::Serialize;

use crate::directory::Place;

/// What was found on one spec.
#[derive(Debug, Clone, Serialize)]
pub struct Verdict {
    /// The name of the spec's file.
    pub file: String,
    /// Worst first.
    pub findings: Vec<Finding>,
    /// Rules that the spec leaves undecided.
    pub undecided: Vec<Undecided>,
    /// How many rules were applied.
    pub applied: usize,
}

/// One rule that does not hold.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    pub rule: String,
    pub title: String,
    pub severity: Severity,
    pub evidence: Evidence,
    /// The field of the spec that decides it.
    pub path: String,
    /// The file where it stands, when that is not the spec.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    pub position: Position,
    #[serde(skip)]
    pub span: Span,
    pub found: String,
    pub asks: String,
    /// The rule as a formula, and its quantities.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formula: Option<Formula>,
    pub remedy: String,
    pub citations: Vec<Quote>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waived: Option<Waived>,
}

/// A rule as a formula, with the numbers of this spec.
#[derive(Debug, Clone, Serialize)]
pub struct Formula {
    pub text: String,
    pub numbers: Vec<(String, String)>,
}

/// Where a rule stands.
#[derive(Debug, Clone, Serialize)]
pub struct Quote {
    pub title: String,
    pub url: String,
    pub read: String,
    pub says: String,
}

/// A finding that the spec accepts.
#[derive(Debug, Clone, Serialize)]
pub struct Waived {
    pub until: Date,
    pub reason: String,
}

/// A rule that the spec leaves undecided, and the field that would decide it.
#[derive(Debug, Clone, Serialize, PartialEq, Eq, PartialOrd, Ord)]
pub struct Undecided {
    pub rule: String,
    pub title: String,
    pub needs: String,
}

impl Finding {
    /// The file where it stands.
    pub fn file<'a>(&'a self, verdict: &'a Verdict) -> &'a str {
        self.place.as_ref().map_or(&verdict.file, |place| &place.file)
    }
}

impl Verdict {
    /// How many findings of at least this severity nobody has accepted.
    pub fn count(&self, least: Severity) -> usize {
        self.open().filter(|finding| finding.severity >= least).count()
    }

    /// The findings that nobody has accepted.
    pub fn open(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.waived.is_none())
    }
}
