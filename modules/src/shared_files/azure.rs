//! Shared files of Azure Files.

use serde::Serialize;

use super::SharedFiles;
use crate::RenderError;
use crate::azure::{Endpoint, PrivateAccess, Value, account_name, value};
use crate::naming::{Naming, Resource};
use crate::network::azure::Places;
use crate::security::Member;
use crate::text::Expr;

#[derive(Serialize)]
pub(crate) struct Context {
    account: Resource,
    name: Expr,
    share: Resource,
    lock: Resource,
    vault: Resource,
    policy: Resource,
    registration: Resource,
    backup: Resource,
    key: Option<Resource>,
    access: PrivateAccess,
    values: Vec<Value>,
}

pub(crate) fn context(
    _files: SharedFiles,
    cluster: bool,
    places: &Places,
    naming: &Naming<'_>,
) -> Result<Context, RenderError> {
    let mut share = naming.resource("azurerm_storage_share", "main", "files")?;
    share.rename("files".to_owned());
    let files = |kind: &str| naming.resource(kind, "files", "files");
    let target = Expr::reference("azurerm_storage_account.files.id")?;
    let endpoint = Endpoint::new(naming, "files", target, "file", Some(Member::SharedFiles))?;
    Ok(Context {
        account: files("azurerm_storage_account")?,
        name: account_name(naming, "files")?,
        share,
        lock: files("azurerm_management_lock")?,
        vault: naming.resource("azurerm_recovery_services_vault", "files", "files-backup")?,
        policy: files("azurerm_backup_policy_file_share")?,
        registration: files("azurerm_backup_container_storage_account")?,
        backup: files("azurerm_backup_protected_file_share")?,
        key: cluster.then(|| crate::object_storage::azure::storage_key(naming, "files-key")).transpose()?,
        access: PrivateAccess::new(
            naming,
            "files",
            "privatelink.file.core.windows.net",
            vec![endpoint],
            places,
        )?,
        values: vec![value(
            naming,
            "shared_files",
            "shared-files/id",
            Expr::reference("azurerm_storage_share.main.id")?,
        )?],
    })
}
