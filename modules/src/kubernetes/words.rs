//! What the manifests of a cluster say otherwise in each cloud.

use crate::Blocks;
use crate::identity::Acts;
use crate::naming::underscored;

/// How a cloud's cluster is found, and what its manifests need from the outputs.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    /// The cluster's name.
    pub(crate) cluster: String,
    /// Where it stands: a region, a zone, or whatever the cloud's command wants to know beside the name.
    pub(crate) location: String,
    /// What stands as `@NAME@` in the manifests, beside the addresses of the backends.
    pub(crate) places: Vec<Place>,
    /// By which name the driver of the shared files knows them, where the outputs don't say it.
    pub(crate) shared_files: String,
    /// Of what kind a disk is that follows its pod to another zone; none where there are none, or no other zone.
    pub(crate) disk_type: Option<&'static str>,
    /// The commands by which the installation speaks with the cloud.
    pub(crate) tools: &'static [&'static str],
    /// Whether a service account names the identity that its pods act as.
    pub(crate) names_identities: bool,
}

/// A value that comes out of the Terraform.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Place {
    pub(crate) key: String,
    pub(crate) output: String,
    /// Whether pods read it, too.
    pub(crate) for_pods: bool,
}

impl Place {
    pub(crate) fn new(key: impl Into<String>, output: impl Into<String>, for_pods: bool) -> Self {
        Self { key: key.into(), output: output.into(), for_pods }
    }

    /// One for the identity of each role that pods act as.
    pub(crate) fn of_identities(blocks: &Blocks) -> Vec<Self> {
        let roles = blocks.identity.roles.iter().filter(|role| role.acts != Acts::Machine);
        let place =
            |name: &str| Self::new(identity_place(name), format!("identity_{}", underscored(name)), false);
        roles.map(|role| place(&role.name)).collect()
    }
}

/// `IDENTITY_EXTERNAL_SECRETS`
pub(crate) fn identity_place(role: &str) -> String {
    format!("IDENTITY_{}", underscored(role).to_uppercase())
}
