//! Set-up that the tests of several rooms share.
//!
//! Verifiers and emulators that come from PyPI or npm are fetched into `target/test-tools` with the versions
//! pinned beside this file; programs that only the system's package manager has are used when present. What is
//! missing is skipped out loud: a line on stderr and in `target/skipped-tests.txt`, which `.ci/run` refuses to
//! find non-empty.

mod aws;
pub mod emulators;
mod locked;
mod node;
mod python;
mod server;
mod skip;
pub mod terraform;

pub use aws::AwsEmulator;
pub use node::node_tools;
pub use python::{python_tool, python_tools};
pub use server::{Server, free_port};
pub use skip::{Skipped, skip};

use std::path::{Path, PathBuf};

/// The workspace's root folder.
pub fn workspace_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the testing room lies in the workspace")
        .to_path_buf()
}

/// The folder of facts and tools beside the workspace, where it exists: the project builds and tests without it.
pub fn shared_folder() -> Result<PathBuf, Skipped> {
    let folder = workspace_root().join("../shared");
    if folder.is_dir() { Ok(folder) } else { Err(skip("../shared is not beside this checkout")) }
}

/// A program of the system's package manager, found on PATH.
pub fn program(name: &str) -> Result<PathBuf, Skipped> {
    #[expect(clippy::disallowed_methods, reason = "test set-up, not a library of the product")]
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|candidate| candidate.is_file())
        .ok_or_else(|| skip(&format!("`{name}` is not installed")))
}

/// Where fetched tools live: inside `target/`, so that `cargo clean` removes them too.
pub(crate) fn tools_folder() -> PathBuf {
    target_folder().join("test-tools")
}

/// The build's own output folder: found from the running test binary (`<target>/<profile>/deps/NAME`), because
/// `CARGO_TARGET_DIR` may have moved it.
pub fn target_folder() -> PathBuf {
    std::env::current_exe()
        .ok()
        .and_then(|binary| {
            binary.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file()).map(Path::to_path_buf)
        })
        .unwrap_or_else(|| workspace_root().join("target"))
}
