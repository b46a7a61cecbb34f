//! Azure Blob Storage as the place of a shared ledger, and Azure Key Vault.

mod container;
mod credential;
mod fault;
mod ledger;
mod secrets;
mod shared_key;

use std::sync::Arc;

use azure_core::credentials::TokenCredential;
use azure_core::http::{ClientOptions, RetryOptions, Transport, Url};
use azure_storage_blob::{BlobContainerClient, BlobServiceClient, BlobServiceClientOptions};
use provision_store::{Fault, Sealed};

pub use container::Container;
pub use credential::{Environment, credential, identity_of};
pub use ledger::Blobs;
pub use secrets::KeyVault;

use shared_key::SharedKey;

/// Whom a storage account takes us for.
#[derive(Clone)]
pub enum Access {
    /// One of the account's keys.
    Key(Sealed),
    /// A shared access signature, as it stands behind a `?`.
    Signature(Sealed),
    /// Entra.
    Token(Arc<dyn TokenCredential>),
}

/// How an account is reached.
#[derive(Clone)]
pub struct Account {
    pub name: String,
    /// In place of `https://NAME.blob.core.windows.net/`.
    pub endpoint: Option<String>,
    pub access: Access,
    /// In place of the usual one.
    pub transport: Option<Transport>,
}

impl Account {
    fn client(&self) -> Result<BlobServiceClient, Fault> {
        let failed = |error: &dyn std::error::Error| {
            Fault::Failed(format!("no client for the storage account `{}`: {error}", self.name))
        };
        let usual = format!("https://{}.blob.core.windows.net/", self.name);
        let mut url =
            Url::parse(self.endpoint.as_deref().unwrap_or(&usual)).map_err(|error| failed(&error))?;
        let mut options = ClientOptions {
            // Trying again is ours.
            retry: RetryOptions::none(),
            transport: self.transport.clone(),
            ..ClientOptions::default()
        };
        let mut credential = None;
        match &self.access {
            Access::Key(key) => {
                let policy = SharedKey::new(&self.name, key).map_err(Fault::Failed)?;
                options.per_try_policies.push(Arc::new(policy));
            }
            Access::Signature(signature) => {
                url.set_query(Some(signature.open().trim_start_matches('?')));
            }
            Access::Token(token) => credential = Some(token.clone()),
        }
        let options = BlobServiceClientOptions { client_options: options, ..Default::default() };
        BlobServiceClient::new(url, credential, Some(options)).map_err(|error| failed(&error))
    }

    fn container(&self, name: &str) -> Result<BlobContainerClient, Fault> {
        Ok(self.client()?.blob_container_client(name))
    }
}
