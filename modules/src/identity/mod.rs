//! What each machine may do, and no more; and the secrets that it reads.

pub(crate) mod aws;

use provision_architecture::Topology;
use provision_architecture::documented::Party;
use provision_architecture::spec::{ComponentName, Edition, Platform, SecretStore, StorageKind};

use crate::{Blocks, RenderError};

#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub(crate) roles: Vec<Role>,
    pub(crate) secrets: Vec<Secret>,
}

/// The machines of one kind.
#[derive(Debug, Clone)]
pub(crate) struct Role {
    pub(crate) name: String,
    pub(crate) reads_database_secret: bool,
    pub(crate) uses_object_storage: bool,
    pub(crate) uses_shared_files: bool,
    /// Of `Identity::secrets`.
    pub(crate) reads_secrets: bool,
    /// Whether it is a member of a group that waits for it to finish.
    pub(crate) reports_when_finished: bool,
}

/// A secret that the platform needs beside its database's password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Secret {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) origin: SecretOrigin,
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
    /// The secrets that their owner has to put in place, as the cloud's store names them.
    pub(crate) fn put_by_owner(&self, topology: &Topology) -> Vec<String> {
        let owners = self.secrets.iter().filter(|secret| secret.origin == SecretOrigin::PutByOwner);
        owners.map(|secret| format!("/provision/{}/{}", topology.deployment, secret.name)).collect()
    }
}

pub(crate) fn decide(topology: &Topology, blocks: &Blocks) -> Result<Identity, RenderError> {
    let secrets = secrets(topology)?;
    let role = |component: ComponentName, needs: &[Party]| Role {
        name: component.to_string(),
        reads_database_secret: needs.contains(&Party::Database) && blocks.database.is_some(),
        uses_object_storage: needs.contains(&Party::Storage) && topology.storage == StorageKind::Object,
        uses_shared_files: needs.contains(&Party::Storage) && topology.storage == StorageKind::SharedFiles,
        reads_secrets: !secrets.is_empty(),
        reports_when_finished: true,
    };
    let mut roles: Vec<Role> =
        topology.groups.iter().map(|group| role(group.component, &group.needs)).collect();
    let nodes = blocks.kafka.iter().flat_map(|kafka| &kafka.nodes);
    let nodes = nodes.chain(blocks.search.iter().flat_map(|search| &search.nodes));
    for node in nodes {
        if roles.iter().all(|role| role.name != node.role) {
            roles.push(Role {
                name: node.role.to_owned(),
                reads_database_secret: false,
                uses_object_storage: false,
                uses_shared_files: false,
                reads_secrets: false,
                reports_when_finished: false,
            });
        }
    }
    Ok(Identity { roles, secrets })
}

fn secrets(topology: &Topology) -> Result<Vec<Secret>, RenderError> {
    let generated = |name, about| Secret { name, about, origin: SecretOrigin::Generated };
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
        }],
        Platform::EventPlatform => Vec::new(),
    };
    let licensed =
        topology.edition == Some(Edition::Enterprise) || topology.edition == Some(Edition::Professional);
    match &topology.spec.licence {
        Some(reference) if reference.store() != SecretStore::AwsSecretsmanager => {
            return Err(RenderError::impossible(
                "licence.from",
                "machines on AWS read the licence at boot, and can read it from AWS Secrets Manager only",
                "put it there: `{ from: aws-secretsmanager, name: … }`",
            ));
        }
        Some(reference) => secrets.push(Secret {
            name: "licence",
            about: "The product's licence",
            origin: SecretOrigin::Existing(reference.name().to_string()),
        }),
        None if licensed => secrets.push(Secret {
            name: "licence",
            about: "The product's licence",
            origin: SecretOrigin::PutByOwner,
        }),
        None => {}
    }
    Ok(secrets)
}
