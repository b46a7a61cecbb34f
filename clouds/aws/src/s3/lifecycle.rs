//! `aws_s3_bucket_lifecycle_configuration`

use std::collections::BTreeMap;

use aws_sdk_s3::types::{
    AbortIncompleteMultipartUpload, BucketLifecycleConfiguration, LifecycleExpiration, LifecycleRule,
    LifecycleRuleFilter, NoncurrentVersionExpiration,
};
use provision_engine::driver::Failure;
use serde::{Deserialize, Serialize};

use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::Kind;

pub(crate) struct Lifecycle;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    bucket: String,
    rule: Vec<Rule>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    id: String,
    status: String,
    /// Empty: for everything in the bucket.
    #[serde(default)]
    filter: Vec<BTreeMap<String, ()>>,
    #[serde(default)]
    expiration: Vec<Expiration>,
    #[serde(default)]
    noncurrent_version_expiration: Vec<Noncurrent>,
    #[serde(default)]
    abort_incomplete_multipart_upload: Vec<Abort>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Expiration {
    days: i32,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Noncurrent {
    noncurrent_days: i32,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Abort {
    days_after_initiation: i32,
}

impl Kind for Lifecycle {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_s3_bucket_lifecycle_configuration";

    super::setting!();
}

async fn read(cloud: &Cloud, bucket: &str) -> Result<Option<Arguments>, Failure> {
    let sent = cloud.s3.get_bucket_lifecycle_configuration().bucket(bucket).send();
    let told = match cloud.call("s3", "GetBucketLifecycleConfiguration", sent).await {
        Err(failed) if failed.code == "NoSuchLifecycleConfiguration" => return Ok(None),
        result => unless_gone(result)?,
    };
    let rules = told.and_then(|told| told.rules).unwrap_or_default();
    let arguments = Arguments { bucket: bucket.to_owned(), rule: rules.into_iter().map(rule).collect() };
    Ok(Some(arguments).filter(|arguments| !arguments.rule.is_empty()))
}

fn rule(rule: LifecycleRule) -> Rule {
    let expiration = rule.expiration.and_then(|given| Some(Expiration { days: given.days? }));
    let noncurrent = rule.noncurrent_version_expiration;
    let noncurrent =
        noncurrent.and_then(|given| Some(Noncurrent { noncurrent_days: given.noncurrent_days? }));
    let abort = rule.abort_incomplete_multipart_upload;
    let abort = abort.and_then(|given| Some(Abort { days_after_initiation: given.days_after_initiation? }));
    Rule {
        id: rule.id.unwrap_or_default(),
        status: rule.status.as_str().to_owned(),
        // One that says nothing is how a rule for everything is written.
        filter: rule.filter.map(|_| BTreeMap::new()).into_iter().collect(),
        expiration: expiration.into_iter().collect(),
        noncurrent_version_expiration: noncurrent.into_iter().collect(),
        abort_incomplete_multipart_upload: abort.into_iter().collect(),
    }
}

async fn put(cloud: &Cloud, arguments: &Arguments) -> Result<(), Failure> {
    let rules = arguments.rule.iter().map(|rule| {
        let expiration = rule.expiration.first();
        let noncurrent = rule.noncurrent_version_expiration.first();
        let abort = rule.abort_incomplete_multipart_upload.first();
        LifecycleRule::builder()
            .id(&rule.id)
            .status(rule.status.as_str().into())
            .filter(LifecycleRuleFilter::builder().prefix("").build())
            .set_expiration(expiration.map(|given| LifecycleExpiration::builder().days(given.days).build()))
            .set_noncurrent_version_expiration(noncurrent.map(|given| {
                NoncurrentVersionExpiration::builder().noncurrent_days(given.noncurrent_days).build()
            }))
            .set_abort_incomplete_multipart_upload(abort.map(|given| {
                let days = given.days_after_initiation;
                AbortIncompleteMultipartUpload::builder().days_after_initiation(days).build()
            }))
            .build()
            .expect("the status is set")
    });
    let given = BucketLifecycleConfiguration::builder()
        .set_rules(Some(rules.collect()))
        .build()
        .expect("the rules are set");
    let ask = cloud.s3.put_bucket_lifecycle_configuration().bucket(&arguments.bucket);
    let sent = ask.lifecycle_configuration(given).send();
    Ok(cloud.call("s3", "PutBucketLifecycleConfiguration", sent).await.map(|_| ())?)
}

async fn clear(cloud: &Cloud, bucket: &str) -> Result<(), Failure> {
    let sent = cloud.s3.delete_bucket_lifecycle().bucket(bucket).send();
    unless_gone(cloud.call("s3", "DeleteBucketLifecycle", sent).await).map(|_| ())
}
