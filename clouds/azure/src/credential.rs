//! Entra: who we are, by the same means and in the same order as other tools on Azure find out.

use std::sync::Arc;

use async_trait::async_trait;
use azure_core::credentials::{AccessToken, Secret, TokenCredential, TokenRequestOptions};
use azure_identity::{
    ClientSecretCredential, DeveloperToolsCredential, ManagedIdentityCredential, WorkloadIdentityCredential,
};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use provision_store::{Fault, Sealed};

/// What the environment says of an identity.
#[derive(Clone, Default)]
pub struct Environment {
    /// `AZURE_TENANT_ID`
    pub tenant: Option<String>,
    /// `AZURE_CLIENT_ID`
    pub client: Option<String>,
    /// `AZURE_CLIENT_SECRET`
    pub secret: Option<Sealed>,
    /// `AZURE_FEDERATED_TOKEN_FILE` is set: a workload in a cluster.
    pub is_workload: bool,
}

/// A service principal, a workload identity, then whoever is signed in with the tools, then the machine itself.
pub fn credential(environment: &Environment) -> Result<Arc<dyn TokenCredential>, Fault> {
    let failed = |error: &azure_core::Error| Fault::Failed(format!("Azure has no credentials here: {error}"));
    if let (Some(tenant), Some(client), Some(secret)) =
        (&environment.tenant, &environment.client, &environment.secret)
    {
        let secret = Secret::new(secret.open().to_owned());
        let made = ClientSecretCredential::new(tenant, client.clone(), secret, None);
        return Ok(made.map_err(|error| failed(&error))?);
    }
    if environment.is_workload {
        return Ok(WorkloadIdentityCredential::new(None).map_err(|error| failed(&error))?);
    }
    let tools = DeveloperToolsCredential::new(None).map_err(|error| failed(&error))?;
    let machine = ManagedIdentityCredential::new(None).map_err(|error| failed(&error))?;
    Ok(Arc::new(Either { first: tools, then: machine }))
}

/// The first that has a token.
#[derive(Debug)]
struct Either {
    first: Arc<dyn TokenCredential>,
    then: Arc<dyn TokenCredential>,
}

#[async_trait]
impl TokenCredential for Either {
    async fn get_token(
        &self,
        scopes: &[&str],
        options: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let first = match self.first.get_token(scopes, options.clone()).await {
            Ok(token) => return Ok(token),
            Err(error) => error,
        };
        // Whoever has neither is told about the first: that is what people use.
        self.then.get_token(scopes, options).await.map_err(|_| first)
    }
}

/// Whom a token names, from what stands in it in the open.
pub async fn identity_of(token: &dyn TokenCredential) -> Result<String, Fault> {
    let asked = token.get_token(&["https://storage.azure.com/.default"], None);
    let token = tokio::time::timeout(std::time::Duration::from_secs(30), asked).await;
    let token = token.map_err(|_| Fault::Unanswered("Entra didn't answer within 30 s".to_owned()))?;
    let token = token.map_err(|error| Fault::Failed(format!("no token from Entra: {error}")))?;
    let claims =
        token.token.secret().split('.').nth(1).and_then(|part| BASE64_URL_SAFE_NO_PAD.decode(part).ok());
    let claims: serde_json::Value =
        claims.and_then(|claims| serde_json::from_slice(&claims).ok()).unwrap_or_default();
    let who = ["upn", "unique_name", "appid", "oid"].into_iter().find_map(|name| claims[name].as_str());
    Ok(match (who, claims["tid"].as_str()) {
        (Some(who), Some(tenant)) => format!("{who} of the tenant {tenant}"),
        (Some(who), None) => who.to_owned(),
        _ => "somebody whom Entra knows".to_owned(),
    })
}
