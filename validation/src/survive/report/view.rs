//! The report for a page: every word said, the states beside them.

use serde::Serialize;

use super::super::analysis::Report;
use super::super::effect::{Effect, State};
use super::super::recovery::{Step, Tuning};
use super::super::rows::Row;
use super::super::words::spoken;
use super::document;
use super::sentences::{cell_under, origin, sentences};

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct View {
    /// What it is, and whether it is highly available.
    pub summary: String,
    /// Whether it is, in a sentence.
    pub verdict: String,
    pub highly_available: bool,
    /// What the hosts' kernel parameters buy, where anything waits for them.
    pub tuning: Option<Bought>,
    pub objectives: Vec<Told>,
    pub cut_sets: Vec<Told>,
    /// Change, single failures, pairs.
    pub improvements: Vec<[String; 3]>,
    /// Capability, share, down in a year, failing over in a year, the same with the kernel's own timers.
    pub availability: Vec<[String; 5]>,
    pub times: Vec<Time>,
    pub assumptions: Vec<String>,
}

/// How long clients hang on a machine that died, on tuned hosts and on others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bought {
    pub tuned: String,
    pub kernel: String,
}

/// Something, and what there is to say about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    pub name: String,
    /// Whether it is as it should be.
    pub good: bool,
    pub says: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Time {
    pub name: String,
    pub value: String,
    pub about: String,
    pub origin: String,
    pub assumed: bool,
}

/// One effect in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// The worst of it.
    pub state: State,
    /// Once failover is over.
    pub standing: State,
    /// In a word or two: on tuned hosts, and with the kernel's own timers.
    pub tuned: String,
    pub kernel: String,
    /// Something that was under way is late, or given up.
    pub late: bool,
    pub cancels: bool,
    /// In whole sentences.
    pub says: Vec<String>,
}

impl Report {
    pub fn view(&self) -> View {
        let hung = self.times.iter().find(|step| step.tuned != step.kernel);
        View {
            summary: document::summary(self),
            verdict: document::verdict(self),
            highly_available: self.is_highly_available(),
            tuning: hung.map(|it| Bought { tuned: spoken(it.tuned), kernel: spoken(it.kernel) }),
            objectives: document::objectives_told(&self.objectives),
            cut_sets: document::cut_sets_told(self),
            improvements: document::improvement_rows(self),
            availability: document::availability_rows(self),
            times: self.times.iter().map(time).collect(),
            assumptions: self.assumptions.clone(),
        }
    }
}

/// The matrix of single failures and zone losses, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Matrix {
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
    pub legend: String,
}

impl Report {
    pub fn matrix(&self) -> Matrix {
        let table = document::matrix_table(self);
        Matrix { header: table.header, rows: table.rows, legend: document::LEGEND.to_owned() }
    }

    /// What it is, and whether it is highly available, in a sentence or two.
    pub fn summary(&self) -> String {
        document::summary(self)
    }
}

impl Row {
    /// What has failed, in words.
    pub fn failure(&self) -> String {
        document::failure(self)
    }

    pub fn cells(&self) -> Vec<Cell> {
        self.effects.iter().map(cell).collect()
    }
}

fn cell(effect: &Effect) -> Cell {
    Cell {
        state: effect.state,
        standing: effect.standing,
        tuned: cell_under(effect, Tuning::Tuned),
        kernel: cell_under(effect, Tuning::Kernel),
        late: !effect.delays.is_empty(),
        cancels: effect.cancels_work,
        says: sentences(effect),
    }
}

fn time(step: &Step) -> Time {
    let value = match step.tuned == step.kernel {
        true => spoken(step.tuned),
        false => format!("{} ({})", spoken(step.tuned), spoken(step.kernel)),
    };
    let origin = origin(step);
    Time {
        name: step.name.clone(),
        value,
        about: step.about.clone(),
        assumed: origin.contains("ASSUMED"),
        origin,
    }
}
