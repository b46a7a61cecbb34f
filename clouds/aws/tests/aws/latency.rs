//! A benchmark, not a test: how near an apply comes to what it can't be faster than, when every call takes 50 ms longer.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use provision_engine::evaluate::Given;
use provision_engine::load::Files;
use provision_engine::session::Prepared;
use serde_json::json;

use crate::emulator::Emulator;
use crate::scene::{TOGETHER, directories};
use crate::support::{Tried, Work, World};

const ADDED: f64 = 0.05;
const RUNS: usize = 5;
/// No step waits for its turn.
const NO_CAP: usize = 10_000;

/// The critical path is the longest chain of steps that need each other, each with the time that it took where none waited
/// for its turn. Compared is the time between the first call that changes something and the end of the last step.
pub(crate) fn main() -> Tried {
    provision_testing::python_tools("aws")?;
    let folder = tempfile::tempdir().unwrap();
    println!("| directory | resources | calls | critical path | apply | ratio | whole process |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
    for directory in directories(folder.path()) {
        let name = directory.file_name().unwrap().to_string_lossy().into_owned();
        // Everything has been loaded once.
        measured(&directory, TOGETHER);
        let mut runs: Vec<Run> = (0..RUNS)
            .map(|_| {
                let alone = measured(&directory, NO_CAP);
                let mut run = measured(&directory, TOGETHER);
                run.path = critical(&directory, &alone.steps);
                run
            })
            .collect();
        runs.sort_by(|a, b| (a.all / a.path).total_cmp(&(b.all / b.path)));
        let run = &runs[RUNS / 2];
        println!(
            "| {name} | {} | {} | {:.2} s | {:.2} s | {:.2} | {:.2} s |",
            run.steps.len(),
            run.calls,
            run.path,
            run.all,
            run.all / run.path,
            run.process,
        );
    }
    Ok(())
}

#[derive(Default)]
struct Run {
    steps: BTreeMap<String, f64>,
    path: f64,
    all: f64,
    process: f64,
    calls: usize,
}

fn measured(directory: &Path, parallelism: usize) -> Run {
    let emulator = Emulator::fresh().unwrap();
    let world = World::new(&emulator, directory);
    emulator.shim("delay", &json!({"seconds": ADDED}));
    emulator.shim("calls", &json!({"forget": true}));
    let started = Instant::now();
    world.completed(&Work { parallelism, settle: 0, ..Work::new("apply") });
    let process = started.elapsed().as_secs_f64();
    let took = world.last_words()["took"].clone();
    let calls = emulator.shim("calls", &json!({}))["journal"].as_array().unwrap().len();
    let steps = serde_json::from_value(took["steps"].clone()).unwrap();
    Run { steps, path: 0.0, all: took["all"].as_f64().unwrap(), process, calls }
}

/// The longest chain of steps.
fn critical(directory: &Path, steps: &BTreeMap<String, f64>) -> f64 {
    let prepared = Prepared::new(Files::on_disk(directory).unwrap(), &Given::default()).unwrap();
    let mut ends: BTreeMap<String, f64> = BTreeMap::new();
    for address in prepared.graph.order() {
        let before = prepared.graph.needs(address).map(|need| ends[&need.to_string()]).fold(0.0, f64::max);
        let own = steps.get(&address.to_string()).copied().unwrap_or_default();
        ends.insert(address.to_string(), before + own);
    }
    ends.into_values().fold(0.0, f64::max)
}
