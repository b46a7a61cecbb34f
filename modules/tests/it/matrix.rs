//! Every spec that the tests render: provider × runtime × platform × size as `provision init` writes them, the
//! examples, and the variants. What can't be is refused with advice, and the refusals are frozen beside the goldens.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use std::thread;

use provision_architecture::spec::{Platform, Provider, Runtime};
use provision_architecture::starter::Starter;
use provision_architecture::values::{DeploymentName, Region};
use provision_architecture::{Source, SpecFile, Topology, documented};
use provision_modules::text::{Overrides, Templates};
use provision_modules::{Directory, RenderError, load_templates, render};

use crate::examples::all_examples;
use crate::variants::every_variant;

/// A spec that was rendered.
pub(crate) struct Rendered {
    pub(crate) name: String,
    pub(crate) topology: Topology,
    pub(crate) directory: Directory,
}

impl Rendered {
    pub(crate) fn is_on(&self, provider: Provider, runtime: Runtime) -> bool {
        self.topology.provider == provider && self.topology.runtime == runtime
    }
}

pub(crate) static TEMPLATES: LazyLock<Templates> =
    LazyLock::new(|| load_templates(&Overrides::default()).unwrap());

/// Everything that can be rendered, and what is refused, by name.
struct Matrix {
    rendered: Vec<Rendered>,
    refused: BTreeMap<String, String>,
}

static MATRIX: LazyLock<Matrix> = LazyLock::new(|| {
    let mut matrix = Matrix { rendered: Vec::new(), refused: BTreeMap::new() };
    let mut names = BTreeSet::new();
    let specs: Vec<_> = all_examples().into_iter().chain(sizes()).chain(every_variant()).collect();
    for (name, _) in &specs {
        assert!(names.insert(name), "two specs are called {name}: one would hide the other");
    }
    // Both processors: nearly every test waits for this.
    let attempts = thread::scope(|scope| {
        let half =
            |specs: &[(String, String)]| specs.iter().map(|(_, spec)| attempt(spec)).collect::<Vec<_>>();
        let (one, other) = specs.split_at(specs.len() / 2);
        let other = scope.spawn(move || half(other));
        let mut attempts = half(one);
        attempts.extend(other.join().unwrap());
        attempts
    });
    for ((name, _), attempt) in specs.iter().zip(attempts) {
        match attempt {
            Ok((topology, directory)) => {
                matrix.rendered.push(Rendered { name: name.clone(), topology, directory });
            }
            Err(refusal) => drop(matrix.refused.insert(name.clone(), refusal)),
        }
    }
    matrix
});

pub(crate) fn everything() -> &'static [Rendered] {
    &MATRIX.rendered
}

/// What an example, a size or a variant was rendered to.
pub(crate) fn example(name: &str) -> &'static Directory {
    let rendered = everything().iter().find(|it| it.name == name);
    &rendered.unwrap_or_else(|| panic!("{name} is not rendered")).directory
}

pub(crate) fn refused() -> &'static BTreeMap<String, String> {
    &MATRIX.refused
}

/// The refusal of a spec that can't be, as one line of text. One without advice is a fault of ours.
fn attempt(spec: &str) -> Result<(Topology, Directory), String> {
    let complaints = |problems: provision_architecture::diagnostic::Diagnostics| {
        let lines = problems.list.iter().map(|problem| {
            let hint = problem.hint.as_deref().unwrap_or("no advice");
            format!("{}; {hint}", problem.message)
        });
        lines.collect::<Vec<_>>().join("\n")
    };
    let file = SpecFile::parse(Source::new("spec.yaml", spec)).map_err(complaints)?;
    let topology = file.resolve().map_err(complaints)?;
    match render(&topology, &TEMPLATES) {
        Ok(directory) => Ok((topology, directory)),
        Err(refusal @ RenderError::Impossible { .. }) => Err(refusal.to_string()),
        Err(error) => panic!("no refusal, but a failure: {error}\n{spec}"),
    }
}

/// What `provision init` would write, for every platform and size in every cloud and runtime.
fn sizes() -> Vec<(String, String)> {
    let mut specs = Vec::new();
    for (provider, region) in
        [(Provider::Aws, "eu-west-1"), (Provider::Google, "europe-west4"), (Provider::Azure, "westeurope")]
    {
        for platform in Platform::ALL {
            for size in documented::architecture(*platform).size_names() {
                let starter = Starter {
                    deployment: DeploymentName::try_from("orders").unwrap(),
                    platform: *platform,
                    size,
                    provider,
                    region: Region::try_from(region).unwrap(),
                    version: None,
                    edition: None,
                    zones: None,
                };
                let text = starter.text().unwrap();
                for runtime in Runtime::ALL {
                    let spec = text.replace("\ncloud:", &format!("\nruntime: {runtime}\ncloud:"));
                    specs.push((format!("{provider}-{runtime}-{platform}-{size}"), spec));
                }
            }
        }
    }
    specs
}

#[test]
fn what_is_refused_comes_with_advice() {
    for (name, refusal) in refused() {
        assert!(refusal.contains("; ") && !refusal.contains("no advice"), "{name}: {refusal}");
    }
}

/// A refusal here would be a hole: machines on AWS are what the others are measured by.
#[test]
fn nothing_is_refused_on_machines_of_aws() {
    let lost: Vec<&String> = refused()
        .keys()
        .filter(|name| !name.starts_with("google-") && !name.starts_with("azure-"))
        .filter(|name| !name.contains("kubernetes") && name.as_str() != "octopus-single-server")
        .collect();
    assert!(lost.is_empty(), "{lost:?}");
    assert!(everything().len() >= 7 + 8 + 13);
}

/// Clusters are refused where a cloud's own don't stand in one zone, and for nothing else.
#[test]
fn only_single_zones_of_aws_are_refused_in_clusters() {
    for (name, refusal) in refused().iter().filter(|(name, _)| name.contains("kubernetes")) {
        assert!(
            name.starts_with("aws-") && refusal.contains("Amazon EKS stands in two zones"),
            "{name}: {refusal}"
        );
    }
}

/// What Google Cloud has no service for, and machines that watch: nothing else.
#[test]
fn only_managed_search_is_refused_on_machines_of_google_cloud() {
    let refused: Vec<&String> =
        refused().keys().filter(|name| name.contains("google") && !name.contains("kubernetes")).collect();
    assert_eq!(refused, ["google-kestra-opensearch-as-a-service"]);
}
