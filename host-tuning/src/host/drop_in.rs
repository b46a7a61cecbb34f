//! The files that set parameters at boot. Two programs read them, and they disagree: systemd ignores
//! `/etc/sysctl.conf`, procps applies it last, above every drop-in.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::root::Root;
use crate::value::SysctlKey;

/// Folders in which the same file name counts only once, the first folder's.
const FOLDERS: [&str; 5] =
    ["etc/sysctl.d", "run/sysctl.d", "usr/local/lib/sysctl.d", "usr/lib/sysctl.d", "lib/sysctl.d"];
const PROCPS_LAST: &str = "etc/sysctl.conf";

/// The program that applies the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loader {
    /// `systemd-sysctl`, at boot.
    Systemd,
    /// `sysctl --system`, by hand or from a tool.
    Procps,
}

impl fmt::Display for Loader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Systemd => "systemd at boot",
            Self::Procps => "`sysctl --system`",
        })
    }
}

/// One line of a file that sets something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Assignment {
    /// Inside the root.
    pub file: PathBuf,
    pub line: usize,
    /// With dots; may hold wildcards.
    pub pattern: String,
    /// None excludes the key from wildcards.
    pub value: Option<String>,
}

/// For each key, the line that wins under this program.
pub fn winners(
    root: &Root,
    loader: Loader,
    keys: &[&SysctlKey],
) -> io::Result<BTreeMap<SysctlKey, Assignment>> {
    let assignments = all_assignments(root, loader)?;
    let winner = |key: &SysctlKey| {
        let exact = assignments.iter().rev().find(|assignment| assignment.pattern == key.as_str());
        let chosen = exact.or_else(|| assignments.iter().rev().find(|assignment| assignment.matches(key)))?;
        chosen.value.is_some().then(|| (key.clone(), chosen.clone()))
    };
    Ok(keys.iter().filter_map(|key| winner(key)).collect())
}

/// In the order in which the program applies them.
fn all_assignments(root: &Root, loader: Loader) -> io::Result<Vec<Assignment>> {
    let mut by_name: BTreeMap<String, PathBuf> = BTreeMap::new();
    for folder in FOLDERS.map(Path::new) {
        for name in root.names(folder)?.into_iter().filter(|name| name.ends_with(".conf")) {
            by_name.entry(name).or_insert_with_key(|name| folder.join(name));
        }
    }
    let mut files: Vec<PathBuf> = by_name.into_values().collect();
    if loader == Loader::Procps {
        files.push(PROCPS_LAST.into());
    }
    let mut assignments = Vec::new();
    for file in files {
        if root.is_masked(&file) {
            continue;
        }
        if let Some(text) = root.read(&file)? {
            assignments.extend(parse_drop_in(&file, &text));
        }
    }
    Ok(assignments)
}

/// Lines that set nothing are left out.
pub fn parse_drop_in(file: &Path, text: &str) -> Vec<Assignment> {
    let lines = text.lines().enumerate();
    lines.filter_map(|(index, line)| parse_line(file, index + 1, line.trim())).collect()
}

fn parse_line(file: &Path, line: usize, text: &str) -> Option<Assignment> {
    if text.is_empty() || text.starts_with(['#', ';']) {
        return None;
    }
    let ignoring_errors = text.strip_prefix('-');
    let (name, value) = match ignoring_errors.unwrap_or(text).split_once('=') {
        Some((name, value)) => (name, Some(value.trim().to_owned())),
        None => (ignoring_errors?, None),
    };
    Some(Assignment { file: file.to_path_buf(), line, pattern: with_dots(name.trim()), value })
}

/// Whichever of `.` and `/` comes first separates.
fn with_dots(name: &str) -> String {
    match name.find(['.', '/']) {
        Some(at) if name.as_bytes()[at] == b'/' => name
            .chars()
            .map(|c| {
                if c == '/' {
                    '.'
                } else if c == '.' {
                    '/'
                } else {
                    c
                }
            })
            .collect(),
        _ => name.to_owned(),
    }
}

impl Assignment {
    fn matches(&self, key: &SysctlKey) -> bool {
        let (pattern, key): (Vec<_>, Vec<_>) =
            (self.pattern.split('.').collect(), key.as_str().split('.').collect());
        pattern.len() == key.len()
            && pattern
                .iter()
                .zip(key)
                .all(|(pattern, part)| part_matches(pattern.as_bytes(), part.as_bytes()))
    }
}

fn part_matches(pattern: &[u8], part: &[u8]) -> bool {
    match (pattern.split_first(), part.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => (0..=part.len()).any(|skipped| part_matches(rest, &part[skipped..])),
        (Some((b'?', rest)), Some((_, part))) => part_matches(rest, part),
        (Some((wanted, rest)), Some((found, part))) => wanted == found && part_matches(rest, part),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Assignment {
        parse_line(Path::new("a.conf"), 1, text).unwrap()
    }

    #[test]
    fn lines_are_read_as_both_programs_do() {
        assert_eq!(pattern("net.ipv4.tcp_retries2=5").pattern, "net.ipv4.tcp_retries2");
        assert_eq!(pattern("-net/ipv4/tcp_retries2 = 5 ").value.as_deref(), Some("5"));
        assert_eq!(pattern("net/ipv4/conf/eth0.100/x = 1").pattern, "net.ipv4.conf.eth0/100.x");
        assert_eq!(pattern("-net.ipv4.tcp_retries2").value, None);
        for nothing in ["", "# a = b", "; a = b", "no assignment"] {
            assert_eq!(parse_line(Path::new("a.conf"), 1, nothing), None, "{nothing}");
        }
    }

    #[test]
    fn wildcards_stay_inside_their_part() {
        let key = SysctlKey::try_from("net.ipv4.tcp_retries2").unwrap();
        assert!(pattern("net.ipv4.tcp_* = 1").matches(&key));
        assert!(pattern("net.*.tcp_retries? = 1").matches(&key));
        assert!(!pattern("net.* = 1").matches(&key));
        assert!(!pattern("net.ipv4.tcp_retries = 1").matches(&key));
    }
}
