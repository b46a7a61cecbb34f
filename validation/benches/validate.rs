//! How long a verdict takes: `cargo bench -p provision-validation --bench validate`.

use std::fs;
use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use provision_architecture::values::Date;
use provision_architecture::{Source, SpecFile};
use provision_validation::rules::{self, Verdict};

/// Ten thousand instances of components: what `instances` says, summed.
const TEN_THOUSAND: &str = "\
deployment: orders
platform: kestra
version: \"1.3\"
edition: enterprise
size: high-availability
cloud: { provider: aws, region: eu-west-1, zones: 3 }
components:
  webserver: { replicas: 1000 }
  executor: { replicas: 1000 }
  scheduler: { replicas: 1000 }
  indexer: { replicas: 1000 }
  worker: { replicas: 6000 }
licence: { from: env, name: KESTRA_LICENCE }
";

fn verdict(text: &str) -> Verdict {
    let file = SpecFile::parse(Source::new("spec.yaml", text)).expect("it reads");
    let topology = file.resolve().expect("it can be built");
    let today = Date::try_from("2026-11-20").expect("a day");
    rules::check(&file, &topology, today).expect("every rule compiles")
}

fn benches(criterion: &mut Criterion) {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    for name in ["kestra-high-availability", "kestra-medium", "rudderstack-multi-zone", "event-platform"] {
        let text = fs::read_to_string(examples.join(format!("{name}.yaml"))).expect("an example");
        criterion.bench_function(name, |bencher| bencher.iter(|| verdict(black_box(&text))));
    }
    let file = SpecFile::parse(Source::new("spec.yaml", TEN_THOUSAND)).expect("it reads");
    let topology = file.resolve().expect("it can be built");
    assert_eq!(topology.hosts(), 10_000);
    criterion.bench_function("ten thousand instances", |bencher| {
        bencher.iter(|| verdict(black_box(TEN_THOUSAND)));
    });
}

criterion_group!(all, benches);
criterion_main!(all);
