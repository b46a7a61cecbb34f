//! What a cloud does with the decided blocks: the one seam between what a deployment is and how a cloud says it.

use provision_architecture::Topology;
use provision_architecture::spec::{Provider, Runtime, SecretStore};

use crate::database::Database;
use crate::identity::Role;
use crate::kubernetes::{Cluster, Words};
use crate::load_balancer::LoadBalancer;
use crate::located::Kinds;
use crate::network::{Network, NewZone};
use crate::parity::{Becomes, Part};
use crate::text::Templates;
use crate::{Blocks, RenderError};

/// A file of Terraform: its name and its text.
pub(crate) type TerraformFile = (&'static str, String);

pub(crate) trait Cloud: Sync {
    /// The Terraform, in the order in which a person would read the files.
    fn terraform(
        &self,
        topology: &Topology,
        blocks: &Blocks,
        templates: &Templates,
    ) -> Result<Vec<TerraformFile>, RenderError>;

    /// How it calls what stands for instances.
    fn kinds(&self, blocks: &Blocks) -> Kinds;

    /// What its machines need to know of it.
    fn host(&self) -> &'static Host;

    /// What its store calls a secret of the deployment.
    fn secret_name(&self, deployment: &str, name: &str) -> String;

    /// Whether the load balancer sends to ports of a cluster's nodes; else the cluster has one of its own in between.
    fn balances_by_node_ports(&self) -> bool {
        true
    }

    /// What a cluster's controller of secrets calls one in the cloud's store.
    fn key_in_store(&self, deployment: &str, name: &str) -> String {
        self.secret_name(deployment, name)
    }

    /// The database's user, where its secret holds nothing but the password.
    fn database_user(&self) -> Option<&'static str> {
        None
    }

    /// Whether a secret that was there before is in a store of its own.
    fn has_stores(&self) -> bool {
        false
    }

    /// Whether storage that knows no identities has keys, which pods get as secrets.
    fn keeps_storage_keys(&self) -> bool {
        false
    }

    /// What its store calls the first value of a secret, where several may be put there at once and the first counts.
    fn first_version(&self) -> Option<&'static str> {
        None
    }

    /// What its nodes are started with, beside the Terraform; nothing where the Terraform says it all.
    fn node_files(
        &self,
        _cluster: &Cluster,
        _templates: &Templates,
    ) -> Result<Vec<(String, String)>, RenderError> {
        Ok(Vec::new())
    }

    /// What a cluster's manifests have to know of the cloud.
    fn words(&self, topology: &Topology, blocks: &Blocks) -> Result<Words, RenderError>;

    /// From where a cluster's interface is reached.
    fn way_into_a_cluster(&self) -> &'static str {
        "from inside of its network, or from an address that the variable `cluster_clients` names"
    }

    /// What a part of a deployment becomes here, for the table that compares the clouds.
    fn becomes(&self, part: Part, runtime: Runtime) -> Becomes;

    /// What a person has to know or to do before applying, a sentence or two each.
    fn notes(&self, _blocks: &Blocks) -> Vec<String> {
        Vec::new()
    }

    /// The address ranges from which the load balancer connects to its machines, where they are known: those of the
    /// subnets that it stands in.
    fn balancer_ranges(&self, balancer: &LoadBalancer, network: &Network) -> Vec<String> {
        let Network::New { zones, .. } = network else { return Vec::new() };
        let range = |zone: &NewZone| if balancer.internal { zone.private } else { zone.public };
        zones.iter().map(|zone| range(zone).to_string()).collect()
    }

    /// The longest that it waits for a machine of a group to finish; none where it only ever cuts short, and says so.
    fn longest_wait(&self, _has_balancer: bool) -> Option<Wait> {
        None
    }

    /// Variables without a default, and what each of them is.
    fn must_set(&self, _topology: &Topology, _blocks: &Blocks) -> Vec<(&'static str, &'static str)> {
        Vec::new()
    }

    /// Whether pods of a component log in by identity to something else than object storage.
    fn asks_pods_who_they_are(&self, _role: &Role, _blocks: &Blocks) -> bool {
        false
    }

    /// Whether machines log in to the database with a password.
    fn has_password(&self, _database: &Database) -> bool {
        true
    }

    /// Whether locks keep data from being deleted, and not a setting of the data's own.
    fn has_locks(&self) -> bool {
        false
    }
}

/// How long a cloud waits for a machine that goes.
pub(crate) struct Wait {
    pub(crate) seconds: u64,
    /// What has that limit: a sentence's beginning.
    pub(crate) what: &'static str,
}

/// What differs from cloud to cloud on a machine.
pub(crate) struct Host {
    /// The template of the shell functions by which the machine's scripts speak with the cloud.
    pub(crate) script: &'static str,
    /// What is installed from the distribution.
    pub(crate) packages: &'static [&'static str],
    /// What is installed where shared files are mounted.
    pub(crate) shared_files_packages: &'static [&'static str],
    /// The most that it takes as user data, in bytes.
    pub(crate) largest_user_data: usize,
    /// The command by which a person speaks with it.
    pub(crate) command: &'static str,
    /// Whether user data goes there packed, because it takes so little.
    pub(crate) packs_user_data: bool,
    /// Whether it asks a machine that looks after itself whether it is well; elsewhere the machine tells.
    pub(crate) asks_whether_well: bool,
    /// Where secrets are kept.
    pub(crate) secret_store: SecretStore,
    /// What people call that store.
    pub(crate) secret_store_name: &'static str,
}

impl Host {
    /// The file that machines of a kind read at their first start, in the rendered directory.
    pub(crate) fn user_data(&self, role: &str) -> String {
        let name = if self.packs_user_data { "user-data.gz" } else { "cloud-init.yaml" };
        format!("hosts/{role}/{name}")
    }
}

/// The cloud that a deployment stands in.
pub(crate) fn of(topology: &Topology) -> Result<&'static dyn Cloud, RenderError> {
    known(topology.provider).ok_or_else(|| {
        RenderError::impossible(
            "cloud.provider",
            format!("`{}` can be validated, but not rendered", topology.provider),
            "choose `aws` or `google`",
        )
    })
}

/// The clouds that can be rendered for.
pub(crate) fn known(provider: Provider) -> Option<&'static dyn Cloud> {
    match provider {
        Provider::Aws => Some(&crate::aws::Aws),
        Provider::Google => Some(&crate::google::Google),
        Provider::Azure => Some(&crate::azure::Azure),
    }
}
