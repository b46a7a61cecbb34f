//! What stands on a machine of each kind: user data, units, configuration, kernel parameters. Static: addresses and
//! secrets are read at boot.

mod cloud_init;
mod cluster;
mod component;
mod tuning;

use provision_architecture::Topology;
use provision_host_tuning::profile::Limit;

use crate::text::Templates;
use crate::{Blocks, Directory, RenderError};

/// The files of one kind of machine.
#[derive(Debug, Clone)]
pub(crate) struct HostFiles {
    /// `worker`, `kafka-broker`: also the name of their folder under `hosts/`.
    pub(crate) role: String,
    pub(crate) files: Vec<HostFile>,
    /// How many files the profile lets a process open.
    pub(crate) open_files: Option<Limit>,
    /// What is installed from the distribution.
    pub(crate) packages: Vec<&'static str>,
    /// What is done once they are in place, each a command line.
    pub(crate) commands: Vec<Vec<String>>,
}

#[derive(Debug, Clone)]
pub(crate) struct HostFile {
    /// Where it lies on the machine.
    pub(crate) path: String,
    /// What it is called in the rendered directory.
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) mode: Mode,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Plain,
    Executable,
}

/// The most that AWS takes as user data.
const LARGEST_USER_DATA: usize = 16 * 1024;

impl HostFile {
    pub(crate) fn plain(path: impl Into<String>, text: String) -> Self {
        Self::new(path.into(), text, Mode::Plain)
    }

    pub(crate) fn executable(path: impl Into<String>, text: String) -> Self {
        Self::new(path.into(), text, Mode::Executable)
    }

    fn new(path: String, text: String, mode: Mode) -> Self {
        let name = path.rsplit('/').next().unwrap_or(&path).to_owned();
        Self { path, name, text, mode }
    }

    /// In the directory it is called otherwise than on the machine.
    pub(crate) fn called(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }
}

/// Every kind of machine's files, into `hosts/<role>/`.
pub(crate) fn add(
    topology: &Topology,
    blocks: &Blocks,
    templates: &Templates,
    directory: &mut Directory,
) -> Result<(), RenderError> {
    for role in roles(topology, blocks) {
        let mut host = tuning::files(&role, topology)?;
        component::add(&role, topology, blocks, templates, &mut host)?;
        cluster::add(&role, topology, blocks, templates, &mut host)?;
        let user_data = cloud_init::user_data(&host, templates)?;
        if user_data.len() > LARGEST_USER_DATA {
            return Err(RenderError::UserDataTooLarge {
                role: host.role,
                size: user_data.len(),
                most: LARGEST_USER_DATA,
            });
        }
        for file in host.files {
            let path = format!("hosts/{}/{}", host.role, file.name);
            match file.mode {
                Mode::Plain => directory.add(path, file.text.into_bytes()),
                Mode::Executable => directory.add_executable(path, file.text.into_bytes()),
            }
        }
        directory.add(format!("hosts/{}/cloud-init.yaml", host.role), user_data.into_bytes());
    }
    Ok(())
}

/// The kinds of machines: components, and members of clusters of our own.
fn roles(topology: &Topology, blocks: &Blocks) -> Vec<String> {
    let mut roles: Vec<String> = topology.groups.iter().map(|group| group.component.to_string()).collect();
    let nodes = blocks.kafka.iter().flat_map(|kafka| &kafka.nodes);
    for node in nodes.chain(blocks.search.iter().flat_map(|search| &search.nodes)) {
        if !roles.iter().any(|role| role == node.role) {
            roles.push(node.role.to_owned());
        }
    }
    roles
}
