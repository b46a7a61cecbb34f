//! `aws_s3_bucket_ownership_controls`

use aws_sdk_s3::types::{OwnershipControls, OwnershipControlsRule};
use provision_engine::driver::Failure;
use serde::{Deserialize, Serialize};

use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::Kind;

pub(crate) struct Ownership;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    bucket: String,
    rule: Vec<Rule>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    object_ownership: String,
}

impl Kind for Ownership {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_s3_bucket_ownership_controls";

    super::setting!();
}

async fn read(cloud: &Cloud, bucket: &str) -> Result<Option<Arguments>, Failure> {
    let sent = cloud.s3.get_bucket_ownership_controls().bucket(bucket).send();
    let told = match cloud.call("s3", "GetBucketOwnershipControls", sent).await {
        Err(failed) if failed.code == "OwnershipControlsNotFoundError" => return Ok(None),
        result => unless_gone(result)?,
    };
    Ok(told.and_then(|told| told.ownership_controls).map(|given| Arguments {
        bucket: bucket.to_owned(),
        rule: given
            .rules
            .into_iter()
            .map(|rule| Rule { object_ownership: rule.object_ownership.as_str().to_owned() })
            .collect(),
    }))
}

async fn put(cloud: &Cloud, arguments: &Arguments) -> Result<(), Failure> {
    let rule = |rule: &Rule| {
        let owner = rule.object_ownership.as_str().into();
        OwnershipControlsRule::builder().object_ownership(owner).build().expect("the owner is set")
    };
    let rules = arguments.rule.iter().map(rule).collect();
    let given = OwnershipControls::builder().set_rules(Some(rules)).build().expect("the rules are set");
    let ask = cloud.s3.put_bucket_ownership_controls().bucket(&arguments.bucket);
    let sent = ask.ownership_controls(given).send();
    Ok(cloud.call("s3", "PutBucketOwnershipControls", sent).await.map(|_| ())?)
}

/// A bucket is born so, and goes so.
async fn clear(_: &Cloud, _: &str) -> Result<(), Failure> {
    Ok(())
}
