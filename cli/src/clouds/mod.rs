//! What the clouds keep for a team: the ledger and the secrets, as far as this build speaks with them.

#[cfg(feature = "aws")]
mod aws;
#[cfg(feature = "azure")]
mod azure;
mod founding;
#[cfg(feature = "google")]
mod google;
// Said by builds without a cloud, tested in all of them.
#[cfg(any(test, not(all(feature = "embedded", feature = "google", feature = "azure"))))]
mod missing;
mod vault;

use provision_engine::boundary::Unwatched;
use provision_engine::ledger::{FileStore, Location, Store};
#[cfg(any(feature = "aws", feature = "google", feature = "azure"))]
use provision_store::{Fault, Place, Remote};

pub use founding::found;
#[cfg(not(all(feature = "embedded", feature = "google", feature = "azure")))]
pub use missing::missing;
pub use vault::{Stored, vault};

use crate::failure::Failure;

/// A ledger's store, and whom its cloud takes us for; nobody in particular for a folder.
pub struct Opened {
    pub store: Box<dyn Store>,
    pub identity: Option<String>,
}

/// Opens a ledger. `region` is where the estate is, for what has no region of its own.
pub fn open(location: &Location, region: Option<&str>) -> Result<Opened, Failure> {
    match location {
        Location::File(folder) => {
            Ok(Opened { store: Box::new(FileStore::new(folder.clone(), &Unwatched)), identity: None })
        }
        #[cfg(feature = "aws")]
        Location::S3 { bucket, prefix } => aws::open(bucket, prefix, region),
        #[cfg(feature = "google")]
        Location::Google { bucket, prefix } => google::open(bucket, prefix),
        #[cfg(feature = "azure")]
        Location::Azure { account, container, prefix } => azure::open(account, container, prefix),
        #[cfg(not(all(feature = "aws", feature = "google", feature = "azure")))]
        other => {
            let _ = region;
            Err(missing(&other.to_string(), feature_of(other)))
        }
    }
}

#[cfg(not(all(feature = "aws", feature = "google", feature = "azure")))]
fn feature_of(location: &Location) -> &'static str {
    match location {
        Location::Google { .. } => "google",
        Location::Azure { .. } => "azure",
        Location::S3 { .. } | Location::File(_) => "aws",
    }
}

/// The feature that a provider's own stores need: it is called like the provider.
#[cfg(not(all(feature = "aws", feature = "google", feature = "azure")))]
fn feature_for(provider: provision_architecture::spec::Provider) -> &'static str {
    provider.word()
}

/// Where a provider's store of secrets is, beyond what the spec says.
#[derive(Debug, Clone, Default)]
pub struct Whereabouts {
    pub region: String,
    /// Google's project.
    pub project: Option<String>,
    /// The address of Azure's vault.
    pub vault: Option<String>,
}

/// Threads for the clouds' clients, for the life of the process.
#[cfg(any(feature = "aws", feature = "google", feature = "azure"))]
pub fn runtime() -> Result<&'static tokio::runtime::Runtime, Failure> {
    static RUNTIME: std::sync::OnceLock<tokio::runtime::Runtime> = std::sync::OnceLock::new();
    if let Some(runtime) = RUNTIME.get() {
        return Ok(runtime);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::because("no threads can be started", &error))?;
    Ok(RUNTIME.get_or_init(|| runtime))
}

#[cfg(any(feature = "aws", feature = "google", feature = "azure"))]
fn shared(place: impl Place, identity: String) -> Result<Opened, Failure> {
    let store = Remote::new(place, runtime()?.handle().clone());
    Ok(Opened { store: Box::new(provision_engine::ledger::Tried::new(store)), identity: Some(identity) })
}

#[cfg(any(feature = "aws", feature = "google", feature = "azure"))]
fn failed(what: &str) -> impl Fn(Fault) -> Failure + '_ {
    move |fault| Failure::because(what, &fault)
}
