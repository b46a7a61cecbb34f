use bytes::Bytes;
use google_cloud_gax::retry_policy::NeverRetry;
use google_cloud_secretmanager_v1::client::SecretManagerService;
use google_cloud_secretmanager_v1::model::replication::Automatic;
use google_cloud_secretmanager_v1::model::{Replication, Secret, SecretPayload};
use provision_store::{Fault, OURS, Put, Sealed, Sent, Vault, patiently};

use crate::fault::{fault, status};
use crate::{Settings, address, credentials};

pub struct SecretManager {
    client: SecretManagerService,
    project: String,
}

impl SecretManager {
    pub async fn open(settings: &Settings, project: &str) -> Result<Self, Fault> {
        let emulated = settings.secrets.as_ref();
        let mut builder = SecretManagerService::builder()
            .with_credentials(credentials(emulated.is_some())?)
            .with_retry_policy(NeverRetry);
        if let Some(named) = emulated {
            builder = builder.with_endpoint(address(named));
        }
        let client =
            builder.build().await.map_err(|error| Fault::Failed(format!("no client for Google: {error}")))?;
        Ok(SecretManager { client, project: project.to_owned() })
    }

    /// A reference may name the whole resource.
    fn resource(&self, secret: &str) -> String {
        if secret.starts_with("projects/") {
            secret.to_owned()
        } else {
            format!("projects/{}/secrets/{secret}", self.project)
        }
    }
}

/// Makes the secret without a value; false when it is there.
async fn make(client: &SecretManagerService, resource: &str) -> Result<bool, Fault> {
    let (parent, id) = resource
        .split_once("/secrets/")
        .ok_or_else(|| Fault::Failed(format!("`{resource}` is no name of a secret")))?;
    let secret = Secret::new()
        .set_replication(Replication::new().set_automatic(Automatic::new()))
        .set_labels([(OURS, "secret")]);
    match client.create_secret().set_parent(parent).set_secret_id(id).set_secret(secret).send().await {
        Ok(_) => Ok(true),
        Err(error) if status(&error) == Some(409) => Ok(false),
        Err(error) => Err(fault(&format!("`{id}` can't be made"), &error)),
    }
}

/// Whether it has a value: a secret may stand there without one.
async fn has_value(client: &SecretManagerService, resource: &str) -> Result<bool, Fault> {
    match client.get_secret_version().set_name(format!("{resource}/versions/latest")).send().await {
        Ok(_) => Ok(true),
        Err(error) if status(&error) == Some(404) => Ok(false),
        Err(error) => Err(fault(&format!("`{resource}` can't be looked for"), &error)),
    }
}

impl Vault for SecretManager {
    fn name(&self) -> String {
        format!("Google Secret Manager of the project {}", self.project)
    }

    fn holds<'a>(&'a self, secret: &'a str) -> Sent<'a, Result<bool, Fault>> {
        let (client, resource) = (self.client.clone(), self.resource(secret));
        Box::pin(patiently(move || {
            let (client, resource) = (client.clone(), resource.clone());
            Box::pin(async move { has_value(&client, &resource).await })
        }))
    }

    fn put<'a>(&'a self, secret: &'a str, value: &'a Sealed, over: bool) -> Sent<'a, Result<Put, Fault>> {
        let (client, resource, value) = (self.client.clone(), self.resource(secret), value.clone());
        Box::pin(async move {
            let (asked, named) = (client.clone(), resource.clone());
            let had_value = patiently(move || {
                let (client, resource) = (asked.clone(), named.clone());
                Box::pin(async move {
                    Ok(!make(&client, &resource).await? && has_value(&client, &resource).await?)
                })
            })
            .await?;
            if had_value && !over {
                return Ok(Put::Kept);
            }
            // Versions only ever come on top: an old value stays readable, and a reply that was lost costs one more.
            patiently(move || {
                let (client, resource, value) = (client.clone(), resource.clone(), value.clone());
                Box::pin(async move {
                    let payload =
                        SecretPayload::new().set_data(Bytes::copy_from_slice(value.open().as_bytes()));
                    let added = client.add_secret_version().set_parent(&resource).set_payload(payload).send();
                    added.await.map_err(|error| fault(&format!("`{resource}` takes no value"), &error))?;
                    Ok(if had_value { Put::Replaced } else { Put::Made })
                })
            })
            .await
        })
    }
}
