//! What must hold, from the spec and from the command line.

use provision_architecture::values::Objective;
use provision_validation::survive::{Options, Report, SurviveError, Timers, survive};

use super::common::*;

fn kestra() -> provision_architecture::Topology {
    in_zones(
        3,
        "platform: kestra\nversion: \"1.3\"\nsize: high-availability\nobjectives: [\"zone: ui running\"]\n",
    )
}

fn judged(require: &[&str]) -> Result<Report, SurviveError> {
    let topology = kestra();
    let require = require.iter().map(|text| Objective::try_from(*text).unwrap()).collect();
    survive(
        &topology,
        &Timers::of(&topology),
        &Options { require, improvements: false, ..Options::default() },
    )
}

#[test]
fn objectives_of_the_spec_and_of_the_command_line_are_judged() {
    let report = judged(&["zone: ui running, executing < 60s", "machine: execution degraded"]).unwrap();
    let met: Vec<bool> = report.objectives.iter().map(|check| check.met).collect();
    assert_eq!(met, [true, false, true]);
    assert!(!report.meets_objectives());
    let misses = &report.objectives[1].misses;
    assert!(misses.iter().all(|miss| miss.capability == "execution"), "{misses:?}");
    assert!(
        misses
            .iter()
            .any(|miss| miss.failure == "zone eu-west-1a is lost" && miss.found.contains("6 min 10 s"))
    );
}

#[test]
fn one_zone_one_component_or_one_backend_can_be_named() {
    let report = judged(&[
        "eu-west-1c: execution degraded",
        "worker: execution degraded",
        "worker: execution running",
        "broker: ui running",
        "search-node: log-search running",
        "load-balancer: scheduling running",
        "load-balancer: ui running",
        "way-out: execution degraded",
        "zone: execution < 10m",
    ])
    .unwrap();
    let met: Vec<bool> = report.objectives.iter().skip(1).map(|check| check.met).collect();
    assert_eq!(met, [true, true, false, true, true, true, false, true, true]);
}

#[test]
fn unknown_names_are_errors_with_a_hint() {
    let error = |objective: &str| judged(&[objective]).unwrap_err().to_string();
    assert_eq!(
        error("zone: executon < 60s"),
        "in the objective `zone: executon < 1m`, `executon` is no capability (did you mean `execution`?)"
    );
    assert_eq!(
        error("workr: ui running"),
        "in the objective `workr: ui running`, nothing is called `workr` (did you mean `worker`?)"
    );
    assert!(error("database: ui running").contains("nothing is called `database` (known here:"));
}

/// Lost data is never "back within" a time.
#[test]
fn lost_data_is_not_back_in_time() {
    let topology = in_zones(
        1,
        "platform: rudderstack\nsize: single-zone\nbackends: { database: { managed: false } }\n\
         objectives: [\"database: ingest < 7d\"]\n",
    );
    let report = report(&topology);
    assert!(!report.objectives[0].met);
    assert_eq!(report.objectives[0].misses[0].found, "lost");
}

/// Work that is given up is an effect of its own: it makes no objective miss, but it is said.
#[test]
fn work_that_is_given_up_is_said_beside_the_objective() {
    let topology = in_zones(
        2,
        "platform: octopus\nedition: professional\nsize: high-availability\nobjectives: [\"machine: deployments < 1m\"]\n",
    );
    let report = report(&topology);
    assert!(report.objectives[0].met, "{:?}", report.objectives);
    assert!(report.objectives[0].caveats[0].contains("cancelled and never run again"));
}
