//! Findings that a spec accepts: reported as accepted, until the last day; and what is wrong with a waiver itself.

use provision_architecture::documented::{self, Family};
use provision_architecture::spec::{Spec, SpecFile, Waiver};
use provision_architecture::values::Date;

use super::finding::{Finding, Verdict, Waived};
use super::own::OwnRule;

pub(super) fn apply(file: &SpecFile, spec: &Spec, today: Date, has_directory: bool, verdict: &mut Verdict) {
    let mut complaints = Vec::new();
    for (index, waiver) in spec.waivers.iter().enumerate() {
        let problem = match waivable(waiver) {
            None => Some(OwnRule::WaiverUnknown),
            Some(false) => Some(OwnRule::WaiverRefused),
            Some(true) if waiver.until < today => Some(OwnRule::WaiverExpired),
            Some(true) => {
                let waits = !has_directory && is_of_directories(waiver);
                (!accept(waiver, verdict) && !waits).then_some(OwnRule::WaiverUnused)
            }
        };
        if let Some(problem) = problem {
            complaints.push(complaint(problem, waiver, file, index));
        }
    }
    verdict.findings.append(&mut complaints);
}

/// Whether the rule may be waived; nothing, where there is no such rule.
fn waivable(waiver: &Waiver) -> Option<bool> {
    let own = OwnRule::ALL.into_iter().find(|rule| rule.id() == waiver.rule.as_str());
    own.map(OwnRule::is_waivable).or_else(|| documented_waivable(waiver))
}

fn is_of_directories(waiver: &Waiver) -> bool {
    OwnRule::OF_DIRECTORIES.iter().any(|rule| rule.id() == waiver.rule.as_str())
}

fn documented_waivable(waiver: &Waiver) -> Option<bool> {
    Family::ALL.iter().find_map(|family| {
        let rules = &documented::rules(*family).rules;
        waiver.rule.as_str().starts_with(family.word()).then_some(())?;
        rules.iter().find(|rule| rule.id == waiver.rule).map(documented::Rule::is_waivable)
    })
}

fn accept(waiver: &Waiver, verdict: &mut Verdict) -> bool {
    let mut used = false;
    for finding in verdict.findings.iter_mut().filter(|finding| finding.rule == waiver.rule.as_str()) {
        finding.waived = Some(Waived { until: waiver.until, reason: waiver.reason.to_string() });
        used = true;
    }
    used
}

fn complaint(problem: OwnRule, waiver: &Waiver, file: &SpecFile, index: usize) -> Finding {
    let found = match problem {
        OwnRule::WaiverExpired => format!("the waiver for {} ended on {}", waiver.rule, waiver.until),
        OwnRule::WaiverUnused => format!("nothing here breaks {}", waiver.rule),
        OwnRule::WaiverUnknown => format!("there is no rule {}", waiver.rule),
        _ => format!("{} is waived until {}", waiver.rule, waiver.until),
    };
    problem.finding(file, file.locate_item("waivers", index), format!("waivers.{index}"), found)
}
