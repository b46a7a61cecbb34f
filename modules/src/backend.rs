//! Where Terraform keeps its state: beside the ledger, in the store that the spec names.

use provision_architecture::Topology;
use provision_architecture::spec::Provider;
use serde::Serialize;

use crate::text::Templates;
use crate::{Directory, RenderError};

pub(crate) const FILE: &str = "backend.tf";

/// One of the three, under the name that Terraform gives it.
#[derive(Debug, Default, Serialize)]
struct Backend {
    s3: Option<S3>,
    gcs: Option<Gcs>,
    azurerm: Option<Azurerm>,
}

#[derive(Debug, Serialize)]
struct S3 {
    bucket: String,
    key: String,
    /// Where the deployment is in a region of the same cloud.
    region: Option<String>,
}

#[derive(Debug, Serialize)]
struct Gcs {
    bucket: String,
    prefix: String,
}

#[derive(Debug, Serialize)]
struct Azurerm {
    account: String,
    container: String,
    key: String,
}

/// Nothing, where no store that several machines share is named: Terraform keeps its state in the directory then.
pub(crate) fn add(
    topology: &Topology,
    templates: &Templates,
    directory: &mut Directory,
) -> Result<(), RenderError> {
    if let Some(backend) = backend(topology) {
        directory.add(FILE, templates.render(FILE, &backend)?.into_bytes());
    }
    Ok(())
}

fn backend(topology: &Topology) -> Option<Backend> {
    let (scheme, rest) = topology.spec.ledger.as_ref()?.as_str().split_once("://")?;
    let mut words = rest.split('/').filter(|word| !word.is_empty()).map(str::to_owned);
    let account = if scheme == "azblob" { words.next()? } else { String::new() };
    let bucket = words.next()?;
    let mut place: Vec<String> = words.collect();
    // Several deployments may share a store: as in the ledger, the name keeps them apart.
    if place.last().map(String::as_str) != Some(topology.deployment.as_str()) {
        place.push(topology.deployment.to_string());
    }
    let prefix = place.join("/");
    let key = format!("{prefix}/terraform.tfstate");
    let none = Backend::default();
    match scheme {
        "s3" => {
            let region = (topology.provider == Provider::Aws).then(|| topology.region.to_string());
            Some(Backend { s3: Some(S3 { bucket, key, region }), ..none })
        }
        "gs" => Some(Backend { gcs: Some(Gcs { bucket, prefix }), ..none }),
        "azblob" => Some(Backend { azurerm: Some(Azurerm { account, container: bucket, key }), ..none }),
        _ => None,
    }
}
