use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Component, Path, PathBuf};

/// A folder that stands for `/`: no path and no symlink leads out of it.
#[derive(Debug, Clone)]
pub struct Root(PathBuf);

/// As many symlinks as the kernel follows.
const MOST_LINKS: usize = 40;
/// No configuration file is longer; a device or a broken record may be.
const LONGEST_FILE: u64 = 1 << 20;

impl Root {
    pub fn new(folder: &Path) -> Self {
        Self(folder.to_path_buf())
    }

    pub fn folder(&self) -> &Path {
        &self.0
    }

    /// Where a path really lies: symlinks are followed as if the root were `/`, so `..` and absolute links stay inside.
    pub fn resolve(&self, path: &Path) -> io::Result<PathBuf> {
        self.walk(path, true)
    }

    fn walk(&self, path: &Path, follow_last: bool) -> io::Result<PathBuf> {
        let mut left: VecDeque<OsString> = parts(path);
        let mut inside = PathBuf::new();
        let mut links = 0;
        while let Some(part) = left.pop_front() {
            if part == ".." {
                inside.pop();
                continue;
            }
            let next = inside.join(&part);
            let is_last = left.is_empty();
            match fs::read_link(self.0.join(&next)) {
                Ok(link) if follow_last || !is_last => {
                    links += 1;
                    if links > MOST_LINKS {
                        return Err(io::Error::other(format!("{}: too many symbolic links", path.display())));
                    }
                    if link.is_absolute() {
                        inside = PathBuf::new();
                    }
                    for part in parts(&link).into_iter().rev() {
                        left.push_front(part);
                    }
                }
                _ => inside = next,
            }
        }
        Ok(self.0.join(inside))
    }

    /// The text of a file; none if there is no such file.
    pub fn read(&self, path: &Path) -> io::Result<Option<String>> {
        let real = self.resolve(path)?;
        let file = match File::open(&real) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(named(&real, &error)),
        };
        if !file.metadata()?.is_file() {
            return Err(io::Error::other(format!("{} is not a file", real.display())));
        }
        let mut text = String::new();
        file.take(LONGEST_FILE).read_to_string(&mut text).map_err(|error| named(&real, &error))?;
        Ok(Some(text))
    }

    /// Whether a file is linked to `/dev/null`, which is how systemd's drop-ins are masked.
    pub fn is_masked(&self, path: &Path) -> bool {
        let here = self.walk(path, false).and_then(fs::read_link);
        here.is_ok_and(|link| link == Path::new("/dev/null"))
    }

    /// The names in a folder; none if there is no such folder.
    pub fn names(&self, folder: &Path) -> io::Result<Vec<String>> {
        let real = self.resolve(folder)?;
        match fs::read_dir(&real) {
            Ok(entries) => entries
                .map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()))
                .collect::<io::Result<_>>(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(named(&real, &error)),
        }
    }

    /// Puts a whole file in place, durably: at no instant is there a half of it.
    pub fn write(&self, path: &Path, text: &str) -> io::Result<()> {
        let real = self.for_writing(path)?;
        let folder = real.parent().expect("it is a file inside the root");
        create_folders(folder)?;
        // One writer at a time holds the lock, so one name is enough, and what a killed run leaves is used again.
        let name = real.file_name().unwrap_or_default().to_string_lossy();
        let unfinished = folder.join(format!(".{name}.new"));
        remove_if_there(&unfinished)?;
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o644)
            .open(&unfinished)
            .map_err(|error| named(&unfinished, &error))?;
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(|error| named(&unfinished, &error))?;
        fs::rename(&unfinished, &real).map_err(|error| named(&real, &error))?;
        sync(folder)
    }

    /// Removes a file durably; that it isn't there is fine.
    pub fn remove(&self, path: &Path) -> io::Result<()> {
        let real = self.for_writing(path)?;
        if remove_if_there(&real)? {
            sync(real.parent().expect("it is a file inside the root"))?;
        }
        Ok(())
    }

    /// Only one of us at a time: the lock ends with the process, however it ends.
    pub fn lock(&self, folder: &Path) -> io::Result<File> {
        let real = self.resolve(folder)?;
        create_folders(&real)?;
        let path = real.join("lock");
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0))
            .open(&path)
            .map_err(|error| named(&path, &error))?;
        file.lock().map_err(|error| named(&path, &error))?;
        Ok(file)
    }

    /// The folder is resolved, the file itself is replaced even where it is a link.
    fn for_writing(&self, path: &Path) -> io::Result<PathBuf> {
        self.walk(path, false)
    }
}

fn parts(path: &Path) -> VecDeque<OsString> {
    path.components()
        .filter_map(|component| match component {
            Component::Normal(part) => Some(part.to_owned()),
            Component::ParentDir => Some("..".into()),
            Component::RootDir | Component::CurDir | Component::Prefix(_) => None,
        })
        .collect()
}

fn create_folders(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder).map_err(|error| named(folder, &error))
}

fn remove_if_there(path: &Path) -> io::Result<bool> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(named(path, &error)),
    }
}

/// A rename is only durable once its folder is.
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| named(folder, &error))
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
