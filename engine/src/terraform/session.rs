use std::collections::BTreeMap;

use super::plan::{Seen, Wanted};
use super::process::Watch;
use super::{Terraform, TerraformError};
use crate::apply::{Event, Report};
use crate::ledger::{Entry, Lease};
use crate::plan::Plan;
use crate::session::{RunError, blocked, still_agreed};

/// For so many seconds a look is believed. Somebody who thought it over for longer has it looked at once more: the
/// binary refuses its plan only when its state has moved, and not when the live estate did.
const FRESH: u64 = 60;

/// One run under our lock, from a new look to the report.
pub struct Run<'a> {
    pub terraform: &'a Terraform<'a>,
    pub wanted: &'a Wanted<'a>,
    pub lease: &'a Lease<'a>,
    pub who: &'a str,
    pub command: &'a str,
    /// The plan that was agreed to: if anything it was made on has moved, nothing is done.
    pub agreed: &'a Plan,
    /// The binary's own file of it, where this process made it. The binary refuses it when its state has moved since.
    pub seen: Option<Seen>,
}

impl Run<'_> {
    /// Plans anew under the lock and does it.
    pub async fn apply(self, watch: &Watch<'_>, events: &dyn Fn(Event)) -> Result<Report, RunError> {
        let engine = self.terraform.binary.flavour.word();
        let before = self.lease.record();
        if let Some(owner) = before.engine.filter(|owner| owner != engine) {
            return Err(RunError::OtherEngine { owner, asked: engine.to_owned() });
        }
        let seen = match self.seen {
            Some(seen)
                if seen.plan.bound_to.directory == self.wanted.directory
                    && watch.clock.wall().saturating_sub(seen.at) <= FRESH =>
            {
                seen
            }
            _ => self.terraform.plan(self.wanted, watch).await?,
        };
        still_agreed(Some(self.agreed), &seen.plan)?;
        blocked(&seen.plan)?;
        let mut entry = Entry {
            who: self.who.to_owned(),
            command: self.command.to_owned(),
            at: watch.clock.wall(),
            engine: engine.to_owned(),
            plan: seen.plan.counts(),
            result: None,
        };
        self.lease.begin(&entry).await?;
        let mut report = self.terraform.apply(&seen, watch, events).await?;
        entry.result = Some(report.summary());
        if report.stopped.is_none()
            && let Err(error) =
                self.lease.end(&entry, report.is_complete(), BTreeMap::new(), seen.plan.destroy).await
        {
            report.stopped = Some(error.to_string());
        } else if report.stopped.is_some() {
            // The lock may be another's by now; if it is, this changes nothing.
            let _ = self.lease.end(&entry, false, BTreeMap::new(), seen.plan.destroy).await;
        }
        Ok(report)
    }
}

impl From<TerraformError> for RunError {
    fn from(error: TerraformError) -> Self {
        RunError::Terraform(error)
    }
}
