//! A host as we see it: its files, and its live parameters where it has any.

mod drop_in;
mod live;
mod root;
mod target;

use std::path::{Path, PathBuf};

pub use drop_in::{Assignment, Loader, parse_drop_in, winners};
pub use live::Live;
pub(crate) use live::Obstacle;
pub use root::Root;
pub use target::{Target, TargetError};

/// The file that we write.
pub const DROP_IN: &str = "etc/sysctl.d/90-provision.conf";
/// Where originals are kept.
pub const STATE: &str = "var/lib/provision/host-tuning";

/// The files of a host, and its live parameters: an image that isn't running has none.
#[derive(Debug, Clone)]
pub struct Host {
    pub files: Root,
    pub live: Option<Live>,
}

impl Host {
    pub fn this_machine() -> Self {
        Self::running("/", "/proc/sys")
    }

    /// The tree of an image: every path is resolved inside it, and the live kernel is out of reach.
    pub fn image(root: impl AsRef<Path>) -> Self {
        Self { files: Root::new(root.as_ref()), live: None }
    }

    /// Files of one place and parameters of another, as a test or a container has them.
    pub fn running(root: impl AsRef<Path>, proc_sys: impl Into<PathBuf>) -> Self {
        Self { files: Root::new(root.as_ref()), live: Some(Live::new(proc_sys.into())) }
    }
}
