//! Google Cloud Storage as the place of a shared ledger, and Google Secret Manager.

mod bucket;
mod fault;
mod ledger;
mod secrets;

use std::path::{Path, PathBuf};

use google_cloud_auth::credentials::{Builder, Credentials, anonymous};
use provision_store::Fault;

pub use bucket::Bucket;
pub use ledger::Gcs;
pub use secrets::SecretManager;

/// What differs from the service's own addresses and the standard chain of credentials: where tests are.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Where objects are read and written, without credentials: `STORAGE_EMULATOR_HOST`.
    pub storage: Option<String>,
    /// The same for what is done to buckets, which is another protocol: `STORAGE_EMULATOR_HOST_GRPC`.
    pub control: Option<String>,
    /// `CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER`.
    pub secrets: Option<String>,
    /// `GOOGLE_APPLICATION_CREDENTIALS`, to say who we are.
    pub credentials: Option<PathBuf>,
}

/// The standard chain; none at all for an emulator.
fn credentials(is_emulated: bool) -> Result<Credentials, Fault> {
    if is_emulated {
        return Ok(anonymous::Builder::new().build());
    }
    Builder::default()
        .build()
        .map_err(|error| Fault::Failed(format!("Google has no credentials here: {error}")))
}

/// An address as the clients take it: emulators are often named without a scheme.
fn address(named: &str) -> String {
    if named.contains("://") { named.to_owned() } else { format!("http://{named}") }
}

/// Who we are, as far as can be said without asking.
pub fn identity(settings: &Settings) -> String {
    match &settings.credentials {
        _ if settings.storage.is_some() => "nobody: the endpoint is an emulator's".to_owned(),
        Some(path) => named_in(path).unwrap_or_else(|| format!("the credentials in {}", path.display())),
        None => "the application default credentials of this machine".to_owned(),
    }
}

fn named_in(path: &Path) -> Option<String> {
    let document: serde_json::Value = serde_json::from_slice(&std::fs::read(path).ok()?).ok()?;
    document["client_email"].as_str().map(str::to_owned)
}
