//! What the engine costs: load and evaluate, plan, apply in the sandbox. Figures stand in `docs/benchmarks.md`.
#![expect(clippy::unwrap_used, reason = "a benchmark reports by panicking")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use provision_engine::apply::{Interrupt, Settings, Tools, Unguarded, apply};
use provision_engine::boundary::Unwatched;
use provision_engine::clock::VirtualClock;
use provision_engine::driver::Live;
use provision_engine::evaluate::Given;
use provision_engine::load::Files;
use provision_engine::plan::Options;
use provision_engine::sandbox::{Place, Sandbox};
use provision_engine::session::Prepared;

type Texts = BTreeMap<String, Vec<u8>>;

const NODES: usize = 5000;

/// Networks with subnets, groups with rules between them: each needs one to three others.
fn large() -> Texts {
    let mut text = String::from("resource \"aws_vpc\" \"main\" {\n  cidr_block = \"10.0.0.0/8\"\n}\n");
    let tags = |name: &str| format!("  tags = {{\n    Name = \"${{local.prefix}}-{name}\"\n  }}\n");
    for n in 0..NODES / 5 {
        let (high, low) = (n / 250, n % 250);
        let _ = write!(
            text,
            "resource \"aws_subnet\" \"s{n}\" {{\n  vpc_id     = aws_vpc.main.id\n  cidr_block = \"10.{high}.{low}.0/24\"\n{}}}\n\
             resource \"aws_security_group\" \"g{n}\" {{\n  name   = \"g{n}\"\n  vpc_id = aws_vpc.main.id\n{}}}\n\
             resource \"aws_iam_role\" \"r{n}\" {{\n  name = \"r{n}\"\n  assume_role_policy = jsonencode({{ Version = \"2012-10-17\", Statement = [{{ Effect = \"Allow\", Action = [\"sts:AssumeRole\"] }}] }})\n}}\n",
            tags("subnet"),
            tags("group"),
        );
        let next = (n + 1) % (NODES / 5);
        for (rule, from) in [("ingress", n), ("egress", next)] {
            let _ = write!(
                text,
                "resource \"aws_vpc_security_group_{rule}_rule\" \"x{n}\" {{\n  security_group_id            = aws_security_group.g{n}.id\n  \
                 referenced_security_group_id = aws_security_group.g{from}.id\n  ip_protocol                  = \"tcp\"\n  from_port = {n}\n  to_port = {n}\n}}\n"
            );
        }
    }
    text.push_str("locals {\n  prefix = \"large\"\n}\n");
    BTreeMap::from([("main.tf".to_owned(), text.into_bytes())])
}

/// The largest example.
fn example() -> Texts {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../modules/tests/golden/kestra-high-availability");
    let mut texts = Texts::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
                texts.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    texts
}

fn prepare(texts: &Texts) -> Prepared {
    Prepared::new(Files::in_memory(texts.clone()), &Given::default())
        .unwrap_or_else(|problems| panic!("{problems}"))
}

/// Builds it from nothing; what lives then.
fn built(prepared: &Prepared) -> Vec<Live> {
    let clock = VirtualClock::default();
    let sandbox = Sandbox::new(Place::memory(), &clock, &Unwatched);
    let planned = prepared.plan(&[], "sandbox", "large", &Options::default()).unwrap();
    let interrupt = Interrupt::default();
    let tools =
        Tools { driver: &sandbox, clock: &clock, guard: &Unguarded, interrupt: &interrupt, events: &|_| () };
    let settings = Settings { patience: Duration::from_secs(86_400), ..Settings::default() };
    let report = clock.run(apply(&planned, &tools, &settings)).unwrap();
    assert!(report.is_complete(), "{}", report.text("again"));
    clock.run(prepared.inventory(&sandbox, &clock, "large")).unwrap().unwrap()
}

fn measured(criterion: &mut Criterion) {
    for (name, texts) in [("largest example", example()), ("5,000 resources", large())] {
        let mut group = criterion.benchmark_group(name);
        group.sample_size(10);
        let prepared = prepare(&texts);
        let options = Options::default();
        let plan =
            |live: &[Live]| prepared.plan(live, "sandbox", "large", &options).unwrap().plan.actions.len();
        let live = built(&prepared);
        let count = prepared.directory.resources.len();
        assert_eq!((plan(&[]), plan(&live)), (count, 0));
        group.bench_function("load and evaluate", |bencher| {
            bencher.iter_batched(|| texts.clone(), |texts| prepare(&texts), BatchSize::PerIteration);
        });
        group.bench_function("plan, nothing there", |bencher| bencher.iter(|| plan(&[])));
        group.bench_function("plan, everything there", |bencher| bencher.iter(|| plan(&live)));
        group.bench_function("apply in the sandbox", |bencher| bencher.iter(|| built(&prepared).len()));
        group.finish();
    }
}

criterion_group!(benches, measured);
criterion_main!(benches);
