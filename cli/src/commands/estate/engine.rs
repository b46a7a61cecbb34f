use clap::ValueEnum;
use provision_engine::clock::RealClock;
use provision_engine::ledger;
use provision_engine::load::glance;
use provision_engine::terraform::{Binary, Flavour};

use super::in_aws;
use super::target::Located;
use crate::clock;
use crate::environment;
use crate::failure::Failure;

/// What applies a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    /// The one that applied it before; else embedded on AWS, Terraform or OpenTofu elsewhere
    Auto,
    /// A cloud in a file, for trying everything without an account
    Sandbox,
    /// Terraform, 1.11 or newer
    Terraform,
    /// OpenTofu, 1.10 or newer
    Tofu,
    /// The one without a state file, for AWS
    Embedded,
}

/// The engine that it comes to.
pub enum Chosen {
    Sandbox,
    Aws,
    Terraform(Binary),
}

impl Engine {
    /// The sandbox is never chosen by itself.
    pub fn choose(self, located: &Located) -> Result<Chosen, Failure> {
        match self {
            Engine::Sandbox => Ok(Chosen::Sandbox),
            Engine::Terraform => named(Flavour::Terraform),
            Engine::Tofu => named(Flavour::OpenTofu),
            Engine::Embedded => embedded(located),
            Engine::Auto => owned(located),
        }
    }
}

/// Estates elsewhere are Terraform's or OpenTofu's.
fn embedded(located: &Located) -> Result<Chosen, Failure> {
    // What can't be read is told by whoever reads all of it.
    let providers = glance(&located.files()?).map(|directory| directory.providers).unwrap_or_default();
    if let Some(other) = providers.keys().next().filter(|_| !providers.contains_key("aws")) {
        let cloud = match other.as_str() {
            "google" => "Google Cloud",
            "azurerm" => "Azure",
            other => other,
        };
        return Err(ways_on(Failure::new(format!(
            "the embedded engine makes estates on AWS, and this one is for {cloud}"
        ))));
    }
    in_aws::available().map(|()| Chosen::Aws).map_err(ways_on)
}

/// The owner decides; for a new deployment, what can make all of it without a state file, or else what is installed.
fn owned(located: &Located) -> Result<Chosen, Failure> {
    let record = RealClock::new(clock::seconds())
        .run(ledger::look(located.store()?))
        .map_err(|error| Failure::because("the ledger can't be read", &error))?;
    match record.and_then(|record| record.engine).as_deref() {
        Some("terraform") => named(Flavour::Terraform),
        Some("tofu") => named(Flavour::OpenTofu),
        Some("embedded") => embedded(located),
        Some("sandbox") => Err(Failure::new(format!(
            "`{}` lives in the sandbox, which is never chosen by itself",
            located.deployment
        ))
        .hint("`--engine sandbox` goes on there")),
        Some(other) => {
            Err(Failure::new(format!("`{}` is driven by the engine `{other}`", located.deployment)))
        }
        None if in_aws::can_drive(&located.files()?) => Ok(Chosen::Aws),
        None => {
            let flavours = [Flavour::Terraform, Flavour::OpenTofu];
            let found = flavours.into_iter().find(|flavour| environment::program(flavour.word()).is_some());
            named(found.ok_or_else(|| {
                ways_on(Failure::new(
                    "neither Terraform (1.11 or newer) nor OpenTofu (1.10 or newer) is on PATH",
                ))
            })?)
        }
    }
}

fn named(flavour: Flavour) -> Result<Chosen, Failure> {
    let program = environment::program(flavour.word())
        .ok_or_else(|| ways_on(Failure::new(format!("`{}` is not on PATH", flavour.word()))))?;
    let binary = Binary::probe(&program, flavour)
        .map_err(|error| ways_on(Failure::because(format!("{flavour} can't be used"), &error)))?;
    Ok(Chosen::Terraform(binary))
}

/// What works where the engine that was asked for doesn't.
pub fn ways_on(failure: Failure) -> Failure {
    failure
        .hint("`--engine terraform` and `--engine tofu` apply it with what is installed")
        .hint("`--engine sandbox` tries everything without an account")
        .hint("`provision render SPEC -o DIR` writes plain Terraform")
}
