//! The rendered Terraform for Azure: every block's context into its template.

mod endpoint;
pub(crate) mod nodes;
mod parity;
mod settings;
mod value;

pub(crate) use endpoint::{Endpoint, PrivateAccess};
use provision_architecture::Topology;
use provision_architecture::spec::{DatabaseKind, Runtime, SecretStore};
use serde::Serialize;
pub(crate) use value::{Value, value};

use crate::cloud::{Cloud, Host, TerraformFile, Wait};
use crate::database::Database;
use crate::identity::azure::Surroundings;
use crate::kubernetes::{Place, Words};
use crate::load_balancer::azure::shape;
use crate::located::Kinds;
use crate::naming::{Naming, Resource, TagWords};
use crate::parity::{Becomes, Part};
use crate::terraform_files::TerraformFiles;
use crate::text::{Expr, Templates};
use crate::{Blocks, RenderError, network, security};

pub(crate) struct Azure;

pub(crate) const TAGS: TagWords = TagWords {
    name: None,
    deployment: "provision-deployment",
    address: Some("provision-address"),
    component: "provision-component",
    instance: "provision-instance",
    machine: "azurerm_linux_virtual_machine",
};

/// The tag by which a machine finds the vault of its boot values: the vault's name is known only when it is made.
pub(crate) const VALUES_TAG: &str = "provision-values";

pub(crate) const HOST: Host = Host {
    script: "azure/cloud.sh",
    packages: &["docker.io", "jq", "xfsprogs"],
    shared_files_packages: &["cifs-utils"],
    // 64 KiB once it is written in base64.
    largest_user_data: 48 * 1024,
    command: "az",
    packs_user_data: true,
    asks_whether_well: true,
    secret_store: SecretStore::AzureKeyVault,
    secret_store_name: "Azure Key Vault",
};

impl Cloud for Azure {
    fn terraform(
        &self,
        topology: &Topology,
        blocks: &Blocks,
        templates: &Templates,
    ) -> Result<Vec<TerraformFile>, RenderError> {
        terraform(topology, blocks, templates)
    }

    fn kinds(&self, blocks: &Blocks) -> Kinds {
        let database = blocks.database.as_ref().map(|database| database.kind);
        Kinds {
            group: "azurerm_linux_virtual_machine_scale_set",
            pool: "azurerm_kubernetes_cluster_node_pool",
            node: "azurerm_linux_virtual_machine",
            database: match database {
                Some(DatabaseKind::Mysql) => "azurerm_mysql_flexible_server",
                Some(DatabaseKind::Sqlserver | DatabaseKind::AzureSql) => "azurerm_mssql_server",
                _ => "azurerm_postgresql_flexible_server",
            },
            kafka: None,
            search: None,
        }
    }

    fn host(&self) -> &'static Host {
        &HOST
    }

    fn secret_name(&self, deployment: &str, name: &str) -> String {
        format!("{deployment}/{name}")
    }

    fn words(&self, topology: &Topology, blocks: &Blocks) -> Result<Words, RenderError> {
        words(topology, blocks)
    }

    fn way_into_a_cluster(&self) -> &'static str {
        "from inside of its network; it has no public address"
    }

    fn balances_by_node_ports(&self) -> bool {
        false
    }

    fn key_in_store(&self, _deployment: &str, name: &str) -> String {
        name.to_owned()
    }

    fn has_stores(&self) -> bool {
        true
    }

    fn keeps_storage_keys(&self) -> bool {
        true
    }

    fn database_user(&self) -> Option<&'static str> {
        Some("provision")
    }

    /// What a scale set's terminate notification takes (`notBeforeTimeout`: PT5M to PT15M).
    fn longest_wait(&self, _has_balancer: bool) -> Option<Wait> {
        Some(Wait { seconds: 900, what: "a scale set tells a machine its end fifteen minutes ahead at most" })
    }

    fn becomes(&self, part: Part, runtime: Runtime) -> Becomes {
        parity::becomes(part, runtime)
    }

    fn must_set(&self, topology: &Topology, blocks: &Blocks) -> Vec<(&'static str, &'static str)> {
        settings::must_set(topology, blocks)
    }

    fn has_password(&self, database: &Database) -> bool {
        !crate::database::azure::is_sql(database)
    }

    fn has_locks(&self) -> bool {
        true
    }
}

/// How a cluster is found, and what its manifests take from the outputs.
fn words(topology: &Topology, blocks: &Blocks) -> Result<Words, RenderError> {
    let naming = Naming::new(&TAGS, &topology.deployment, &topology.spec.tags)?;
    let mut places = vec![Place::new("VAULT", "secrets_vault", false)];
    places.extend(Place::of_identities(blocks));
    if settings::has_existing(blocks) {
        places.push(Place::new("EXISTING_VAULT", "existing_vault", false));
    }
    if blocks.object_storage.is_some() {
        places.push(Place::new("STORAGE_ENDPOINT", "storage_endpoint", true));
        places.push(Place::new("STORAGE_ACCOUNT", "storage_account", true));
    }
    if let Some(balancer) = &blocks.load_balancer {
        places.push(Place::new("ENTRY_ADDRESS", "entry_address", false));
        places.push(Place::new("CLIENT_RANGE", "client_range", false));
        if !balancer.internal && !shape(balancer).passed.is_empty() {
            places.push(Place::new("PUBLIC_NAME", "public_address_name", false));
            places.push(Place::new("PUBLIC_GROUP", "resource_group", false));
        }
    }
    Ok(Words {
        cluster: naming.resource("azurerm_kubernetes_cluster", "main", "")?.name().to_owned(),
        location: topology.region.to_string(),
        places,
        shared_files: String::new(),
        // Kept in all zones of the region.
        tools: &["az", "kubelogin"],
        disk_type: Some("Premium_ZRS"),
        names_identities: true,
    })
}

#[derive(Serialize)]
struct ResourceGroup {
    group: Resource,
    region: String,
}

fn terraform(
    topology: &Topology,
    blocks: &Blocks,
    templates: &Templates,
) -> Result<Vec<TerraformFile>, RenderError> {
    let naming = Naming::new(&TAGS, &topology.deployment, &topology.spec.tags)?;
    let places = network::azure::places(&blocks.network)?;
    let zones: Vec<String> = topology.zones.iter().map(ToString::to_string).collect();
    let mut files = TerraformFiles::new(templates, "azure");
    let balancer = blocks.load_balancer.as_ref();

    files.add("versions.tf", &crate::settings::versions(topology))?;
    files.add("variables.tf", &settings::variables(topology, blocks))?;
    let group = naming.resource("azurerm_resource_group", "main", "")?;
    files.add("resource_group.tf", &ResourceGroup { group, region: topology.region.to_string() })?;
    if let Some(context) = network::azure::context(&blocks.network, balancer, &naming)? {
        files.add("network.tf", &context)?;
    }
    files.add("security.tf", &security::azure::context(blocks, &places, &naming)?)?;
    if let Some(balancer) = balancer {
        files.add(
            "load_balancer.tf",
            &crate::load_balancer::azure::context(
                balancer,
                &blocks.network,
                &places,
                blocks.cluster.is_some(),
                &naming,
            )?,
        )?;
    }
    if !blocks.inner_balancers.is_empty() {
        let context = crate::inner_balancer::azure::context(&blocks.inner_balancers, &places, &naming)?;
        files.add("inner_balancers.tf", &context)?;
    }
    match &blocks.cluster {
        None => files.add(
            "compute.tf",
            &crate::machine_group::azure::context(topology, blocks, &zones, &places, &naming)?,
        )?,
        Some(cluster) => files.add(
            "kubernetes.tf",
            &crate::kubernetes::azure::context(cluster, topology, blocks, &places, &naming)?,
        )?,
    }
    if let Some(database) = &blocks.database {
        let administrator = blocks
            .identity
            .roles
            .iter()
            .find(|role| role.is_known_to_database)
            .map(|role| role.name.as_str());
        let context = crate::database::azure::context(database, administrator, &zones, &places, &naming)?;
        files.add("database.tf", &context)?;
    }
    if let Some(kafka) = &blocks.kafka {
        files.add("kafka.tf", &crate::kafka::azure::context(kafka, &zones, &places, &naming)?)?;
    }
    if let Some(search) = &blocks.search {
        files.add("search.tf", &crate::search::azure::context(search, &zones, &places, &naming)?)?;
    }
    if let Some(storage) = blocks.object_storage {
        let context = crate::object_storage::azure::context(
            storage,
            topology.platform,
            blocks.cluster.is_some(),
            &places,
            &naming,
        )?;
        files.add("object_storage.tf", &context)?;
    }
    if let Some(shared) = blocks.shared_files {
        files.add(
            "shared_storage.tf",
            &crate::shared_files::azure::context(shared, blocks.cluster.is_some(), &places, &naming)?,
        )?;
    }
    if !blocks.alarms.list.is_empty() {
        let deployment = topology.deployment.as_str();
        let groups = &blocks.machine_groups;
        files
            .add("alarms.tf", &crate::alarms::azure::context(&blocks.alarms, groups, deployment, &naming)?)?;
    }
    if let Some(alerting) = blocks.alerting.as_ref().filter(|alerting| !alerting.nodes.is_empty()) {
        files.add("alerting.tf", &crate::alerting::azure::context(alerting, &zones, &places, &naming)?)?;
    }
    let around = Surroundings {
        platform: topology.platform,
        database: blocks.database.as_ref(),
        places: &places,
        cluster: blocks.cluster.is_some(),
        shared_files: blocks.shared_files.is_some(),
    };
    files.add("identity.tf", &crate::identity::azure::context(&blocks.identity, &around, &naming)?)?;
    files.add("outputs.tf", &settings::outputs(blocks, &places, &naming)?)?;
    Ok(files.rendered())
}

/// A name that nobody else in the whole cloud may have: the subscription's own digits make it ours.
pub(crate) fn worldwide(naming: &Naming<'_>, kind: &str, what: &str) -> Result<Expr, RenderError> {
    let prefix = naming.prefix(kind, what, UNIQUE + 1)?;
    Ok(Expr::joined(&format!("{prefix}-"), &Expr::reference("local.unique")?, ""))
}

/// The same for storage accounts, whose names know no dashes.
pub(crate) fn account_name(naming: &Naming<'_>, what: &str) -> Result<Expr, RenderError> {
    let prefix = naming.prefix("azurerm_storage_account", what, UNIQUE)?.replace('-', "");
    Ok(Expr::joined(&prefix, &Expr::reference("local.unique")?, ""))
}

/// The digits that `local.unique` adds.
const UNIQUE: usize = 8;

/// Ubuntu's long-term release, for the machine type's processors.
pub(crate) fn image(machine_type: &str) -> &'static str {
    if is_arm(machine_type) { "server-arm64" } else { "server" }
}

/// `Standard_D2ps_v5`: a `p` among the letters after the number of processors.
fn is_arm(machine_type: &str) -> bool {
    let size = machine_type.split('_').nth(1).unwrap_or_default();
    let features = size.trim_start_matches(|c: char| c.is_ascii_uppercase());
    features.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with('p')
}

#[cfg(test)]
mod tests {
    use super::is_arm;

    #[test]
    fn processors_by_machine_type() {
        for arm in ["Standard_D2ps_v5", "Standard_E4pds_v6", "Standard_B2pls_v2"] {
            assert!(is_arm(arm), "{arm}");
        }
        for other in ["Standard_D2s_v5", "Standard_B2ms", "Standard_F4s_v2", "Standard_E8s_v5"] {
            assert!(!is_arm(other), "{other}");
        }
    }
}
