use std::path::PathBuf;

use clap::Args;
use provision_architecture::spec::Provider;
use provision_engine::ledger::Location;

use super::ExitStatus;
use super::estate::{self, CommandLine, ledger_place};
use crate::clouds::{self, Whereabouts};
use crate::failure::Failure;
use crate::input;
use crate::output::Output;

/// Make the store that a team shares, for the lock, the history and Terraform's state
///
/// A private bucket that keeps versions, or a container in a storage account that exists. Done again, it changes only
/// what is not as it should be. A store that was not made for this is left as it is.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provision bootstrap provision.yaml
  provision bootstrap provision.yaml --ledger s3://acme-provision
  provision bootstrap provision.yaml --ledger gs://acme-provision --project acme-tools -y
  provision bootstrap provision.yaml --ledger azblob://acmetools/provision

Exit codes: 0 it is there and in order, 1 it is not, or it is somebody else's.")]
pub struct Arguments {
    /// The spec: its cloud and region are the store's, and its `ledger` says which
    #[arg(value_name = "SPEC", default_value = "provision.yaml")]
    spec: PathBuf,
    /// The store, in place of the spec's: s3://BUCKET, gs://BUCKET or azblob://ACCOUNT/CONTAINER
    #[arg(long, value_name = "PLACE", env = "PROVISION_LEDGER", value_parser = ledger_place)]
    ledger: Option<Location>,
    /// Google's project, for a bucket there
    #[arg(long, value_name = "PROJECT", env = "GOOGLE_CLOUD_PROJECT")]
    project: Option<String>,
    /// Don't ask
    #[arg(short = 'y', long)]
    auto_approve: bool,
}

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    let file = input::read_spec(&arguments.spec, output)?;
    let topology = input::resolve_spec(&file, output)?;
    let in_spec = topology.spec.ledger.as_ref().map(ToString::to_string);
    let in_spec = in_spec.map(|text| Location::try_from(text.as_str())).transpose();
    let in_spec = in_spec.map_err(|error| Failure::because("the spec's ledger can't be used", &error))?;
    let location = match arguments.ledger.clone().or(in_spec.clone()) {
        Some(location) => location,
        None => usual(topology.provider, topology.region.as_str(), arguments)?,
    };
    let place =
        Whereabouts { region: topology.region.to_string(), project: arguments.project.clone(), vault: None };
    let founded = clouds::found(
        &location,
        &place,
        &|question| Ok(arguments.auto_approve || estate::confirm(question, "yes", output)?),
        output,
    )?;
    let mut text = String::new();
    for deed in &founded.deeds {
        text += &format!("{} {}\n", if deed.is_new { "+" } else { " " }, deed.what);
    }
    if !founded.deeds.iter().any(|deed| deed.is_new) {
        text += "Everything was as it should be.\n";
    }
    output.data(&text)?;
    if in_spec.as_ref() != Some(&founded.location) {
        let line = CommandLine::new("plan", &arguments.spec).option("--ledger", &founded.location);
        output.data(&format!("\nIn the spec:\n  ledger: {}\nor:\n  {line}\n", founded.location))?;
    }
    Ok(ExitStatus::Fine)
}

/// A name for a store that nobody named.
fn usual(provider: Provider, region: &str, arguments: &Arguments) -> Result<Location, Failure> {
    let missing = |what: &str, hint: &str| Err(Failure::new(what.to_owned()).hint(hint.to_owned()));
    match provider {
        // The account's number comes in between.
        Provider::Aws => Ok(Location::S3 { bucket: String::new(), prefix: String::new() }),
        Provider::Google => match &arguments.project {
            Some(project) => Ok(Location::Google {
                bucket: format!("provision-{project}-{region}").to_lowercase(),
                prefix: String::new(),
            }),
            None => missing(
                "a bucket is made in a project, and none is named",
                "`--project PROJECT`, or the variable GOOGLE_CLOUD_PROJECT",
            ),
        },
        Provider::Azure => missing(
            "the storage account is not named in which the container is to be",
            "`--ledger azblob://ACCOUNT/provision`; `az storage account create` makes an account",
        ),
    }
}
