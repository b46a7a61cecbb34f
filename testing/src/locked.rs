use std::fs::{self, File};
use std::path::Path;

/// Runs `make` once for `folder`, whichever of the test processes comes first; the others wait for it.
/// `stamp` names what must be in there (the pinned versions): when it changes, the folder is made anew.
pub(crate) fn make_once(
    folder: &Path,
    stamp: &str,
    make: impl FnOnce() -> Result<(), String>,
) -> Result<(), String> {
    let parent = folder.parent().expect("a tool's folder has a parent");
    fs::create_dir_all(parent).map_err(|error| format!("{}: {error}", parent.display()))?;
    let lock_path = folder.with_extension("lock");
    let lock = File::create(&lock_path).map_err(|error| format!("{}: {error}", lock_path.display()))?;
    lock.lock().map_err(|error| format!("{}: {error}", lock_path.display()))?;
    let stamp_path = folder.with_extension("stamp");
    if fs::read_to_string(&stamp_path).is_ok_and(|found| found == stamp) {
        return Ok(());
    }
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    make()?;
    fs::write(&stamp_path, stamp).map_err(|error| format!("{}: {error}", stamp_path.display()))
}

/// Runs a command to its end; what it printed is part of the error.
pub(crate) fn run(command: &mut std::process::Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{command:?}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr)))
}
