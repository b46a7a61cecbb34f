//! The failure analysis over 10, 100, 1,000 and 10,000 machines in three zones. Figures: `docs/benchmarks.md`.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use provision_architecture::{Source, SpecFile, Topology, resolve};
use provision_validation::survive::{Options, Timers, survive};

const MACHINES: [u64; 4] = [10, 100, 1_000, 10_000];

/// Kestra over Kafka and Elasticsearch: mostly workers, some of everything.
fn kestra(machines: u64) -> Topology {
    let share = |hundredths: u64| (machines * hundredths / 100).max(2);
    resolved(&format!(
        "platform: kestra\nversion: \"1.3\"\nsize: high-availability\ncomponents: {{ webserver: {{ replicas: {} }}, \
         executor: {{ replicas: {} }}, scheduler: {{ replicas: {} }}, indexer: {{ replicas: {} }}, worker: {{ replicas: {} }} }}\n\
         backends: {{ queue: {{ managed: false, brokers: {}, controllers: 3, partitions: 10000 }}, search: {{ nodes: {}, masters: 3 }} }}\n",
        share(5),
        share(5),
        share(5),
        share(5),
        share(70),
        share(5).max(3),
        share(5).max(3),
    ))
}

/// RudderStack on volumes: every server with a database of its own, three parts that fail by themselves.
fn rudderstack(machines: u64) -> Topology {
    resolved(&format!(
        "platform: rudderstack\nsize: multi-zone\ncomponents: {{ server: {{ replicas: {machines} }} }}\n\
         backends: {{ database: {{ managed: false, multi_zone: false }} }}\n",
    ))
}

fn resolved(fields: &str) -> Topology {
    let text =
        format!("deployment: bench\ncloud: {{ provider: aws, region: eu-west-1, zones: 3 }}\n{fields}");
    let file = SpecFile::parse(Source::new("bench.yaml", &text)).expect("the spec reads");
    resolve(&file.spec).expect("the spec resolves")
}

fn plain() -> Options {
    Options { order: 1, improvements: false, ..Options::default() }
}

fn analyses(criterion: &mut Criterion) {
    let kinds: [(&str, Options); 5] = [
        ("singles, zones and availability", plain()),
        ("pairs", Options { pairs: true, ..plain() }),
        ("cut sets of two", Options { order: 2, ..plain() }),
        ("during an upgrade", Options { during_upgrade: true, ..plain() }),
        ("improvements", Options { improvements: true, ..plain() }),
    ];
    for (platform, build) in [("kestra", kestra as fn(u64) -> Topology), ("rudderstack", rudderstack)] {
        for (kind, options) in &kinds {
            let mut group = criterion.benchmark_group(format!("{platform}: {kind}"));
            group.sample_size(10);
            for machines in MACHINES {
                let topology = build(machines);
                let timers = Timers::of(&topology);
                group.bench_with_input(
                    BenchmarkId::from_parameter(machines),
                    &topology,
                    |bencher, topology| {
                        bencher
                            .iter(|| survive(black_box(topology), &timers, options).expect("it is analysed"));
                    },
                );
            }
            group.finish();
        }
    }
}

/// Every pair named one by one: here the work grows with their number, so this is asked for and limited.
fn names(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("kestra: pairs, each named");
    group.sample_size(10);
    for machines in [10, 100, 1_000] {
        let topology = kestra(machines);
        let timers = Timers::of(&topology);
        let options = Options { pairs: true, enumerate: true, ..plain() };
        group.bench_with_input(BenchmarkId::from_parameter(machines), &topology, |bencher, topology| {
            bencher.iter(|| survive(black_box(topology), &timers, &options).expect("it is analysed"));
        });
    }
    group.finish();
}

/// What comes before: the kernel's timers for the deployment's hosts, which don't depend on their number.
fn timers(criterion: &mut Criterion) {
    let topology = kestra(10_000);
    criterion.bench_function("timers of the hosts", |bencher| {
        bencher.iter(|| Timers::of(black_box(&topology)));
    });
}

criterion_group!(benches, analyses, names, timers);
criterion_main!(benches);
