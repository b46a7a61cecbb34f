use std::path::PathBuf;
use std::process::Command;

use crate::server::{Server, free_port};
use crate::{Skipped, node_tools, program, python_tool, workspace_root};

/// AWS: moto. It asks for no credentials.
pub fn aws() -> Result<Server, Skipped> {
    let port = free_port();
    let mut command = Command::new(python_tool("aws", "python3")?);
    command.arg(workspace_root().join("testing/emulators/aws.py")).arg(port.to_string());
    Ok(Server::start(&command, port))
}

/// Google Cloud Storage and Secret Manager: our own, with the messages of Google's package. Its second port is for what
/// is done to buckets.
pub fn google() -> Result<(Server, u16), Skipped> {
    let (port, control) = (free_port(), free_port());
    let mut command = Command::new(python_tool("google", "python3")?);
    command.arg(workspace_root().join("testing/emulators/gcs.py"));
    command.args([port.to_string(), control.to_string()]);
    Ok((Server::start(&command, port), control))
}

/// Azure Blob Storage: azurite, with its documented account and key. With a certificate and its key it speaks TLS and
/// takes tokens.
pub fn azure(certificate: Option<(PathBuf, PathBuf)>) -> Result<Server, Skipped> {
    let port = free_port();
    let modules = node_tools("azure")?;
    let mut command = Command::new(program("node")?);
    command.arg(modules.join("azurite/dist/src/blob/main.js"));
    // The official client is newer than what the emulator knows of.
    command.args(["--inMemoryPersistence", "--disableTelemetry", "--skipApiVersionCheck", "--silent"]);
    command.args(["--blobHost", "127.0.0.1", "--blobPort", &port.to_string()]);
    if let Some((certificate, key)) = certificate {
        command.args(["--oauth", "basic"]);
        command.arg("--cert").arg(certificate).arg("--key").arg(key);
    }
    Ok(Server::start(&command, port))
}

/// Azure Key Vault: our own, with the challenge that the official client waits for. It speaks TLS, with a certificate and
/// its key.
pub fn vault(certificate: &(PathBuf, PathBuf)) -> Result<Server, Skipped> {
    let port = free_port();
    let mut command = Command::new(program("python3")?);
    command.arg(workspace_root().join("testing/emulators/vault.py")).arg(port.to_string());
    command.arg(&certificate.0).arg(&certificate.1);
    Ok(Server::start(&command, port))
}

/// The account that azurite has, as its documentation says.
pub const AZURE_ACCOUNT: &str = "devstoreaccount1";
/// Its key, which is the same on every machine and no secret.
pub const AZURE_KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
