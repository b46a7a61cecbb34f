use std::collections::HashMap;
use std::sync::Arc;

use azure_core::credentials::TokenCredential;
use azure_core::http::{ClientOptions, RequestContent, RetryOptions, Transport};
use azure_security_keyvault_secrets::models::SetSecretParameters;
use azure_security_keyvault_secrets::{SecretClient, SecretClientOptions};
use provision_store::{Fault, OURS, Put, Sealed, Sent, Vault, patiently};

use crate::fault::{fault, status};

pub struct KeyVault {
    client: Arc<SecretClient>,
    address: String,
}

impl KeyVault {
    /// `https://NAME.vault.azure.net/`
    pub fn open(
        address: &str,
        credential: Arc<dyn TokenCredential>,
        transport: Option<Transport>,
    ) -> Result<Self, Fault> {
        let client_options =
            ClientOptions { retry: RetryOptions::none(), transport, ..ClientOptions::default() };
        let options = SecretClientOptions { client_options, ..SecretClientOptions::default() };
        let client = SecretClient::new(address, credential, Some(options))
            .map_err(|error| Fault::Failed(format!("no client for the vault {address}: {error}")))?;
        Ok(KeyVault { client: Arc::new(client), address: address.to_owned() })
    }
}

async fn holds(client: &SecretClient, secret: &str) -> Result<bool, Fault> {
    match client.get_secret(secret, None).await {
        Ok(_) => Ok(true),
        Err(error) if status(&error) == Some(404) => Ok(false),
        Err(error) => Err(fault(&format!("`{secret}` can't be looked for"), &error)),
    }
}

impl Vault for KeyVault {
    fn name(&self) -> String {
        format!("Azure Key Vault {}", self.address)
    }

    fn holds<'a>(&'a self, secret: &'a str) -> Sent<'a, Result<bool, Fault>> {
        let (client, secret) = (self.client.clone(), secret.to_owned());
        Box::pin(patiently(move || {
            let (client, secret) = (client.clone(), secret.clone());
            Box::pin(async move { holds(&client, &secret).await })
        }))
    }

    /// The service has no condition for it, so this looks first. What was replaced stays as an older version.
    fn put<'a>(&'a self, secret: &'a str, value: &'a Sealed, over: bool) -> Sent<'a, Result<Put, Fault>> {
        Box::pin(async move {
            let was_there = self.holds(secret).await?;
            if was_there && !over {
                return Ok(Put::Kept);
            }
            let (client, secret, value) = (self.client.clone(), secret.to_owned(), value.clone());
            patiently(move || {
                let (client, secret, value) = (client.clone(), secret.clone(), value.clone());
                Box::pin(async move {
                    let parameters = SetSecretParameters {
                        value: Some(value.open().to_owned()),
                        tags: Some(HashMap::from([(OURS.to_owned(), "secret".to_owned())])),
                        ..SetSecretParameters::default()
                    };
                    let content = RequestContent::try_from(parameters)
                        .map_err(|error| Fault::Failed(format!("a call can't be built: {error}")))?;
                    let set = client.set_secret(&secret, content, None).await;
                    set.map_err(|error| fault(&format!("`{secret}` can't be put"), &error))?;
                    Ok(if was_there { Put::Replaced } else { Put::Made })
                })
            })
            .await
        })
    }
}
