//! What the real Terraform needs to judge a rendered directory without a cloud: the stand-ins of the providers with small
//! schemas, values for variables, and none of the arguments that the stand-ins can't have.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{shared_folder, skip, tools_folder, workspace_root};

/// The folder of the stand-ins, where it and terraform are there.
pub fn stand_ins() -> Result<PathBuf, crate::Skipped> {
    let folder = shared_folder()?.join("tools/tfcheck");
    crate::program("terraform")?;
    if folder.is_dir() {
        Ok(folder)
    } else {
        Err(skip("the stand-ins of the providers are not in ../shared"))
    }
}

/// The schemas that the stand-ins serve, without the kinds that nobody renders: Terraform reads all of a provider's at
/// each start, and most of its time goes there. The folder that holds them.
pub fn narrowed_schemas<'a>(kinds: impl Iterator<Item = &'a str>) -> io::Result<PathBuf> {
    let full =
        shared_folder().map_err(|_| io::Error::other("there are no schemas"))?.join("tools/tfcheck/schemas");
    let narrowed = tools_folder().join("rendered-kinds");
    let mut narrow = Command::new("python3")
        .arg(workspace_root().join("testing/terraform/narrow.py"))
        .args([full, narrowed.clone()])
        .stdin(Stdio::piped())
        .spawn()?;
    let kinds: serde_json::Value = kinds.collect();
    // Dropped, so that it sees the end.
    narrow.stdin.take().expect("it is a pipe").write_all(kinds.to_string().as_bytes())?;
    let ended = narrow.wait()?;
    if ended.success() { Ok(narrowed) } else { Err(io::Error::other(format!("narrow.py: {ended}"))) }
}

/// Values for the variables of rendered directories that have no defaults.
pub const GIVEN: [(&str, &str); 10] = [
    ("operator_id", "01234567-89ab-cdef-0123-456789abcdef"),
    ("operator_range", "198.51.100.7"),
    ("ssh_public_key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDtest operator"),
    ("database_password", "a password of the tests only"),
    (
        "secrets_vault_id",
        "/subscriptions/01234567-89ab-cdef-0123-456789abcdef/resourceGroups/shared/providers/Microsoft.KeyVault/vaults/shared",
    ),
    ("dns_zone_group", "shared"),
    ("entry_address", "10.0.0.250"),
    ("project_number", "123456789012"),
    ("pods_range", "pods"),
    ("services_range", "services"),
];

/// Gives a value to each variable that has none. The captures leave out which arguments are write-only, and Terraform
/// lets an ephemeral value into no other: so here nothing is ephemeral.
pub fn give_variables(directory: &Path) -> io::Result<()> {
    let path = directory.join("variables.tf");
    let text = fs::read_to_string(&path).unwrap_or_default();
    let given = GIVEN.iter().filter(|(name, _)| text.contains(&format!("variable \"{name}\" {{")));
    let Some(longest) = given.clone().map(|(name, _)| name.len()).max() else { return Ok(()) };
    // As `terraform fmt` has it.
    let given: String = given.map(|(name, value)| format!("{name:longest$} = \"{value}\"\n")).collect();
    fs::write(directory.join("given.auto.tfvars"), given)?;
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("ephemeral "));
    fs::write(path, lines.map(|line| format!("{line}\n")).collect::<String>())
}

/// Whether a line of Terraform gives an argument that is never read back.
pub fn sets_write_only(line: &str) -> bool {
    line.split_once('=').is_some_and(|(name, _)| name.trim().ends_with("_wo"))
}

/// Takes those lines out. The stand-ins hand write-only values back in a plan, which real providers don't and Terraform
/// refuses; and the older ones don't know which arguments are write-only.
pub fn leave_write_only_out(directory: &Path) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "tf") {
            let text = fs::read_to_string(&path)?;
            let kept: String = text.split_inclusive('\n').filter(|line| !sets_write_only(line)).collect();
            fs::write(path, kept)?;
        }
    }
    Ok(())
}
