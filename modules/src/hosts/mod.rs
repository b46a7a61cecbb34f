//! What stands on a machine of each kind: user data, units, configuration, kernel parameters. Static: addresses and
//! secrets are read at boot.

mod cloud_init;
mod cluster;
mod component;
mod crash_loop;
mod exporter;
mod kestra;
mod monitoring;
mod octopus;
mod packer;
mod tuning;
mod watch;

pub(crate) use component::{environment, kestra_configuration, pinned_image};
pub(crate) use crash_loop::counts_crashes;
use packer::Packer;
use provision_architecture::Topology;
use provision_host_tuning::profile::Profile;
use provision_host_tuning::timers::Fitted;
use serde::Serialize;
pub(crate) use tuning::{budget, profile};
pub(crate) use watch::patience;

use crate::abreast::abreast;
use crate::cloud::{Cloud, Host};
use crate::naming::underscored;
use crate::text::Templates;
use crate::{Blocks, Directory, RenderError};

/// The files of one kind of machine.
#[derive(Debug, Clone)]
pub(crate) struct HostFiles {
    /// `worker`, `kafka-broker`: also the name of their folder under `hosts/`.
    pub(crate) role: String,
    pub(crate) files: Vec<HostFile>,
    /// Of the kernel, and what a process may use.
    pub(crate) profile: Profile,
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
    /// Where it lies in the rendered directory, if not in the folder of its machines.
    pub(crate) at: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Plain,
    Executable,
}

impl HostFiles {
    /// A program for operators and units: `provision-NAME` on the machine, `NAME.sh` in the directory.
    pub(crate) fn script(&mut self, name: &str, text: String) {
        let file = HostFile::executable(format!("/usr/local/sbin/provision-{name}"), text);
        self.files.push(file.called(&format!("{name}.sh")));
    }

    /// Starts a unit now and at each boot. Nothing waits for it: some wait for a secret that its owner has yet to put
    /// in place.
    pub(crate) fn enable(&mut self, unit: &str) {
        self.commands.push(["systemctl", "enable", "--now", "--no-block", unit].map(str::to_owned).to_vec());
    }
}

impl HostFile {
    pub(crate) fn plain(path: impl Into<String>, text: String) -> Self {
        Self::new(path.into(), text, Mode::Plain)
    }

    pub(crate) fn executable(path: impl Into<String>, text: String) -> Self {
        Self::new(path.into(), text, Mode::Executable)
    }

    fn new(path: String, text: String, mode: Mode) -> Self {
        let name = path.rsplit('/').next().unwrap_or(&path).to_owned();
        Self { path, name, text, mode, at: None }
    }

    /// In the directory it lies elsewhere.
    pub(crate) fn at(mut self, path: String) -> Self {
        self.at = Some(path);
        self
    }

    /// In the directory it is called otherwise than on the machine.
    pub(crate) fn called(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }
}

/// A kind of machine: its files, and what it is handed at its first start.
pub(crate) struct Machine {
    host: HostFiles,
    user_data: UserData,
}

/// Every kind of machine.
pub(crate) fn machines(
    topology: &Topology,
    blocks: &Blocks,
    cloud: &dyn Cloud,
    templates: &Templates,
) -> Result<Vec<Machine>, RenderError> {
    let budget = budget(topology)?;
    let mut roles = roles(topology, blocks);
    // The machines that watch the others stand last and carry most: begun last, they would be waited for.
    roles.reverse();
    let packer = || cloud.host().packs_user_data.then(Packer::new);
    let made = abreast(&roles, packer, |packer, role| {
        let host = host(role, topology, blocks, cloud, templates, budget.as_ref())?;
        let most = cloud.host().largest_user_data;
        let user_data = UserData::of(&host, templates, packer.as_mut(), most)?;
        Ok(Machine { host, user_data })
    });
    made.into_iter().rev().collect()
}

/// Their files, into `hosts/<role>/`.
pub(crate) fn add(machines: Vec<Machine>, cloud: &Host, directory: &mut Directory) {
    for Machine { host, user_data } in machines {
        if let Some(packed) = user_data.packed {
            directory.add(cloud.user_data(&host.role), packed);
        }
        for file in host.files {
            let path = file.at.unwrap_or_else(|| format!("hosts/{}/{}", host.role, file.name));
            match file.mode {
                Mode::Plain => directory.add(path, file.text.into_bytes()),
                Mode::Executable => directory.add_executable(path, file.text.into_bytes()),
            }
        }
        directory.add(format!("hosts/{}/cloud-init.yaml", host.role), user_data.text.into_bytes());
    }
}

fn host(
    role: &str,
    topology: &Topology,
    blocks: &Blocks,
    cloud: &dyn Cloud,
    templates: &Templates,
    budget: Option<&Fitted>,
) -> Result<HostFiles, RenderError> {
    let mut host = tuning::files(role, topology, budget)?;
    host.packages.extend(cloud.host().packages);
    host.files.push(cloud_script(role, topology, cloud, templates)?);
    component::add(role, topology, blocks, cloud, templates, &mut host)?;
    cluster::add(role, topology, blocks, cloud, templates, &mut host)?;
    monitoring::add(role, topology, blocks, templates, &mut host)?;
    exporter::add(blocks, templates, &mut host)?;
    Ok(host)
}

/// What a machine is handed at its first start.
struct UserData {
    text: String,
    /// Where the cloud takes little.
    packed: Option<Vec<u8>>,
}

impl UserData {
    fn of(
        host: &HostFiles,
        templates: &Templates,
        packer: Option<&mut Packer>,
        most: usize,
    ) -> Result<Self, RenderError> {
        let text = cloud_init::cloud_init(host, templates)?;
        let packed = packer.map(|packer| packer.packed(text.as_bytes(), most));
        let size = packed.as_ref().map_or(text.len(), Vec::len);
        if size > most {
            return Err(RenderError::UserDataTooLarge { role: host.role.clone(), size, most });
        }
        Ok(Self { text, packed })
    }
}

#[derive(Serialize)]
struct CloudContext<'a> {
    deployment: &'a str,
    region: &'a str,
    /// The unit whose end the cloud waits for.
    role: &'a str,
    /// The deployment, where names hold no dash.
    figures: String,
}

/// The kernel profile of every kind of machine, by role.
pub(crate) fn profiles(topology: &Topology, blocks: &Blocks) -> Result<Vec<(String, Profile)>, RenderError> {
    let budget = budget(topology)?;
    let of_role = |role: String| Ok((role.clone(), profile(&role, topology, budget.as_ref())?));
    roles(topology, blocks).into_iter().map(of_role).collect()
}

/// How the machine's scripts speak with the cloud.
fn cloud_script(
    role: &str,
    topology: &Topology,
    cloud: &dyn Cloud,
    templates: &Templates,
) -> Result<HostFile, RenderError> {
    let context = CloudContext {
        deployment: topology.deployment.as_str(),
        region: topology.region.as_str(),
        role,
        figures: underscored(topology.deployment.as_str()),
    };
    let text = templates.render(cloud.host().script, &context)?;
    Ok(HostFile::plain("/usr/local/lib/provision/cloud.sh", text))
}

/// The kinds of machines: components, and members of clusters of our own.
fn roles(topology: &Topology, blocks: &Blocks) -> Vec<String> {
    let mut roles: Vec<String> = match &blocks.cluster {
        None => topology.groups.iter().map(|group| group.component.to_string()).collect(),
        // Components are pods there.
        Some(_) => Vec::new(),
    };
    for node in blocks.nodes() {
        if !roles.iter().any(|role| role == node.role) {
            roles.push(node.role.to_owned());
        }
    }
    roles
}
