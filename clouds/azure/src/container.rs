//! The container that a team shares, in a storage account that exists.

use std::collections::HashMap;

use azure_storage_blob::BlobContainerClient;
use azure_storage_blob::models::{
    BlobContainerClientCreateOptions, BlobContainerClientGetPropertiesResultHeaders as _,
};
use provision_store::{Deed, Fault, Founder, Founding, SHARED, Sent, patiently};

use crate::Account;
use crate::fault::{code, fault, status};

/// The mark of a container of ours; names of metadata have no dashes.
const OURS: &str = "provision_ledger";

pub struct Container {
    account: Account,
    name: String,
}

impl Container {
    pub fn new(account: Account, name: &str) -> Self {
        Container { account, name: name.to_owned() }
    }
}

impl Founder for Container {
    fn found<'a>(&'a self, _plan: &'a Founding) -> Sent<'a, Result<Vec<Deed>, Fault>> {
        Box::pin(async move {
            let client = std::sync::Arc::new(self.account.container(&self.name)?);
            let name = self.name.clone();
            patiently(move || {
                let (client, name) = (client.clone(), name.clone());
                Box::pin(async move { found(&client, &name).await })
            })
            .await
        })
    }
}

async fn found(client: &BlobContainerClient, name: &str) -> Result<Vec<Deed>, Fault> {
    // The mark comes with the container, in one call: a half-made one can't be left behind.
    let mark = HashMap::from([(OURS.to_owned(), SHARED.to_owned())]);
    let options = BlobContainerClientCreateOptions { metadata: Some(mark), ..Default::default() };
    match client.create(Some(options)).await {
        Ok(_) => Ok(vec![
            Deed::done(format!("made the container `{name}`, marked `{OURS}={SHARED}`")),
            Deed::done("nobody reads it without credentials"),
        ]),
        Err(error) if code(&error) == "ContainerAlreadyExists" => known(client, name).await,
        Err(error) if code(&error) == "ContainerBeingDeleted" => {
            Err(Fault::Failed(format!("`{name}` is being deleted; try again in a minute")))
        }
        Err(error) => Err(fault(&format!("`{name}` can't be made"), &error)),
    }
}

async fn known(client: &BlobContainerClient, name: &str) -> Result<Vec<Deed>, Fault> {
    let foreign =
        |why: &str| Fault::Failed(format!("the container `{name}` is not ours: {why}; nothing was changed"));
    let properties = match client.get_properties(None).await {
        Ok(properties) => properties,
        Err(error) if status(&error) == Some(403) => return Err(foreign("we may not look at it")),
        Err(error) => return Err(fault(&format!("`{name}` can't be looked at"), &error)),
    };
    let unread = |error: azure_core::Error| fault(&format!("`{name}` can't be looked at"), &error);
    let metadata = properties.metadata().map_err(unread)?;
    let is_ours = metadata.iter().any(|(key, value)| key.eq_ignore_ascii_case(OURS) && value == SHARED);
    if !is_ours {
        return Err(foreign(&format!(
            "it has no metadata `{OURS}={SHARED}`. If it was made for this, give it that and try again"
        )));
    }
    if properties.access().map_err(unread)?.is_some() {
        return Err(Fault::Failed(format!(
            "`{name}` may be read by everybody: set its access level to private and try again"
        )));
    }
    Ok(vec![
        Deed::found(format!("the container `{name}` is there, and marked as ours")),
        Deed::found("nobody reads it without credentials"),
    ])
}
