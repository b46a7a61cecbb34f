//! `aws_s3_bucket_policy`

use provision_engine::driver::Failure;
use serde::{Deserialize, Serialize};

use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::Kind;

pub(crate) struct Policy;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    bucket: String,
    policy: String,
}

impl Kind for Policy {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_s3_bucket_policy";

    super::setting!();
}

async fn read(cloud: &Cloud, bucket: &str) -> Result<Option<Arguments>, Failure> {
    let sent = cloud.s3.get_bucket_policy().bucket(bucket).send();
    let told = match cloud.call("s3", "GetBucketPolicy", sent).await {
        Err(failed) if failed.code == "NoSuchBucketPolicy" => return Ok(None),
        result => unless_gone(result)?,
    };
    let policy = told.and_then(|told| told.policy);
    Ok(policy.map(|policy| Arguments { bucket: bucket.to_owned(), policy }))
}

async fn put(cloud: &Cloud, arguments: &Arguments) -> Result<(), Failure> {
    let sent = cloud.s3.put_bucket_policy().bucket(&arguments.bucket).policy(&arguments.policy).send();
    Ok(cloud.call("s3", "PutBucketPolicy", sent).await.map(|_| ())?)
}

async fn clear(cloud: &Cloud, bucket: &str) -> Result<(), Failure> {
    let sent = cloud.s3.delete_bucket_policy().bucket(bucket).send();
    unless_gone(cloud.call("s3", "DeleteBucketPolicy", sent).await).map(|_| ())
}
