//! How long rendering takes: every example, a deployment of ten thousand resources, and as many through the text layer
//! alone.

use std::fs;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use provision_architecture::{Source, SpecFile, Topology};
use provision_modules::text::{Expr, Overrides, Templates};
use provision_modules::{load_templates, render};
use provision_testing::workspace_root;
use serde::Serialize;

fn topology(spec: &str) -> Topology {
    let file = SpecFile::parse(Source::new("spec.yaml", spec)).expect("it is a valid spec");
    file.resolve().expect("it resolves")
}

/// Almost two thousand brokers on machines of their own, five resources each.
const LARGE: &str = "deployment: orders
platform: kestra
version: \"1.3\"
edition: enterprise
size: high-availability
cloud: { provider: aws, region: eu-west-1, zones: 3 }
backends: { queue: { kind: kafka, managed: false, brokers: 1998 } }
";

fn topologies() -> Vec<(String, Topology)> {
    let mut found = vec![("ten thousand resources of one deployment".to_owned(), topology(LARGE))];
    for entry in fs::read_dir(workspace_root().join("examples")).expect("the examples are there") {
        let path = entry.expect("a folder's entry reads").path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("an example is text");
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        found.push((name, topology(&text)));
    }
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    found
}

fn examples(criterion: &mut Criterion) {
    criterion.bench_function("load all templates", |bencher| {
        bencher.iter(|| load_templates(black_box(&Overrides::default())).expect("our templates load"));
    });
    let templates = load_templates(&Overrides::default()).expect("our templates load");
    for (name, topology) in topologies() {
        // Not every cloud is rendered in every runtime.
        if render(&topology, &templates).is_err() {
            continue;
        }
        criterion.bench_function(&format!("render {name}"), |bencher| {
            bencher.iter(|| render(black_box(&topology), &templates).expect("an example renders"));
        });
    }
}

#[derive(Serialize)]
struct Subnet {
    local: String,
    range: String,
    network: Expr,
    tags: Expr,
}

const SUBNETS: &str = "{% for it in subnets %}\nresource \"aws_subnet\" \"{{ it.local }}\" {\n  vpc_id = {{ it.network }}\n  cidr_block = \"{{ it.range }}\"\n\n  tags = {{ it.tags }}\n}\n\n{% endfor %}\n";

fn ten_thousand(criterion: &mut Criterion) {
    let templates =
        Templates::load([("subnets.tf", SUBNETS)], &Overrides::default()).expect("the template loads");
    let network = Expr::reference("aws_vpc.main.id").expect("a reference");
    let subnet = |number: usize| Subnet {
        local: format!("private_{number}"),
        range: format!("10.{}.{}.0/24", number / 256, number % 256),
        network: network.clone(),
        tags: Expr::object([
            ("Name", format!("orders-private-{number}").as_str()),
            ("provision:deployment", "orders"),
            ("provision:address", format!("aws_subnet.private_{number}").as_str()),
            ("team", "payments, with $${} and \"quotes\""),
        ]),
    };
    let context =
        std::collections::BTreeMap::from([("subnets", (0..10_000).map(subnet).collect::<Vec<_>>())]);
    criterion.bench_function("10,000 resources", |bencher| {
        bencher.iter(|| templates.render("subnets.tf", black_box(&context)).expect("it renders"));
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10).measurement_time(std::time::Duration::from_secs(2)).warm_up_time(std::time::Duration::from_millis(300));
    targets = examples, ten_thousand
}
criterion_main!(benches);
