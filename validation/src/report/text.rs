//! Reports for people, with the spec's own lines.

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};
use provision_architecture::documented::Severity;
use provision_architecture::spec::SpecFile;
use provision_architecture::{Diagnostics, Source, Span, wrap};

use crate::rules::{Finding, Verdict};

/// How text is dressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    pub colour: bool,
    pub width: usize,
}

impl Style {
    fn renderer(self) -> Renderer {
        let renderer = if self.colour { Renderer::styled() } else { Renderer::plain() };
        renderer.term_width(self.width)
    }
}

/// What is wrong with the spec's own text.
pub fn diagnostics(diagnostics: &Diagnostics, style: Style) -> String {
    let text = diagnostics.shown_text();
    let mut report = String::new();
    for diagnostic in &diagnostics.list {
        let title = Level::ERROR.primary_title(diagnostic.message.as_str());
        let mut group = title.elements(place(&text, &diagnostics.source, &diagnostic.span, None));
        if let Some(hint) = &diagnostic.hint {
            group = group.element(Level::HELP.with_name("hint").message(fitted(hint, style)));
        }
        report += &style.renderer().render(&[group]);
        report += "\n\n";
    }
    let count = diagnostics.list.len();
    report +=
        &format!("{}: {count} problem{}\n", diagnostics.source.name(), if count == 1 { "" } else { "s" });
    report
}

/// More of a line than this, on each side, doesn't fit on a screen.
const MOST_AROUND: usize = 1_000;

/// The line that a span begins on. The renderer looks through all that it is given, for every finding anew, so it is
/// given no more of the spec, and of a very long line only the part that could be shown.
fn place<'a>(text: &'a str, source: &'a Source, span: &Span, label: Option<&'a str>) -> Vec<Element<'a>> {
    let span = source.clamp(span);
    let line = source.line_around(span.start);
    let end = span.end.min(line.end).min(span.start + MOST_AROUND).max(span.start);
    let part = span.start.saturating_sub(MOST_AROUND).max(line.start)..(end + MOST_AROUND).min(line.end);
    let is_cut = part != line;
    let (span, part) = (source.clamp(&(span.start..end)), source.clamp(&part));
    let mut annotation = AnnotationKind::Primary.span(span.start - part.start..span.end - part.start);
    if let Some(label) = label {
        annotation = annotation.label(label);
    }
    let position = source.position(span.start);
    let snippet = Snippet::source(&text[part]).line_start(position.line).annotation(annotation);
    if !is_cut {
        return vec![snippet.path(source.name()).into()];
    }
    // The renderer counts columns in what it is given: it has to be told the real one.
    let origin = Origin::path(source.name()).line(position.line).char_column(position.column);
    vec![origin.into(), snippet.into()]
}

/// The verdict on one spec, findings of at least this severity in full.
pub fn text(verdict: &Verdict, file: &SpecFile, least: Severity, style: Style) -> String {
    let shown = file.shown_text();
    let mut report = String::new();
    for finding in verdict.findings.iter().filter(|finding| finding.severity >= least) {
        report += &style.renderer().render(&groups(finding, &shown, file, style));
        report += "\n\n";
    }
    report += &summary(verdict, least);
    report
}

/// What stands before a note's text: ` = remedy: ` and the line number's width.
const NOTE_MARGIN: usize = 18;

/// Broken into lines that fit beside the margin; addresses stay whole.
fn fitted(text: &str, style: Style) -> String {
    wrap::lines(text, style.width.saturating_sub(NOTE_MARGIN).max(30)).join("\n")
}

/// The line that a finding is about; of what has no lines for people, its name.
fn stands<'a>(finding: &'a Finding, shown: &'a str, file: &'a SpecFile) -> Vec<Element<'a>> {
    let Some(there) = &finding.place else {
        return place(shown, &file.source, &finding.span, Some(&finding.found));
    };
    if there.source.text().is_empty() {
        let at = there.address.as_deref().unwrap_or_default();
        let found = Level::NOTE.with_name("found").message(format!("{at}: {}", finding.found));
        return vec![Origin::path(there.file.as_str()).into(), found.into()];
    }
    place(there.source.text(), &there.source, &finding.span, Some(&finding.found))
}

fn groups<'a>(finding: &'a Finding, shown: &'a str, file: &'a SpecFile, style: Style) -> Vec<Group<'a>> {
    let level = match (&finding.waived, finding.severity) {
        (Some(_), _) => Level::NOTE.with_name("waived"),
        (None, Severity::Error) => Level::ERROR,
        (None, Severity::Warning) => Level::WARNING,
        (None, Severity::Info) => Level::INFO,
    };
    let mut group = level
        .primary_title(finding.title.as_str())
        .id(finding.rule.as_str())
        .elements(stands(finding, shown, file))
        .element(Level::NOTE.with_name("asked").message(fitted(&finding.asks, style)));
    if let Some(formula) = &finding.formula {
        let numbers: Vec<String> =
            formula.numbers.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        group = group.element(Level::NOTE.with_name("formula").message(format!(
            "{}\n{}",
            formula.text,
            numbers.join(", ")
        )));
    }
    for quote in &finding.citations {
        group = group.element(
            Level::NOTE
                .with_name("source")
                .message(fitted(&format!("{}, {}", quote.title, quote.url), style)),
        );
    }
    group = match &finding.waived {
        Some(waived) => group.element(
            Level::HELP.with_name("until").message(format!("{}, because: {}", waived.until, waived.reason)),
        ),
        None => group.element(Level::HELP.with_name("remedy").message(fitted(&finding.remedy, style))),
    };
    vec![group]
}

/// One line that names the counts, and one for what could not be decided.
fn summary(verdict: &Verdict, least: Severity) -> String {
    let count = |severity: Severity| verdict.open().filter(|finding| finding.severity == severity).count();
    let waived = verdict.findings.len() - verdict.open().count();
    let mut parts = Vec::new();
    let mut part = |number: usize, one: &str, more: &str| {
        if number > 0 {
            parts.push(format!("{number} {}", if number == 1 { one } else { more }));
        }
    };
    part(count(Severity::Error), "error", "errors");
    part(count(Severity::Warning), "warning", "warnings");
    part(count(Severity::Info), "note", "notes");
    part(waived, "waived", "waived");
    let found = if parts.is_empty() { "no finding".to_owned() } else { parts.join(", ") };
    let mut line = format!("{}: {found} ({} rules applied)\n", verdict.file, verdict.applied);
    let hidden = verdict.open().filter(|finding| finding.severity < least).count();
    if hidden > 0 {
        let (what, noun) = (
            if least > Severity::Warning { "warning" } else { "info" },
            if hidden == 1 { "is" } else { "are" },
        );
        line += &format!("  {hidden} of them {noun} not shown: --show {what}\n");
    }
    if !verdict.undecided.is_empty() {
        let mut rules: Vec<&str> =
            verdict.undecided.iter().map(|undecided| undecided.rule.as_str()).collect();
        rules.dedup();
        let mut fields: Vec<&str> =
            verdict.undecided.iter().map(|undecided| undecided.needs.as_str()).collect();
        fields.sort_unstable();
        fields.dedup();
        line += &format!("  not decided: {} (say {} in the spec)\n", rules.join(", "), fields.join(", "));
    }
    line
}
