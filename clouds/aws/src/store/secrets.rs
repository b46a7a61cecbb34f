use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::create_secret::CreateSecretError;
use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretError;
use aws_sdk_secretsmanager::types::Tag;
use provision_store::{Fault, OURS, Put, Sealed, Sent, Vault, patiently};

use super::fault::fault;

pub struct SecretsManager {
    client: Client,
    region: String,
}

impl SecretsManager {
    pub fn new(configuration: &SdkConfig) -> Self {
        let region = configuration.region().map(ToString::to_string).unwrap_or_default();
        SecretsManager { client: Client::new(configuration), region }
    }
}

/// What tells the service that a call is the same one again. From nothing that the value could be guessed from.
fn token() -> String {
    let word = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}{:016x}", word(), word(), word())
}

impl Vault for SecretsManager {
    fn name(&self) -> String {
        format!("AWS Secrets Manager in {}", self.region)
    }

    fn holds<'a>(&'a self, secret: &'a str) -> Sent<'a, Result<bool, Fault>> {
        let (client, secret) = (self.client.clone(), secret.to_owned());
        Box::pin(patiently(move || {
            let (client, secret) = (client.clone(), secret.clone());
            Box::pin(async move {
                match client.describe_secret().secret_id(&secret).send().await {
                    // One that waits to be deleted can't be read.
                    Ok(found) => Ok(found.deleted_date().is_none()),
                    Err(error)
                        if error
                            .as_service_error()
                            .is_some_and(DescribeSecretError::is_resource_not_found_exception) =>
                    {
                        Ok(false)
                    }
                    Err(error) => Err(fault(&format!("`{secret}` can't be looked for"), &error)),
                }
            })
        }))
    }

    fn put<'a>(&'a self, secret: &'a str, value: &'a Sealed, over: bool) -> Sent<'a, Result<Put, Fault>> {
        let (client, secret, value, token) = (self.client.clone(), secret.to_owned(), value.clone(), token());
        Box::pin(patiently(move || {
            let (client, secret, value, token) =
                (client.clone(), secret.clone(), value.clone(), token.clone());
            Box::pin(async move {
                let tag = Tag::builder().key(OURS).value("secret").build();
                let made = client
                    .create_secret()
                    .name(&secret)
                    .secret_string(value.open())
                    .client_request_token(&token)
                    .tags(tag)
                    .send()
                    .await;
                match made {
                    Ok(_) => return Ok(Put::Made),
                    Err(error)
                        if error
                            .as_service_error()
                            .is_some_and(CreateSecretError::is_resource_exists_exception) => {}
                    Err(error) => return Err(fault(&format!("`{secret}` can't be made"), &error)),
                }
                if !over {
                    return Ok(Put::Kept);
                }
                let put = client.put_secret_value().secret_id(&secret).secret_string(value.open());
                let put = put.client_request_token(&token).send().await;
                put.map_err(|error| fault(&format!("`{secret}` can't be replaced"), &error))?;
                Ok(Put::Replaced)
            })
        }))
    }
}
