//! Secrets come from the cloud's store into the cluster by External Secrets: a controller that reads them again and
//! again, because the database service changes its password by itself. Nobody else in the cluster may read the store.

use provision_architecture::Topology;
use provision_architecture::spec::Platform;
use serde::Serialize;

use crate::Blocks;
use crate::cloud::Cloud;
use crate::identity::{Reader, Secret, SecretOrigin};
use crate::registry::{self, KESTRA};

use super::Workload;

pub(super) use crate::identity::CONTROLLER;

/// The release of External Secrets' chart.
pub(super) const CHART: &str = "2.0.1";

/// What all components read.
const SHARED: &str = "secrets";

/// One secret of the cluster, made of several of the store.
#[derive(Debug, Serialize)]
pub(super) struct ClusterSecret {
    pub(super) name: String,
    keys: Vec<Key>,
    /// Texts with keys in them.
    texts: Vec<Text>,
    /// Whether it is the login of a registry for images.
    for_images: bool,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Key {
    key: &'static str,
    /// Its name in the store, or the place of one in the installation.
    from: String,
    /// The part of it, where it is JSON.
    part: Option<&'static str>,
    /// Which version of it, where not the latest.
    version: Option<&'static str>,
    /// Whether it is in a store that was there before.
    pub(super) existing: bool,
}

#[derive(Debug, Serialize)]
struct Text {
    key: &'static str,
    /// In the controller's own template language.
    text: String,
}

/// A secret that the installation makes up where there is none yet, or waits for.
#[derive(Debug, Serialize)]
pub(super) struct Wanted {
    id: String,
    generated: bool,
    bytes: u64,
    token: String,
}

pub(super) fn of(topology: &Topology, blocks: &Blocks, cloud: &dyn Cloud) -> Vec<ClusterSecret> {
    let mut shared = Vec::new();
    for secret in of_components(blocks) {
        shared.extend(keys(topology, secret, cloud));
    }
    let mut secrets = Vec::new();
    let mut texts = Vec::new();
    let database = blocks.database.as_ref();
    let known = database.is_some_and(|database| !cloud.has_password(database));
    if known && topology.platform == Platform::Octopus {
        texts.push(Text {
            key: "DB_CONNECTION_STRING",
            text: format!(
                "Server=@DATABASE_HOST@,1433;Database=Octopus;Authentication=Active Directory Workload Identity;\
                 User Id=@{}@;Encrypt=True",
                super::identity_place("server")
            ),
        });
    }
    match database.filter(|_| !known).map(|database| database.servers) {
        Some(1) => {
            shared.extend(credentials("@DATABASE_SECRET@", cloud));
            texts.extend(user(cloud));
            if topology.platform == Platform::Octopus {
                texts.push(Text {
                    key: "DB_CONNECTION_STRING",
                    text: "Server=@DATABASE_HOST@,1433;Database=Octopus;User Id={{ .DATABASE_USER }};\
                           Password='{{ .DATABASE_PASSWORD }}';Encrypt=True;TrustServerCertificate=True"
                        .to_owned(),
                });
            }
        }
        Some(servers) => secrets.extend((0..servers).map(|number| ClusterSecret {
            name: of_database(servers, Some(number)),
            keys: credentials(&format!("@DATABASE_{number}_SECRET@"), cloud),
            texts: user(cloud).into_iter().collect(),
            for_images: false,
        })),
        None => {}
    }
    if blocks.object_storage.is_some()
        && cloud.keeps_storage_keys()
        && topology.platform == Platform::Rudderstack
    {
        shared.push(Key::of("STORAGE_KEY", "storage-key"));
    }
    if !shared.is_empty() {
        secrets.insert(0, ClusterSecret { name: SHARED.to_owned(), keys: shared, texts, for_images: false });
    }
    secrets.extend(login(topology, blocks, cloud));
    if blocks.shared_files.is_some() && cloud.keeps_storage_keys() {
        secrets.push(ClusterSecret {
            name: "shared-files".to_owned(),
            keys: vec![Key::of("azurestorageaccountkey", "files-key")],
            texts: vec![Text { key: "azurestorageaccountname", text: "@SHARED_FILES@".to_owned() }],
            for_images: false,
        });
    }
    secrets
}

/// The secret with the credentials of a database server: each has one of its own where there are several.
pub(super) fn of_database(servers: usize, number: Option<usize>) -> String {
    if servers > 1 { format!("database-{}", number.unwrap_or(0)) } else { SHARED.to_owned() }
}

fn of_components(blocks: &Blocks) -> impl Iterator<Item = &Secret> {
    blocks.identity.secrets.iter().filter(|secret| secret.reader == Reader::Components)
}

/// The secret of the login to the registry.
const LOGIN: &str = "registry";

/// Which secret the images of a workload are taken with, where their registry asks for a login that we know.
pub(super) fn pull_secret(topology: &Topology, workload: &Workload) -> Option<&'static str> {
    registry::asks_for_licence(topology.platform, &workload.image).then_some(LOGIN)
}

fn login(topology: &Topology, blocks: &Blocks, cloud: &dyn Cloud) -> Option<ClusterSecret> {
    let workloads = blocks.cluster.iter().flat_map(|cluster| &cluster.workloads);
    let name = workloads.into_iter().find_map(|workload| pull_secret(topology, workload))?;
    let licence = of_components(blocks).find(|secret| secret.name == "licence")?;
    let text = format!(
        "{{\"auths\":{{\"{KESTRA}\":{{\"username\":{{{{ .LICENCE_ID | toJson }}}},\
         \"password\":{{{{ .LICENCE_FINGERPRINT | toJson }}}}}}}}}}"
    );
    let mut keys = keys(topology, licence, cloud);
    keys.retain(|key| key.key != "LICENCE_KEY");
    let texts = vec![Text { key: ".dockerconfigjson", text }];
    Some(ClusterSecret { name: name.to_owned(), keys, texts, for_images: true })
}

impl Key {
    /// The latest value of one of the deployment's own store.
    fn of(key: &'static str, from: &str) -> Self {
        Self { key, from: from.to_owned(), part: None, version: None, existing: false }
    }
}

/// The name of the database's user, where its secret does not hold it.
fn user(cloud: &dyn Cloud) -> Option<Text> {
    cloud.database_user().map(|user| Text { key: "DATABASE_USER", text: user.to_owned() })
}

fn credentials(from: &str, cloud: &dyn Cloud) -> Vec<Key> {
    if cloud.database_user().is_some() {
        return vec![Key::of("DATABASE_PASSWORD", from)];
    }
    [("DATABASE_USER", "username"), ("DATABASE_PASSWORD", "password")]
        .map(|(key, part)| Key { part: Some(part), ..Key::of(key, from) })
        .to_vec()
}

/// Whether some are in a store that was there before.
pub(super) fn has_existing(blocks: &Blocks) -> bool {
    blocks.identity.secrets.iter().any(|secret| matches!(secret.origin, SecretOrigin::Existing(_)))
}

fn keys(topology: &Topology, secret: &Secret, cloud: &dyn Cloud) -> Vec<Key> {
    let from = match &secret.origin {
        SecretOrigin::Existing(name) => name.clone(),
        _ => cloud.key_in_store(topology.deployment.as_str(), secret.name),
    };
    let existing = matches!(secret.origin, SecretOrigin::Existing(_)) && cloud.has_stores();
    let version = if secret.origin == SecretOrigin::Generated { cloud.first_version() } else { None };
    let key = |key, part| Key { key, from: from.clone(), part, version, existing };
    match (secret.name, topology.platform) {
        ("encryption-key", _) => vec![key("ENCRYPTION_KEY", None)],
        ("master-key", _) => vec![key("MASTER_KEY", None)],
        ("admin-password", _) => vec![key("ADMIN_PASSWORD", None)],
        ("workspace-token", _) => vec![key("WORKSPACE_TOKEN", None)],
        // A licence of Kestra's has three parts, kept as JSON.
        (_, Platform::Kestra) => vec![
            key("LICENCE_ID", Some("id")),
            key("LICENCE_FINGERPRINT", Some("fingerprint")),
            key("LICENCE_KEY", Some("key")),
        ],
        (_, Platform::Octopus) => vec![key("OCTOPUS_SERVER_BASE64_LICENSE", None)],
        _ => vec![key("LICENCE", None)],
    }
}

fn id(topology: &Topology, secret: &Secret, cloud: &dyn Cloud) -> String {
    match &secret.origin {
        SecretOrigin::Existing(name) => name.clone(),
        _ => cloud.secret_name(topology.deployment.as_str(), secret.name),
    }
}

/// By what those are told who are on call.
pub(super) fn receivers(topology: &Topology, blocks: &Blocks, cloud: &dyn Cloud) -> Vec<Key> {
    let own = blocks.identity.secrets.iter().filter(|secret| secret.reader == Reader::Monitoring);
    own.map(|secret| Key {
        existing: matches!(secret.origin, SecretOrigin::Existing(_)) && cloud.has_stores(),
        ..Key::of(secret.name, &id(topology, secret, cloud))
    })
    .collect()
}

pub(super) fn wanted(topology: &Topology, blocks: &Blocks, cloud: &dyn Cloud) -> Vec<Wanted> {
    let wanted =
        blocks.identity.secrets.iter().filter(|it| !matches!(it.reader, Reader::Nodes(_))).map(|secret| {
            let id = id(topology, secret, cloud);
            Wanted {
                token: crate::hash::sha256(id.as_bytes())[..32].to_owned(),
                id,
                generated: secret.origin == SecretOrigin::Generated,
                // Octopus' master key is one of AES-128 (OCT-26).
                bytes: if secret.name == "master-key" { 16 } else { 32 },
            }
        });
    wanted.collect()
}
