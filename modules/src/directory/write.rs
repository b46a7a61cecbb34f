//! A directory on a disk. Nothing outside of it is touched: every step goes from an open folder to a name in it, and
//! no link is followed.

use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Mode, OFlags, mkdirat, openat, renameat, unlinkat};
use rustix::io::Errno;
use thiserror::Error;

use super::manifest::{MANIFEST, Manifest, ManifestError, is_in_place};
use super::{Directory, File};
use crate::hash::sha256;

/// Compares a rendered directory with what is on the disk, and writes it there.
#[derive(Debug)]
pub struct Writer<'a> {
    root: PathBuf,
    directory: &'a Directory,
    manifest: Manifest,
    changes: Vec<Change>,
    obstacles: Vec<Obstacle>,
}

/// One file that would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub path: String,
    pub kind: ChangeKind,
    /// What is there now.
    pub before: Vec<u8>,
    pub after: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    Create,
    Update,
    Delete,
}

/// A file that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    pub path: String,
    pub reason: ObstacleReason,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObstacleReason {
    /// It was there before us.
    Foreign,
    /// It is ours, and somebody changed it since.
    Edited,
}

#[derive(Debug, Error)]
pub enum WriteError {
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error("{path} is a link, and links are not followed: remove it, or render into another directory")]
    Link { path: PathBuf },
    #[error("{path} is in the way: a folder or something else that is no file")]
    NotAFile { path: PathBuf },
    #[error("{path} does not lie in the directory")]
    OutOfPlace { path: String },
    #[error("{path} could not be {what}")]
    Failed {
        path: PathBuf,
        what: &'static str,
        #[source]
        source: io::Error,
    },
}

/// Nothing that we render is larger.
const LARGEST: u64 = 256 * 1024 * 1024;

impl<'a> Writer<'a> {
    /// Looks at the disk and writes nothing.
    pub fn look(root: &Path, directory: &'a Directory) -> Result<Self, WriteError> {
        let disk = Disk { root };
        let manifest = match disk.read(MANIFEST)? {
            Some(bytes) => Manifest::read(&String::from_utf8_lossy(&bytes))?,
            None => Manifest::default(),
        };
        let stale: Vec<String> = manifest
            .paths()
            .filter(|path| directory.file(path).is_none() && *path != MANIFEST)
            .map(str::to_owned)
            .collect();
        let (changes, obstacles) = (Vec::new(), Vec::new());
        let mut writer = Self { root: root.to_owned(), directory, manifest, changes, obstacles };
        // Files of one folder come one after the other: it is opened once for all of them.
        let mut folder = None;
        for (path, file) in directory.files() {
            writer.compare(path, file, disk.read_next(path, &mut folder)?);
        }
        for path in stale {
            if let Some(before) = disk.read(&path)? {
                writer.compare_stale(&path, before);
            }
        }
        Ok(writer)
    }

    fn compare(&mut self, path: &str, file: &File, found: Option<Vec<u8>>) {
        let (kind, before) = match found {
            None => (ChangeKind::Create, Vec::new()),
            Some(before) if before == file.bytes => return,
            Some(before) => {
                let reason = if self.manifest.wrote(path, &sha256(&before)) {
                    None
                } else if self.manifest.knows(path) {
                    Some(ObstacleReason::Edited)
                } else {
                    Some(ObstacleReason::Foreign)
                };
                self.obstacles.extend(reason.map(|reason| Obstacle { path: path.to_owned(), reason }));
                (ChangeKind::Update, before)
            }
        };
        self.changes.push(Change { path: path.to_owned(), kind, before, after: file.bytes.clone() });
    }

    /// A file of ours that is no longer part: deleted if nobody changed it.
    fn compare_stale(&mut self, path: &str, before: Vec<u8>) {
        if self.manifest.wrote(path, &sha256(&before)) {
            let change =
                Change { path: path.to_owned(), kind: ChangeKind::Delete, before, after: Vec::new() };
            self.changes.push(change);
        } else {
            self.obstacles.push(Obstacle { path: path.to_owned(), reason: ObstacleReason::Edited });
        }
    }

    /// What would change, by path within each kind.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Files that would be lost.
    pub fn obstacles(&self) -> &[Obstacle] {
        &self.obstacles
    }

    /// Writes every change; obstacles, too: whoever calls this has consent. Stale files that somebody changed stay.
    pub fn write(&self) -> Result<(), WriteError> {
        std::fs::create_dir_all(&self.root).map_err(|source| WriteError::Failed {
            path: self.root.clone(),
            what: "made",
            source,
        })?;
        let disk = Disk { root: &self.root };
        let next = Manifest::of(self.directory);
        let write_manifest = |manifest: &Manifest| {
            let file = File { bytes: manifest.text().into_bytes(), executable: false };
            let updates = self.changes.iter().any(|change| change.kind == ChangeKind::Update);
            disk.write(MANIFEST, &file, updates)
        };
        if !self.changes.is_empty() {
            // First, so that whoever goes on after a run that was cut off knows its files for ours.
            write_manifest(&self.manifest.while_writing(&next))?;
        }
        for change in &self.changes {
            match change.kind {
                ChangeKind::Delete => disk.delete(&change.path)?,
                ChangeKind::Create | ChangeKind::Update => {
                    let executable = self.directory.file(&change.path).is_some_and(|file| file.executable);
                    let file = File { bytes: change.after.clone(), executable };
                    disk.write(&change.path, &file, change.kind == ChangeKind::Update)?;
                }
            }
        }
        for path in next.paths().chain(self.manifest.paths()).chain([MANIFEST]) {
            disk.forget_cut_off(path);
        }
        if self.changes.is_empty() && next == self.manifest { Ok(()) } else { write_manifest(&next) }
    }
}

/// The folder that all paths are relative to.
struct Disk<'a> {
    root: &'a Path,
}

impl Disk<'_> {
    fn failed<'s>(&'s self, path: &'s str, what: &'static str) -> impl Fn(Errno) -> WriteError + 's {
        move |error| {
            let path = self.root.join(path);
            match error {
                Errno::LOOP | Errno::MLINK => WriteError::Link { path },
                // A folder on the way that is a link or a file.
                Errno::NOTDIR => WriteError::NotAFile { path },
                error => WriteError::Failed { path, what, source: error.into() },
            }
        }
    }

    /// The open folder that holds the path's last name, and that name.
    fn folder<'p>(&self, path: &'p str, make: bool) -> Result<Result<(OwnedFd, &'p str), Errno>, WriteError> {
        if !is_in_place(path) {
            return Err(WriteError::OutOfPlace { path: path.to_owned() });
        }
        let (folders, name) = match path.rsplit_once('/') {
            Some((folders, name)) => (folders, name),
            None => ("", path),
        };
        let flags = OFlags::DIRECTORY | OFlags::CLOEXEC;
        let mut folder = match openat(CWD, self.root, flags, Mode::empty()) {
            Ok(folder) => folder,
            Err(error) => return Ok(Err(error)),
        };
        for step in folders.split('/').filter(|step| !step.is_empty()) {
            if make {
                match mkdirat(&folder, step, Mode::from_raw_mode(0o755)) {
                    Ok(()) | Err(Errno::EXIST) => {}
                    Err(error) => return Err(self.failed(path, "made")(error)),
                }
            }
            folder = match openat(&folder, step, flags | OFlags::NOFOLLOW, Mode::empty()) {
                Ok(folder) => folder,
                Err(error) => return Ok(Err(error)),
            };
        }
        Ok(Ok((folder, name)))
    }

    /// A file's bytes; none where it is not there.
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, WriteError> {
        self.read_next(path, &mut None)
    }

    /// The same, with the folder that was opened for the file before; afterwards this file's own stands there.
    fn read_next<'p>(
        &self,
        path: &'p str,
        last: &mut Option<(&'p str, OwnedFd)>,
    ) -> Result<Option<Vec<u8>>, WriteError> {
        if !is_in_place(path) {
            return Err(WriteError::OutOfPlace { path: path.to_owned() });
        }
        let failed = self.failed(path, "read");
        let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
        if last.as_ref().is_none_or(|(known, _)| *known != folders) {
            *last = match self.folder(path, false)? {
                Ok((folder, _)) => Some((folders, folder)),
                Err(Errno::NOENT) => return Ok(None),
                Err(error) => return Err(failed(error)),
            };
        }
        let Some((_, folder)) = last else { return Ok(None) };
        // Not blocking: a pipe in the way must not hold us up.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let file = match openat(folder, name, flags, Mode::empty()) {
            Ok(file) => std::fs::File::from(file),
            Err(Errno::NOENT) => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let at = || self.root.join(path);
        let unreadable = |source| WriteError::Failed { path: at(), what: "read", source };
        let found = file.metadata().map_err(unreadable)?;
        if !found.is_file() {
            return Err(WriteError::NotAFile { path: at() });
        }
        // One byte more, so that the end shows without another round.
        let mut bytes = Vec::with_capacity(usize::try_from(found.len().min(LARGEST) + 1).unwrap_or_default());
        file.take(LARGEST).read_to_end(&mut bytes).map_err(unreadable)?;
        Ok(Some(bytes))
    }

    /// Whole or not at all: beside it first, then in its place. What takes another file's place is on the disk before it
    /// does; a new file that a crash of the machine takes away can be written again.
    fn write(&self, path: &str, file: &File, takes_place: bool) -> Result<(), WriteError> {
        let failed = self.failed(path, "written");
        let (folder, name) = self.folder(path, true)?.map_err(&failed)?;
        let beside = beside(name);
        let _ = unlinkat(&folder, &beside, AtFlags::empty());
        let mode = Mode::from_raw_mode(if file.executable { 0o755 } else { 0o644 });
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut open = std::fs::File::from(openat(&folder, &beside, flags, mode).map_err(&failed)?);
        let mut written = open.write_all(&file.bytes);
        if takes_place {
            written = written.and_then(|()| open.sync_data());
        }
        written.map_err(|source| WriteError::Failed {
            path: self.root.join(path),
            what: "written",
            source,
        })?;
        renameat(&folder, &beside, &folder, name).map_err(&failed)
    }

    /// Takes away what a run that was cut off left beside a file.
    fn forget_cut_off(&self, path: &str) {
        if let Ok(Ok((folder, name))) = self.folder(path, false) {
            let _ = unlinkat(&folder, beside(name), AtFlags::empty());
        }
    }

    fn delete(&self, path: &str) -> Result<(), WriteError> {
        let failed = self.failed(path, "deleted");
        let (folder, name) = self.folder(path, false)?.map_err(&failed)?;
        unlinkat(&folder, name, AtFlags::empty()).map_err(&failed)?;
        self.delete_empty_folders(path);
        Ok(())
    }

    /// A folder that still holds something stays, and that is no failure.
    fn delete_empty_folders(&self, path: &str) {
        let mut path = path;
        while let Some((folders, _)) = path.rsplit_once('/') {
            let Ok(Ok((parent, name))) = self.folder(folders, false) else { return };
            if unlinkat(&parent, name, AtFlags::REMOVEDIR).is_err() {
                return;
            }
            path = folders;
        }
    }
}

/// Where a file is written before it takes its place.
fn beside(name: &str) -> String {
    format!(".{}.provision", &sha256(name.as_bytes())[..16])
}
