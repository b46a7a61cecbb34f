use provision_architecture::documented::Severity;
use serde_json::{Value, json};

use super::Unreadable;
use crate::rules::{Finding, Verdict};

/// Verdicts as SARIF 2.1.0. `version` is the tool's own.
pub fn sarif(verdicts: &[Verdict], unreadable: &[Unreadable], version: &str) -> Value {
    let findings: Vec<(&Verdict, &Finding)> = verdicts
        .iter()
        .flat_map(|verdict| verdict.findings.iter().map(move |finding| (verdict, finding)))
        .collect();
    let mut rules: Vec<&Finding> = findings.iter().map(|(_, finding)| *finding).collect();
    rules.sort_by(|a, b| a.rule.cmp(&b.rule));
    rules.dedup_by(|a, b| a.rule == b.rule);
    let results: Vec<Value> = findings
        .iter()
        .map(|(verdict, finding)| {
            let index = rules.binary_search_by(|rule| rule.rule.cmp(&finding.rule)).unwrap_or_default();
            result(finding, finding.file(verdict), index)
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "provision",
                "semanticVersion": version,
                "rules": rules.iter().map(|finding| rule(finding)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": unreadable.is_empty(),
                "toolExecutionNotifications": unreadable.iter().flat_map(notifications).collect::<Vec<_>>(),
            }],
            "results": results,
        }],
    })
}

/// A spec that could not be read has no results; its problems are the tool's own.
fn notifications(unreadable: &Unreadable) -> Vec<Value> {
    let location = |problem: &super::Problem| {
        json!([{ "physicalLocation": {
            "artifactLocation": { "uri": uri(&unreadable.file) },
            "region": { "startLine": problem.position.line, "startColumn": problem.position.column },
        }}])
    };
    let notification = |problem: &super::Problem| {
        let hint = problem.hint.as_deref().map(|hint| format!(" ({hint})")).unwrap_or_default();
        json!({
            "level": "error",
            "message": { "text": format!("{}{hint}", problem.message) },
            "locations": location(problem),
        })
    };
    unreadable.problems.iter().map(notification).collect()
}

fn rule(finding: &Finding) -> Value {
    let cited: Vec<String> = finding
        .citations
        .iter()
        .map(|quote| format!("{} ({}, read {}): {}", quote.title, quote.url, quote.read, quote.says))
        .collect();
    let mut rule = json!({
        "id": finding.rule,
        "name": finding.title,
        "shortDescription": { "text": finding.title },
        "fullDescription": { "text": finding.asks },
        "help": { "text": format!("{}\n\n{}", finding.remedy, cited.join("\n")) },
        "defaultConfiguration": { "level": level(finding.severity) },
    });
    if let Some(url) =
        finding.citations.iter().map(|quote| &quote.url).find(|url| url.starts_with("https://"))
    {
        rule["helpUri"] = json!(url);
    }
    rule
}

fn result(finding: &Finding, file: &str, index: usize) -> Value {
    let mut result = json!({
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": level(finding.severity),
        "message": { "text": format!("{} Asked: {}.", sentence(&finding.found), finding.asks) },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": uri(file) },
                "region": { "startLine": finding.position.line, "startColumn": finding.position.column },
            },
            "logicalLocations": [{ "fullyQualifiedName": finding.path }],
        }],
        // What stays the same when the file moves or grows: the rule and the field.
        "partialFingerprints": { "ruleAndPath/v1": format!("{}:{}", finding.rule, finding.path) },
    });
    if let Some(waived) = &finding.waived {
        result["suppressions"] = json!([{
            "kind": "external",
            "status": "accepted",
            "justification": format!("{} (until {})", waived.reason, waived.until),
        }]);
    }
    result
}

fn sentence(text: &str) -> String {
    format!("{}.", text.trim_end_matches('.'))
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// A file's name as a relative URI reference: what may not stand in one is percent-encoded.
fn uri(file: &str) -> String {
    let file = if file == "<stdin>" { "stdin" } else { file.trim_start_matches("./") };
    let mut uri = String::new();
    for byte in file.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri += &format!("%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    #[test]
    fn file_names_become_uris() {
        assert_eq!(super::uri("./my specs/ä.yaml"), "my%20specs/%C3%A4.yaml");
        assert_eq!(super::uri("<stdin>"), "stdin");
    }
}
