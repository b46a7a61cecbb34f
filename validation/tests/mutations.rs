//! A hundred thousand damaged specs, the same ones in every run: none makes the way from a text to the reports panic,
//! hang or take more memory than a spec is worth.

mod common;
#[path = "mutations/damage.rs"]
mod damage;
#[path = "mutations/limits.rs"]
mod limits;
#[path = "mutations/random.rs"]
mod random;
#[path = "mutations/watch.rs"]
mod watch;

use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{TODAY, examples, read, yaml_files};
use damage::Seed;
use provision_architecture::documented::Severity;
use provision_architecture::spec::to_yaml;
use provision_architecture::values::Date;
use provision_architecture::{Diagnostics, Source, SpecFile, Topology};
use provision_validation::report::{self, Style, Unreadable};
use provision_validation::rules::{self, Verdict};

/// How many specs are damaged.
const SPECS: usize = 100_000;
/// One in so many is also written in every format: rendering takes longer than judging.
const REPORTED: usize = 16;
/// One in so many of those that have objectives or tune their hosts is judged by the rules: that simulates failures and
/// the kernel's timers, which takes a hundred times as long as all the rest in a build that is not optimised.
const SIMULATED: usize = 500;
/// A spec's largest legal numbers: so many of a kind of node, and so many kinds.
const MOST_NODES: usize = 100_000;
const KINDS_OF_NODES: usize = 16;
/// Problems that are shown, and the line that says that there are more.
const MOST_PROBLEMS: usize = 101;

const STYLE: Style = Style { colour: false, width: 110 };

/// What damage is done to: the examples, the broken examples, and a spec that says everything that one can say.
static SEEDS: LazyLock<Vec<Seed>> = LazyLock::new(|| {
    let mut texts: Vec<String> = [examples(), examples().join("broken")]
        .iter()
        .flat_map(|folder| yaml_files(folder))
        .map(|path| read(&path))
        .collect();
    texts.push(include_str!("mutations/everything.yaml").to_owned());
    texts.into_iter().map(Seed::new).collect()
});

/// How far a spec came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Came {
    ToProblems,
    ToVerdict,
}

/// The whole way of one text, as far as the case goes it.
fn walk(text: &str, reported: bool, simulated: bool) -> Came {
    let parsed = SpecFile::parse(Source::new("spec.yaml", text));
    let resolved = parsed.and_then(|file| file.resolve().map(|topology| (file, topology)));
    match resolved {
        Ok((file, topology)) => {
            assert_bounded(&topology);
            let simulates = !topology.spec.objectives.is_empty() || topology.spec.host.is_some();
            if simulates && !simulated {
                return Came::ToVerdict;
            }
            let today = Date::try_from(TODAY).expect("a day");
            let verdict = rules::check(&file, &topology, today).expect("every rule compiles");
            assert!(verdict.findings.len() <= 3_000, "{} findings", verdict.findings.len());
            if reported {
                write_verdict(&verdict, &file);
                assert_expands_once(&to_yaml(&topology.spec).expect("a spec can be written"));
            }
            Came::ToVerdict
        }
        Err(diagnostics) => {
            assert!(!diagnostics.list.is_empty(), "refused without a reason");
            assert!(diagnostics.list.len() <= MOST_PROBLEMS, "{} problems", diagnostics.list.len());
            if reported {
                write_problems(&diagnostics);
            }
            Came::ToProblems
        }
    }
}

/// What is built for a spec is bounded by what one may ask for.
fn assert_bounded(topology: &Topology) {
    let database = topology.database.as_ref().map_or(0, |database| database.servers.len());
    let queue = topology.queue.as_ref().map_or(0, |queue| queue.brokers.len().max(queue.controllers.len()));
    let search = topology.search.as_ref().map_or(0, |search| search.nodes.len().max(search.masters.len()));
    let groups = topology.groups.iter().map(|group| group.instances.len()).max().unwrap_or(0);
    assert!(topology.groups.len() + 5 <= KINDS_OF_NODES, "{} groups", topology.groups.len());
    assert!([database, queue, search, groups].iter().all(|nodes| *nodes <= MOST_NODES));
    assert!((1..=6).contains(&topology.zones.len()), "{} zones", topology.zones.len());
    assert!(topology.arrows.len() <= 1_000, "{} arrows", topology.arrows.len());
}

/// What `expand` prints is a spec, and expanding it once more changes nothing.
fn assert_expands_once(expanded: &str) {
    let parsed = SpecFile::parse(Source::new("expanded.yaml", expanded));
    let file = parsed.unwrap_or_else(|problems| panic!("{:?}\n{expanded}", problems.list));
    let topology = file.resolve().unwrap_or_else(|problems| panic!("{:?}\n{expanded}", problems.list));
    assert_eq!(file.spec, topology.spec, "expanding twice changes something:\n{expanded}");
}

fn write_verdict(verdict: &Verdict, file: &SpecFile) {
    report::text(verdict, file, Severity::Info, STYLE);
    let verdicts = std::slice::from_ref(verdict);
    report::json(verdicts, &[]);
    report::sarif(verdicts, &[], "1.0.0");
    report::junit(verdicts, &[], Severity::Warning).expect("a verdict is written as XML");
}

fn write_problems(diagnostics: &Diagnostics) {
    report::diagnostics(diagnostics, STYLE);
    let unreadable = [Unreadable::from(diagnostics)];
    report::json(&[], &unreadable);
    report::sarif(&[], &unreadable, "1.0.0");
    report::junit(&[], &unreadable, Severity::Error).expect("problems are written as XML");
}

#[test]
fn every_seed_reads() {
    let everything = include_str!("mutations/everything.yaml");
    let file = SpecFile::parse(Source::new("everything.yaml", everything));
    let file = file.unwrap_or_else(|problems| panic!("{}", report::diagnostics(&problems, STYLE)));
    file.resolve().unwrap_or_else(|problems| panic!("{}", report::diagnostics(&problems, STYLE)));
    assert!(SEEDS.len() > 15, "the examples are there");
}

#[test]
fn a_hundred_thousand_damaged_specs_end_in_problems_or_in_a_verdict() {
    let verdicts = AtomicUsize::new(0);
    let damaged = |case: usize| damage::damaged(case, &SEEDS);
    watch::every_case(SPECS, damaged, |case, text| {
        let came = walk(text, case.is_multiple_of(REPORTED), case.is_multiple_of(SIMULATED));
        if came == Came::ToVerdict {
            verdicts.fetch_add(1, Ordering::Relaxed);
        }
    });
    let verdicts = verdicts.into_inner();
    // Damage that always kills a spec at its first line would test little.
    assert!((SPECS / 20..SPECS * 3 / 4).contains(&verdicts), "{verdicts} of {SPECS} came to a verdict");
    watch::assert_little_memory();
}

#[test]
fn specs_at_the_limits_of_size_are_judged_in_bounded_time() {
    let specs = limits::specs();
    watch::every_case(
        specs.len(),
        |case| specs[case].1.clone(),
        |_, text| {
            walk(text, true, true);
        },
    );
    watch::assert_little_memory();
}
