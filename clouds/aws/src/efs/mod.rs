//! EFS: file systems, their addresses in the zones, and whether they are backed up.

mod backup_policy;
mod file_system;
mod mount_target;

use provision_engine::driver::State;

use crate::kind::{AnyKind, implemented};

pub(crate) fn kinds() -> Vec<Box<dyn AnyKind>> {
    vec![
        implemented::<backup_policy::BackupPolicy>(),
        implemented::<file_system::FileSystem>(),
        implemented::<mount_target::MountTarget>(),
    ]
}

/// The service's name in permissions.
const SERVICE: &str = "elasticfilesystem";

/// https://docs.aws.amazon.com/efs/latest/ug/API_FileSystemDescription.html, `LifeCycleState`; mount targets have the
/// same words.
fn state(reported: &str) -> State {
    match reported {
        "available" => State::Ready,
        "deleting" | "deleted" => State::Deleting,
        "error" => State::Failed,
        _ => State::Pending,
    }
}
