//! Files that are there whole or not at all, whenever the process dies.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::boundary::Boundary;

/// Who may read a file that is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// As the process's mask says.
    Usual,
    /// Only its owner.
    Owner,
}

/// Puts the content where the path is. Another process, or the next one after a crash, sees the old content or the
/// new one.
pub fn replace(path: &Path, content: &[u8], readers: Readers, boundary: &dyn Boundary) -> io::Result<()> {
    let what = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    boundary.reach(&format!("before file {what}"));
    let next = beside(path, "next");
    write_synced(&next, content, readers)?;
    boundary.reach(&format!("beside file {what}"));
    fs::rename(&next, path)?;
    boundary.reach(&format!("after file {what}"));
    sync_folder(path)
}

/// A new file, on the disk. One that a process left behind when it died is overwritten, its mode too.
pub(crate) fn write_synced(path: &Path, content: &[u8], readers: Readers) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mode = match readers {
        Readers::Usual => 0o666,
        Readers::Owner => 0o600,
    };
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
    file.write_all(content)?;
    file.sync_data()
}

/// A name counts only when its folder is on the disk.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_data()
}

/// `estate.json` → `estate.json.next`
pub(crate) fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(extension);
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::boundary::Unwatched;

    #[test]
    fn the_old_content_stands_until_the_new_one_does() {
        struct Watch<'a>(&'a Path, RefCell<Vec<String>>);
        impl Boundary for Watch<'_> {
            fn reach(&self, _point: &str) {
                self.1.borrow_mut().push(fs::read_to_string(self.0).unwrap());
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        replace(&path, b"old", Readers::Usual, &Unwatched).unwrap();
        let watch = Watch(&path, RefCell::default());
        replace(&path, b"new", Readers::Usual, &watch).unwrap();
        assert_eq!(watch.1.into_inner(), ["old", "old", "new"]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_for_its_owner_stays_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        fs::write(&path, "open to all").unwrap();
        fs::write(beside(&path, "next"), "left behind").unwrap();
        replace(&path, b"secret", Readers::Owner, &Unwatched).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
