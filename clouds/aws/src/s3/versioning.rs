//! `aws_s3_bucket_versioning`

use aws_sdk_s3::types::{BucketVersioningStatus, VersioningConfiguration};
use provision_engine::driver::Failure;
use serde::{Deserialize, Serialize};

use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::Kind;

pub(crate) struct Versioning;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    bucket: String,
    versioning_configuration: Vec<Configuration>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Configuration {
    status: String,
}

impl Kind for Versioning {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_s3_bucket_versioning";

    super::setting!();
}

/// None of a bucket that never had versions.
async fn read(cloud: &Cloud, bucket: &str) -> Result<Option<Arguments>, Failure> {
    let sent = cloud.s3.get_bucket_versioning().bucket(bucket).send();
    let told = unless_gone(cloud.call("s3", "GetBucketVersioning", sent).await)?;
    let status = told.and_then(|told| told.status);
    Ok(status.map(|status| Arguments {
        bucket: bucket.to_owned(),
        versioning_configuration: vec![Configuration { status: status.as_str().to_owned() }],
    }))
}

async fn put(cloud: &Cloud, arguments: &Arguments) -> Result<(), Failure> {
    let status =
        arguments.versioning_configuration.first().map_or("Suspended", |given| given.status.as_str());
    set(cloud, &arguments.bucket, status.into()).await
}

async fn set(cloud: &Cloud, bucket: &str, status: BucketVersioningStatus) -> Result<(), Failure> {
    let given = VersioningConfiguration::builder().status(status).build();
    let sent = cloud.s3.put_bucket_versioning().bucket(bucket).versioning_configuration(given).send();
    unless_gone(cloud.call("s3", "PutBucketVersioning", sent).await).map(|_| ())
}

/// Versions can't be turned off any more, only suspended: the setting goes with its bucket.
async fn clear(_: &Cloud, _: &str) -> Result<(), Failure> {
    Ok(())
}
