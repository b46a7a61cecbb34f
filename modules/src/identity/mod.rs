//! What each machine may do, and no more; and the secrets that it reads.

pub(crate) mod aws;
pub(crate) mod azure;
pub(crate) mod google;

use provision_architecture::Topology;
use provision_architecture::documented::Party;
use provision_architecture::spec::{ComponentName, Edition, Platform, SecretReference, StorageKind};

use crate::alerting::MONITORING;
use crate::cloud::{Cloud, Host};
use crate::kubernetes::Cluster;
use crate::machine_group::GroupHealth;
use crate::search::Search;
use crate::{Blocks, RenderError};

/// As what the controller runs that brings secrets into a cluster.
pub(crate) const CONTROLLER: &str = "external-secrets";

#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub(crate) roles: Vec<Role>,
    pub(crate) secrets: Vec<Secret>,
}

/// The machines of one kind.
#[derive(Debug, Clone)]
pub(crate) struct Role {
    pub(crate) name: String,
    pub(crate) acts: Acts,
    pub(crate) reads_database_secret: bool,
    pub(crate) uses_object_storage: bool,
    pub(crate) uses_shared_files: bool,
    /// Whether it logs in to a Kafka that the cloud runs.
    pub(crate) uses_managed_kafka: bool,
    /// Whether it logs in to the database by its identity, where the database takes that only.
    pub(crate) is_known_to_database: bool,
    /// Whether it fetches the keys of storage that knows no identities.
    pub(crate) reads_storage_keys: bool,
    /// Which of `Identity::secrets`; none for members of clusters.
    pub(crate) reader: Option<Reader>,
    /// Whether it looks for the deployment's machines.
    pub(crate) finds_machines: bool,
    /// Whether it tells figures for alarms.
    pub(crate) tells_figures: bool,
    /// Whether it may ask for its own replacement.
    pub(crate) may_be_replaced: bool,
    /// Whether it is a member of a group that waits for it to finish.
    pub(crate) reports_when_finished: bool,
}

/// Who acts as a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Acts {
    Machine,
    /// The pods of a service account.
    Pod {
        namespace: String,
        account: String,
    },
}

/// A secret that the platform needs beside its database's password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Secret {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) origin: SecretOrigin,
    pub(crate) reader: Reader,
}

/// Which machines read a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    Components,
    Monitoring,
    /// Members of a cluster of our own.
    Nodes(&'static str),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SecretOrigin {
    /// The first machine makes it up and puts it into the cloud's store; nobody ever types it.
    Generated,
    /// Its owner puts it there.
    PutByOwner,
    /// It is there already, under this name.
    Existing(String),
}

impl Identity {
    /// What machines of a kind read.
    pub(crate) fn secrets_of(&self, role: &Role) -> impl Iterator<Item = &Secret> {
        let reader = role.reader;
        // One controller brings them into the cluster, also those of what watches there.
        let brings = role.name == CONTROLLER && role.acts != Acts::Machine;
        self.secrets.iter().filter(move |secret| {
            Some(secret.reader) == reader || brings && secret.reader == Reader::Monitoring
        })
    }

    /// The secrets that their owner has to put in place, as the cloud's store names them.
    pub(crate) fn put_by_owner(&self, topology: &Topology, cloud: &dyn Cloud) -> Vec<String> {
        let owners = self.secrets.iter().filter(|secret| secret.origin == SecretOrigin::PutByOwner);
        owners.map(|secret| cloud.secret_name(topology.deployment.as_str(), secret.name)).collect()
    }
}

pub(crate) fn decide(
    topology: &Topology,
    blocks: &Blocks,
    cloud: &dyn Cloud,
) -> Result<Identity, RenderError> {
    let mut secrets = secrets(topology, blocks, cloud.host())?;
    let forming = blocks.search.as_ref().and_then(Search::electing_role);
    secrets.extend(forming.map(formed));
    let role = |component: ComponentName, needs: &[Party]| Role {
        name: component.to_string(),
        acts: Acts::Machine,
        reads_database_secret: needs.contains(&Party::Database) && blocks.database.is_some(),
        uses_object_storage: needs.contains(&Party::Storage) && topology.storage == StorageKind::Object,
        uses_shared_files: needs.contains(&Party::Storage) && topology.storage == StorageKind::SharedFiles,
        uses_managed_kafka: blocks.kafka.as_ref().is_some_and(|kafka| kafka.managed),
        is_known_to_database: needs.contains(&Party::Database)
            && blocks.database.as_ref().is_some_and(|database| !cloud.has_password(database)),
        reads_storage_keys: false,
        reader: Some(Reader::Components),
        finds_machines: false,
        tells_figures: blocks.alarms.list.iter().any(|alarm| alarm.component == component),
        may_be_replaced: blocks
            .machine_groups
            .iter()
            .any(|it| it.component == component && it.health == GroupHealth::Machine),
        reports_when_finished: true,
    };
    let mut roles: Vec<Role> =
        topology.groups.iter().map(|group| role(group.component, &group.needs)).collect();
    if blocks.cluster.is_some() {
        roles = pods(topology, blocks, cloud, &roles, &secrets);
    }
    for node in blocks.nodes() {
        if roles.iter().all(|role| role.name != node.role) {
            roles.push(Role {
                name: node.role.to_owned(),
                acts: Acts::Machine,
                reads_database_secret: false,
                uses_object_storage: false,
                uses_shared_files: false,
                uses_managed_kafka: false,
                is_known_to_database: false,
                reads_storage_keys: false,
                reader: match node.role {
                    MONITORING => Some(Reader::Monitoring),
                    role => forming.filter(|it| *it == role).map(Reader::Nodes),
                },
                finds_machines: node.role == MONITORING,
                tells_figures: false,
                may_be_replaced: false,
                reports_when_finished: false,
            });
        }
    }
    Ok(Identity { roles, secrets })
}

/// What pods may do: their storage, and no secret. Those come to them by one controller, which alone may read them.
fn pods(
    topology: &Topology,
    blocks: &Blocks,
    cloud: &dyn Cloud,
    components: &[Role],
    secrets: &[Secret],
) -> Vec<Role> {
    let mut roles: Vec<Role> = Vec::new();
    for (group, role) in topology.groups.iter().zip(components) {
        let account = Cluster::service_account(topology.platform, group.component);
        let asks = role.uses_object_storage
            || role.is_known_to_database
            || cloud.asks_pods_who_they_are(role, blocks);
        if asks && roles.iter().all(|known| known.name != account) {
            roles.push(Role {
                name: account.clone(),
                acts: Acts::Pod { namespace: topology.deployment.to_string(), account },
                reads_database_secret: false,
                uses_shared_files: false,
                reader: None,
                tells_figures: false,
                may_be_replaced: false,
                reports_when_finished: false,
                ..role.clone()
            });
        }
    }
    let controller = CONTROLLER.to_owned();
    let tells = secrets.iter().any(|secret| secret.reader == Reader::Monitoring);
    let reads_database_secret = blocks.database.as_ref().is_some_and(|database| cloud.has_password(database));
    let reads_secrets = secrets.iter().any(|secret| secret.reader == Reader::Components);
    if reads_secrets || reads_database_secret || tells {
        roles.push(Role {
            name: controller.clone(),
            acts: Acts::Pod { namespace: controller.clone(), account: controller },
            reads_database_secret,
            uses_object_storage: false,
            uses_shared_files: false,
            uses_managed_kafka: false,
            is_known_to_database: false,
            reads_storage_keys: true,
            reader: reads_secrets.then_some(Reader::Components),
            finds_machines: false,
            tells_figures: false,
            may_be_replaced: false,
            reports_when_finished: false,
        });
    }
    roles
}

fn secrets(topology: &Topology, blocks: &Blocks, host: &Host) -> Result<Vec<Secret>, RenderError> {
    let reader = Reader::Components;
    let generated = |name, about| Secret { name, about, origin: SecretOrigin::Generated, reader };
    let mut secrets = match topology.platform {
        Platform::Kestra => {
            vec![generated(
                "encryption-key",
                "Encrypts inputs and outputs of type SECRET; 32 bytes in base64",
            )]
        }
        Platform::Octopus => vec![
            generated(
                "master-key",
                "Encrypts what is sensitive in the database; backups are useless without it",
            ),
            generated("admin-password", "Of the first administrator"),
        ],
        Platform::Rudderstack => vec![Secret {
            name: "workspace-token",
            about: "Names the workspace whose configuration the servers take",
            origin: SecretOrigin::PutByOwner,
            reader,
        }],
        Platform::EventPlatform => Vec::new(),
    };
    let licensed =
        topology.edition == Some(Edition::Enterprise) || topology.edition == Some(Edition::Professional);
    match &topology.spec.licence {
        Some(reference) => secrets.push(Secret {
            name: "licence",
            about: "The product's licence",
            origin: existing("licence.from", reference, topology, host)?,
            reader,
        }),
        None if licensed => secrets.push(Secret {
            name: "licence",
            about: "The product's licence",
            origin: SecretOrigin::PutByOwner,
            reader,
        }),
        None => {}
    }
    if let Some(alerting) = &blocks.alerting {
        for (name, about, at, reference) in alerting.receivers.secrets(topology) {
            let origin = existing(at, reference, topology, host)?;
            secrets.push(Secret { name, about, origin, reader: Reader::Monitoring });
        }
    }
    Ok(secrets)
}

/// A secret that is in the cloud's store already.
fn existing(
    at: &'static str,
    reference: &SecretReference,
    topology: &Topology,
    host: &Host,
) -> Result<SecretOrigin, RenderError> {
    if reference.store() == host.secret_store {
        return Ok(SecretOrigin::Existing(reference.name().to_string()));
    }
    Err(RenderError::impossible(
        at,
        format!(
            "machines on {} read it at boot, and can read it from {} only",
            topology.provider, host.secret_store_name
        ),
        format!("put it there: `{{ from: {}, name: … }}`", host.secret_store),
    ))
}

/// No secret, but a value that only one machine may put down, once: which cluster the search nodes have formed.
fn formed(electing_role: &'static str) -> Secret {
    Secret {
        name: "search-formed",
        about: "The search cluster's own id; the first nodes put it down, and no node forms another cluster then",
        origin: SecretOrigin::Generated,
        reader: Reader::Nodes(electing_role),
    }
}
