//! The specs of `examples/`, rendered.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use provision_architecture::{Source, SpecFile, Topology};
use provision_modules::text::Overrides;
use provision_modules::{Directory, RenderError, load_templates, render};
use provision_testing::workspace_root;

/// A spec's topology.
pub(crate) fn topology(spec: &str) -> Topology {
    let file =
        SpecFile::parse(Source::new("spec.yaml", spec)).unwrap_or_else(|problems| panic!("{problems:?}"));
    file.resolve().unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// A spec, rendered with our own templates.
pub(crate) fn rendered(spec: &str) -> Result<Directory, RenderError> {
    let templates = load_templates(&Overrides::default())?;
    render(&topology(spec), &templates)
}

/// The examples on AWS, by name.
pub(crate) fn examples() -> BTreeMap<String, String> {
    let mut examples = BTreeMap::new();
    for entry in fs::read_dir(workspace_root().join("examples")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        if text.contains("provider: aws") {
            examples.insert(path.file_stem().unwrap().to_str().unwrap().to_owned(), text);
        }
    }
    examples
}

/// Writes a rendered directory into a new one.
pub(crate) fn write(directory: &Directory, root: &Path) {
    for (path, file) in directory.files() {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &file.bytes).unwrap();
    }
}

/// Specs beyond the examples: every platform and size, and what the examples leave out.
pub(crate) fn variants() -> Vec<(String, String)> {
    const CLOUD: &str = "cloud: { provider: aws, region: eu-west-1, zones: 3 }";
    const CERTIFICATE: &str = "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d";
    let kestra = |rest: &str| {
        format!(
            "deployment: orders\nplatform: kestra\nedition: enterprise\nsize: high-availability\n{CLOUD}\n{rest}\n"
        )
    };
    let specs = [
        ("kestra-2", kestra("version: \"2.0\"")),
        ("kestra-mysql", format!("deployment: orders\nplatform: kestra\nversion: \"1.3\"\nsize: medium\n{CLOUD}\nbackends: {{ database: {{ kind: mysql, multi_zone: true }} }}\n")),
        ("kestra-opensearch-as-a-service", kestra("version: \"1.3\"\nbackends: { search: { kind: opensearch, managed: true } }")),
        ("kestra-kafka-on-machines", kestra("version: \"1.3\"\nbackends: { queue: { kind: kafka, managed: false } }")),
        ("kestra-combined-kafka", kestra("version: \"1.3\"\nbackends: { queue: { kind: kafka, managed: false, controllers: 0 } }")),
        ("kestra-public", kestra(&format!("version: \"1.3\"\nload_balancer: {{ hostname: kestra.example.com, certificate: \"{CERTIFICATE}\", dns_zone: Z0123456789 }}"))),
        ("kestra-autoscale", kestra("version: \"1.3\"\ncomponents: { worker: { autoscale: { min: 3, max: 12, cpu: 70 } } }\ntags: { team: payments, cost-centre: \"4711\" }")),
        ("kestra-arm", kestra("version: \"1.3\"\ncomponents: { worker: { machine: m7g.large } }")),
        ("kestra-long-name", kestra("version: \"1.3\"").replace("deployment: orders", "deployment: a-deployment-of-thirty-two-chars")),
        ("kestra-existing-network", kestra("version: \"1.3\"").replace("zones: 3 }", "zones: 3, network: { id: vpc-0a1b2c3d, subnets: { eu-west-1a: { private: subnet-0a }, eu-west-1b: { private: subnet-0b }, eu-west-1c: { private: subnet-0c } } } }")),
        ("kestra-existing-network-public", kestra(&format!("version: \"1.3\"\nload_balancer: {{ certificate: \"{CERTIFICATE}\" }}")).replace("zones: 3 }", "zones: [eu-west-1a, eu-west-1b], network: { id: vpc-0a1b2c3d, subnets: { eu-west-1a: { private: subnet-0a, public: subnet-1a }, eu-west-1b: { private: subnet-0b, public: subnet-1b } } } }\nbackends: { queue: { brokers: 4 } }")),
        ("octopus-single-server", "deployment: releases\nplatform: octopus\nversion: \"2026.2\"\nsize: single-server\ncloud: { provider: aws, region: eu-west-1, zones: 2 }\n".to_owned()),
        ("octopus-polling", format!("deployment: releases\nplatform: octopus\nversion: \"2026.2\"\nedition: enterprise\nsize: high-availability\n{CLOUD}\npolling_targets: 40\nload_balancer: {{ kind: network, hostname: releases.example.com, certificate: \"{CERTIFICATE}\", dns_zone: Z0123456789 }}\n")),
    ];
    specs.into_iter().map(|(name, spec)| (name.to_owned(), spec)).collect()
}
