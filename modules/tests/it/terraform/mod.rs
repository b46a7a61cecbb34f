//! What is rendered, judged by the real Terraform against captured schemas of the providers, and by our own assertions on
//! its plan. Whatever a cloud or a runtime comes to render is judged here without a change.

mod checker;
mod clouds;
mod faults;
mod plan;
mod planted;

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::thread;

pub(crate) use checker::{Check, Checker};
use plan::Plan;
use provision_architecture::spec::{Provider, Runtime};

use crate::examples::all_examples;
use crate::matrix::{Rendered, everything};

#[test]
fn terraform_plans_everything_on_machines_of_aws() {
    plan_everything(Provider::Aws, Runtime::Machines);
}

#[test]
fn terraform_plans_everything_on_machines_of_google_cloud() {
    plan_everything(Provider::Google, Runtime::Machines);
}

#[test]
fn terraform_plans_everything_on_machines_of_azure() {
    plan_everything(Provider::Azure, Runtime::Machines);
}

#[test]
fn terraform_plans_everything_on_kubernetes() {
    for provider in Provider::ALL {
        plan_everything(*provider, Runtime::Kubernetes);
    }
}

fn plan_everything(provider: Provider, runtime: Runtime) {
    let Some(checker) = Checker::find() else { return };
    let jobs: Vec<&Rendered> = everything().iter().filter(|it| it.is_on(provider, runtime)).collect();
    on_both(&jobs, |job| {
        let plan = checker.check(&job.directory, Check::Plan)?;
        let problems = clouds::problems(&Plan::new(&plan), &job.topology);
        if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
    });
}

#[test]
fn terraform_plans_every_example_with_the_oldest_provider_allowed() {
    let Some(checker) = Checker::find() else { return };
    let mut jobs = one_of_each_platform();
    let taken: BTreeSet<&str> = jobs.iter().map(|job| job.name.as_str()).collect();
    let examples = all_examples();
    let more =
        everything().iter().filter(|it| examples.contains_key(&it.name) && !taken.contains(it.name.as_str()));
    jobs.extend(more.collect::<Vec<_>>());
    on_both(&jobs, |job| checker.check(&job.directory, Check::PlanWithOldest).map(drop));
}

#[test]
fn terraform_applies_one_of_each_platform_and_then_has_nothing_to_do() {
    let Some(checker) = Checker::find() else { return };
    on_both(&one_of_each_platform(), |job| checker.check(&job.directory, Check::Apply).map(drop));
}

/// Of every platform in every cloud and runtime the largest.
fn one_of_each_platform() -> Vec<&'static Rendered> {
    let mut chosen: Vec<&Rendered> = Vec::new();
    for job in everything() {
        let of = |it: &Rendered| (it.topology.provider, it.topology.runtime, it.topology.platform);
        let size = |it: &Rendered| it.directory.addresses().len();
        match chosen.iter_mut().find(|it| of(it) == of(job)) {
            Some(other) if size(other) < size(job) => *other = job,
            Some(_) => {}
            None => chosen.push(job),
        }
    }
    assert!(chosen.len() >= 4, "the four platforms on AWS");
    chosen
}

/// Every job on both processors; what went wrong, by name.
fn on_both(jobs: &[&Rendered], work: impl Fn(&Rendered) -> Result<(), String> + Sync) {
    let (next, failures) = (Mutex::new(jobs.iter()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some(job) = next.lock().unwrap().next() else { return };
                    if let Err(problem) = work(job) {
                        failures.lock().unwrap().push(format!("{}:\n{problem}", job.name));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
