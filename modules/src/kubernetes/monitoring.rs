//! What watches a deployment in a cluster: the same programs with the same rules as on machines, as pods.

use provision_architecture::Topology;
use serde::Serialize;

use super::secrets::{self, Key};
use super::{node_profile, words::Words};
use crate::alerting::image;
use crate::cloud::Cloud;
use crate::text::Templates;
use crate::{Blocks, Directory, RenderError};

#[derive(Serialize)]
struct Context<'a> {
    provider: &'a str,
    region: &'a str,
    deployment: &'a str,
    existing_store: bool,
    receivers: &'a [Key],
    has_secrets: bool,
    /// Two where one may be lost with its zone.
    watchers: Vec<usize>,
    images: Images,
    kafka: bool,
    kafka_tls: bool,
    search: bool,
    node_keys: Vec<String>,
    configuration: String,
}

#[derive(Serialize)]
struct Images {
    prometheus: &'static str,
    alertmanager: &'static str,
    blackbox: &'static str,
    node: &'static str,
    state: &'static str,
    kafka: &'static str,
    search: &'static str,
}

/// Nothing where nobody watches. The files under `alerting/` are there already: pods start anew where they change.
pub(super) fn add(
    topology: &Topology,
    blocks: &Blocks,
    cloud: &dyn Cloud,
    _words: &Words,
    templates: &Templates,
    directory: &mut Directory,
) -> Result<(), RenderError> {
    if blocks.alerting.is_none() {
        return Ok(());
    }
    let receivers = secrets::receivers(topology, blocks, cloud);
    let mut configuration = String::new();
    for (path, file) in directory.files().filter(|(path, _)| path.starts_with("alerting/")) {
        configuration += &format!("{path} {}\n", crate::hash::sha256(&file.bytes));
    }
    let profile = node_profile()?;
    let numbers = profile.settings.iter().filter(|setting| !setting.value.numbers().is_empty());
    let context = Context {
        provider: topology.provider.word(),
        region: topology.region.as_str(),
        deployment: topology.deployment.as_str(),
        existing_store: receivers.iter().any(|key| key.existing),
        has_secrets: !receivers.is_empty(),
        receivers: &receivers,
        watchers: (0..if topology.zones.len() > 1 { 2 } else { 1 }).collect(),
        images: Images {
            prometheus: image::PROMETHEUS,
            alertmanager: image::ALERTMANAGER,
            blackbox: image::BLACKBOX,
            node: image::NODE_EXPORTER,
            state: image::STATE,
            kafka: image::KAFKA_EXPORTER,
            search: image::SEARCH_EXPORTER,
        },
        kafka: blocks.kafka.is_some(),
        kafka_tls: blocks.kafka.as_ref().is_some_and(|kafka| kafka.managed),
        search: blocks.search.is_some(),
        node_keys: numbers.map(|setting| setting.parameter.key.as_str().to_owned()).collect(),
        configuration: crate::hash::sha256(configuration.as_bytes()),
    };
    let mut files = vec!["monitoring.yaml"];
    files.extend((!receivers.is_empty()).then_some("receivers.yaml"));
    for file in files {
        let text = templates.render(&format!("kubernetes/{file}"), &context)?;
        directory.add(format!("kubernetes/{file}"), text.into_bytes());
    }
    Ok(())
}
