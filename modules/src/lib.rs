//! The building blocks: from a topology to the rendered directory, plain Terraform and host files.
//!
//! ```text
//! topology ──► blocks (what each is, in no cloud's words) ──► a cloud's contexts ──► templates ──► files
//! ```
//!
//! A block is a module: its `mod.rs` decides the values, a file for each cloud brings them into the form that the
//! cloud's templates want. Another cloud adds files and templates and changes no block.

mod aws;
mod blocks;
mod database;
pub mod directory;
mod error;
pub mod hash;
mod hosts;
mod identity;
mod inner_balancer;
mod kafka;
mod load_balancer;
mod machine_group;
mod network;
mod object_storage;
mod overview;
mod search;
mod security;
mod shared_files;
mod templates;
pub mod text;

pub(crate) use blocks::Blocks;
pub use directory::Directory;
pub use error::RenderError;
use provision_architecture::Topology;
use provision_architecture::spec::{OperatingSystem, Provider, Runtime};
pub use templates::{load_templates, template_texts};
use text::Templates;

/// Renders a whole deployment; nothing touches the disk.
pub fn render(topology: &Topology, templates: &Templates) -> Result<Directory, RenderError> {
    refuse_what_is_not_built(topology)?;
    let blocks = Blocks::decide(topology)?;
    let mut directory = Directory::default();
    for (name, text) in aws::render(topology, &blocks, templates)? {
        directory.add(name, text.into_bytes());
    }
    directory.check_terraform()?;
    hosts::add(topology, &blocks, templates, &mut directory)?;
    let located = aws::located(topology, &blocks);
    overview::add(topology, templates, &located, blocks.identity.put_by_owner(topology), &mut directory)?;
    Ok(directory)
}

fn refuse_what_is_not_built(topology: &Topology) -> Result<(), RenderError> {
    if topology.provider != Provider::Aws {
        return Err(RenderError::impossible(
            "cloud.provider",
            format!("`{}` can be validated, but not rendered", topology.provider),
            "choose `aws`",
        ));
    }
    if topology.runtime != Runtime::Machines {
        return Err(RenderError::impossible(
            "runtime",
            format!("`{}` can be validated, but not rendered", topology.runtime),
            "choose `machines`",
        ));
    }
    if topology.os != OperatingSystem::Linux {
        return Err(RenderError::impossible("os", "hosts with Windows are not built", "choose `linux`"));
    }
    Ok(())
}
