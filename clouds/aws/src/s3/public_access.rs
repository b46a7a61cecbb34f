//! `aws_s3_bucket_public_access_block`

use aws_sdk_s3::types::PublicAccessBlockConfiguration;
use provision_engine::driver::Failure;
use serde::{Deserialize, Serialize};

use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::Kind;

pub(crate) struct PublicAccess;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    bucket: String,
    block_public_acls: Option<bool>,
    block_public_policy: Option<bool>,
    ignore_public_acls: Option<bool>,
    restrict_public_buckets: Option<bool>,
}

impl Kind for PublicAccess {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_s3_bucket_public_access_block";

    super::setting!();
}

async fn read(cloud: &Cloud, bucket: &str) -> Result<Option<Arguments>, Failure> {
    let sent = cloud.s3.get_public_access_block().bucket(bucket).send();
    let told = match cloud.call("s3", "GetPublicAccessBlock", sent).await {
        Err(failed) if failed.code == "NoSuchPublicAccessBlockConfiguration" => return Ok(None),
        result => unless_gone(result)?,
    };
    Ok(told.and_then(|told| told.public_access_block_configuration).map(|given| Arguments {
        bucket: bucket.to_owned(),
        block_public_acls: given.block_public_acls,
        block_public_policy: given.block_public_policy,
        ignore_public_acls: given.ignore_public_acls,
        restrict_public_buckets: given.restrict_public_buckets,
    }))
}

async fn put(cloud: &Cloud, arguments: &Arguments) -> Result<(), Failure> {
    let given = PublicAccessBlockConfiguration::builder()
        .block_public_acls(arguments.block_public_acls.unwrap_or(false))
        .block_public_policy(arguments.block_public_policy.unwrap_or(false))
        .ignore_public_acls(arguments.ignore_public_acls.unwrap_or(false))
        .restrict_public_buckets(arguments.restrict_public_buckets.unwrap_or(false))
        .build();
    let ask = cloud.s3.put_public_access_block().bucket(&arguments.bucket);
    let sent = ask.public_access_block_configuration(given).send();
    Ok(cloud.call("s3", "PutPublicAccessBlock", sent).await.map(|_| ())?)
}

/// A bucket is born closed, and stays so until it goes: nothing is opened in passing.
async fn clear(_: &Cloud, _: &str) -> Result<(), Failure> {
    Ok(())
}
