//! The analysis as text, Markdown, HTML and JSON. One document, three ways to write it; JSON is the report itself.

mod document;
mod html;
mod markdown;
mod sentences;
mod short;
mod text;
mod view;

pub use document::Detail;
pub use view::{Bought, Cell, Matrix, Time, Told, View};

use super::analysis::Report;
use super::effect::Effect;
use super::recovery::Tuning;

/// An effect in a word or two, on tuned hosts.
pub(super) fn short_under_tuning(effect: &Effect) -> String {
    sentences::cell_under(effect, Tuning::Tuned)
}

/// The columns of text that goes to no terminal.
const WIDTH: usize = 100;

/// A form of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Text,
    Json,
    Markdown,
    Html,
}

impl Format {
    pub const ALL: [(&'static str, Self); 4] =
        [("text", Self::Text), ("json", Self::Json), ("markdown", Self::Markdown), ("html", Self::Html)];
}

impl Report {
    /// The report in this form, with a line end at its end.
    pub fn written(&self, format: Format) -> String {
        match format {
            Format::Text => self.text(WIDTH, Detail::Full),
            Format::Markdown => markdown::written(&document::of(self, Detail::Full)),
            Format::Html => html::written(&document::of(self, Detail::Full)),
            Format::Json => {
                let text = serde_json::to_string_pretty(self).expect("the report has text keys only");
                text + "\n"
            }
        }
    }

    /// The report for a terminal of so many columns.
    pub fn text(&self, width: usize, detail: Detail) -> String {
        text::written(&document::of(self, detail), width)
    }

    /// What anybody would notice, and for how long: a table and a few lines.
    pub fn in_short(&self, width: usize) -> String {
        text::written(&short::of(self), width)
    }

    /// The matrix of single failures and zone losses alone, for a README.
    pub fn matrix_in_markdown(&self) -> String {
        markdown::written(&document::matrix(self))
    }
}
