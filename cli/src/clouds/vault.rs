//! A cloud's store of secrets.

use provision_architecture::spec::Provider;
#[cfg(any(feature = "aws", feature = "google", feature = "azure"))]
use provision_store::{Put, Sealed, Vault};

use super::Whereabouts;
use crate::failure::Failure;

/// What became of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    not(any(feature = "aws", feature = "google", feature = "azure")),
    expect(dead_code, reason = "this build reaches no cloud that could say so")
)]
pub enum Stored {
    Made,
    Replaced,
    Kept,
}

/// A store of secrets, and whom it takes us for.
pub struct Opened {
    pub identity: String,
    #[cfg(any(feature = "aws", feature = "google", feature = "azure"))]
    vault: Box<dyn Vault>,
}

/// The provider's own.
pub fn vault(provider: Provider, place: &Whereabouts) -> Result<Opened, Failure> {
    match provider {
        #[cfg(feature = "aws")]
        Provider::Aws => {
            let (vault, identity) = super::aws::vault(&place.region)?;
            Ok(Opened { identity, vault })
        }
        #[cfg(feature = "google")]
        Provider::Google => {
            let project = place.project.as_ref().ok_or_else(|| {
                Failure::new("the secrets' project is not named")
                    .hint("`--project PROJECT`, or the variable GOOGLE_CLOUD_PROJECT")
            })?;
            let (vault, identity) = super::google::vault(project)?;
            Ok(Opened { identity, vault })
        }
        #[cfg(feature = "azure")]
        Provider::Azure => {
            let address = place.vault.as_ref().ok_or_else(|| {
                Failure::new("the secrets' vault is not named")
                    .hint("`--vault https://NAME.vault.azure.net`, or the variable AZURE_KEY_VAULT_URL")
            })?;
            let (vault, identity) = super::azure::vault(address)?;
            Ok(Opened { identity, vault })
        }
        #[cfg(not(all(feature = "aws", feature = "google", feature = "azure")))]
        other => {
            let _ = (&place.region, &place.project, &place.vault);
            Err(super::missing(&format!("the secrets of {}", other.word()), super::feature_for(other)))
        }
    }
}

#[cfg(any(feature = "aws", feature = "google", feature = "azure"))]
impl Opened {
    pub fn name(&self) -> String {
        self.vault.name()
    }

    pub fn holds(&self, name: &str) -> Result<bool, Failure> {
        let held = super::runtime()?.block_on(self.vault.holds(name));
        held.map_err(super::failed("the secrets can't be looked at"))
    }

    pub fn put(&self, name: &str, value: &str, over: bool) -> Result<Stored, Failure> {
        let put = super::runtime()?.block_on(self.vault.put(name, &Sealed::new(value.to_owned()), over));
        Ok(match put.map_err(super::failed("the secret can't be put"))? {
            Put::Made => Stored::Made,
            Put::Replaced => Stored::Replaced,
            Put::Kept => Stored::Kept,
        })
    }
}

/// There is none in this build, so nobody can ask.
#[cfg(not(any(feature = "aws", feature = "google", feature = "azure")))]
impl Opened {
    pub fn name(&self) -> String {
        self.identity.clone()
    }

    pub fn holds(&self, _name: &str) -> Result<bool, Failure> {
        Ok(false)
    }

    pub fn put(&self, _name: &str, _value: &str, _over: bool) -> Result<Stored, Failure> {
        Ok(Stored::Kept)
    }
}
