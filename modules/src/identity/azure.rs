//! Managed identities, what each of them may do, and the vaults.

use provision_architecture::spec::Platform;
use serde::Serialize;

use super::{Acts, Identity, Role, Secret, SecretOrigin};
use crate::RenderError;
use crate::azure::{Endpoint, PrivateAccess, Value, value, worldwide};
use crate::database::Database;
use crate::naming::{Naming, Resource, underscored};
use crate::network::azure::Places;
use crate::text::Expr;

#[derive(Serialize)]
pub(crate) struct Context {
    roles: Vec<RoleContext>,
    vaults: Vec<Vault>,
    /// Whose tenant the vaults belong to.
    tenant: Expr,
    secrets: Vec<SecretContext>,
    has_existing: bool,
    installed: bool,
    access: PrivateAccess,
    values: Vec<Value>,
}

#[derive(Serialize)]
struct RoleContext {
    name: String,
    identity: Resource,
    /// Whose pods act as it; none where machines do.
    pods: Option<Pods>,
    grants: Vec<Grant>,
}

#[derive(Serialize)]
struct Pods {
    credential: Resource,
    subject: String,
}

/// A role of the cloud's own, on one thing.
#[derive(Serialize)]
struct Grant {
    assignment: Resource,
    role: &'static str,
    scope: Expr,
    why: &'static str,
}

#[derive(Serialize)]
struct Vault {
    vault: Resource,
    name: Expr,
    operator: Resource,
    about: &'static str,
}

#[derive(Serialize)]
struct SecretContext {
    secret: Resource,
    about: &'static str,
    put_by_owner: bool,
}

/// What grants refer to.
pub(crate) struct Surroundings<'a> {
    pub(crate) platform: Platform,
    pub(crate) database: Option<&'a Database>,
    pub(crate) places: &'a Places,
    /// Whether components run in one, and an installation makes up secrets.
    pub(crate) cluster: bool,
    pub(crate) shared_files: bool,
}

const READ: &str = "Key Vault Secrets User";
const WRITE: &str = "Key Vault Secrets Officer";

pub(crate) fn context(
    identity: &Identity,
    around: &Surroundings<'_>,
    naming: &Naming<'_>,
) -> Result<Context, RenderError> {
    let roles = identity.roles.iter().map(|role| {
        let local = underscored(&role.name);
        Ok(RoleContext {
            name: role.name.clone(),
            identity: naming.resource("azurerm_user_assigned_identity", &local, &role.name)?,
            pods: match &role.acts {
                Acts::Machine => None,
                Acts::Pod { namespace, account } => Some(Pods {
                    credential: naming.resource(
                        "azurerm_federated_identity_credential",
                        &local,
                        &role.name,
                    )?,
                    subject: format!("system:serviceaccount:{namespace}:{account}"),
                }),
            },
            grants: grants(role, identity, around, naming)?,
        })
    });
    let tenant = identity.roles.first().map_or_else(|| "cluster".to_owned(), |role| underscored(&role.name));
    let made = identity.secrets.iter().filter(|secret| !matches!(secret.origin, SecretOrigin::Existing(_)));
    let secrets = made.map(|secret| {
        let local = underscored(secret.name);
        let mut resource = naming.resource("azurerm_key_vault_secret", &local, secret.name)?;
        resource.rename(secret.name.to_owned());
        Ok(SecretContext {
            secret: resource,
            about: secret.about,
            put_by_owner: secret.origin == SecretOrigin::PutByOwner,
        })
    });
    let has_existing = identity.secrets.iter().any(|it| matches!(it.origin, SecretOrigin::Existing(_)));
    let mut values = vec![value(
        naming,
        "vault_secrets",
        "vault/secrets",
        Expr::reference("azurerm_key_vault.secrets.vault_uri")?,
    )?];
    if has_existing {
        let address = Expr::joined("https://", &Expr::reference("local.secrets_vault")?, ".vault.azure.net/");
        values.push(value(naming, "vault_existing", "vault/existing", address)?);
    }
    Ok(Context {
        roles: roles.collect::<Result<_, RenderError>>()?,
        vaults: vec![
            vault(naming, "values", "Addresses that every machine reads at boot; no secrets.")?,
            vault(naming, "secrets", "Secrets; a machine may read its own only.")?,
        ],
        tenant: Expr::reference(format!("azurerm_user_assigned_identity.{tenant}.tenant_id"))?,
        secrets: secrets.collect::<Result<_, RenderError>>()?,
        has_existing,
        installed: around.cluster,
        access: access(around.places, naming)?,
        values,
    })
}

fn vault(naming: &Naming<'_>, local: &str, about: &'static str) -> Result<Vault, RenderError> {
    Ok(Vault {
        vault: naming.resource("azurerm_key_vault", local, local)?,
        name: worldwide(naming, "azurerm_key_vault", local)?,
        operator: naming.resource("azurerm_role_assignment", &format!("operator_{local}"), local)?,
        about,
    })
}

fn access(places: &Places, naming: &Naming<'_>) -> Result<PrivateAccess, RenderError> {
    let endpoint = |local: &str, vault: &str| {
        let target = Expr::reference(format!("azurerm_key_vault.{vault}.id"))?;
        Endpoint::new(naming, local, target, "vault", None)
    };
    let endpoints = vec![endpoint("vault_values", "values")?, endpoint("vault_secrets", "secrets")?];
    PrivateAccess::new(naming, "vaults", "privatelink.vaultcore.azure.net", endpoints, places)
}

/// A grant before it has a name.
struct Wanted {
    on: String,
    role: &'static str,
    scope: Expr,
    why: &'static str,
}

fn grants(
    role: &Role,
    identity: &Identity,
    around: &Surroundings<'_>,
    naming: &Naming<'_>,
) -> Result<Vec<Grant>, RenderError> {
    let machine = role.acts == Acts::Machine;
    let mut wanted = Vec::new();
    if machine {
        wanted.push(Wanted {
            on: "values".to_owned(),
            role: READ,
            scope: Expr::reference("azurerm_key_vault.values.id")?,
            why: "Addresses of the backends",
        });
    }
    if role.reads_database_secret && around.database.is_some_and(|it| !crate::database::azure::is_sql(it)) {
        wanted.push(Wanted {
            on: "database-password".to_owned(),
            role: READ,
            scope: Expr::reference("azurerm_key_vault_secret.database_password.resource_versionless_id")?,
            why: "The database's password",
        });
    }
    for secret in identity.secrets_of(role) {
        wanted.push(secret_grant(secret, machine)?);
    }
    if role.finds_machines {
        wanted.push(Wanted {
            on: "machines".to_owned(),
            role: "Reader",
            scope: Expr::reference("azurerm_resource_group.main.id")?,
            why: "Whom to watch",
        });
    }
    if role.tells_figures {
        wanted.push(Wanted {
            on: "figures".to_owned(),
            role: "Monitoring Metrics Publisher",
            scope: Expr::reference("azurerm_resource_group.main.id")?,
            why: "Tells figures for alarms, and reads none",
        });
    }
    let needs_key = crate::object_storage::azure::needs_key(around.platform);
    if role.reads_storage_keys {
        wanted.extend(keys_grant(needs_key && role.acts != Acts::Machine, "storage-key")?);
        wanted.extend(keys_grant(around.shared_files, "files-key")?);
    }
    // A pod gets the key as a secret.
    if role.uses_object_storage && (machine || !needs_key) {
        wanted.push(if needs_key {
            Wanted {
                on: "storage".to_owned(),
                role: "Storage Account Key Operator Service Role",
                scope: Expr::reference("azurerm_storage_account.storage.id")?,
                why: "The key by which the product reaches its files",
            }
        } else {
            Wanted {
                on: "storage".to_owned(),
                role: "Storage Blob Data Contributor",
                scope: Expr::reference("azurerm_storage_container.storage.id")?,
                why: "The platform's files",
            }
        });
    }
    if role.uses_shared_files {
        wanted.push(Wanted {
            on: "files".to_owned(),
            role: "Storage Account Key Operator Service Role",
            scope: Expr::reference("azurerm_storage_account.files.id")?,
            why: "The key by which the files are mounted",
        });
    }
    let named = wanted.into_iter().map(|it| {
        let what = format!("{}-{}", role.name, it.on);
        Ok(Grant {
            assignment: naming.resource("azurerm_role_assignment", &underscored(&what), &what)?,
            role: it.role,
            scope: it.scope,
            why: it.why,
        })
    });
    named.collect()
}

/// The keys of storage that knows no log-in by identity.
fn keys_grant(there: bool, name: &str) -> Result<Option<Wanted>, RenderError> {
    let scope = format!("azurerm_key_vault_secret.{}.resource_versionless_id", underscored(name));
    let wanted = Wanted {
        on: name.to_owned(),
        role: READ,
        scope: Expr::reference(scope)?,
        why: "The key by which pods reach their files",
    };
    Ok(there.then_some(wanted))
}

fn secret_grant(secret: &Secret, makes_up: bool) -> Result<Wanted, RenderError> {
    let on = secret.name.to_owned();
    let own = format!("azurerm_key_vault_secret.{}.resource_versionless_id", underscored(secret.name));
    Ok(match &secret.origin {
        SecretOrigin::Generated if makes_up => Wanted {
            on,
            role: WRITE,
            scope: Expr::reference(own)?,
            why: "The first machine makes it up and puts it there",
        },
        SecretOrigin::Generated | SecretOrigin::PutByOwner => {
            Wanted { on, role: READ, scope: Expr::reference(own)?, why: "The platform's own secret" }
        }
        SecretOrigin::Existing(name) => {
            if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
                return Err(RenderError::impossible(
                    "licence.name",
                    format!("`{name}` is no name of a secret in Azure Key Vault"),
                    "name it with letters, digits and dashes; its vault is set by `secrets_vault_id`",
                ));
            }
            let vault = Expr::reference("var.secrets_vault_id")?;
            let scope = Expr::joined("", &vault, &format!("/secrets/{name}"));
            Wanted { on, role: READ, scope, why: "A secret that was there before" }
        }
    })
}
