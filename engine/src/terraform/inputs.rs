//! The input files of a directory that the binary works in: what a plan is bound to.

use std::fs;
use std::io;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::load::hex;

/// The names of the files, but for what the binary itself leaves there.
pub fn inputs(directory: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    list(directory, "", &mut names)?;
    names.sort();
    Ok(names)
}

/// One hash over every input file and its name.
pub fn digest(directory: &Path) -> io::Result<String> {
    let names = inputs(directory)?;
    let mut hasher = Sha256::new();
    for name in &names {
        let content = fs::read(directory.join(name))?;
        for part in [name.as_bytes(), &content] {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
    }
    Ok(hex(&hasher.finalize()))
}

fn list(directory: &Path, beneath: &str, names: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(directory.join(beneath))? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if is_left(&name) {
            continue;
        }
        let path = if beneath.is_empty() { name } else { format!("{beneath}/{name}") };
        // A link is followed for what it holds, but not into a folder: it may lead back.
        if entry.file_type()?.is_dir() {
            list(directory, &path, names)?;
        } else if fs::metadata(entry.path()).is_ok_and(|metadata| metadata.is_file()) {
            names.push(path);
        }
    }
    Ok(())
}

fn is_left(name: &str) -> bool {
    matches!(name, ".terraform" | ".provision" | ".git" | ".provision-files")
        || name.ends_with(".tfstate")
        || name.contains(".tfstate.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_binary_leaves_is_no_input() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("main.tf", "a");
        fs::create_dir(folder.path().join("hosts")).unwrap();
        write("hosts/init", "b");
        let first = digest(folder.path()).unwrap();
        write("terraform.tfstate", "{}");
        write("terraform.tfstate.backup", "{}");
        fs::create_dir(folder.path().join(".terraform")).unwrap();
        write(".terraform/x", "c");
        assert_eq!(digest(folder.path()).unwrap(), first);
        write("hosts/init", "d");
        assert_ne!(digest(folder.path()).unwrap(), first);
    }
}
