//! What is wrong with a directory, and where: collected, so that one pass reports everything.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A piece of one input file, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    pub file: Arc<SourceFile>,
    pub range: Range<usize>,
}

impl Span {
    /// Line and column of its start, both from 1, the column in characters.
    pub fn position(&self) -> (usize, usize) {
        let text = &self.file.text;
        let mut start = self.range.start.min(text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let before = &text[..start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.position();
        write!(f, "{}:{line}:{column}", self.file.name)
    }
}

/// One input file as it was read.
#[derive(PartialEq, Eq)]
pub struct SourceFile {
    /// Its path inside the directory.
    pub name: String,
    pub text: String,
}

impl fmt::Debug for SourceFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// One thing that keeps a directory from being used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where; `None` for what has no text of its own (a missing file, a missing value).
    pub span: Option<Span>,
    pub what: String,
    pub advice: Option<String>,
    /// Whether it is about what could run code: no engine goes on then.
    runs_code: bool,
}

impl Problem {
    pub fn new(span: impl Into<Option<Span>>, what: impl Into<String>) -> Self {
        Problem { span: span.into(), what: what.into(), advice: None, runs_code: false }
    }

    #[must_use]
    pub fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    /// What Terraform can do and this engine can't.
    pub(crate) fn outside_subset(span: impl Into<Option<Span>>, what: &str) -> Self {
        Problem::new(span, format!("{what} is outside the subset that the embedded engine reads")).advise(
            "apply this directory with Terraform (`--engine terraform` or `--engine tofu`), or write it out",
        )
    }

    /// What no engine of ours runs, because it could run code.
    pub(crate) fn runs_code(span: impl Into<Option<Span>>, what: &str) -> Self {
        let problem = Problem::new(span, format!("{what} could run code or replace what was reviewed"))
            .advise(
                "take it out; or let Terraform run it: `--allow-code` with `--engine terraform` or `tofu`",
            );
        Problem { runs_code: true, ..problem }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(span) = &self.span {
            write!(f, "{span}: ")?;
        }
        f.write_str(&self.what)?;
        match &self.advice {
            Some(advice) => write!(f, "\n  hint: {advice}"),
            None => Ok(()),
        }
    }
}

/// Everything that is wrong, in the order of the files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    pub fn add(&mut self, problem: Problem) {
        // The same expression may be evaluated for several reasons; it is wrong once.
        if !self.0.contains(&problem) {
            self.0.push(problem);
        }
    }

    pub fn none(self) -> Result<(), Problems> {
        if self.0.is_empty() { Ok(()) } else { Err(self.sorted()) }
    }

    /// Those about what could run code.
    pub(crate) fn that_run_code(mut self) -> Self {
        self.0.retain(|problem| problem.runs_code);
        self
    }

    pub(crate) fn sorted(mut self) -> Self {
        self.0.sort_by(|a, b| key(a).cmp(&key(b)));
        self
    }
}

fn key(problem: &Problem) -> Option<(&str, usize)> {
    problem.span.as_ref().map(|span| (span.file.name.as_str(), span.range.start))
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
