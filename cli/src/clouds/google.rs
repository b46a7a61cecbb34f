use provision_google::{Bucket, Gcs, SecretManager, Settings, identity};
use provision_store::{Founder, Vault};

use super::{Opened, failed, runtime, shared};
use crate::environment::setting;
use crate::failure::Failure;

fn settings() -> Settings {
    Settings {
        storage: setting("STORAGE_EMULATOR_HOST"),
        control: setting("STORAGE_EMULATOR_HOST_GRPC"),
        secrets: setting("CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER"),
        credentials: setting("GOOGLE_APPLICATION_CREDENTIALS").map(Into::into),
    }
}

pub fn open(bucket: &str, prefix: &str) -> Result<Opened, Failure> {
    let settings = settings();
    let place = runtime()?.block_on(Gcs::open(&settings, bucket, prefix));
    shared(place.map_err(failed("the ledger can't be opened"))?, identity(&settings))
}

pub fn founder(bucket: &str) -> (Box<dyn Founder>, String) {
    let settings = settings();
    let who = identity(&settings);
    (Box::new(Bucket::new(settings, bucket)), who)
}

pub fn vault(project: &str) -> Result<(Box<dyn Vault>, String), Failure> {
    let settings = settings();
    let vault = runtime()?.block_on(SecretManager::open(&settings, project));
    let vault = vault.map_err(failed("Google's secrets can't be reached"))?;
    Ok((Box::new(vault), identity(&settings)))
}
