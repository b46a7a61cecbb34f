use std::fs::{self, File};
use std::io;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use thiserror::Error;

/// Whose network namespace is meant: a container has its own, which starts at the kernel's defaults whatever the
/// host is set to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    Process(u32),
    /// By name or by the beginning of its id.
    Container(String),
    /// A systemd unit.
    Unit(String),
}

#[derive(Debug, Error)]
pub enum TargetError {
    #[error("there is no process {0}")]
    NoProcess(u32),
    #[error("no running container is named {0:?} or has an id that begins so; give its process by --process")]
    NoContainer(String),
    #[error("the unit {0:?} has no running process on this machine")]
    NoUnit(String),
    #[error(
        "the network namespace of process {process} can't be entered: {reason}; this needs root on the machine that \
         runs it"
    )]
    Enter { process: u32, reason: io::Error },
}

const DOCKER: &str = "var/lib/docker/containers";
const PODMAN: &str = "var/lib/containers/storage/overlay-containers/containers.json";
const SHORTEST_ID: usize = 8;

impl Target {
    /// A process that lives there.
    pub fn process(&self) -> Result<u32, TargetError> {
        self.process_below(Path::new("/"))
    }

    /// The same, for a machine whose `/` is elsewhere.
    pub fn process_below(&self, root: &Path) -> Result<u32, TargetError> {
        match self {
            Self::Process(process) if root.join("proc").join(process.to_string()).is_dir() => Ok(*process),
            Self::Process(process) => Err(TargetError::NoProcess(*process)),
            Self::Container(name) => {
                let id = container_id(root, name).unwrap_or_else(|| name.clone());
                let is_id = id.len() >= SHORTEST_ID && id.bytes().all(|byte| byte.is_ascii_hexdigit());
                let is_meant = |part: &str| is_id && hexadecimal(part).starts_with(&id);
                find_process(root, is_meant).ok_or_else(|| TargetError::NoContainer(name.clone()))
            }
            Self::Unit(name) => {
                let unit = if name.contains('.') { name.clone() } else { format!("{name}.service") };
                find_process(root, |part| part == unit).ok_or_else(|| TargetError::NoUnit(name.clone()))
            }
        }
    }

    /// Does something inside that network namespace, in a thread of its own: the caller's isn't changed.
    pub fn inside<T: Send>(&self, act: impl FnOnce() -> T + Send) -> Result<T, TargetError> {
        let process = self.process()?;
        let entered = |reason| TargetError::Enter { process, reason };
        let namespace = File::open(format!("/proc/{process}/ns/net")).map_err(entered)?;
        std::thread::scope(|scope| {
            let thread = scope.spawn(move || {
                move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network))?;
                Ok(act())
            });
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
        .map_err(entered)
    }
}

/// The lowest process one of whose control groups has such a part.
fn find_process(root: &Path, is_meant: impl Fn(&str) -> bool) -> Option<u32> {
    let processes = fs::read_dir(root.join("proc")).ok()?;
    let numbers = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    numbers
        .filter(|process| {
            let groups = fs::read_to_string(root.join(format!("proc/{process}/cgroup"))).unwrap_or_default();
            groups
                .lines()
                .filter_map(|line| line.splitn(3, ':').nth(2))
                .any(|path| path.split('/').any(&is_meant))
        })
        .min()
}

/// `docker-<id>.scope`, `libpod-<id>.scope`, `cri-containerd-<id>.scope`, or the id alone.
fn hexadecimal(part: &str) -> &str {
    let part = part.strip_suffix(".scope").unwrap_or(part);
    part.rsplit('-').next().unwrap_or(part)
}

/// What Docker and Podman wrote down about a container of this name.
fn container_id(root: &Path, name: &str) -> Option<String> {
    docker_id(&root.join(DOCKER), name).or_else(|| podman_id(&root.join(PODMAN), name))
}

fn docker_id(folder: &Path, name: &str) -> Option<String> {
    let read = |path: PathBuf| -> Option<serde_json::Value> {
        serde_json::from_str(&fs::read_to_string(path.join("config.v2.json")).ok()?).ok()
    };
    let configs = fs::read_dir(folder).ok()?.filter_map(|entry| read(entry.ok()?.path()));
    configs
        .filter(|config| config["Name"].as_str().map(|found| found.trim_start_matches('/')) == Some(name))
        .find_map(|config| config["ID"].as_str().map(str::to_owned))
}

fn podman_id(file: &Path, name: &str) -> Option<String> {
    let all: Vec<serde_json::Value> = serde_json::from_str(&fs::read_to_string(file).ok()?).ok()?;
    let is_named = |container: &&serde_json::Value| {
        container["names"].as_array().is_some_and(|names| names.iter().any(|found| found == name))
    };
    all.iter().find(is_named).and_then(|container| container["id"].as_str().map(str::to_owned))
}
