use provision_architecture::documented::Severity;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::Unreadable;
use crate::rules::{Finding, Verdict};

/// Verdicts as JUnit XML: a suite for each spec, a test case for each finding; one that counts as a failure from
/// this severity up, and one passed case where nothing was found.
pub fn junit(
    verdicts: &[Verdict],
    unreadable: &[Unreadable],
    least: Severity,
) -> Result<String, quick_junit::SerializeError> {
    let mut report = Report::new("provision validate");
    for verdict in verdicts {
        let mut suite = TestSuite::new(verdict.file.as_str());
        for finding in &verdict.findings {
            suite.add_test_case(case(finding, finding.file(verdict), least));
        }
        if verdict.findings.is_empty() {
            let mut passed = TestCase::new("documented architecture", TestCaseStatus::success());
            passed.set_classname(verdict.file.as_str());
            suite.add_test_case(passed);
        }
        report.add_test_suite(suite);
    }
    for spec in unreadable {
        let mut suite = TestSuite::new(spec.file.as_str());
        suite.add_test_case(broken(spec));
        report.add_test_suite(suite);
    }
    report.to_string().map(|xml| tidy(&xml))
}

/// What JUnit's schemas ask beyond what the writer does: no total of skipped cases (each suite has its own), and none
/// of the two characters that XML forbids even escaped and that are no control characters.
fn tidy(xml: &str) -> String {
    let xml = xml.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}");
    let Some((head, rest)) = xml.split_once("<testsuites") else { return xml };
    let Some((attributes, rest)) = rest.split_once('>') else { return xml };
    let kept: String = match attributes.split_once(" skipped=\"") {
        Some((before, after)) => {
            before.to_owned() + after.split_once('"').map_or("", |(_number, after)| after)
        }
        None => attributes.to_owned(),
    };
    format!("{head}<testsuites{kept}>{rest}")
}

fn broken(spec: &Unreadable) -> TestCase {
    let lines: Vec<String> = spec
        .problems
        .iter()
        .map(|problem| {
            let hint = problem.hint.as_deref().map(|hint| format!(" ({hint})")).unwrap_or_default();
            format!(
                "{}:{}:{}: {}{hint}",
                spec.file, problem.position.line, problem.position.column, problem.message
            )
        })
        .collect();
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_type("unreadable").set_message("the spec could not be read").set_description(lines.join("\n"));
    let mut case = TestCase::new("the spec is readable", status);
    case.set_classname(spec.file.as_str());
    case
}

fn case(finding: &Finding, file: &str, least: Severity) -> TestCase {
    let mut status = match &finding.waived {
        Some(waived) => {
            let mut skipped = TestCaseStatus::skipped();
            // As text: only newer schemas know a `message` here, and what reads one falls back to the text.
            skipped.set_description(format!("waived until {}: {}", waived.until, waived.reason));
            skipped
        }
        None if finding.severity >= least => TestCaseStatus::non_success(NonSuccessKind::Failure),
        None => TestCaseStatus::success(),
    };
    if matches!(status, TestCaseStatus::NonSuccess { .. }) {
        status.set_type(finding.severity.word()).set_message(finding.found.as_str()).set_description(
            format!(
                "{file}:{}:{}: {}\nasked: {}\nremedy: {}",
                finding.position.line, finding.position.column, finding.found, finding.asks, finding.remedy
            ),
        );
    }
    let mut case = TestCase::new(format!("{} {}", finding.rule, finding.path), status);
    case.set_classname(file);
    case
}
