//! The building blocks: from a topology to the rendered directory, plain Terraform and host files.
//!
//! ```text
//! topology ──► blocks (what each is, in no cloud's words) ──► a cloud's contexts ──► templates ──► files
//! ```
//!
//! A block is a module: its `mod.rs` decides the values, a file for each cloud brings them into the form that the
//! cloud's templates want. `cloud.rs` is the seam: another cloud adds one implementation of its trait, files beside
//! the blocks and templates, and changes no block.

mod abreast;
mod advice;
mod alarms;
mod alerting;
mod aws;
mod azure;
mod backend;
mod blocks;
mod cloud;
mod database;
pub mod directory;
mod error;
mod google;
pub mod hash;
mod hosts;
mod identity;
mod inner_balancer;
mod kafka;
mod kubernetes;
mod load_balancer;
mod located;
mod machine_group;
mod naming;
mod network;
mod object_storage;
mod overview;
mod parity;
mod registry;
mod search;
mod security;
mod settings;
mod shared_files;
mod templates;
mod terraform_files;
pub mod text;

use abreast::both;
pub(crate) use blocks::Blocks;
use cloud::Cloud;
pub use directory::Directory;
pub use error::RenderError;
pub use overview::Survival;
pub use parity::table as parity_table;
use provision_architecture::Topology;
use provision_architecture::spec::OperatingSystem;
pub use templates::{load_templates, template_texts};
use text::Templates;

/// Renders a whole deployment; nothing touches the disk.
pub fn render(topology: &Topology, templates: &Templates) -> Result<Directory, RenderError> {
    Rendering::of(topology, templates)?.finish(None)
}

/// A deployment, rendered but for its README: what the deployment survives others work out, and may do so meanwhile.
pub struct Rendering<'a> {
    topology: &'a Topology,
    templates: &'a Templates,
    cloud: &'static dyn Cloud,
    blocks: Blocks,
    directory: Directory,
}

impl<'a> Rendering<'a> {
    pub fn of(topology: &'a Topology, templates: &'a Templates) -> Result<Self, RenderError> {
        refuse_what_is_not_built(topology)?;
        let cloud = cloud::of(topology)?;
        let blocks = Blocks::decide(topology, cloud)?;
        let (terraform, machines) = both(
            || cloud.terraform(topology, &blocks, templates),
            || hosts::machines(topology, &blocks, cloud, templates),
        );
        let mut directory = Directory::default();
        for (name, text) in terraform? {
            directory.add(name, text.into_bytes());
        }
        backend::add(topology, templates, &mut directory)?;
        directory.check_terraform()?;
        // Where machines of our own watch, they bring these files along.
        if let Some(alerting) = blocks.alerting.as_ref().filter(|alerting| alerting.nodes.is_empty()) {
            for (name, text) in alerting::files(topology, &blocks, alerting, templates)? {
                directory.add(name, text.into_bytes());
            }
        }
        hosts::add(machines?, cloud.host(), &mut directory);
        kubernetes::files::add(topology, &blocks, cloud, templates, &mut directory)?;
        Ok(Self { topology, templates, cloud, blocks, directory })
    }

    /// With its README, and in it what the deployment survives.
    pub fn finish(self, survival: Option<&Survival>) -> Result<Directory, RenderError> {
        let Self { topology, templates, cloud, blocks, mut directory } = self;
        overview::add(topology, &blocks, cloud, templates, survival, &mut directory)?;
        Ok(directory)
    }
}

fn refuse_what_is_not_built(topology: &Topology) -> Result<(), RenderError> {
    if topology.os != OperatingSystem::Linux {
        return Err(RenderError::impossible("os", "hosts with Windows are not built", "choose `linux`"));
    }
    Ok(())
}
