//! On a real kernel, in namespaces that are thrown away: nothing of this host changes.

use std::process::{Command, Output};

use provision_host_tuning::measure::{Experiment, MeasureError, measure};
use provision_host_tuning::timers::TickRate;
use provision_testing::skip;

fn harness() -> Command {
    Command::new(env!("CARGO_BIN_EXE_host-tuning-harness"))
}

/// None where namespaces are forbidden.
fn inside(arguments: &[&str]) -> Option<Output> {
    let output =
        harness().arg("inside").args(arguments).output().expect("the harness is built with the tests");
    let stdout = String::from_utf8_lossy(&output.stdout);
    if output.status.code() == Some(77) {
        skip(&stdout);
        return None;
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {}\n{stdout}\n{stderr}", output.status);
    Some(output)
}

#[test]
fn apply_check_revert_leaves_the_values_of_before() {
    let root = tempfile::tempdir().unwrap();
    inside(&["round-trip", root.path().to_str().unwrap()]);
}

#[test]
fn killed_at_two_hundred_instants_it_never_loses_an_original() {
    let root = tempfile::tempdir().unwrap();
    if let Some(output) = inside(&["killed", root.path().to_str().unwrap(), "200", "88172645463325252"]) {
        println!("{}", String::from_utf8_lossy(&output.stdout));
    }
}

#[test]
fn the_kernel_does_what_is_predicted() {
    let mut experiments: Vec<Experiment> = [1, 2, 3, 5].map(Experiment::retries).into();
    experiments.push(Experiment { user_timeout_ms: Some(3000), ..Experiment::retries(15) });
    if std::path::Path::new("/proc/sys/net/ipv4/tcp_rto_max_ms").exists() {
        experiments.push(Experiment { rto_max_ms: Some(1000), ..Experiment::retries(8) });
    }
    let command = || {
        let mut command = harness();
        command.arg("measure-child");
        command
    };
    for result in measure(&experiments, TickRate::Any, command) {
        match result {
            Ok(outcome) => {
                assert!(outcome.agrees, "{outcome:?}");
                assert_eq!(outcome.observed.error, "ETIMEDOUT");
            }
            Err(MeasureError::Forbidden(why)) => {
                skip(&why);
                return;
            }
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn a_measurement_that_would_take_too_long_is_refused() {
    let results = measure(&[Experiment::retries(15)], TickRate::Any, harness);
    assert!(matches!(results[..], [Err(MeasureError::TooLong { retries2: 15, .. })]), "{results:?}");
}

#[test]
fn a_child_that_answers_nonsense_is_an_error() {
    let results = measure(&[Experiment::retries(1)], TickRate::Any, || Command::new("true"));
    assert!(matches!(results[..], [Err(MeasureError::Child(_))]), "{results:?}");
}
