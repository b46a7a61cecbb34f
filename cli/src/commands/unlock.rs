use std::time::Duration;

use clap::Args;
use provision_engine::clock::RealClock;
use provision_engine::ledger::{self, Terms};

use super::ExitStatus;
use super::estate::{self, Target};
use crate::clock;
use crate::failure::Failure;
use crate::output::Output;

/// Free a lock whose holder is gone
///
/// Hardly ever needed: a lock frees itself when its holder hasn't moved for a minute. A holder that is alive keeps it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provision unlock provision.yaml

Exit codes: 0 nobody holds the lock now, 1 its holder is alive, or the ledger could not be used.")]
pub struct Arguments {
    #[command(flatten)]
    target: Target,
    /// Don't ask
    #[arg(short = 'y', long)]
    auto_approve: bool,
}

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    let located = arguments.target.locate(output)?;
    let store = located.store()?;
    let real = RealClock::new(clock::seconds());
    let failed = |error: &ledger::LedgerError| Failure::because("the lock can't be freed", error);
    let record = real.run(ledger::look(store)).map_err(|error| failed(&error))?;
    let Some(holder) = record.and_then(|record| record.holder) else {
        output.say("nobody holds the lock");
        return Ok(ExitStatus::Fine);
    };
    output.say(&format!("{} holds it since {}: {}", holder.who, clock::shown(holder.since), holder.command));
    if !arguments.auto_approve && !estate::confirm("Its holder must be dead.", "yes", output)? {
        return Err(Failure::new("the lock is as it was"));
    }
    located.introduce(output)?;
    let terms = Terms {
        who: "unlock".to_owned(),
        command: arguments.target.command("unlock").redacted(),
        lease: Duration::from_secs(holder.lease_seconds),
        patience: Duration::ZERO,
        entropy: u64::from(std::process::id()),
    };
    output.say("making sure that it doesn't move; this takes as long as a lease");
    let lease = real.run(ledger::acquire(store, &real, &terms)).map_err(|error| failed(&error))?;
    real.run(lease.release()).map_err(|error| failed(&error))?;
    output.say("freed");
    Ok(ExitStatus::Fine)
}
