//! What other people's programs said of a directory, kept beside the build: they are slow, and say the same again.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex};
use std::time::{Duration, SystemTime};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use provision_modules::Directory;
use provision_modules::hash::sha256;
use provision_testing::target_folder;
use serde_json::Value;

/// Where fetched programs, and what they said, lie.
pub(crate) fn tools() -> PathBuf {
    target_folder().join("test-tools")
}

pub(crate) fn terraform_files(directory: &Directory) -> impl Iterator<Item = (&str, &str)> {
    let files = directory.files().filter(|(path, _)| path.ends_with(".tf"));
    files.map(|(path, _)| (path, directory.text(path).unwrap()))
}

/// The verdicts of one program.
pub(crate) struct Verdicts {
    folder: PathBuf,
    /// What a verdict depends on, beside the files that are judged.
    identity: String,
}

impl Verdicts {
    /// Those that nobody asked for in the last days are forgotten.
    pub(crate) fn of(program: &str, identity: String) -> Self {
        let verdicts = Self { folder: tools().join(format!("{program}-verdicts")), identity };
        verdicts.forget_old_ones();
        verdicts
    }

    /// The name of the verdict on these files.
    pub(crate) fn key<'a>(&self, files: impl Iterator<Item = (&'a str, &'a [u8])>) -> String {
        let mut all = format!("{}\n", self.identity);
        for (path, bytes) in files {
            all += &format!("{path} {}\n", sha256(bytes));
        }
        sha256(all.as_bytes())
    }

    pub(crate) fn get(&self, key: &str) -> Option<Value> {
        let path = self.folder.join(key);
        let bytes = fs::read(&path).ok()?;
        // Touched, so that it is kept.
        fs::File::options().append(true).open(&path).ok()?.set_modified(self.now()?).ok()?;
        let mut text = Vec::new();
        GzDecoder::new(bytes.as_slice()).read_to_end(&mut text).ok()?;
        serde_json::from_slice(&text).ok()
    }

    pub(crate) fn put(&self, key: &str, verdict: &[u8]) {
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(verdict).unwrap();
        let beside = tempfile::NamedTempFile::new_in(&self.folder).unwrap();
        fs::write(beside.path(), packer.finish().unwrap()).unwrap();
        beside.persist(self.folder.join(key)).unwrap();
    }

    /// The time as the file system has it.
    fn now(&self) -> Option<SystemTime> {
        let beside = tempfile::NamedTempFile::new_in(&self.folder).ok()?;
        beside.as_file().metadata().ok()?.modified().ok()
    }

    fn forget_old_ones(&self) {
        const KEPT: Duration = Duration::from_secs(3 * 24 * 60 * 60);
        fs::create_dir_all(&self.folder).unwrap();
        let now = self.now().unwrap();
        let modified = |path: &Path| fs::metadata(path).and_then(|it| it.modified()).ok();
        for entry in fs::read_dir(&self.folder).unwrap() {
            let path = entry.unwrap().path();
            if modified(&path).and_then(|it| now.duration_since(it).ok()).is_some_and(|age| age > KEPT) {
                let _ = fs::remove_file(path);
            }
        }
    }
}

/// One of the places for a program that fills a processor, and there are two.
pub(crate) struct Slot;

static FREE: (Mutex<usize>, Condvar) = (Mutex::new(2), Condvar::new());

impl Slot {
    pub(crate) fn wait() -> Self {
        let mut free = FREE.1.wait_while(FREE.0.lock().unwrap(), |free| *free == 0).unwrap();
        *free -= 1;
        Self
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        *FREE.0.lock().unwrap() += 1;
        FREE.1.notify_one();
    }
}
