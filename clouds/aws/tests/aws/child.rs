//! A process that does what a command would: plan, apply or destroy, on the real clock, under the lock.

use std::collections::BTreeSet;
use std::io::BufRead as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use provision_aws::{Aws, Settings as Cloud, Wanted};
use provision_engine::apply::{Interrupt, Report, Settings, Tools};
use provision_engine::boundary::Unwatched;
use provision_engine::clock::RealClock;
use provision_engine::driver::Driver;
use provision_engine::evaluate::Given;
use provision_engine::ledger::{FileStore, Terms, acquire};
use provision_engine::load::Files;
use provision_engine::plan::{Options, Plan};
use provision_engine::session::{Prepared, Run, RunError};
use provision_engine::survey::survey;
use serde_json::{Value as Json, json};

use crate::emulator::{Emulator, REGION};
use crate::repeats::Twice;
use crate::store;

/// A fixed day: what is written down is the same each time.
const NOON: u64 = 1_800_000_000;

pub(crate) fn main(arguments: &[String]) -> ExitCode {
    match arguments {
        [word] if word == "emulator" => emulator(),
        [word] if word == "list" => crate::calls::list(),
        [word, order] if word == "run" => run(&serde_json::from_str(order).unwrap()),
        [word, mode, directory] if word == "live" => {
            let directory = Path::new(directory);
            if crate::run::run(mode, directory, &directory.with_file_name("ledger")) {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        _ => panic!("child emulator | child list | child run ORDER | child live MODE DIRECTORY"),
    }
}

/// Starts an emulator, says where, and waits to be killed.
fn emulator() -> ExitCode {
    if let Ok(emulator) = Emulator::fresh() {
        println!("{}", emulator.endpoint());
        wait_for_the_word();
    }
    ExitCode::SUCCESS
}

fn wait_for_the_word() {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).unwrap();
}

fn run(order: &Json) -> ExitCode {
    wait_for_the_word();
    let folder = PathBuf::from(order["folder"].as_str().unwrap());
    if order["mode"] == "store" {
        store::use_all();
        std::fs::write(folder.join("said.json"), r#"{"plan": {}, "complete": true, "report": ""}"#).unwrap();
        return ExitCode::SUCCESS;
    }
    let prepared = prepare(order);
    let deployment = deployment(Path::new(order["directory"].as_str().unwrap()));
    let mode = order["mode"].as_str().unwrap();
    let destroy = mode == "destroy";
    let all = || prepared.directory.resources.keys().cloned().collect();
    let options =
        Options { destroy, prune: false, allow_data_loss: if destroy { all() } else { BTreeSet::new() } };
    // In a moment everything can be seen here; a test that lets lists lag says so.
    let settle = Duration::from_millis(order["settle"].as_u64().unwrap_or(100));
    let attempt = Duration::from_secs(order["attempt"].as_u64().unwrap_or(30));
    let driver = Aws::open(Cloud { settle, attempt, ..Cloud::new(REGION) }).unwrap();
    let clock = RealClock::new(NOON);
    if mode == "preflight" {
        let lines = preflight(&prepared, &driver, &clock, &deployment);
        let said = json!({"plan": {}, "complete": lines.is_empty(), "report": lines.join("\n")});
        std::fs::write(folder.join("said.json"), said.to_string()).unwrap();
        return ExitCode::SUCCESS;
    }
    if ["plan", "members"].contains(&mode) {
        let live =
            clock.run(prepared.inventory(&driver, &clock, &deployment)).unwrap_or_else(|e| panic!("{e}"));
        let planned = prepared.plan(&live, "aws", &deployment, &options).unwrap_or_else(|e| panic!("{e}"));
        if mode == "members" {
            clock.run(survey(&driver, &clock, &planned.live)).unwrap_or_else(|e| panic!("{e}"));
        }
        say(&folder, &driver, &planned.plan, true, None);
        return ExitCode::SUCCESS;
    }
    let parallelism = usize::try_from(order["parallelism"].as_u64().unwrap()).unwrap();
    let twice = Twice::new(&driver);
    let asked: &dyn Driver = if mode == "twice" { &twice } else { &driver };
    let applied = apply(&prepared, asked, &clock, &folder, &deployment, &options, parallelism);
    let said = serde_json::to_string(&*twice.said.borrow()).unwrap();
    std::fs::write(folder.join("repeats.json"), said).unwrap();
    match applied {
        Ok((plan, report)) => {
            std::fs::write(folder.join("report.txt"), report.text("again")).unwrap();
            let complete = report.is_complete() && report.leftovers_unknown.is_none();
            say(&folder, &driver, &plan, complete, Some(&report));
            ExitCode::SUCCESS
        }
        Err(error) => panic!("{error}"),
    }
}

fn apply(
    prepared: &Prepared,
    driver: &dyn Driver,
    clock: &RealClock,
    folder: &Path,
    deployment: &str,
    options: &Options,
    parallelism: usize,
) -> Result<(Plan, Report), RunError> {
    let store = FileStore::new(folder.join("ledger"), &Unwatched);
    let interrupt = Interrupt::default();
    let terms = Terms {
        who: "a test".to_owned(),
        command: "apply".to_owned(),
        // Whoever comes after one that was killed waits so long.
        lease: driver.longest_attempt() + Duration::from_secs(2),
        patience: Duration::ZERO,
        entropy: u64::from(std::process::id()),
    };
    let events = |event| {
        if let provision_engine::apply::Event::Failed { address, message, .. } = &event {
            println!("{address}: {message}");
        }
    };
    let whole = async {
        let lease = acquire(&store, clock, &terms).await?;
        let tools = Tools { driver, clock, guard: &lease, interrupt: &interrupt, events: &events };
        let run = Run {
            prepared,
            deployment,
            options,
            tools: &tools,
            lease: &lease,
            who: &terms.who,
            command: &terms.command,
            settings: Settings { parallelism, patience: Duration::from_secs(60), ..Settings::default() },
            agreed: None,
        };
        lease.keep(run.apply()).await
    };
    clock.run(whole)
}

/// What the command line asks before it makes anything, and what it would say.
fn preflight(prepared: &Prepared, driver: &Aws, clock: &RealClock, deployment: &str) -> Vec<String> {
    clock.run(driver.identity()).unwrap_or_else(|failure| panic!("{failure}"));
    let live = clock.run(prepared.inventory(driver, clock, deployment)).unwrap_or_else(|e| panic!("{e}"));
    let planned = prepared.plan(&live, "aws", deployment, &Options::default()).unwrap();
    let wanted = Wanted::of(&planned.plan, prepared);
    let foreseen = clock.run(driver.preflight(&wanted)).unwrap_or_else(|failure| panic!("{failure}"));
    let notes = foreseen.notes.into_iter().map(|note| format!("note: {note}"));
    foreseen.shortfalls.into_iter().chain(notes).collect()
}

fn prepare(order: &Json) -> Prepared {
    let files = Files::on_disk(Path::new(order["directory"].as_str().unwrap())).unwrap();
    let variables = order["variables"].as_array().unwrap().iter();
    let pair = |pair: &Json| (pair[0].as_str().unwrap().to_owned(), pair[1].as_str().unwrap().to_owned());
    let hidden = order["environment"].as_array().unwrap().iter().map(pair);
    let given =
        Given { arguments: variables.map(pair).collect(), environment: hidden.collect(), ..Given::default() };
    Prepared::new(files, &given).unwrap_or_else(|problems| panic!("{problems}"))
}

/// As the tags in it say; those that say nothing are the tests' own.
fn deployment(directory: &Path) -> String {
    let files = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let texts = files.filter(|path| path.extension().is_some_and(|end| end == "tf"));
    let named = |path: PathBuf| -> Option<String> {
        let text = std::fs::read_to_string(path).unwrap();
        let after = text.split_once("\"provision:deployment\"")?.1;
        Some(after.trim_start_matches([' ', '=', '"']).split_once('"')?.0.to_owned())
    };
    texts.filter_map(named).next().unwrap_or_else(|| crate::run::DEPLOYMENT.to_owned())
}

/// Seconds of each step, by its address.
fn took(report: &Report) -> Json {
    let steps = report.done.iter().map(|done| (done.address.to_string(), json!(done.took.as_secs_f64())));
    json!({"all": report.took.as_secs_f64(), "steps": steps.collect::<serde_json::Map<_, _>>()})
}

fn say(folder: &Path, driver: &Aws, plan: &Plan, complete: bool, report: Option<&Report>) {
    let said = json!({
        "plan": plan, "complete": complete, "report": report.map_or_else(String::new, |report| report.text("again")),
        "calls": driver.calls(), "took": report.map(took),
    });
    std::fs::write(folder.join("said.json"), said.to_string()).unwrap();
}
