use serde::Serialize;

use crate::RenderError;
use crate::naming::{Naming, Resource};
use crate::text::Expr;

/// A value that machines read at boot, in the vault of values.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Value {
    secret: Resource,
    value: Expr,
}

/// A vault's names know no slashes: `database/host` is called `database--host`.
pub(crate) fn value(naming: &Naming<'_>, local: &str, path: &str, value: Expr) -> Result<Value, RenderError> {
    let mut secret = naming.resource("azurerm_key_vault_secret", local, path)?;
    secret.rename(path.replace('/', "--"));
    Ok(Value { secret, value })
}
