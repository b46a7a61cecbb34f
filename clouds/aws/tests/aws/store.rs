//! Every call of the store, as `bootstrap`, a shared ledger and `secret put` make them.

use provision_aws::store::{Bucket, S3, SecretsManager, configuration, identity};
use provision_engine::ledger::Expected;
use provision_store::{Fault, Founder as _, Founding, Place as _, Sealed, Vault as _};

use crate::emulator::REGION;

const BUCKET: &str = "the-ledger";

pub(crate) fn use_all() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(all()).unwrap_or_else(|fault| panic!("{fault}"));
}

async fn all() -> Result<(), Fault> {
    let configuration = configuration(Some(REGION)).await;
    identity(&configuration).await?;
    let plan = Founding { region: REGION.to_owned(), project: None };
    Bucket::new(configuration.clone(), BUCKET).found(&plan).await?;
    // The second time it looks and finds everything in order.
    let again = Bucket::new(configuration.clone(), BUCKET).found(&plan).await?;
    assert!(again.iter().all(|deed| !deed.is_new), "{again:?}");
    let ledger = S3::open(&configuration, BUCKET, "orders").await?;
    let stored = ledger.get("lock.json").await?;
    let expected = stored.map_or(Expected::Absent, |stored| Expected::Version(stored.version));
    ledger.put("lock.json", b"{}", &expected).await?;
    let vault = SecretsManager::new(&configuration);
    vault.put("/provision/orders/licence", &Sealed::new("first".to_owned()), true).await?;
    vault.put("/provision/orders/licence", &Sealed::new("second".to_owned()), true).await?;
    assert!(vault.holds("/provision/orders/licence").await?);
    Ok(())
}
