//! What the tests share: an estate in an emulator, and the processes that work on it.

use std::fs;
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use provision_testing::Skipped;
use serde_json::{Value as Json, json};

use crate::emulator::{Emulator, REGION};

pub(crate) type Tried = Result<(), Skipped>;

/// Whether everything is to be tried, as `--all` says; the gate is content with a sample.
pub(crate) fn in_full() -> bool {
    std::env::args().any(|argument| argument == "--all")
}

/// Whether files that tests write are to be written anew.
#[expect(clippy::disallowed_methods, reason = "a test: whoever runs it says so in its environment")]
pub(crate) fn writes_anew() -> bool {
    std::env::var_os("PROVISION_UPDATE").is_some()
}

/// What one process does.
#[derive(Debug, Clone)]
pub(crate) struct Work {
    /// `plan`, `apply` or `destroy`
    pub(crate) mode: &'static str,
    pub(crate) variables: Vec<(String, String)>,
    /// Variables that must not stand on a command line.
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) parallelism: usize,
    /// How many seconds one attempt may take: whoever comes after a killed one waits a little longer.
    pub(crate) attempt: u64,
    /// How many milliseconds lists may lag.
    pub(crate) settle: u64,
}

impl Work {
    pub(crate) fn new(mode: &'static str) -> Self {
        Work {
            mode,
            variables: Vec::new(),
            environment: Vec::new(),
            parallelism: 16,
            attempt: 30,
            settle: 100,
        }
    }

    pub(crate) fn with(mut self, variable: &str, value: &str) -> Self {
        self.variables.push((variable.to_owned(), value.to_owned()));
        self
    }
}

/// How a process ended.
#[derive(Debug)]
pub(crate) enum End {
    /// With a plan, and a report where something was done.
    Done {
        plan: Json,
        report: String,
        complete: bool,
    },
    Refused(String),
    Killed,
}

/// A directory, and the folder in which its processes keep a ledger and write what they say.
pub(crate) struct World<'a> {
    pub(crate) emulator: &'a Emulator,
    pub(crate) directory: PathBuf,
    pub(crate) folder: PathBuf,
    /// Of its credentials, the id and the secret.
    pub(crate) keys: (String, String),
    pub(crate) session: Option<String>,
}

static FOLDERS: AtomicU32 = AtomicU32::new(0);

impl<'a> World<'a> {
    pub(crate) fn new(emulator: &'a Emulator, directory: &Path) -> Self {
        let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
        let name = format!("aws-{}-{number}", std::process::id());
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&folder).unwrap();
        let keys = ("test".to_owned(), "test".to_owned());
        World { emulator, directory: directory.to_owned(), folder, keys, session: None }
    }

    /// Another estate that begins with this one's ledger.
    pub(crate) fn copied(&self, emulator: &'a Emulator) -> Self {
        let copy = World::new(emulator, &self.directory);
        copy_folder(&self.folder, &copy.folder);
        copy
    }

    /// A process that waits for the word to go.
    pub(crate) fn start(&self, work: &Work) -> Child {
        let _ = fs::remove_file(self.folder.join("said.json"));
        let order = json!({
            "mode": work.mode, "directory": self.directory, "folder": self.folder,
            "variables": work.variables, "environment": work.environment, "parallelism": work.parallelism,
            "attempt": work.attempt, "settle": work.settle,
        });
        Command::new(std::env::current_exe().unwrap())
            .args(["child", "run", &order.to_string()])
            .env("AWS_ENDPOINT_URL", self.emulator.endpoint())
            .env("AWS_REGION", REGION)
            .env("AWS_ACCESS_KEY_ID", &self.keys.0)
            .env("AWS_SECRET_ACCESS_KEY", &self.keys.1)
            .envs(self.session.iter().map(|token| ("AWS_SESSION_TOKEN", token)))
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    pub(crate) fn finish(&self, mut process: Child) -> End {
        process.stdin.take().unwrap().write_all(b"go\n").unwrap();
        let output = process.wait_with_output().unwrap();
        if output.status.signal() == Some(9) {
            return End::Killed;
        }
        let Ok(text) = fs::read_to_string(self.folder.join("said.json")) else {
            return End::Refused(String::from_utf8_lossy(&output.stderr).into_owned());
        };
        let said: Json = serde_json::from_str(&text).unwrap();
        let complete = said["complete"].as_bool().unwrap();
        End::Done {
            plan: said["plan"].clone(),
            report: said["report"].as_str().unwrap().to_owned(),
            complete,
        }
    }

    /// Does it, and returns everything that the process printed and wrote down at its end.
    pub(crate) fn said(&self, work: &Work) -> String {
        let mut process = self.start(work);
        process.stdin.take().unwrap().write_all(b"go\n").unwrap();
        let output = process.wait_with_output().unwrap();
        let written = fs::read_to_string(self.folder.join("said.json")).unwrap_or_default();
        let printed = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
        format!("{}{}{written}", printed[0], printed[1])
    }

    pub(crate) fn run(&self, work: &Work) -> End {
        self.finish(self.start(work))
    }

    /// What the last process wrote down at its end.
    pub(crate) fn last_words(&self) -> Json {
        serde_json::from_str(&fs::read_to_string(self.folder.join("said.json")).unwrap()).unwrap()
    }

    /// Does it, and insists that all of it was done. Returns the plan.
    pub(crate) fn completed(&self, work: &Work) -> Json {
        match self.run(work) {
            End::Done { plan, complete: true, .. } => plan,
            End::Done { report, .. } => panic!("{}: {report}", work.mode),
            End::Refused(why) => panic!("{}: {why}", work.mode),
            End::Killed => panic!("{}: it was killed", work.mode),
        }
    }
}

impl Drop for World<'_> {
    fn drop(&mut self) {
        // What a failed test wrote is worth a look.
        if !std::thread::panicking() {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// What a plan would do, one short line each: `~ aws_vpc.main cidr_block`.
pub(crate) fn actions(plan: &Json) -> Vec<String> {
    let actions = plan["actions"].as_array().unwrap();
    let line = |action: &Json| {
        let fields: Vec<&str> = action["changes"].as_array().map_or_else(Vec::new, |changes| {
            changes.iter().map(|change| change["field"].as_str().unwrap()).collect()
        });
        format!(
            "{} {} {}",
            action["verb"].as_str().unwrap(),
            action["address"].as_str().unwrap(),
            fields.join(",")
        )
    };
    actions.iter().map(|action| line(action).trim_end().to_owned()).collect()
}
