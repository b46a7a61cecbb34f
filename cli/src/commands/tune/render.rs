use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use provision_host_tuning::render::{File, Format, render};
use serde_json::json;

use super::consent;
use super::wish::Wish;
use crate::commands::ExitStatus;
use crate::failure::Failure;
use crate::output::Output;

/// Render what a host needs as files, for hosts that don't have this program
///
/// Prints them, or writes them into a folder with --output.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  provision tune render --role kafka-broker --format sysctl
  provision tune render --role kestra-worker --format script -o tuning
  provision tune render --role search-node --format kubelet")]
pub struct Arguments {
    #[command(flatten)]
    wish: Wish,
    /// What to render
    #[arg(long, value_enum)]
    format: Rendered,
    /// The folder to write to; files that are not ours are only overwritten after a yes
    #[arg(short, long, value_name = "DIR", conflicts_with = "json")]
    output: Option<PathBuf>,
    /// Don't ask
    #[arg(short, long)]
    yes: bool,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rendered(Format);

const ALL: [Rendered; 7] = {
    let mut all = [Rendered(Format::Sysctl); 7];
    let mut i = 0;
    while i < all.len() {
        all[i] = Rendered(Format::ALL[i]);
        i += 1;
    }
    all
};

impl ValueEnum for Rendered {
    fn value_variants<'a>() -> &'a [Self] {
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self.0 {
            Format::Sysctl => "The file of /etc/sysctl.d",
            Format::Script => "A POSIX shell script: apply, check, revert",
            Format::CloudInit => "User data that installs script and unit",
            Format::Ansible => "A playbook that does the same",
            Format::Systemd => "Units, limits, huge pages, clock",
            Format::DaemonSet => "For the nodes of a Kubernetes cluster",
            Format::Kubelet => "For its pods, and what the kubelet must allow",
        };
        Some(PossibleValue::new(self.0.name()).help(help))
    }
}

/// How our own files begin, some behind a line that their reader asks for.
const OURS: &str = "# Written by provision tune:";

pub fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, Failure> {
    let profile = arguments.wish.profile(None)?;
    for warning in &profile.warnings {
        output.say(&format!("warning: {warning}"));
    }
    let files = render(&profile, arguments.format.0);
    if let Some(folder) = &arguments.output {
        return write(folder, &files, arguments.yes, output);
    }
    if arguments.json {
        output.json(&json!({ "schema": "provision.tune.render/1", "files": files }))?;
    } else if let [file] = &files[..] {
        output.data(&file.text)?;
    } else {
        let texts: Vec<String> =
            files.iter().map(|file| format!("# --- {}\n{}", file.name, file.text)).collect();
        output.data(&texts.join("\n"))?;
    }
    Ok(ExitStatus::Fine)
}

fn write(folder: &Path, files: &[File], yes: bool, output: &Output) -> Result<ExitStatus, Failure> {
    let foreign: Vec<String> = files
        .iter()
        .map(|file| folder.join(&file.name))
        .filter(|path| path.symlink_metadata().is_ok() && !is_ours(path))
        .map(|path| path.display().to_string())
        .collect();
    if !foreign.is_empty() {
        consent(yes, &format!("overwrite {}, which is not ours", foreign.join(", ")))?;
    }
    for file in files {
        let path = folder.join(&file.name);
        put(&path, file)
            .map_err(|error| Failure::because(format!("{} could not be written", path.display()), &error))?;
        output.say(&format!("{} is written", path.display()));
    }
    Ok(ExitStatus::Fine)
}

fn is_ours(path: &Path) -> bool {
    fs::read_to_string(path).is_ok_and(|text| text.lines().take(2).any(|line| line.starts_with(OURS)))
}

/// Whole or not at all.
fn put(path: &Path, file: &File) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut unfinished = tempfile::NamedTempFile::new_in(folder)?;
    unfinished.write_all(file.text.as_bytes())?;
    let mode = if file.executable { 0o755 } else { 0o644 };
    unfinished.as_file().set_permissions(fs::Permissions::from_mode(mode))?;
    unfinished.as_file().sync_all()?;
    unfinished.persist(path).map_err(|error| error.error)?;
    Ok(())
}
