use crate::spec::declare::{fields, words};
use crate::spec::read::{Read, Reader};
use crate::spec::shape::Shape;
use crate::values::SecretName;
use crate::yaml::Node;

words! {
    /// Where a secret is kept.
    pub enum SecretStore {
        /// AWS Secrets Manager.
        AwsSecretsmanager = "aws-secretsmanager",
        /// Google Secret Manager.
        GoogleSecretManager = "google-secret-manager",
        /// Azure Key Vault.
        AzureKeyVault = "azure-key-vault",
        /// An environment variable of the person or job that applies.
        Env = "env",
    }
}

fields! {
    /// Names a secret; never holds one.
    pub(super) struct Reference {
        /// Where it is kept.
        from: SecretStore,
        /// Its name there.
        name: SecretName,
    }
}

/// Names a secret that is kept elsewhere. A spec never holds the secret itself, and what stands in its place by
/// mistake is never shown.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[serde(transparent)]
pub struct SecretReference(Reference);

impl SecretReference {
    pub fn store(&self) -> SecretStore {
        self.0.from
    }

    pub fn name(&self) -> &SecretName {
        &self.0.name
    }
}

impl Read for SecretReference {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        if node.entries().is_empty() {
            reader.hide(node);
            reader.problem_with_hint(
                node,
                "a secret is never written into a spec",
                "name where it is kept: `{ from: aws-secretsmanager, name: provision/orders/licence }`",
            );
            return None;
        }
        let before = reader.problems.len();
        let reference = Reference::read(node, reader);
        // Also where a field stands twice: the one that was not read may be the secret.
        if reference.is_none() || reader.problems.len() > before {
            // Whatever stands there may be the secret: say which field is wrong, quote nothing of it.
            reader.hide(node);
            for problem in &mut reader.problems[before..] {
                problem.message = "this is not a reference to a secret".to_owned();
                problem.hint = Some(format!(
                    "`from` is one of {}, `name` its name there",
                    SecretStore::ALL.iter().map(|store| store.word()).collect::<Vec<_>>().join(", ")
                ));
            }
        }
        reference.map(Self)
    }

    fn shape() -> Shape {
        Reference::shape()
    }
}
