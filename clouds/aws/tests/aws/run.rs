//! One run of the engine with the driver, as the command line does it.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use provision_aws::{Aws, Settings};
use provision_engine::Address;
use provision_engine::apply::{Event, Interrupt, Settings as Applying, Tools};
use provision_engine::boundary::Unwatched;
use provision_engine::clock::RealClock;
use provision_engine::driver::{Driver as _, Live};
use provision_engine::evaluate::Given;
use provision_engine::ledger::{FileStore, Terms, acquire};
use provision_engine::load::Files;
use provision_engine::plan::Options;
use provision_engine::session::{Prepared, Run};
use provision_engine::survey::survey;

pub(crate) const DEPLOYMENT: &str = "orders";

/// `plan`, `apply` or `destroy` of a directory, or `members`: what stands behind what lives. Prints a line for each action
/// or member, and what went wrong.
pub(crate) fn run(mode: &str, directory: &Path, ledger: &Path) -> bool {
    let prepared = prepare(directory);
    let options = options(&prepared, mode == "destroy");
    let settings = Settings { settle: Duration::from_millis(300), ..Settings::new("eu-west-1") };
    let aws = Aws::open(settings).unwrap();
    let clock = RealClock::new(1_800_000_000);
    let live =
        clock.run(prepared.inventory(&aws, &clock, DEPLOYMENT)).unwrap_or_else(|error| panic!("{error}"));
    let planned = prepared
        .plan(&live, aws.name(), DEPLOYMENT, &options)
        .unwrap_or_else(|problems| panic!("{problems}"));
    for action in &planned.plan.actions {
        let changes = action
            .changes
            .iter()
            .map(|change| format!(" {}: {} → {}", change.field, change.before, change.after));
        println!("{:?} {}{}", action.verb, action.address, changes.collect::<Vec<_>>().join(","));
    }
    for foreign in &planned.plan.foreign {
        println!("foreign {} {}: {}", foreign.kind, foreign.id, foreign.what);
    }
    match mode {
        "plan" => return true,
        "members" => {
            seen(&aws, &clock, &planned.live);
            return true;
        }
        _ => {}
    }
    applied(&prepared, &aws, &clock, &options, ledger)
}

/// A line for each member, and how often the cloud was asked for them.
fn seen(aws: &Aws, clock: &RealClock, live: &BTreeMap<Address, Live>) {
    let before = aws.calls();
    let seen = clock.run(survey(aws, clock, live)).unwrap_or_else(|error| panic!("{error}"));
    let groups = seen.machines.iter().chain(&seen.servers).map(|(address, group)| (address, &group.members));
    let pools = seen.pools.iter().map(|(address, pool)| (address, &pool.targets));
    for (address, members) in groups.chain(pools) {
        for member in members {
            let zone = member.zone.as_deref().unwrap_or("no zone");
            let version = member.version.iter().map(|version| format!(", version {version}"));
            let reason = member.reason.iter().map(|reason| format!(": {reason}"));
            let rest: String = version.chain(reason).collect();
            println!("{address} {:?} in {zone}, {:?}{rest}", member.role, member.health);
        }
    }
    for (address, disk) in &seen.disks {
        println!("{address} {}", if disk.attached { "attached" } else { "attached nowhere" });
    }
    for address in &seen.unknown {
        println!("{address} unknown");
    }
    for (call, times) in aws.calls() {
        let times = times - before.get(&call).copied().unwrap_or_default();
        if times > 0 {
            println!("called {call} {times}");
        }
    }
}

fn prepare(directory: &Path) -> Prepared {
    let files = Files::on_disk(directory).unwrap();
    let environment = [("deletion_protection".to_owned(), "false".to_owned())].into();
    let given = Given { environment, ..Given::default() };
    Prepared::new(files, &given).unwrap_or_else(|problems| panic!("{problems}"))
}

fn options(prepared: &Prepared, destroy: bool) -> Options {
    let allow_data_loss =
        if destroy { prepared.directory.resources.keys().cloned().collect() } else { Default::default() };
    Options { destroy, prune: false, allow_data_loss }
}

fn applied(prepared: &Prepared, aws: &Aws, clock: &RealClock, options: &Options, ledger: &Path) -> bool {
    let store = FileStore::new(ledger.to_owned(), &Unwatched);
    let interrupt = Interrupt::default();
    let terms = Terms {
        who: "a test".to_owned(),
        command: "test".to_owned(),
        lease: Duration::from_secs(300),
        patience: Duration::from_secs(300),
        entropy: u64::from(std::process::id()),
    };
    let events = |event: Event| {
        if let Event::Retrying { address, message, .. } = event {
            println!("again {address}: {message}");
        }
    };
    let whole = async {
        let lease = acquire(&store, clock, &terms).await.unwrap();
        let tools = Tools { driver: aws, clock, guard: &lease, interrupt: &interrupt, events: &events };
        let run = Run {
            prepared,
            deployment: DEPLOYMENT,
            options,
            tools: &tools,
            lease: &lease,
            who: &terms.who,
            command: &terms.command,
            settings: Applying { patience: Duration::from_secs(60), ..Applying::default() },
            agreed: None,
        };
        lease.keep(run.apply()).await.unwrap_or_else(|error| panic!("{error}"))
    };
    let (_, report) = clock.run(whole);
    for failed in &report.failed {
        println!("failed {} {}: {}", failed.doing, failed.address, failed.message);
    }
    if let Some(why) = &report.stopped {
        println!("stopped: {why}");
    }
    for (call, times) in aws.calls() {
        println!("called {call} {times}");
    }
    report.is_complete()
}
