//! The spec's own objectives, judged by the failure analysis.

use provision_architecture::spec::SpecFile;
use provision_architecture::topology::Topology;
use provision_architecture::values::Objective;

use super::finding::{Finding, Verdict};
use super::own::OwnRule;
use crate::survive::{Options, SurviveError, Timers, survive};

pub(super) fn apply(file: &SpecFile, topology: &Topology, verdict: &mut Verdict) {
    if topology.spec.objectives.is_empty() {
        return;
    }
    let timers = Timers::of(topology);
    // One objective at a time, so that one that cannot be judged does not keep the others from it.
    let mut alone = topology.clone();
    for (index, objective) in topology.spec.objectives.iter().enumerate() {
        alone.spec.objectives = vec![objective.clone()];
        verdict.findings.extend(judge(objective, index, file, &alone, &timers));
    }
}

fn judge(
    objective: &Objective,
    index: usize,
    file: &SpecFile,
    alone: &Topology,
    timers: &Timers,
) -> Option<Finding> {
    let options = Options { order: 1, improvements: false, ..Options::default() };
    let (rule, found) = match survive(alone, timers, &options) {
        Ok(report) if report.meets_objectives() => return None,
        Ok(report) => {
            let misses: Vec<String> = report
                .objectives
                .iter()
                .flat_map(|check| &check.misses)
                .map(|miss| format!("when {}, {}: {}", miss.failure, miss.capability, miss.found))
                .collect();
            (OwnRule::ObjectiveMissed, format!("`{objective}` is missed: {}", misses.join("; ")))
        }
        Err(SurviveError::Objective(problem)) => {
            (OwnRule::ObjectiveUnknown, format!("{} ({})", problem.message(), problem.hint()))
        }
        // Its options are ours, so nothing else can be wrong with them.
        Err(error) => (OwnRule::ObjectiveUnknown, error.to_string()),
    };
    Some(rule.finding(file, file.locate_item("objectives", index), format!("objectives.{index}"), found))
}
