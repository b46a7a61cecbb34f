use std::time::Duration;

use provision_engine::boundary::Unwatched;
use provision_engine::clock::VirtualClock;
use provision_engine::evaluate::Given;
use provision_engine::load::Files;
use provision_engine::plan::{Options, Plan};
use provision_engine::problem::Problems;
use provision_engine::sandbox::{Place, Sandbox};
use provision_engine::session::Prepared;

use super::in_sandbox::stuck;
use crate::failure::Failure;

/// What building a directory from nothing would do, in a sandbox that nobody keeps.
pub fn plan_from_nothing(files: Files, deployment: &str, options: &Options) -> Result<Plan, Failure> {
    let problems = |problems: Problems| Failure::new(problems.to_string());
    let prepared = Prepared::new(files, &Given::default()).map_err(problems)?;
    let clock = VirtualClock::starting_at(Duration::ZERO);
    let sandbox = Sandbox::new(Place::memory(), &clock, &Unwatched);
    let live = clock
        .run(prepared.inventory(&sandbox, &clock, deployment))
        .ok_or_else(stuck)?
        .map_err(|error| Failure::because("no plan can be made", &error))?;
    prepared.plan(&live, "sandbox", deployment, options).map(|planned| planned.plan).map_err(problems)
}
