//! Object storage of Cloud Storage.

use serde::Serialize;

use super::ObjectStorage;
use crate::RenderError;
use crate::naming::{Naming, Resource};
use crate::text::Expr;

#[derive(Serialize)]
pub(crate) struct Context {
    bucket: Resource,
    name: Expr,
    location: String,
    keep_old_days: u64,
}

/// `-` and the longest name that a project can have.
const PROJECT: usize = 31;

pub(crate) fn context(
    storage: ObjectStorage,
    region: &str,
    project: &Expr,
    naming: &Naming<'_>,
) -> Result<Context, RenderError> {
    let prefix = naming.prefix("google_storage_bucket", "storage", PROJECT)?;
    Ok(Context {
        bucket: naming.resource("google_storage_bucket", "storage", "storage")?,
        name: Expr::joined(&format!("{prefix}-"), project, ""),
        location: region.to_uppercase(),
        keep_old_days: storage.keep_old_days,
    })
}
