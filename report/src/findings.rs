//! The verdict against the documented architecture, as the page tells it.

use provision_architecture::Topology;
use provision_architecture::documented::{self, Severity};
use provision_validation::rules::{Finding, Quote, Undecided, Verdict};
use serde::Serialize;

#[derive(Serialize)]
pub(crate) struct Findings {
    /// `no finding`, `2 errors, 1 waived`
    pub(crate) count: String,
    pub(crate) applied: usize,
    list: Vec<Told>,
    undecided: Vec<Undecided>,
}

#[derive(Serialize)]
struct Told {
    rule: String,
    title: String,
    severity: &'static str,
    found: Vec<Piece>,
    asks: Vec<Piece>,
    place: String,
    formula: Option<String>,
    remedy: Vec<Piece>,
    waived: Option<String>,
    citations: Vec<Place>,
}

/// A part of a sentence; what stands between back-quotes is code.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Piece {
    text: String,
    code: bool,
}

/// A back-quote that is never closed is one.
fn pieces(sentence: &str) -> Vec<Piece> {
    let closed = sentence.matches('`').count() / 2 * 2;
    let parts = sentence.splitn(closed + 1, '`').enumerate();
    let pieces = parts.map(|(at, text)| Piece { text: text.to_owned(), code: at % 2 == 1 });
    pieces.filter(|piece| !piece.text.is_empty()).collect()
}

/// Where something is said.
#[derive(Serialize)]
pub(crate) struct Place {
    title: String,
    /// None where it stands at no address of the web.
    link: Option<String>,
    says: String,
}

/// The documented size, and where it is documented.
#[derive(Serialize)]
pub(crate) struct Sized {
    says: String,
    highly_available: bool,
    place: Option<Place>,
}

impl Findings {
    pub(crate) fn of(verdict: &Verdict) -> Self {
        Self {
            count: count(verdict),
            applied: verdict.applied,
            list: verdict.findings.iter().map(|finding| told(finding, &verdict.file)).collect(),
            undecided: verdict.undecided.clone(),
        }
    }
}

fn count(verdict: &Verdict) -> String {
    let of = |severity: Severity| verdict.open().filter(|it| it.severity == severity).count();
    let waived = verdict.findings.len() - verdict.open().count();
    let counts = [
        (of(Severity::Error), "error", "errors"),
        (of(Severity::Warning), "warning", "warnings"),
        (of(Severity::Info), "note", "notes"),
        (waived, "waived", "waived"),
    ];
    let counts = counts.iter().filter(|(count, ..)| *count > 0);
    let said: Vec<String> = counts
        .map(|(count, one, more)| format!("{count} {}", if *count == 1 { one } else { more }))
        .collect();
    if said.is_empty() { "no finding".to_owned() } else { said.join(", ") }
}

fn told(finding: &Finding, file: &str) -> Told {
    let formula = finding.formula.as_ref().map(|formula| {
        let numbers: Vec<String> =
            formula.numbers.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        format!("{}; {}", formula.text, numbers.join(", "))
    });
    Told {
        rule: finding.rule.clone(),
        title: finding.title.clone(),
        severity: match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "note",
        },
        found: pieces(&finding.found),
        asks: pieces(&finding.asks),
        place: format!("{file}:{}:{}", finding.position.line, finding.position.column),
        formula,
        remedy: pieces(&finding.remedy),
        waived: finding.waived.as_ref().map(|waived| format!("until {}: {}", waived.until, waived.reason)),
        citations: finding.citations.iter().map(cited).collect(),
    }
}

fn cited(quote: &Quote) -> Place {
    Place { title: quote.title.clone(), link: link(&quote.url), says: quote.says.clone() }
}

fn link(url: &str) -> Option<String> {
    (url.starts_with("https://") || url.starts_with("http://")).then(|| url.to_owned())
}

impl Sized {
    pub(crate) fn of(topology: &Topology) -> Option<Self> {
        let size = documented::architecture(topology.platform).size(topology.size, &topology.version)?;
        let place = documented::sources().get(&size.source).map(|place| Place {
            title: place.title.clone(),
            link: link(&place.url),
            says: String::new(),
        });
        Some(Self { says: size.says.clone(), highly_available: size.highly_available, place })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_back_quotes_is_code() {
        let told = |sentence: &str| -> Vec<(String, bool)> {
            pieces(sentence).into_iter().map(|piece| (piece.text, piece.code)).collect()
        };
        let piece = |text: &str, code| (text.to_owned(), code);
        assert_eq!(
            told("Set `a: 1`, or `b`."),
            [
                piece("Set ", false),
                piece("a: 1", true),
                piece(", or ", false),
                piece("b", true),
                piece(".", false)
            ]
        );
        assert_eq!(told("`a`"), [piece("a", true)]);
        assert_eq!(told("one ` alone"), [piece("one ` alone", false)]);
        assert_eq!(told("`a` and ` alone"), [piece("a", true), piece(" and ` alone", false)]);
    }
}
