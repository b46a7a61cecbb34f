//! What is installed in the cluster, into `kubernetes/`: manifests, or values of the platform's chart, and the script that
//! installs them. Addresses that only the applied Terraform knows stand as `@NAME@`, and the script fills them in.

use std::collections::BTreeSet;

use provision_architecture::Topology;
use provision_architecture::documented::Party;
use provision_architecture::spec::{ComponentName, DatabaseKind, Platform, Provider, StorageKind};
use provision_host_tuning::render::{Format, render as tuning};
use serde::Serialize;

use super::renewal::{self, Renewed};
use super::secrets::{self, ClusterSecret, Wanted};
use super::{Cluster, Place, Sysctl, Words, Workload, chart, identity_place, is_paired, policies};
use crate::cloud::Cloud;
use crate::load_balancer::Target;
use crate::network::Network;
use crate::text::Templates;
use crate::{Blocks, Directory, RenderError};

/// A workload as templates need it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Pod {
    name: String,
    component: String,
    platform: String,
    deployment: String,
    pool: String,
    tainted: bool,
    /// Whether other components connect to it.
    reached: bool,
    image: String,
    service_account: String,
    replicas: u64,
    /// How many there may be at most; above one, an upgrade of nodes takes one after the other.
    most: u64,
    millicpus: u64,
    memory_mib: u64,
    grace: u64,
    drain: u64,
    sysctls: Vec<Sysctl>,
    least: Option<u64>,
    cpu: Option<u64>,
    /// Whether a pod keeps its name when it starts again.
    keeps_name: bool,
    /// Whether two of them must never be there at once.
    alone: bool,
    ports: Vec<PodPort>,
    health_port: u64,
    health_path: String,
    draining_status: Option<u64>,
    settings: Vec<Setting>,
    /// A value from the addresses or the secrets: its name here, where from, its name there.
    references: Vec<Reference>,
    shared_files: bool,
    /// All keys of the shared secret.
    reads_secrets: bool,
}

#[derive(Debug, Clone, Serialize)]
struct PodPort {
    name: String,
    port: u16,
}

#[derive(Debug, Clone, Serialize)]
struct Setting {
    name: String,
    value: String,
}

#[derive(Debug, Clone, Serialize)]
struct Reference {
    name: &'static str,
    secret: bool,
    of: String,
    key: String,
}

/// A way in for users: ports of the nodes that the load balancer sends to, or a load balancer of the cluster.
#[derive(Debug, Serialize)]
struct Entry {
    component: String,
    purpose: String,
    /// Where the cluster answers, and the pod.
    port: u16,
    target_port: u16,
    node_port: Option<u16>,
    health_port: u16,
    health_node_port: Option<u16>,
    /// Whether who is in front asks the product itself whether it is well.
    asked: bool,
    health_path: String,
    interval: u64,
    failures: u64,
    idle_minutes: u64,
    /// Whether it answers at the deployment's public address.
    public: bool,
    /// Whose connections are let in; none where that is decided elsewhere.
    source: Option<String>,
}

#[derive(Serialize)]
struct Context<'a> {
    deployment: &'a str,
    platform: &'a str,
    title: &'a str,
    provider: &'a str,
    region: &'a str,
    cluster: String,
    location: String,
    pods: &'a [Pod],
    accounts: Vec<Account>,
    budgets: Vec<Budget>,
    policies: Vec<policies::Policy>,
    secrets: Vec<ClusterSecret>,
    wanted: Vec<Wanted>,
    /// Whose pods start anew where their secret has changed.
    renewed: Vec<Renewed>,
    renewed_secrets: BTreeSet<String>,
    renewal_image: &'static str,
    /// Whether pods keep their names; then nobody but us replaces them.
    keeps_names: bool,
    secrets_chart: &'static str,
    addresses: Vec<Place>,
    controllers: bool,
    entries: Vec<Entry>,
    balanced: bool,
    shared_files: bool,
    /// Of what kind a disk is that follows its pod to another zone.
    disk_type: Option<&'static str>,
    /// By which name their driver knows them.
    shared_files_handle: String,
    /// What the controller of the secrets acts as.
    controller_identity: Option<String>,
    chart: Option<&'static str>,
    version: String,
    /// The cloud's own commands.
    tools: &'static [&'static str],
    /// Whether secrets of the spec are in a store that was there before.
    existing_store: bool,
    watched: bool,
    has_receivers: bool,
}

#[derive(Serialize)]
struct Account {
    name: String,
    /// The place of what its pods act as.
    identity: Option<String>,
    /// The secret by which images are taken from a registry that asks for a login.
    pull_secret: Option<&'static str>,
}

#[derive(Serialize)]
struct Budget {
    component: String,
}

/// Everything in `kubernetes/`; nothing where components run on machines.
pub(crate) fn add(
    topology: &Topology,
    blocks: &Blocks,
    cloud: &dyn Cloud,
    templates: &Templates,
    directory: &mut Directory,
) -> Result<(), RenderError> {
    let Some(cluster) = &blocks.cluster else { return Ok(()) };
    let pods = cluster.workloads.iter().map(|it| pod(it, topology, blocks, cloud, templates));
    let pods: Vec<Pod> = pods.collect::<Result<_, RenderError>>()?;
    let words = cloud.words(topology, blocks)?;
    super::monitoring::add(topology, blocks, cloud, &words, templates, directory)?;
    let context = context(topology, blocks, cluster, cloud, &pods, words);
    let mut files = vec!["namespace.yaml", "storage.yaml", "addresses.yaml", "network-policies.yaml"];
    files.extend((!context.secrets.is_empty()).then_some("secrets.yaml"));
    let brings = !context.secrets.is_empty() || context.has_receivers;
    files.extend(brings.then_some("external-secrets-values.yaml"));
    if !context.renewed.is_empty() {
        files.extend(["renewal.yaml", "renew.sh"]);
    }
    files.extend((!context.budgets.is_empty()).then_some("budgets.yaml"));
    files.extend(context.balanced.then_some("users.yaml"));
    let own = topology.platform == Platform::Kestra;
    if own {
        let configuration = crate::hosts::kestra_configuration(topology, blocks, cloud, templates)?;
        let hash = crate::hash::sha256(configuration.as_bytes());
        let mysql = blocks.database.as_ref().is_some_and(|it| it.kind == DatabaseKind::Mysql);
        let values = chart::values(topology, &cluster.workloads, pods.clone(), &hash, mysql);
        directory
            .add("kubernetes/values.yaml", templates.render("kestra/values.yaml", &values)?.into_bytes());
        directory.add("kubernetes/application.yaml", configuration.into_bytes());
    } else {
        files.push("workloads.yaml");
    }
    for file in files {
        let text = templates.render(&format!("kubernetes/{file}"), &context)?;
        directory.add(format!("kubernetes/{file}"), text.into_bytes());
    }
    for (path, text) in cloud.node_files(cluster, templates)? {
        directory.add(path, text.into_bytes());
    }
    directory.add("kubernetes/tuning.yaml", node_tuning()?.into_bytes());
    let install = templates.render("kubernetes/install.sh", &context)?;
    directory.add_executable("kubernetes/install.sh", install.into_bytes());
    Ok(())
}

fn context<'a>(
    topology: &'a Topology,
    blocks: &Blocks,
    cluster: &Cluster,
    cloud: &dyn Cloud,
    pods: &'a [Pod],
    words: Words,
) -> Context<'a> {
    let architecture = provision_architecture::documented::architecture(topology.platform);
    let mut accounts: Vec<Account> = Vec::new();
    for workload in &cluster.workloads {
        let name = Cluster::service_account(topology.platform, workload.component);
        if accounts.iter().all(|account| account.name != name) {
            let identity = identity(&name, &words, blocks);
            accounts.push(Account { name, identity, pull_secret: secrets::pull_secret(topology, workload) });
        }
    }
    let mut budgets: Vec<Budget> = Vec::new();
    for group in topology.groups.iter().filter(|group| group.most() > 1) {
        budgets.push(Budget { component: group.component.to_string() });
    }
    let entries = entries(topology, blocks);
    let renewed = renewal::of(topology, blocks, cloud);
    let open: BTreeSet<u16> = entries.iter().flat_map(|it| [it.target_port, it.health_port]).collect();
    Context {
        deployment: topology.deployment.as_str(),
        platform: topology.platform.word(),
        title: &architecture.title,
        provider: topology.provider.word(),
        region: topology.region.as_str(),
        controller_identity: identity(secrets::CONTROLLER, &words, blocks),
        cluster: words.cluster,
        location: words.location,
        pods,
        accounts,
        budgets,
        policies: policies::of(topology, &open, blocks.alerting.is_some()),
        secrets: secrets::of(topology, blocks, cloud),
        wanted: secrets::wanted(topology, blocks, cloud),
        renewed_secrets: renewed.iter().map(|it| it.secret.clone()).collect(),
        renewed,
        renewal_image: renewal::IMAGE,
        keeps_names: super::keeps_names(topology),
        secrets_chart: secrets::CHART,
        addresses: addresses(blocks, cloud).into_iter().chain(words.places).collect(),
        shared_files_handle: words.shared_files,
        disk_type: words.disk_type,
        controllers: topology.group(ComponentName::Controller).is_some(),
        entries,
        balanced: blocks.load_balancer.is_some(),
        shared_files: topology.storage == StorageKind::SharedFiles,
        chart: (topology.platform == Platform::Kestra).then(|| chart::version(topology)),
        version: topology.version.to_string(),
        tools: words.tools,
        watched: blocks.alerting.is_some(),
        has_receivers: !secrets::receivers(topology, blocks, cloud).is_empty(),
        existing_store: blocks.cluster.is_some()
            && topology.provider == Provider::Azure
            && secrets::has_existing(blocks),
    }
}

/// The place of what pods of an account act as, where the account itself has to say so.
fn identity(account: &str, words: &Words, blocks: &Blocks) -> Option<String> {
    let there = blocks.identity.roles.iter().any(|role| role.name == account);
    (there && words.names_identities).then(|| identity_place(account))
}

fn addresses(blocks: &Blocks, cloud: &dyn Cloud) -> Vec<Place> {
    let address = |key: &str, output: &str, for_pods| Place::new(key, output, for_pods);
    let mut addresses = Vec::new();
    if let Some(database) = &blocks.database {
        for number in 0..database.servers {
            let prefix =
                if database.servers > 1 { format!("DATABASE_{number}") } else { "DATABASE".to_owned() };
            let output = format!("database_{}", database.local(number));
            addresses.push(address(&format!("{prefix}_HOST"), &output, true));
            if cloud.has_password(database) {
                addresses.push(address(&format!("{prefix}_SECRET"), &format!("{output}_secret"), false));
            }
        }
    }
    let more = [
        (blocks.kafka.is_some(), "KAFKA_BROKERS", "kafka_brokers", true),
        (blocks.search.is_some(), "SEARCH_ADDRESSES", "search_addresses", true),
        (blocks.object_storage.is_some(), "STORAGE_BUCKET", "storage_bucket", true),
        (blocks.shared_files.is_some(), "SHARED_FILES", "shared_files", false),
    ];
    let more = more.into_iter().filter(|(there, ..)| *there);
    addresses.extend(more.map(|(_, key, output, for_pods)| address(key, output, for_pods)));
    addresses
}

fn entries(topology: &Topology, blocks: &Blocks) -> Vec<Entry> {
    let Some(balancer) = &blocks.load_balancer else { return Vec::new() };
    let own = topology.provider == Provider::Azure;
    let entry = |target: &Target, port: u16, passed: bool| Entry {
        component: target.component.to_string(),
        purpose: target.purpose.clone(),
        port,
        target_port: target.port,
        node_port: target.node_port,
        // What answers for the health of a component is not shown to its users.
        health_port: if passed { target.port } else { target.health.port },
        health_node_port: target.health.node_port,
        asked: !passed,
        health_path: target.health.path.clone(),
        interval: target.health.interval.max(5),
        failures: target.health.failures.clamp(2, 10),
        // What the cloud allows, in minutes.
        idle_minutes: balancer.idle_timeout.div_ceil(60).clamp(4, 100),
        public: own && passed && !balancer.internal,
        source: own.then(|| if passed { "@CLIENT_RANGE@".to_owned() } else { gateway(&blocks.network) }),
    };
    if !own {
        return balancer.targets.iter().map(|target| entry(target, target.port, false)).collect();
    }
    let shape = crate::load_balancer::azure::shape(balancer);
    let served = shape.gateway.iter().filter_map(|at| balancer.targets.get(*at));
    let served = served.map(|target| entry(target, target.port, false));
    let passed = shape.passed.iter().filter_map(|(port, at)| Some((*port, balancer.targets.get(*at)?)));
    served.chain(passed.map(|(port, target)| entry(target, port, true))).collect()
}

/// Where a gateway's connections come from.
fn gateway(network: &Network) -> String {
    match network {
        Network::New { range, .. } => crate::network::azure::halves(*range)
            .map_or_else(|_| range.to_string(), |(_, gateway)| gateway.to_string()),
        // The range of an existing network is not known here; this one holds most private networks.
        Network::Existing { .. } => "10.0.0.0/8".to_owned(),
    }
}

fn pod(
    workload: &Workload,
    topology: &Topology,
    blocks: &Blocks,
    cloud: &dyn Cloud,
    templates: &Templates,
) -> Result<Pod, RenderError> {
    let group = topology.group(workload.component).expect("every workload is made of a group");
    let health = group.health.as_ref();
    let paired = is_paired(topology, workload.component);
    Ok(Pod {
        name: workload.name(),
        component: workload.component.to_string(),
        platform: topology.platform.to_string(),
        deployment: topology.deployment.to_string(),
        pool: workload.pool.to_string(),
        tainted: workload.pool != super::PoolName::Components,
        reached: topology
            .arrows
            .iter()
            .any(|it| it.from.component().is_some() && it.to.component() == Some(workload.component)),
        image: workload.image.clone(),
        service_account: Cluster::service_account(topology.platform, workload.component),
        replicas: workload.replicas,
        most: workload.most(),
        millicpus: workload.millicpus,
        memory_mib: workload.memory_mib,
        grace: workload.grace,
        drain: workload.drain.unwrap_or(0),
        sysctls: workload.sysctls.clone(),
        least: workload.autoscale.map(|autoscale| autoscale.least),
        cpu: workload.autoscale.map(|autoscale| autoscale.cpu),
        keeps_name: super::keeps_names(topology),
        alone: paired,
        ports: group.ports.iter().map(|port| PodPort { name: port.name.clone(), port: port.port }).collect(),
        health_port: health.map_or(0, |health| health.port.get()),
        health_path: health.map_or_else(String::new, |health| health.path.clone()),
        draining_status: health
            .and_then(|health| health.draining_status)
            .map(provision_architecture::spec::Count::get),
        settings: settings(workload.component, topology, blocks, cloud, templates)?,
        references: references(workload, topology, blocks),
        shared_files: topology.storage == StorageKind::SharedFiles && group.needs.contains(&Party::Storage),
        reads_secrets: !blocks.identity.secrets.is_empty()
            && !matches!(topology.platform, Platform::EventPlatform),
    })
}

/// What the component's environment is on a machine, it is here: one template for both.
fn settings(
    component: ComponentName,
    topology: &Topology,
    blocks: &Blocks,
    cloud: &dyn Cloud,
    templates: &Templates,
) -> Result<Vec<Setting>, RenderError> {
    let Some(text) = crate::hosts::environment(component, topology, blocks, cloud, templates)? else {
        return Ok(Vec::new());
    };
    let assignments = text.lines().filter(|line| !line.starts_with('#'));
    let pairs = assignments.filter_map(|line| line.split_once('='));
    Ok(pairs.map(|(name, value)| Setting { name: name.to_owned(), value: value.to_owned() }).collect())
}

/// What the component calls an address or a secret otherwise than we do.
fn references(workload: &Workload, topology: &Topology, blocks: &Blocks) -> Vec<Reference> {
    let servers = blocks.database.as_ref().map_or(0, |database| database.servers);
    let number = workload.number.unwrap_or(0);
    let host = if servers > 1 { format!("DATABASE_{number}_HOST") } else { "DATABASE_HOST".to_owned() };
    let secret = secrets::of_database(servers, workload.number);
    let address =
        |name, key: &str| Reference { name, secret: false, of: "addresses".to_owned(), key: key.to_owned() };
    let secret = |name, key: &str| Reference { name, secret: true, of: secret.clone(), key: key.to_owned() };
    match (topology.platform, workload.component) {
        (Platform::Rudderstack, ComponentName::Server) => {
            let mut references = vec![
                address("JOBS_DB_HOST", &host),
                secret("JOBS_DB_USER", "DATABASE_USER"),
                secret("JOBS_DB_PASSWORD", "DATABASE_PASSWORD"),
                address("JOBS_BACKUP_BUCKET", "STORAGE_BUCKET"),
            ];
            if topology.provider == Provider::Azure {
                references.push(address("AZURE_STORAGE_ACCOUNT", "STORAGE_ACCOUNT"));
                references.push(Reference {
                    name: "AZURE_STORAGE_ACCESS_KEY",
                    secret: true,
                    of: "secrets".to_owned(),
                    key: "STORAGE_KEY".to_owned(),
                });
            }
            references
        }
        (Platform::EventPlatform, _) => {
            let mut references = vec![address("KAFKA_BROKERS", "KAFKA_BROKERS")];
            references
                .extend(blocks.object_storage.is_some().then(|| address("STORAGE_BUCKET", "STORAGE_BUCKET")));
            references
        }
        _ => Vec::new(),
    }
}

fn node_tuning() -> Result<String, RenderError> {
    let files = tuning(&super::node_profile()?, Format::DaemonSet);
    Ok(files.into_iter().map(|file| file.text).collect())
}
