use serde::Serialize;

use crate::RenderError;
use crate::naming::{Naming, Resource};
use crate::text::Expr;

/// A value that machines read at boot, in the parameter store.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Parameter {
    parameter: Resource,
    value: Expr,
}

/// At its place under the deployment's path.
pub(crate) fn parameter(
    naming: &Naming<'_>,
    local: &str,
    path: &str,
    value: Expr,
) -> Result<Parameter, RenderError> {
    let mut parameter = naming.resource("aws_ssm_parameter", local, path)?;
    parameter.rename(naming.path(path));
    Ok(Parameter { parameter, value })
}
