//! The file of imports in a directory: it stops a Terraform that somebody runs there by hand, and tells one that may what
//! lives.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use provision_engine::boundary::Unwatched;
use provision_engine::durable::{Readers, replace};
use provision_engine::handover::{FILE, is_ours};

use crate::failure::Failure;

/// Writes it, unless it is there already. What somebody else wrote is left alone, and said.
pub fn keep(directory: &Path, text: &str) -> Result<(), Failure> {
    let path = directory.join(FILE);
    let failed =
        |error: std::io::Error| Failure::because(format!("{} can't be written", path.display()), &error);
    match fs::read_to_string(&path) {
        Ok(there) if there == text => return Ok(()),
        Ok(there) if !is_ours(&there) => {
            return Err(Failure::new(format!("{} is not ours to overwrite", path.display()))
                .hint("its name is the one under which the live objects are told to Terraform: rename it"));
        }
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    replace(&path, text.as_bytes(), Readers::Usual, &Unwatched).map_err(failed)
}

/// Takes it away, where it is ours.
pub fn remove(directory: &Path) -> Result<(), Failure> {
    let path = directory.join(FILE);
    if !fs::read_to_string(&path).is_ok_and(|there| is_ours(&there)) {
        return Ok(());
    }
    fs::remove_file(&path)
        .map_err(|error| Failure::because(format!("{} can't be removed", path.display()), &error))
}
