//! Object storage of Amazon S3.

use serde::Serialize;

use super::ObjectStorage;
use crate::RenderError;
use crate::aws::{Parameter, parameter};
use crate::naming::{Naming, Resource};
use crate::text::Expr;

#[derive(Serialize)]
pub(crate) struct Context {
    bucket: Resource,
    name: Expr,
    keep_old_days: u64,
    values: Vec<Parameter>,
}

/// `-` and the twelve digits of an account.
const ACCOUNT: usize = 13;

pub(crate) fn context(
    storage: ObjectStorage,
    account: &Expr,
    naming: &Naming<'_>,
) -> Result<Context, RenderError> {
    let prefix = naming.prefix("aws_s3_bucket", "storage", ACCOUNT)?;
    Ok(Context {
        bucket: naming.resource("aws_s3_bucket", "storage", "storage")?,
        name: Expr::joined(&format!("{prefix}-"), account, ""),
        keep_old_days: storage.keep_old_days,
        values: vec![parameter(
            naming,
            "storage_bucket",
            "storage/bucket",
            Expr::reference("aws_s3_bucket.storage.bucket")?,
        )?],
    })
}
