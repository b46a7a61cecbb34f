//! In place of `in_aws`, where this build has no driver.

use std::convert::Infallible;

use provision_engine::apply::Report;
use provision_engine::clock::RealClock;
use provision_engine::handover::{HandoverError, Import};
use provision_engine::ledger::{Lease, Record};
use provision_engine::load::Files;
use provision_engine::plan::{Options, Plan};
use provision_engine::session::{Prepared, RunError};
use provision_engine::survey::Survey;

use super::stage::{Handed, Looked, Order};
use super::stats::Asked;
use super::target::Located;
use super::{Progress, Signals};
use crate::clouds;
use crate::failure::Failure;
use crate::output::Output;

/// There is none.
pub struct AwsPlace(Infallible);

pub fn available() -> Result<(), Failure> {
    Err(clouds::missing("AWS by the embedded engine", "embedded"))
}

pub fn can_drive(_: &Files) -> bool {
    false
}

impl AwsPlace {
    pub fn open(_: Prepared, _: &Output) -> Result<Self, Failure> {
        available().map(|()| unreachable!("it is never available"))
    }

    pub fn asked(&self) -> Asked {
        match self.0 {}
    }

    pub fn imports(&self) -> String {
        match self.0 {}
    }

    pub fn is_ours(&self) -> Result<(), RunError> {
        match self.0 {}
    }

    pub fn can_take(&self, _: &Plan) -> bool {
        match self.0 {}
    }

    pub fn hand_over(
        &self,
        _: &Located,
        _: &Handed<'_>,
        _: &RealClock,
        _: &Lease<'_>,
    ) -> Result<Vec<Import>, HandoverError> {
        match self.0 {}
    }

    pub fn look(&self, _: &Located, _: &Options, _: &Output) -> Result<Looked, Failure> {
        match self.0 {}
    }

    pub fn survey(&self, _: &Located, _: Option<&Record>) -> Result<(Plan, Survey), Failure> {
        match self.0 {}
    }

    pub fn can_work(&self, _: &Order<'_>, _: &RealClock, _: &Output) -> Result<(), Failure> {
        match self.0 {}
    }

    pub fn run(
        &self,
        _: &Located,
        _: &Order<'_>,
        _: &RealClock,
        _: &Lease<'_>,
        _: &Signals,
        _: &Progress,
    ) -> Result<Result<Report, RunError>, Failure> {
        match self.0 {}
    }
}
