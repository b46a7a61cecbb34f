use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use rustix::fs::{Access, access};
use rustix::io::Errno;

use crate::value::{SysctlKey, SysctlValue};

/// The live parameters, below `/proc/sys`.
#[derive(Debug, Clone)]
pub struct Live(PathBuf);

/// Why a parameter can't be set from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Obstacle {
    /// As containers have it.
    ReadOnlyMount,
    /// The kernel shows it here but lets nobody write it here.
    ReadOnlyHere,
    /// This user may not.
    Privilege,
}

impl Live {
    pub fn new(proc_sys: PathBuf) -> Self {
        Self(proc_sys)
    }

    /// The value with its white space made plain; none where this kernel or namespace doesn't have the parameter.
    pub fn read(&self, key: &SysctlKey) -> io::Result<Option<String>> {
        match fs::read_to_string(self.path(key)) {
            Ok(raw) => Ok(Some(raw.split_whitespace().collect::<Vec<_>>().join(" "))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// One write for the whole value, then read back: the kernel takes some values silently in another way.
    pub fn write(&self, key: &SysctlKey, value: &SysctlValue) -> io::Result<()> {
        // Not created where missing: a parameter that this kernel doesn't have is an error here.
        let mut file = OpenOptions::new().write(true).truncate(true).open(self.path(key))?;
        // An empty list is written as an empty line: a write of nothing would not reach the kernel.
        file.write_all(format!("{value}\n").as_bytes())?;
        drop(file);
        let back = self.read(key)?.unwrap_or_default();
        if value.is_what_reads(&back) {
            return Ok(());
        }
        Err(io::Error::other(format!("the kernel took it as `{back}`")))
    }

    pub(crate) fn obstacle(&self, key: &SysctlKey) -> Option<Obstacle> {
        let path = self.path(key);
        let writable_by_owner =
            fs::metadata(&path).is_ok_and(|metadata| metadata.permissions().mode() & 0o200 != 0);
        match access(&path, Access::WRITE_OK) {
            Ok(()) => None,
            Err(Errno::ROFS) => Some(Obstacle::ReadOnlyMount),
            Err(_) if !writable_by_owner => Some(Obstacle::ReadOnlyHere),
            // Root that may not write: the value belongs to a namespace above.
            Err(_) if rustix::process::geteuid().is_root() => Some(Obstacle::ReadOnlyHere),
            Err(_) => Some(Obstacle::Privilege),
        }
    }

    fn path(&self, key: &SysctlKey) -> PathBuf {
        self.0.join(key.relative_path())
    }
}
