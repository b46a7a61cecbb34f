//! An estate in a file, with a journal beside it: a call adds one line to the journal, so that its cost doesn't grow
//! with the estate. When the journal has become longer than the estate, both are written as one file anew.
//!
//! The file holds the number of the journal that goes on from it; a journal of another number is an old one and
//! counts for nothing. A line that is cut off, because the process died in it, never happened.
//!
//! A sandbox outlives its process, not a power cut: lines of the journal aren't forced onto the disk.

use std::cell::RefCell;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};

use super::estate::{Delta, Estate, EstateError, SCHEMA};
use crate::boundary::Boundary;
use crate::durable::{Readers, beside, replace};

/// A journal shorter than this is never folded on the way.
const SHORT: u64 = 256 << 10;

#[derive(Debug)]
pub(super) struct EstateFile {
    path: PathBuf,
    journal: PathBuf,
    cached: RefCell<Option<Cached>>,
}

/// The estate as it was read, and how far.
#[derive(Debug)]
struct Cached {
    estate: Estate,
    /// Which file it was: it is replaced, never changed.
    base: Option<Identity>,
    base_length: u64,
    /// How much of the journal is in it; 0 while there is no journal of the right number.
    end: u64,
}

type Identity = (u64, u64, i64, i64);

/// The journal's first line.
#[derive(Serialize, Deserialize)]
struct Follows {
    follows: u64,
}

impl EstateFile {
    pub(super) fn new(path: PathBuf) -> Self {
        EstateFile { journal: beside(&path, "journal"), path, cached: RefCell::default() }
    }

    pub(super) fn look<T>(&self, look: impl FnOnce(&Estate) -> T) -> Result<T, EstateError> {
        // Who may read but not write still sees a whole file.
        let _lock = self.lock(FlockOperation::LockShared).ok();
        let mut slot = self.cached.borrow_mut();
        self.catch_up(&mut slot)?;
        Ok(look(&slot.as_ref().expect("just caught up").estate))
    }

    pub(super) fn change<T>(
        &self,
        boundary: &dyn Boundary,
        change: impl FnOnce(&mut Estate) -> T,
    ) -> Result<T, EstateError> {
        let _lock = self.lock(FlockOperation::LockExclusive)?;
        let mut slot = self.cached.borrow_mut();
        self.catch_up(&mut slot)?;
        // Taken out: after a write that fails, everything is read again.
        let mut cached = slot.take().expect("just caught up");
        let (clock, outages) = (cached.estate.clock, cached.estate.outages.clone());
        let result = change(&mut cached.estate);
        if let Some(delta) = cached.estate.take_delta(clock, &outages) {
            if cached.base.is_none() || cached.end > SHORT.max(cached.base_length) {
                self.write_whole(&mut cached, boundary)?;
            } else {
                self.append(&mut cached, &delta, boundary)?;
            }
        }
        *slot = Some(cached);
        Ok(result)
    }

    pub(super) fn fold(&self, boundary: &dyn Boundary) -> Result<(), EstateError> {
        let _lock = self.lock(FlockOperation::LockExclusive)?;
        let mut slot = self.cached.borrow_mut();
        self.catch_up(&mut slot)?;
        let mut cached = slot.take().expect("just caught up");
        if cached.end > 0 {
            self.write_whole(&mut cached, boundary)?;
            match fs::remove_file(&self.journal) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(self.failed(error)),
                _ => {}
            }
        }
        *slot = Some(cached);
        Ok(())
    }

    /// Reads what others wrote since.
    fn catch_up(&self, slot: &mut Option<Cached>) -> Result<(), EstateError> {
        let base = identity(&self.path).map_err(|error| self.io(error, "read"))?;
        let cached = match slot.take().filter(|cached| cached.base == base) {
            Some(cached) => cached,
            None => self.read_base(base)?,
        };
        *slot = Some(self.follow_journal(cached)?);
        Ok(())
    }

    fn read_base(&self, base: Option<Identity>) -> Result<Cached, EstateError> {
        if base.is_none() {
            return Ok(Cached { estate: Estate::default(), base, base_length: 0, end: 0 });
        }
        let text = fs::read_to_string(&self.path).map_err(|error| self.io(error, "read"))?;
        let unreadable = |error| EstateError::Unreadable(self.path.clone(), error);
        let estate: Estate = serde_json::from_str(&text).map_err(|error| unreadable(Some(error)))?;
        if estate.schema != SCHEMA {
            return Err(unreadable(None));
        }
        Ok(Cached { estate, base, base_length: text.len() as u64, end: 0 })
    }

    fn follow_journal(&self, mut cached: Cached) -> Result<Cached, EstateError> {
        if cached.base.is_none() {
            // Without its estate a journal is nothing: somebody removed the file to begin anew.
            return Ok(cached);
        }
        let mut file = match File::open(&self.journal) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(cached),
            Err(error) => return Err(self.io(error, "read")),
        };
        let mut text = Vec::new();
        file.seek(SeekFrom::Start(cached.end))
            .and_then(|_| file.read_to_end(&mut text))
            .map_err(|error| self.io(error, "read"))?;
        let unreadable = |error| EstateError::Unreadable(self.journal.clone(), Some(error));
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            if !line.ends_with(b"\n") {
                break;
            }
            if cached.end == 0 {
                let header: Follows = serde_json::from_slice(line).map_err(unreadable)?;
                if header.follows != cached.estate.journal {
                    return Ok(cached);
                }
            } else {
                cached.estate.follow(serde_json::from_slice(line).map_err(unreadable)?);
            }
            cached.end += line.len() as u64;
        }
        Ok(cached)
    }

    fn append(&self, cached: &mut Cached, delta: &Delta, boundary: &dyn Boundary) -> Result<(), EstateError> {
        let mut text = Vec::new();
        if cached.end == 0 {
            line(&Follows { follows: cached.estate.journal }, &mut text).map_err(|e| self.failed(e))?;
        }
        line(delta, &mut text).map_err(|error| self.failed(error))?;
        boundary.reach("before estate journal");
        let written =
            OpenOptions::new().create(true).truncate(false).write(true).open(&self.journal).and_then(
                |mut file| {
                    // Behind the last whole line: what a dead process began, or an old journal, goes.
                    file.set_len(cached.end)?;
                    file.seek(SeekFrom::Start(cached.end))?;
                    file.write_all(&text)
                },
            );
        written.map_err(|error| self.failed(error))?;
        boundary.reach("after estate journal");
        cached.end += text.len() as u64;
        Ok(())
    }

    /// Everything in one file; the journal that was so far is an old one from then on.
    fn write_whole(&self, cached: &mut Cached, boundary: &dyn Boundary) -> Result<(), EstateError> {
        cached.estate.journal = cached.estate.journal.max(self.left_journal()) + 1;
        let text = serde_json::to_vec_pretty(&cached.estate).map_err(|error| self.failed(error.into()))?;
        replace(&self.path, &text, Readers::Usual, boundary).map_err(|error| self.failed(error))?;
        cached.base = identity(&self.path).map_err(|error| self.io(error, "read"))?;
        cached.base_length = text.len() as u64;
        cached.end = 0;
        Ok(())
    }

    /// The number of a journal whose estate was removed: it must not count for the next one.
    fn left_journal(&self) -> u64 {
        let Ok(text) = fs::read_to_string(&self.journal) else { return 0 };
        let header = text.lines().next().and_then(|line| serde_json::from_str::<Follows>(line).ok());
        header.map_or(0, |header| header.follows)
    }

    /// Held until it is dropped; the kernel frees it when the process dies.
    fn lock(&self, how: FlockOperation) -> Result<File, EstateError> {
        let failed = |source| EstateError::Io { path: self.path.clone(), doing: "locked", source };
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(beside(&self.path, "lock"))
            .map_err(failed)?;
        flock(&file, how).map_err(|error| failed(error.into()))?;
        Ok(file)
    }

    fn failed(&self, source: io::Error) -> EstateError {
        self.io(source, "written")
    }

    fn io(&self, source: io::Error, doing: &'static str) -> EstateError {
        EstateError::Io { path: self.path.clone(), doing, source }
    }
}

fn line(value: &impl Serialize, text: &mut Vec<u8>) -> io::Result<()> {
    serde_json::to_writer(&mut *text, value)?;
    text.push(b'\n');
    Ok(())
}

/// Tells a file from the one that replaced it; none where there is none.
fn identity(path: &Path) -> io::Result<Option<Identity>> {
    match fs::metadata(path) {
        Ok(found) => Ok(Some((found.ino(), found.size(), found.mtime(), found.mtime_nsec()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boundary::Unwatched;
    use crate::sandbox::Place;

    fn token(place: &Place, name: &str) {
        place.change(|estate| estate.tokens.insert(name.to_owned(), "x".repeat(30))).unwrap();
    }

    fn tokens(place: &Place) -> Vec<String> {
        place.read().unwrap().tokens.keys().cloned().collect()
    }

    #[test]
    fn a_line_that_was_cut_off_never_happened() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("e");
        let place = Place::file(path.clone());
        ["a", "b", "c"].into_iter().for_each(|name| token(&place, name));
        let journal = beside(&path, "journal");
        let whole = fs::read(&journal).unwrap();
        let mut seen = std::collections::BTreeSet::new();
        for length in 0..=whole.len() {
            fs::write(&journal, &whole[..length]).unwrap();
            let fresh = Place::file(path.clone());
            let before = tokens(&fresh);
            seen.insert(before.len());
            token(&fresh, "later");
            let after = tokens(&Place::file(path.clone()));
            assert_eq!(after.len(), before.len() + 1, "cut at {length}: {before:?} {after:?}");
        }
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), [1, 2, 3]);
    }

    #[test]
    fn two_processes_see_what_the_other_did() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("e");
        let (one, two) = (Place::file(path.clone()), Place::file(path.clone()));
        for round in 0..20 {
            token(&one, &format!("one-{round}"));
            token(&two, &format!("two-{round}"));
            if round % 7 == 3 {
                one.fold(&Unwatched).unwrap();
            }
            assert_eq!(tokens(&one), tokens(&two));
            assert_eq!(tokens(&one).len(), 2 * (round + 1));
        }
        two.fold(&Unwatched).unwrap();
        assert!(!beside(&path, "journal").exists());
        assert_eq!(tokens(&Place::file(path)).len(), 40);
    }

    #[test]
    fn who_removes_the_estate_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("e");
        let place = Place::file(path.clone());
        ["a", "b"].into_iter().for_each(|name| token(&place, name));
        fs::remove_file(&path).unwrap();
        assert_eq!(tokens(&place), Vec::<String>::new());
        token(&Place::file(path.clone()), "new");
        assert_eq!(tokens(&Place::file(path)), ["new"]);
    }

    #[test]
    fn a_long_journal_is_folded_on_the_way() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("e");
        let place = Place::file(path.clone());
        let long = usize::try_from(SHORT).unwrap() / 8;
        for round in 0..30 {
            place.change(|estate| estate.tokens.insert(format!("t{}", round % 3), "y".repeat(long))).unwrap();
        }
        assert!(fs::metadata(beside(&path, "journal")).unwrap().len() < 3 * SHORT);
        assert_eq!(tokens(&Place::file(path)).len(), 3);
    }

    #[test]
    fn what_is_no_estate_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("e");
        for text in ["", "{}", "[1]", r#"{"schema":"x","clock":0,"made":0,"objects":{},"tokens":{}}"#] {
            fs::write(&path, text).unwrap();
            assert!(matches!(Place::file(path.clone()).read(), Err(EstateError::Unreadable(..))), "{text}");
        }
    }
}
