//! One run of the binary: its output is followed while it is written, signals are passed on, and a lost lock stops it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value as Json;

use super::{Diagnostic, Ending, Terraform, TerraformError};
use crate::apply::{Guard, Interrupt, Wish};
use crate::clock::Clock;

/// Who may stop a run while it is under way.
pub struct Watch<'a> {
    pub clock: &'a dyn Clock,
    pub interrupt: &'a Interrupt,
    pub guard: &'a dyn Guard,
}

/// How often it is looked after.
const LOOK: Duration = Duration::from_millis(50);
/// How often the lock is looked after.
const LOCK: Duration = Duration::from_secs(1);
/// Of what it says beside its JSON, the end is enough.
const MOST_STDERR: usize = 4_000;

pub(super) struct Ended {
    pub(super) ending: Ending,
    pub(super) success: bool,
    /// Why it was asked to stop, where it was not the user.
    pub(super) stopped: Option<String>,
}

impl Terraform<'_> {
    /// Runs it, with each line of JSON as it comes.
    pub(super) async fn follow(
        &self,
        mut command: Command,
        watch: &Watch<'_>,
        each: &mut dyn FnMut(&Json),
    ) -> Result<Ended, TerraformError> {
        let (out, err) = (self.scratch.join("stdout"), self.scratch.join("stderr"));
        // Ctrl-C on the terminal goes to this process, which decides what it means for that one.
        command.stdin(Stdio::null()).stdout(written(&out)?).stderr(written(&err)?).process_group(0);
        let mut child =
            command.spawn().map_err(|error| TerraformError::Start(self.binary.program.clone(), error))?;
        let mut lines = Lines::new(&out)?;
        let mut leash = Leash { sent: 0, stopped: None, next_look: watch.clock.now() };
        let status = loop {
            let ended = child.try_wait().map_err(|error| TerraformError::Scratch(out.clone(), error))?;
            lines.each(each)?;
            if let Some(status) = ended {
                break status;
            }
            leash.look(&child, watch).await;
            watch.clock.sleep(LOOK).await;
        };
        let mut stderr = fs::read_to_string(&err).unwrap_or_default();
        let cut = stderr.len().saturating_sub(MOST_STDERR);
        let cut = (cut..stderr.len()).find(|at| stderr.is_char_boundary(*at)).unwrap_or(cut);
        let ending = Ending { code: status.code(), stderr: stderr.split_off(cut).trim().to_owned() };
        Ok(Ended { ending, success: status.success(), stopped: leash.stopped })
    }

    /// Runs it to its end; its errors are the failure.
    pub(super) async fn to_its_end(
        &self,
        doing: &'static str,
        command: Command,
        watch: &Watch<'_>,
    ) -> Result<Vec<Diagnostic>, TerraformError> {
        let mut diagnostics = Vec::new();
        let ended =
            self.follow(command, watch, &mut |line| diagnostics.extend(Diagnostic::from_line(line))).await?;
        if ended.success {
            return Ok(diagnostics);
        }
        Self::succeeded(doing, &ended, diagnostics, watch)?;
        Ok(Vec::new())
    }

    /// Runs it to its end; what it printed is one document.
    pub(super) async fn captured(
        &self,
        doing: &'static str,
        command: Command,
        watch: &Watch<'_>,
    ) -> Result<String, TerraformError> {
        let (ended, text) = self.document(command, watch).await?;
        Self::succeeded(doing, &ended, Vec::new(), watch)?;
        Ok(text)
    }

    /// Runs it to its end, and all that it printed.
    pub(super) async fn document(
        &self,
        command: Command,
        watch: &Watch<'_>,
    ) -> Result<(Ended, String), TerraformError> {
        let ended = self.follow(command, watch, &mut |_| ()).await?;
        let path = self.scratch.join("stdout");
        let text = fs::read_to_string(&path).map_err(|error| TerraformError::Scratch(path.clone(), error))?;
        // It may hold what must never be shown.
        fs::remove_file(&path).map_err(|error| TerraformError::Scratch(path, error))?;
        Ok((ended, text))
    }

    pub(super) fn succeeded(
        doing: &'static str,
        ended: &Ended,
        mut diagnostics: Vec<Diagnostic>,
        watch: &Watch<'_>,
    ) -> Result<(), TerraformError> {
        if ended.success {
            return Ok(());
        }
        if watch.interrupt.wish() != Wish::GoOn {
            return Err(TerraformError::Interrupted(doing));
        }
        diagnostics.retain(|diagnostic| diagnostic.is_error);
        Err(TerraformError::Failed { doing, diagnostics, ending: ended.ending.clone() })
    }
}

/// Only its owner may read what it says.
fn written(path: &Path) -> Result<File, TerraformError> {
    let open = || {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
    };
    open().map_err(|error| TerraformError::Scratch(path.to_owned(), error))
}

/// A file that grows, line by line.
struct Lines {
    path: PathBuf,
    file: File,
    /// What came of the last line so far.
    rest: Vec<u8>,
}

impl Lines {
    fn new(path: &Path) -> Result<Self, TerraformError> {
        let file = File::open(path).map_err(|error| TerraformError::Scratch(path.to_owned(), error))?;
        Ok(Lines { path: path.to_owned(), file, rest: Vec::new() })
    }

    /// The lines that have come since; what is no JSON is not for us.
    fn each(&mut self, each: &mut dyn FnMut(&Json)) -> Result<(), TerraformError> {
        self.file
            .read_to_end(&mut self.rest)
            .map_err(|error| TerraformError::Scratch(self.path.clone(), error))?;
        let Some(end) = self.rest.iter().rposition(|byte| *byte == b'\n') else { return Ok(()) };
        let whole: Vec<u8> = self.rest.drain(..=end).collect();
        for line in whole.split(|byte| *byte == b'\n') {
            if let Ok(said) = serde_json::from_slice(line) {
                each(&said);
            }
        }
        Ok(())
    }
}

/// What it was told from outside so far.
struct Leash {
    sent: u8,
    stopped: Option<String>,
    next_look: Duration,
}

impl Leash {
    async fn look(&mut self, child: &Child, watch: &Watch<'_>) {
        let now = watch.clock.now();
        if self.stopped.is_none() && now >= self.next_look {
            self.next_look = now + LOCK;
            self.stopped = watch.guard.allows(Duration::ZERO).await.err();
        }
        let wished = match watch.interrupt.wish() {
            Wish::GoOn => u8::from(self.stopped.is_some()),
            Wish::Finish => 1,
            Wish::AtOnce => 2,
        };
        // Its first interrupt lets it finish what is under way, its second ends it at once: as ours.
        if self.sent < wished {
            self.sent += 1;
            if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
                // Gone already is as good.
                let _ = kill_process(pid, Signal::INT);
            }
        }
    }
}
