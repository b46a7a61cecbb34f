//! A secret that stands in a spec by mistake is shown nowhere: in no report and not by the binary.

mod common;
#[path = "secrets/places.rs"]
mod places;

use common::TODAY;
use places::{HEAD, PARTS, SECRET, specs};
use provision_architecture::documented::Severity;
use provision_architecture::values::Date;
use provision_architecture::{Source, SpecFile};
use provision_validation::report::{self, Style, Unreadable};
use provision_validation::rules;

/// A part of it is as bad as all of it, so its parts are words that appear nowhere else.
/// Everything that may be shown of a spec.
fn shown(text: &str) -> Vec<(&'static str, String)> {
    let resolved = SpecFile::parse(Source::new("spec.yaml", text))
        .and_then(|file| file.resolve().map(|topology| (file, topology)));
    match resolved {
        Ok((file, topology)) => {
            let today = Date::try_from(TODAY).expect("a day");
            let verdict = rules::check(&file, &topology, today).expect("every rule compiles");
            let verdicts = std::slice::from_ref(&verdict);
            vec![
                ("text", styles().map(|style| report::text(&verdict, &file, Severity::Info, style)).concat()),
                ("json", report::json(verdicts, &[]).to_string()),
                ("sarif", report::sarif(verdicts, &[], "1").to_string()),
                ("junit", report::junit(verdicts, &[], Severity::Info).expect("XML")),
            ]
        }
        Err(problems) => {
            let unreadable = [Unreadable::from(&problems)];
            vec![
                ("text", styles().map(|style| report::diagnostics(&problems, style)).concat()),
                ("json", report::json(&[], &unreadable).to_string()),
                ("sarif", report::sarif(&[], &unreadable, "1").to_string()),
                ("junit", report::junit(&[], &unreadable, Severity::Info).expect("XML")),
            ]
        }
    }
}

fn styles() -> [Style; 2] {
    [Style { colour: false, width: 60 }, Style { colour: true, width: 140 }]
}

#[test]
fn no_report_shows_a_secret() {
    let mut leaks = Vec::new();
    for (name, spec) in specs() {
        for (format, report) in shown(&spec) {
            if PARTS.iter().any(|part| report.contains(part)) {
                leaks.push(format!("{name}, {format}:\n{report}"));
            }
        }
    }
    assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), leaks.join("\n"));
}

/// What is shown instead still says where and why.
#[test]
fn a_hidden_secret_leaves_a_useful_problem() {
    let text = format!("{HEAD}licence: {SECRET}\n");
    let report = shown(&text).remove(0).1;
    assert!(report.contains("a secret is never written into a spec"), "{report}");
    assert!(report.contains("licence: ************"), "{report}");
    assert!(report.contains("spec.yaml:5:10"), "{report}");
}

/// The names of secrets are no secrets, and neither is the rest of a spec.
#[test]
fn what_is_no_secret_is_shown() {
    let text = format!("{HEAD}licence: {{ from: env, name: KESTRA_LICENCE }}\nos: beos\n");
    let report = shown(&text).remove(0).1;
    assert!(report.contains("os: beos") && report.contains("`beos`"), "{report}");
    let text = format!("{HEAD}licence: {{ from: env, name: KESTRA_LICENCE, nmae: x }}\n");
    let report = shown(&text).remove(0).1;
    assert!(report.contains("licence: {"), "{report}");
}
