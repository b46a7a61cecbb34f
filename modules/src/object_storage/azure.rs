//! Object storage of Azure Blob Storage.

use provision_architecture::spec::Platform;
use serde::Serialize;

use super::ObjectStorage;
use crate::RenderError;
use crate::azure::{Endpoint, PrivateAccess, Value, account_name, value};
use crate::naming::{Naming, Resource, underscored};
use crate::network::azure::Places;
use crate::text::Expr;

#[derive(Serialize)]
pub(crate) struct Context {
    account: Resource,
    name: Expr,
    container: Resource,
    policy: Resource,
    lock: Resource,
    keys: bool,
    /// The place of the key for pods, which can't fetch it themselves.
    key: Option<Resource>,
    keep_old_days: u64,
    access: PrivateAccess,
    values: Vec<Value>,
}

/// RudderStack knows no log-in by identity: its machines fetch the account's key at boot.
pub(crate) fn needs_key(platform: Platform) -> bool {
    platform == Platform::Rudderstack
}

/// Where a storage account's key is kept for pods.
pub(crate) fn storage_key(naming: &Naming<'_>, name: &str) -> Result<Resource, RenderError> {
    let mut key = naming.resource("azurerm_key_vault_secret", &underscored(name), name)?;
    key.rename(name.to_owned());
    Ok(key)
}

pub(crate) fn context(
    storage: ObjectStorage,
    platform: Platform,
    cluster: bool,
    places: &Places,
    naming: &Naming<'_>,
) -> Result<Context, RenderError> {
    let mut container = naming.resource("azurerm_storage_container", "storage", "storage")?;
    container.rename("storage".to_owned());
    let reference = |attribute: &str| Expr::reference(format!("azurerm_storage_account.storage.{attribute}"));
    let endpoint = Endpoint::new(naming, "storage", reference("id")?, "blob", None)?;
    let mut values = vec![
        value(
            naming,
            "storage_bucket",
            "storage/bucket",
            Expr::reference("azurerm_storage_container.storage.name")?,
        )?,
        value(naming, "storage_endpoint", "storage/endpoint", reference("primary_blob_endpoint")?)?,
    ];
    if needs_key(platform) {
        values.push(value(naming, "storage_account", "storage/account", reference("name")?)?);
        values.push(value(naming, "storage_id", "storage/id", reference("id")?)?);
    }
    Ok(Context {
        account: naming.resource("azurerm_storage_account", "storage", "storage")?,
        name: account_name(naming, "storage")?,
        container,
        policy: naming.resource("azurerm_storage_management_policy", "storage", "storage")?,
        lock: naming.resource("azurerm_management_lock", "storage", "storage")?,
        keys: needs_key(platform),
        key: (cluster && needs_key(platform)).then(|| storage_key(naming, "storage-key")).transpose()?,
        keep_old_days: storage.keep_old_days,
        access: PrivateAccess::new(
            naming,
            "storage",
            "privatelink.blob.core.windows.net",
            vec![endpoint],
            places,
        )?,
        values,
    })
}
