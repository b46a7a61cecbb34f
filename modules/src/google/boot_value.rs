use serde::Serialize;

use crate::RenderError;
use crate::text::Expr;

/// A value that machines read at boot, from their own metadata.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct BootValue {
    /// Its place under the deployment's path: `database/host`.
    path: String,
    value: Expr,
}

impl BootValue {
    pub(crate) fn new(path: impl Into<String>, value: Expr) -> Self {
        Self { path: path.into(), value }
    }

    pub(crate) fn reference(path: impl Into<String>, to: impl Into<String>) -> Result<Self, RenderError> {
        Ok(Self::new(path, Expr::reference(to)?))
    }
}
