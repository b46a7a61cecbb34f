use provision_aws::store::{Bucket, S3, SecretsManager, configuration, identity};
use provision_store::{Founder, Vault};

use super::{Opened, failed, runtime, shared};
use crate::failure::Failure;

pub fn open(bucket: &str, prefix: &str, region: Option<&str>) -> Result<Opened, Failure> {
    let (place, who) = runtime()?.block_on(async {
        let settings = configuration(region).await;
        let who = identity(&settings).await.map_err(failed("AWS can't be asked who we are"))?;
        let place = S3::open(&settings, bucket, prefix).await;
        Ok::<_, Failure>((place.map_err(failed("the ledger can't be opened"))?, who.arn))
    })?;
    shared(place, who)
}

/// A bucket for a team, its name where none was given, and whom AWS takes us for.
pub fn founder(bucket: Option<&str>, region: &str) -> Result<(Box<dyn Founder>, String, String), Failure> {
    let settings = runtime()?.block_on(configuration(Some(region)));
    let who = runtime()?.block_on(identity(&settings)).map_err(failed("AWS can't be asked who we are"))?;
    let name = bucket.map_or_else(|| format!("provision-{}-{region}", who.account), str::to_owned);
    Ok((Box::new(Bucket::new(settings, &name)), name, who.arn))
}

pub fn vault(region: &str) -> Result<(Box<dyn Vault>, String), Failure> {
    let settings = runtime()?.block_on(configuration(Some(region)));
    let who = runtime()?.block_on(identity(&settings)).map_err(failed("AWS can't be asked who we are"))?;
    Ok((Box::new(SecretsManager::new(&settings)), who.arn))
}
