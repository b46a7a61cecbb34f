use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value as Json;

use super::TerraformError;

/// Which of the two it is: both answer alike, so the name under which it was found tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavour {
    Terraform,
    OpenTofu,
}

impl Flavour {
    /// What the engine is called, and the binary.
    pub fn word(self) -> &'static str {
        match self {
            Flavour::Terraform => "terraform",
            Flavour::OpenTofu => "tofu",
        }
    }

    /// The oldest that knows write-only arguments and S3's own lock.
    fn oldest(self) -> (u64, u64) {
        match self {
            Flavour::Terraform => (1, 11),
            Flavour::OpenTofu => (1, 10),
        }
    }
}

impl fmt::Display for Flavour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Flavour::Terraform => "Terraform",
            Flavour::OpenTofu => "OpenTofu",
        })
    }
}

/// A binary that was asked for its version.
#[derive(Debug, Clone)]
pub struct Binary {
    pub program: PathBuf,
    pub flavour: Flavour,
    pub version: String,
}

/// Arguments from the environment would change what is run without anybody seeing it here.
pub const CLEARED: [&str; 13] = [
    "TF_CLI_ARGS",
    "TF_CLI_ARGS_init",
    "TF_CLI_ARGS_plan",
    "TF_CLI_ARGS_apply",
    "TF_CLI_ARGS_destroy",
    "TF_CLI_ARGS_show",
    "TF_CLI_ARGS_output",
    "TF_CLI_ARGS_version",
    "TF_CLI_ARGS_validate",
    "TF_CLI_ARGS_refresh",
    "TF_CLI_ARGS_providers",
    "TF_CLI_ARGS_state",
    "TF_CLI_ARGS_workspace",
];

impl Binary {
    /// Asks it which version it is, and refuses one that is too old.
    pub fn probe(program: &Path, flavour: Flavour) -> Result<Self, TerraformError> {
        let mut binary = Binary { program: program.to_owned(), flavour, version: String::new() };
        let output = binary
            .command()
            .args(["version", "-json"])
            .stdin(Stdio::null())
            .output()
            .map_err(|error| TerraformError::Start(program.to_owned(), error))?;
        let said: Option<Json> = serde_json::from_slice(&output.stdout).ok();
        let version = said.as_ref().and_then(|said| said["terraform_version"].as_str());
        let Some(version) = version.filter(|_| output.status.success()) else {
            return Err(TerraformError::Version(format!(
                "`{}` doesn't tell its version: it is no {flavour}",
                program.display()
            )));
        };
        binary.version = version.to_owned();
        let (major, minor) = flavour.oldest();
        if parsed(version).is_none_or(|found| found < (major, minor)) {
            return Err(TerraformError::Version(format!(
                "`{}` is {flavour} {version}; {major}.{minor} or newer is needed, for write-only arguments",
                program.display()
            )));
        }
        Ok(binary)
    }

    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        CLEARED.iter().for_each(|name| {
            command.env_remove(name);
        });
        command.env("TF_IN_AUTOMATION", "1").env("TF_INPUT", "0").env("CHECKPOINT_DISABLE", "1");
        command
    }
}

fn parsed(version: &str) -> Option<(u64, u64)> {
    let mut parts = version.split(['.', '-']);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(parsed("1.9.8") < parsed("1.11.0-rc1"));
        assert_eq!(parsed("1.11.4"), Some((1, 11)));
        assert_eq!(parsed("one"), None);
    }
}
