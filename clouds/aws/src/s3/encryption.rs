//! `aws_s3_bucket_server_side_encryption_configuration`

use aws_sdk_s3::types::{
    ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration, ServerSideEncryptionRule,
};
use provision_engine::driver::Failure;
use serde::{Deserialize, Serialize};

use crate::connection::Cloud;
use crate::failure::unless_gone;
use crate::kind::Kind;

pub(crate) struct Encryption;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    bucket: String,
    rule: Vec<Rule>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    bucket_key_enabled: Option<bool>,
    #[serde(default)]
    apply_server_side_encryption_by_default: Vec<ByDefault>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct ByDefault {
    sse_algorithm: String,
    kms_master_key_id: Option<String>,
}

impl Kind for Encryption {
    type Arguments = Arguments;
    const NAME: &'static str = "aws_s3_bucket_server_side_encryption_configuration";

    super::setting!();
}

async fn read(cloud: &Cloud, bucket: &str) -> Result<Option<Arguments>, Failure> {
    let sent = cloud.s3.get_bucket_encryption().bucket(bucket).send();
    let told = match cloud.call("s3", "GetBucketEncryption", sent).await {
        Err(failed) if failed.code == "ServerSideEncryptionConfigurationNotFoundError" => return Ok(None),
        result => unless_gone(result)?,
    };
    Ok(told.and_then(|told| told.server_side_encryption_configuration).map(|given| Arguments {
        bucket: bucket.to_owned(),
        rule: given.rules.into_iter().map(rule).collect(),
    }))
}

fn rule(rule: ServerSideEncryptionRule) -> Rule {
    let by_default = rule.apply_server_side_encryption_by_default.map(|given| ByDefault {
        sse_algorithm: given.sse_algorithm.as_str().to_owned(),
        kms_master_key_id: given.kms_master_key_id,
    });
    Rule {
        // Off is how it is without.
        bucket_key_enabled: rule.bucket_key_enabled.filter(|on| *on),
        apply_server_side_encryption_by_default: by_default.into_iter().collect(),
    }
}

async fn put(cloud: &Cloud, arguments: &Arguments) -> Result<(), Failure> {
    let rules = arguments.rule.iter().map(|rule| {
        let by_default = rule.apply_server_side_encryption_by_default.first().map(|given| {
            ServerSideEncryptionByDefault::builder()
                .sse_algorithm(given.sse_algorithm.as_str().into())
                .set_kms_master_key_id(given.kms_master_key_id.clone())
                .build()
                .expect("the algorithm is set")
        });
        ServerSideEncryptionRule::builder()
            .set_bucket_key_enabled(rule.bucket_key_enabled)
            .set_apply_server_side_encryption_by_default(by_default)
            .build()
    });
    let given = ServerSideEncryptionConfiguration::builder()
        .set_rules(Some(rules.collect()))
        .build()
        .expect("the rules are set");
    let ask = cloud.s3.put_bucket_encryption().bucket(&arguments.bucket);
    let sent = ask.server_side_encryption_configuration(given).send();
    Ok(cloud.call("s3", "PutBucketEncryption", sent).await.map(|_| ())?)
}

/// There is no bucket without: the setting goes with its bucket.
async fn clear(_: &Cloud, _: &str) -> Result<(), Failure> {
    Ok(())
}
