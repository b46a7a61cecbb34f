//! S3 as the place of a shared ledger, and AWS Secrets Manager.

mod bucket;
mod fault;
mod ledger;
mod secrets;

use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use provision_store::{Fault, patiently};

pub use bucket::Bucket;
pub use ledger::S3;
pub use secrets::SecretsManager;

use fault::fault;

/// Where is asked who we are, and where a bucket is, when nothing names a region.
const ANY: &str = "us-east-1";

/// The standard chain of credentials and settings; trying again is ours, and no call lasts for ever.
pub async fn configuration(region: Option<&str>) -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(4))
        .operation_attempt_timeout(Duration::from_secs(7))
        .build();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts);
    if let Some(region) = region {
        loader = loader.region(Region::new(region.to_owned()));
    }
    let found = loader.load().await;
    if found.region().is_some() {
        return found;
    }
    found.to_builder().region(Region::from_static(ANY)).build()
}

/// Whom AWS takes us for: the account, and the name of the user or role.
#[derive(Debug, Clone)]
pub struct Identity {
    pub account: String,
    pub arn: String,
}

pub async fn identity(configuration: &SdkConfig) -> Result<Identity, Fault> {
    let client = aws_sdk_sts::Client::new(configuration);
    patiently(move || {
        let client = client.clone();
        Box::pin(async move {
            let said = client.get_caller_identity().send().await;
            let said = said.map_err(|error| fault("who we are can't be asked", &error))?;
            Ok(Identity {
                account: said.account().unwrap_or_default().to_owned(),
                arn: said.arn().unwrap_or_default().to_owned(),
            })
        })
    })
    .await
}

/// A client for S3. Where the endpoint was named, as for a store of one's own, buckets stand in the path.
fn s3(configuration: &SdkConfig, region: Option<String>) -> aws_sdk_s3::Client {
    let mut builder = aws_sdk_s3::config::Builder::from(configuration)
        .force_path_style(configuration.endpoint_url().is_some());
    if let Some(region) = region {
        builder = builder.region(Region::new(region));
    }
    aws_sdk_s3::Client::from_conf(builder.build())
}
