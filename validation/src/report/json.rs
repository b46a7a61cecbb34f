use provision_architecture::documented::Severity;
use serde_json::{Value, json as object};

use super::Unreadable;
use crate::rules::Verdict;

/// Verdicts as one versioned document.
pub fn json(verdicts: &[Verdict], unreadable: &[Unreadable]) -> Value {
    let count = |severity: Severity| {
        verdicts.iter().flat_map(Verdict::open).filter(|finding| finding.severity == severity).count()
    };
    let waived = verdicts.iter().flat_map(|verdict| &verdict.findings).filter(|f| f.waived.is_some()).count();
    object!({
        "schema": "provision.validate/1",
        "summary": {
            "specs": verdicts.len() + unreadable.len(),
            "unreadable": unreadable.len(),
            "errors": count(Severity::Error),
            "warnings": count(Severity::Warning),
            "infos": count(Severity::Info),
            "waived": waived,
        },
        "verdicts": verdicts,
        "unreadable": unreadable,
    })
}
