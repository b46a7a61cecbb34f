//! Shared files of Amazon EFS.

use serde::Serialize;

use super::SharedFiles;
use crate::RenderError;
use crate::aws::{Parameter, parameter};
use crate::naming::{Naming, Resource};
use crate::network::aws::Places;
use crate::security::Member;
use crate::text::Expr;

#[derive(Serialize)]
pub(crate) struct Context {
    files: Resource,
    targets: Vec<Target>,
    security_groups: Expr,
    values: Vec<Parameter>,
}

#[derive(Serialize)]
struct Target {
    target: Resource,
    subnet: Expr,
}

pub(crate) fn context(
    _files: SharedFiles,
    suffixes: &[String],
    places: &Places,
    naming: &Naming<'_>,
) -> Result<Context, RenderError> {
    let targets = suffixes.iter().zip(&places.private).map(|(suffix, subnet)| {
        let what = format!("zone-{suffix}");
        let target = naming.resource("aws_efs_mount_target", &format!("zone_{suffix}"), &what)?;
        Ok(Target { target, subnet: subnet.clone() })
    });
    Ok(Context {
        files: naming.resource("aws_efs_file_system", "main", "")?,
        targets: targets.collect::<Result<_, RenderError>>()?,
        security_groups: Expr::list([crate::security::aws::group(Member::SharedFiles)?]),
        values: vec![parameter(
            naming,
            "shared_files",
            "shared-files/id",
            Expr::reference("aws_efs_file_system.main.id")?,
        )?],
    })
}
