//! The building blocks: from a topology to the rendered directory, plain Terraform and host files.
//!
//! ```text
//! topology ──► blocks (what each is, in no cloud's words) ──► a cloud's contexts ──► templates ──► files
//! ```
//!
//! A block is a module: its `mod.rs` decides the values, a file for each cloud brings them into the form that the
//! cloud's templates want. `cloud.rs` is the seam: another cloud adds one implementation of its trait, files beside
//! the blocks and templates, and changes no block.

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

pub(crate) use blocks::Blocks;
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
    render_with(topology, templates, None)
}

/// The same, with what it survives in its README: others work that out, this room only writes it down.
pub fn render_with(
    topology: &Topology,
    templates: &Templates,
    survival: Option<&Survival>,
) -> Result<Directory, RenderError> {
    refuse_what_is_not_built(topology)?;
    let cloud = cloud::of(topology)?;
    let blocks = Blocks::decide(topology, cloud)?;
    let mut directory = Directory::default();
    for (name, text) in cloud.terraform(topology, &blocks, templates)? {
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
    hosts::add(topology, &blocks, cloud, templates, &mut directory)?;
    kubernetes::files::add(topology, &blocks, cloud, templates, &mut directory)?;
    overview::add(topology, &blocks, cloud, templates, survival, &mut directory)?;
    Ok(directory)
}

fn refuse_what_is_not_built(topology: &Topology) -> Result<(), RenderError> {
    if topology.os != OperatingSystem::Linux {
        return Err(RenderError::impossible("os", "hosts with Windows are not built", "choose `linux`"));
    }
    Ok(())
}
