//! Shared files of Filestore.

use serde::Serialize;

use crate::RenderError;
use crate::naming::{Naming, Resource};
use crate::network::google::Places;
use crate::text::Expr;

#[derive(Serialize)]
pub(crate) struct Context {
    files: Resource,
    /// Whether it outlives a zone.
    regional: bool,
    location: String,
    network: Expr,
    clients: Expr,
    peering: Option<Expr>,
}

pub(crate) fn context(
    region: &str,
    zones: &[String],
    places: &Places,
    naming: &Naming<'_>,
) -> Result<Context, RenderError> {
    let regional = zones.len() > 1;
    Ok(Context {
        files: naming.resource("google_filestore_instance", "main", "")?,
        regional,
        location: if regional { region.to_owned() } else { zones.first().cloned().unwrap_or_default() },
        network: places.network.clone(),
        clients: Expr::list(places.machines.iter().cloned()),
        peering: places.peering.clone(),
    })
}
