//! Members of clusters of our own: Kafka's brokers and controllers, search nodes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use provision_architecture::Topology;
use provision_architecture::spec::SearchKind;
use provision_host_tuning::profile::Limit;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{HostFile, HostFiles};
use crate::cloud::Cloud;
use crate::identity::Reader;
use crate::kafka::{Kafka, Node};
use crate::search::Search;
use crate::text::Templates;
use crate::{Blocks, RenderError};

#[derive(Serialize)]
struct Context {
    deployment: String,
    role: String,
    engine: &'static str,
    image: String,
    /// Where the node's disk is mounted, and where the container sees it.
    data: &'static str,
    inside: &'static str,
    user: &'static str,
    open_files: u64,
    heap_mib: u64,
    process_roles: String,
    client_port: u16,
    transport_port: u16,
    broker: bool,
    master: bool,
    first_identity: u64,
    first_controller: u64,
    cluster_id: String,
    listeners: String,
    zones: String,
    initial_masters: String,
    initial_masters_setting: &'static str,
    settings: Vec<Setting>,
    /// Where it stands that the cluster has formed; only for those who may form it.
    formed: Option<Formed>,
}

#[derive(Serialize)]
struct Formed {
    id: String,
    token: String,
}

#[derive(Serialize)]
struct Setting {
    /// `DEFAULT_REPLICATION_FACTOR`: the image reads settings from its environment.
    variable: String,
    value: String,
}

const DATA: &str = "/var/lib/provision/data";
/// Identities of Kafka's nodes: brokers from 1 on, controllers apart from them.
const FIRST_BROKER: u64 = 1;
const FIRST_CONTROLLER: u64 = 101;

pub(super) fn add(
    role: &str,
    topology: &Topology,
    blocks: &Blocks,
    cloud: &dyn Cloud,
    templates: &Templates,
    host: &mut HostFiles,
) -> Result<(), RenderError> {
    let mut context = match (&blocks.kafka, &blocks.search) {
        (Some(kafka), _) if role.starts_with("kafka-") => kafka_context(role, kafka, topology, host),
        (_, Some(search)) if role.starts_with("search-") => search_context(role, search, topology, host),
        _ => return Ok(()),
    };
    let formed = blocks
        .identity
        .secrets
        .iter()
        .find(|secret| matches!(secret.reader, Reader::Nodes(it) if it == role));
    context.formed = formed.map(|secret| {
        let id = cloud.secret_name(topology.deployment.as_str(), secret.name);
        Formed { token: crate::hash::sha256(id.as_bytes())[..32].to_owned(), id }
    });
    let settings = if context.engine == "kafka" { "cluster/kafka.env" } else { "cluster/search.env" };
    let render = |template: &str| templates.render(template, &context);
    let unit = format!("provision-{role}.service");
    host.script("boot-values", render("cluster/boot-values.sh")?);
    host.files.extend([
        HostFile::plain(format!("/etc/systemd/system/{unit}"), render("cluster/node.service")?),
        HostFile::plain("/etc/provision/node.env", render(settings)?),
    ]);
    host.enable(&unit);
    if context.formed.is_some() {
        host.script("formed", render("cluster/formed.sh")?);
        let path = "/etc/systemd/system/provision-formed.service";
        host.files.push(HostFile::plain(path, render("cluster/formed.service")?));
        host.enable("provision-formed.service");
    }
    Ok(())
}

/// The machines' memory, from what the clouds' catalogue knows of their type.
fn memory_mib(nodes: &[Node], role: &str, topology: &Topology) -> u64 {
    let machine = nodes.iter().find(|node| node.role == role).map(|node| node.machine.as_str());
    let machines = &provision_architecture::documented::clouds()[&topology.provider].machines;
    let known = machines.iter().find(|it| Some(it.name.as_str()) == machine);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a machine's memory is a small positive number"
    )]
    known.map_or(4_096, |it| (it.memory_gib * 1_024.0) as u64)
}

fn open_files(host: &HostFiles) -> u64 {
    match host.profile.limits.open_files {
        Some(Limit::Number(number)) => number,
        // What the rules ask for at least.
        _ => 131_072,
    }
}

fn base(role: &str, topology: &Topology, host: &HostFiles) -> Context {
    let zones: Vec<&str> =
        topology.zones.iter().map(provision_architecture::values::ZoneName::as_str).collect();
    Context {
        deployment: topology.deployment.to_string(),
        role: role.to_owned(),
        engine: "",
        image: String::new(),
        data: DATA,
        inside: "",
        user: "1000:1000",
        open_files: open_files(host),
        heap_mib: 0,
        process_roles: String::new(),
        client_port: 0,
        transport_port: 0,
        broker: false,
        master: false,
        first_identity: FIRST_BROKER,
        first_controller: FIRST_BROKER,
        cluster_id: cluster_id(topology.deployment.as_str()),
        listeners: String::new(),
        zones: zones.join(","),
        initial_masters: String::new(),
        initial_masters_setting: "",
        settings: Vec::new(),
        formed: None,
    }
}

/// Sixteen bytes that are the same on all nodes, as Kafka writes them.
fn cluster_id(deployment: &str) -> String {
    let hash = Sha256::digest(format!("kafka cluster of {deployment}").as_bytes());
    URL_SAFE_NO_PAD.encode(&hash[..16])
}

fn kafka_context(role: &str, kafka: &Kafka, topology: &Topology, host: &HostFiles) -> Context {
    let apart = kafka.nodes.iter().any(|node| node.role == "kafka-controller");
    let broker = role == "kafka-broker";
    let (client, control) =
        (format!("PLAINTEXT://:{}", kafka.client_port), format!("CONTROLLER://:{}", kafka.controller_port));
    let (process_roles, listeners) = match (broker, apart) {
        (true, true) => ("broker", client),
        (true, false) => ("broker,controller", format!("{client},{control}")),
        (false, _) => ("controller", control),
    };
    let setting = |(key, value): &(&str, String)| Setting {
        variable: key.to_uppercase().replace('.', "_"),
        value: value.clone(),
    };
    Context {
        engine: "kafka",
        image: format!("apache/kafka:{}", patched(&kafka.version, "0")),
        inside: "/var/lib/kafka/data",
        // The rest is the page cache's, which is what makes Kafka fast.
        heap_mib: (memory_mib(&kafka.nodes, role, topology) / 4).clamp(1_024, 6_144),
        process_roles: process_roles.to_owned(),
        client_port: kafka.client_port,
        broker,
        first_identity: if broker { FIRST_BROKER } else { FIRST_CONTROLLER },
        first_controller: if apart { FIRST_CONTROLLER } else { FIRST_BROKER },
        listeners,
        settings: kafka.settings.iter().map(setting).collect(),
        ..base(role, topology, host)
    }
}

fn search_context(role: &str, search: &Search, topology: &Topology, host: &HostFiles) -> Context {
    let elasticsearch = search.kind == SearchKind::Elasticsearch;
    let master_word = if elasticsearch { "master" } else { "cluster_manager" };
    let apart = search.masters > 0;
    let process_roles = match (role, apart) {
        ("search-master", _) => master_word.to_owned(),
        (_, true) => "data,ingest".to_owned(),
        (_, false) => format!("{master_word},data,ingest"),
    };
    let masters = if apart { "search-master" } else { "search-data" };
    let names = search.nodes.iter().filter(|node| node.role == masters);
    let names: Vec<String> = names.map(|node| format!("{}-{}", node.role, node.number)).collect();
    Context {
        engine: if elasticsearch { "elasticsearch" } else { "opensearch" },
        image: if elasticsearch {
            format!("docker.elastic.co/elasticsearch/elasticsearch:{}", patched(&search.version, "18"))
        } else {
            format!("opensearchproject/opensearch:{}", patched(&search.version, "19"))
        },
        inside: if elasticsearch { "/usr/share/elasticsearch/data" } else { "/usr/share/opensearch/data" },
        // Half of the memory, and no more than the size up to which object pointers stay short (ELS-13).
        heap_mib: (memory_mib(&search.nodes, role, topology) / 2).clamp(1_024, 26 * 1_024),
        process_roles,
        client_port: search.client_port,
        transport_port: search.transport_port,
        master: role == masters,
        initial_masters: names.join(","),
        initial_masters_setting: if elasticsearch {
            "cluster.initial_master_nodes"
        } else {
            "cluster.initial_cluster_manager_nodes"
        },
        ..base(role, topology, host)
    }
}

/// An image's tag has three numbers: `3.9` is `3.9.0`, and `8` alone the release that we choose.
fn patched(version: &str, minor: &str) -> String {
    match version.split('.').count() {
        1 => format!("{version}.{minor}.0"),
        2 => format!("{version}.0"),
        _ => version.to_owned(),
    }
}
