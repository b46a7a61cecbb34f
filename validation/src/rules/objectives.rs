//! The spec's own objectives, judged by the failure analysis.

use provision_architecture::spec::SpecFile;
use provision_architecture::topology::Topology;

use super::finding::{Finding, Verdict};
use super::own::OwnRule;
use crate::survive::{Check, Options, SurviveError, Timers, survive};

/// Objectives that name what is not there are told up to this many; each costs an analysis of its own.
const MOST_UNKNOWN: usize = 20;

pub(super) fn apply(file: &SpecFile, topology: &Topology, verdict: &mut Verdict) {
    if topology.spec.objectives.is_empty() {
        return;
    }
    let timers = Timers::of(topology);
    let options = Options { order: 1, improvements: false, ..Options::default() };
    // One that cannot be judged is told and set aside, so that it does not keep the others from it.
    let mut judged = topology.clone();
    for _ in 0..=MOST_UNKNOWN {
        match survive(&judged, &timers, &options) {
            Ok(report) => {
                verdict.findings.extend(report.objectives.iter().filter_map(|check| missed(check, file)));
                return;
            }
            Err(SurviveError::Objective(problem)) => {
                let found = format!("{} ({})", problem.message(), problem.hint());
                verdict.findings.push(finding(OwnRule::ObjectiveUnknown, problem.objective(), found, file));
                judged.spec.objectives.retain(|objective| objective.to_string() != problem.objective());
            }
            // Nothing else can be wrong with options of ours.
            Err(error) => {
                verdict.findings.push(finding(OwnRule::ObjectiveUnknown, "", error.to_string(), file));
                return;
            }
        }
    }
    let rest = "more objectives were not judged: correct these first".to_owned();
    verdict.findings.push(finding(OwnRule::ObjectiveUnknown, "", rest, file));
}

fn missed(check: &Check, file: &SpecFile) -> Option<Finding> {
    let misses: Vec<String> = check
        .misses
        .iter()
        .map(|miss| format!("when {}, {}: {}", miss.failure, miss.capability, miss.found))
        .collect();
    (!check.met).then(|| {
        let found = format!("`{}` is missed: {}", check.objective, misses.join("; "));
        finding(OwnRule::ObjectiveMissed, &check.objective, found, file)
    })
}

/// At the objective of this text, or at all of them where it is none of them.
fn finding(rule: OwnRule, objective: &str, found: String, file: &SpecFile) -> Finding {
    let index = file.spec.objectives.iter().position(|it| it.to_string() == objective);
    match index {
        Some(index) => {
            rule.finding(file, file.locate_item("objectives", index), format!("objectives.{index}"), found)
        }
        None => rule.finding(file, file.locate("objectives"), "objectives".to_owned(), found),
    }
}
