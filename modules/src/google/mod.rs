//! The rendered Terraform for Google Cloud: every block's context into its template.

mod boot_value;
pub(crate) mod nodes;
mod parity;

pub(crate) use boot_value::BootValue;
use provision_architecture::Topology;
use provision_architecture::spec::{Runtime, SecretStore};
use serde::Serialize;

use crate::cloud::{Cloud, Host, TerraformFile, Wait};
use crate::identity::{Acts, Role};
use crate::kubernetes::{Place, Words};
use crate::load_balancer::google::Behind;
use crate::located::Kinds;
use crate::machine_group::GroupHealth;
use crate::naming::{Naming, TagWords, underscored};
use crate::parity::{Becomes, Part};
use crate::terraform_files::TerraformFiles;
use crate::text::{Expr, Templates};
use crate::{Blocks, RenderError, kubernetes, network, security, settings};

pub(crate) struct Google;

pub(crate) const LABELS: TagWords = TagWords {
    name: None,
    deployment: "provision-deployment",
    // A label holds no dot.
    address: None,
    component: "provision-component",
    instance: "provision-instance",
    machine: "google_compute_instance",
};

const HOST: Host = Host {
    script: "google/cloud.sh",
    packages: &["docker.io", "jq"],
    shared_files_packages: &["nfs-common"],
    largest_user_data: 256 * 1024,
    command: "gcloud",
    packs_user_data: false,
    asks_whether_well: true,
    secret_store: SecretStore::GoogleSecretManager,
    secret_store_name: "Google Secret Manager",
};

/// What a machine gets between being told to stop and being switched off ("Instance life cycle", cloud.google.com).
/// Groups have nothing longer; spot machines, which nothing here asks for, get 30 s.
const SHUTDOWN: u64 = 90;

impl Cloud for Google {
    fn terraform(
        &self,
        topology: &Topology,
        blocks: &Blocks,
        templates: &Templates,
    ) -> Result<Vec<TerraformFile>, RenderError> {
        terraform(topology, blocks, templates)
    }

    fn kinds(&self, _blocks: &Blocks) -> Kinds {
        Kinds {
            group: "google_compute_region_instance_group_manager",
            node: "google_compute_instance",
            pool: "google_container_node_pool",
            database: "google_sql_database_instance",
            kafka: Some("google_managed_kafka_cluster"),
            search: None,
        }
    }

    fn host(&self) -> &'static Host {
        &HOST
    }

    fn secret_name(&self, deployment: &str, name: &str) -> String {
        format!("{deployment}-{name}")
    }

    fn way_into_a_cluster(&self) -> &'static str {
        "from inside of its network, or, with the variable `cluster_is_public`, from an address that `cluster_clients` names"
    }

    fn first_version(&self) -> Option<&'static str> {
        Some("1")
    }

    fn words(&self, topology: &Topology, blocks: &Blocks) -> Result<Words, RenderError> {
        words(topology, blocks)
    }

    fn asks_pods_who_they_are(&self, role: &Role, _blocks: &Blocks) -> bool {
        role.uses_managed_kafka
    }

    fn must_set(&self, _topology: &Topology, blocks: &Blocks) -> Vec<(&'static str, &'static str)> {
        must_set(blocks)
    }

    /// Behind a load balancer a group waits while that one drains. Without one a machine has `SHUTDOWN`, which nobody
    /// can choose: what the README says of it has to do, because the work is taken up elsewhere.
    fn longest_wait(&self, has_balancer: bool) -> Option<Wait> {
        let seconds = crate::load_balancer::google::LONGEST_DRAIN;
        has_balancer
            .then_some(Wait { seconds, what: "a load balancer drains connections for an hour at most" })
    }

    fn becomes(&self, part: Part, runtime: Runtime) -> Becomes {
        parity::becomes(part, runtime)
    }

    fn notes(&self, blocks: &Blocks) -> Vec<String> {
        notes(blocks)
    }
}

/// What a person has to know before applying.
fn notes(blocks: &Blocks) -> Vec<String> {
    let mut notes = vec![
        "Terraform takes the project from `GOOGLE_PROJECT` or from the settings of `gcloud`.".to_owned(),
    ];
    if blocks.database.is_some() {
        notes.push(
            "Set `TF_VAR_database_password` for every plan and apply. It goes to the database and to Secret Manager, \
             and into no file, plan or state; to change it, change it there and raise `database_password_version`."
                .to_owned(),
        );
    }
    if blocks.cluster.is_some() {
        notes.push(
            "Google Cloud never deletes a key ring. To make a deployment of the same name again after it was destroyed, \
             take over its ring and its key first, with `terraform import`."
                .to_owned(),
        );
    }
    let cut_short = blocks
        .machine_groups
        .iter()
        .filter(|group| group.health == GroupHealth::Machine && group.finish > SHUTDOWN);
    let cut_short: Vec<String> =
        cut_short.map(|group| format!("`{}` ({} s)", group.name(), group.finish)).collect();
    if !cut_short.is_empty() {
        notes.push(format!(
            "Google Cloud switches a machine of a group off {SHUTDOWN} s after it told it to stop, and offers groups \
             nothing longer. These ask for more: {}. What they haven't finished by then, another instance takes up \
             again.",
            cut_short.join(", ")
        ));
    }
    notes
}

/// How a cluster is found, and what its manifests take from the outputs.
fn words(topology: &Topology, blocks: &Blocks) -> Result<Words, RenderError> {
    let naming = Naming::new(&LABELS, &topology.deployment, &topology.spec.tags)?;
    let location = kubernetes::google::location(topology);
    let files = naming.resource("google_filestore_instance", "main", "")?;
    let mut places = vec![Place::new("PROJECT", "project", false)];
    places.extend(Place::of_identities(blocks));
    if blocks.shared_files.is_some() {
        places.push(Place::new("SHARED_FILES_ADDRESS", "shared_files_address", false));
    }
    Ok(Words {
        cluster: naming.resource("google_container_cluster", "main", "")?.name().to_owned(),
        shared_files: format!("modeInstance/{location}/{}/shared", files.name()),
        location,
        tools: &["gcloud", "gke-gcloud-auth-plugin"],
        disk_type: disk_of_two_zones(topology, blocks),
        places,
        names_identities: true,
    })
}

/// The newer families of machines take disks of their own only.
fn disk_of_two_zones(topology: &Topology, blocks: &Blocks) -> Option<&'static str> {
    let machine = blocks.cluster.as_ref()?.pools.first()?.machine.as_str();
    let followed = match disk_type(machine) {
        "pd-balanced" => "pd-balanced",
        _ => "hyperdisk-balanced-high-availability",
    };
    (topology.zones.len() > 1).then_some(followed)
}

fn must_set(blocks: &Blocks) -> Vec<(&'static str, &'static str)> {
    let mut variables = Vec::new();
    if blocks.cluster.is_some() {
        variables.push((
            "project_number",
            "the project's number, as `gcloud projects describe PROJECT --format 'value(projectNumber)'` says it",
        ));
        if matches!(blocks.network, network::Network::Existing { .. }) {
            variables.push(("pods_range", "what the subnet calls its secondary range for pods"));
            variables.push((
                "services_range",
                "what the subnet calls its secondary range for a cluster's services",
            ));
        }
    }
    variables
}

fn terraform(
    topology: &Topology,
    blocks: &Blocks,
    templates: &Templates,
) -> Result<Vec<TerraformFile>, RenderError> {
    refuse_what_is_no_label(topology)?;
    let naming = Naming::new(&LABELS, &topology.deployment, &topology.spec.tags)?;
    let region = topology.region.as_str();
    let places = network::google::places(&blocks.network)?;
    let zones: Vec<String> = topology.zones.iter().map(ToString::to_string).collect();
    let suffixes: Vec<String> = zones.iter().map(|zone| network::suffix(region, zone)).collect();
    let project = project(blocks)?;
    let balancer = blocks.load_balancer.as_ref();
    let values = boot_values(blocks, region, &project, &naming)?;
    let mut files = TerraformFiles::new(templates, "google");

    files.add("versions.tf", &settings::versions(topology))?;
    files.add("variables.tf", &variables(blocks))?;
    if let Some(context) = network::google::context(&blocks.network, blocks, &naming)? {
        files.add("network.tf", &context)?;
    }
    files.add("security.tf", &security::google::context(blocks, &places, &naming)?)?;
    if let Some(balancer) = balancer {
        let behind =
            Behind { groups: &blocks.machine_groups, cluster: blocks.cluster.as_ref(), suffixes: &suffixes };
        let context = crate::load_balancer::google::context(balancer, &behind, &places, region, &naming)?;
        files.add("load_balancer.tf", &context)?;
    }
    if !blocks.inner_balancers.is_empty() {
        let context = crate::inner_balancer::google::context(
            &blocks.inner_balancers,
            &blocks.machine_groups,
            &places,
            &naming,
        )?;
        files.add("inner_balancers.tf", &context)?;
    }
    match &blocks.cluster {
        None => files.add(
            "compute.tf",
            &crate::machine_group::google::context(blocks, &zones, &places, values.clone(), &naming)?,
        )?,
        Some(cluster) => files.add(
            "kubernetes.tf",
            &kubernetes::google::context(cluster, topology, balancer, &places, &suffixes, &naming)?,
        )?,
    }
    if let Some(database) = &blocks.database {
        let account = if blocks.cluster.is_some() { "components_nodes" } else { "server" };
        files.add(
            "database.tf",
            &crate::database::google::context(database, &zones, &places, account, &naming)?,
        )?;
    }
    if let Some(kafka) = &blocks.kafka {
        let context = crate::kafka::google::context(kafka, topology, &zones, &places, region, &naming)?;
        files.add("kafka.tf", &context)?;
    }
    if let Some(search) = &blocks.search {
        files.add("search.tf", &crate::search::google::context(search, &zones, &places, &naming)?)?;
    }
    if let Some(storage) = blocks.object_storage {
        let context = crate::object_storage::google::context(storage, region, &project, &naming)?;
        files.add("object_storage.tf", &context)?;
    }
    if blocks.shared_files.is_some() {
        let context = crate::shared_files::google::context(region, &zones, &places, &naming)?;
        files.add("shared_storage.tf", &context)?;
    }
    if !blocks.alarms.list.is_empty() {
        let deployment = topology.deployment.as_str();
        files.add("alarms.tf", &crate::alarms::google::context(&blocks.alarms, deployment, &naming)?)?;
    }
    if let Some(alerting) = blocks.alerting.as_ref().filter(|alerting| !alerting.nodes.is_empty()) {
        let context = crate::alerting::google::context(alerting, &zones, &places, values, &naming)?;
        files.add("alerting.tf", &context)?;
    }
    files.add("identity.tf", &crate::identity::google::context(blocks, &project, &naming)?)?;
    files.add("outputs.tf", &outputs(blocks, region, &project, &naming)?)?;
    Ok(files.rendered())
}

/// Keys and values of labels are small letters, digits, `-` and `_`.
fn refuse_what_is_no_label(topology: &Topology) -> Result<(), RenderError> {
    let fits = |text: &str| {
        text.len() <= 63
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b))
    };
    let key_fits = |key: &str| fits(key) && key.starts_with(|c: char| c.is_ascii_lowercase());
    match topology.spec.tags.iter().find(|(key, value)| !key_fits(key.as_str()) || !fits(value.as_str())) {
        Some((key, value)) => Err(RenderError::impossible(
            "tags",
            format!("`{key}: {value}` is no label of Google Cloud"),
            "write key and value with small letters, digits, `-` and `_`, 63 at most",
        )),
        None => Ok(()),
    }
}

/// Every address that machines need; a machine's metadata holds them, and nobody but the machine reads it.
fn boot_values(
    blocks: &Blocks,
    region: &str,
    project: &Expr,
    naming: &Naming<'_>,
) -> Result<Vec<BootValue>, RenderError> {
    let mut values = crate::inner_balancer::google::values(&blocks.inner_balancers)?;
    if let Some(database) = &blocks.database {
        values.extend(crate::database::google::values(database)?);
    }
    if let Some(kafka) = &blocks.kafka {
        let brokers = crate::kafka::google::brokers(kafka, region, project, naming)?;
        values.push(BootValue::new("kafka/brokers", brokers));
    }
    if let Some(search) = &blocks.search {
        values.push(BootValue::new("search/addresses", crate::search::google::addresses(search)?));
    }
    if blocks.object_storage.is_some() {
        values.push(BootValue::reference("storage/bucket", "google_storage_bucket.storage.name")?);
    }
    if blocks.shared_files.is_some() {
        values.push(BootValue::reference("shared-files/id", "google_filestore_instance.main.id")?);
    }
    Ok(values)
}

#[derive(Serialize)]
struct Variables {
    common: settings::Variables,
    /// Whether anything can keep clients out: a load balancer inside the network is reached by all of it.
    filters_clients: bool,
    /// Whether the range that internal load balancers connect from is not known here.
    asks_for_proxies: bool,
    database: bool,
    /// Who may reach the cluster's interface by default: its own network.
    cluster_clients: Option<String>,
    /// Whether the subnet's ranges have names that are not known here.
    asks_for_ranges: bool,
}

fn variables(blocks: &Blocks) -> Variables {
    let balancer = blocks.load_balancer.as_ref();
    Variables {
        common: settings::variables(blocks),
        filters_clients: balancer.is_some_and(|balancer| !balancer.internal),
        asks_for_proxies: balancer.is_some_and(|balancer| balancer.internal)
            && matches!(blocks.network, network::Network::Existing { .. }),
        database: blocks.database.is_some(),
        cluster_clients: blocks.cluster.as_ref().map(|_| match &blocks.network {
            network::Network::New { range, .. } => range.to_string(),
            // The range of an existing network is not known here; this one holds most private networks.
            network::Network::Existing { .. } => "10.0.0.0/8".to_owned(),
        }),
        asks_for_ranges: blocks.cluster.is_some()
            && matches!(blocks.network, network::Network::Existing { .. }),
    }
}

#[derive(Serialize)]
struct Outputs {
    common: settings::Outputs,
    address: Option<Expr>,
    kafka_brokers: Option<Expr>,
    search_addresses: Option<Expr>,
    /// Of a cluster.
    project: Option<Expr>,
    identities: Vec<Identity>,
}

#[derive(Serialize)]
struct Identity {
    name: String,
    local: String,
}

fn outputs(
    blocks: &Blocks,
    region: &str,
    project: &Expr,
    naming: &Naming<'_>,
) -> Result<Outputs, RenderError> {
    let common = settings::outputs(blocks);
    let address = match &blocks.load_balancer {
        Some(balancer) => Some(crate::load_balancer::google::address(balancer)?),
        None => None,
    };
    let before = format!("{}://", common.scheme);
    let address = address.map(|address| Expr::joined(&before, &address, ""));
    Ok(Outputs {
        common,
        address,
        kafka_brokers: match &blocks.kafka {
            Some(kafka) => Some(crate::kafka::google::brokers(kafka, region, project, naming)?),
            None => None,
        },
        search_addresses: match &blocks.search {
            Some(search) => Some(crate::search::google::addresses(search)?),
            None => None,
        },
        project: blocks.cluster.as_ref().map(|_| project.clone()),
        identities: blocks
            .identity
            .roles
            .iter()
            .filter(|role| role.acts != Acts::Machine)
            .map(|role| Identity { name: role.name.clone(), local: underscored(&role.name) })
            .collect(),
    })
}

/// The project, from an object that every deployment has: no file has to name it.
fn project(blocks: &Blocks) -> Result<Expr, RenderError> {
    if let Some(cluster) = &blocks.cluster {
        return kubernetes::google::project(cluster);
    }
    let role = blocks.identity.roles.first().map(|role| role.name.as_str()).unwrap_or_default();
    Ok(Expr::reference(format!("google_service_account.{}.project", underscored(role)))?)
}

/// The newest Ubuntu with long support, as the cloud itself names it, for the machine type's processors.
pub(crate) fn image(machine_type: &str) -> &'static str {
    if is_arm(machine_type) {
        "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-arm64"
    } else {
        "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64"
    }
}

fn is_arm(machine_type: &str) -> bool {
    ["t2a", "c4a", "n4a"].contains(&family(machine_type))
}

fn family(machine_type: &str) -> &str {
    machine_type.split('-').next().unwrap_or_default()
}

/// The newer families take no persistent disks.
pub(crate) fn disk_type(machine_type: &str) -> &'static str {
    match family(machine_type) {
        "c4" | "c4a" | "c4d" | "n4" | "n4a" | "n4d" => "hyperdisk-balanced",
        _ => "pd-balanced",
    }
}

#[cfg(test)]
mod tests {
    use super::{disk_type, is_arm};

    #[test]
    fn processors_and_disks_by_machine_type() {
        assert!(is_arm("t2a-standard-2") && is_arm("c4a-standard-4"));
        assert!(!is_arm("n2-standard-2") && !is_arm("t2d-standard-2") && !is_arm("e2-medium"));
        assert_eq!(disk_type("n2-standard-2"), "pd-balanced");
        assert_eq!(disk_type("c4a-standard-4"), "hyperdisk-balanced");
    }
}
