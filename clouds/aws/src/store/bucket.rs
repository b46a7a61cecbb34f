//! The bucket that a team shares: made, secured, and known again.

use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::create_bucket::CreateBucketError;
use aws_sdk_s3::types::{
    BucketLifecycleConfiguration, BucketLocationConstraint, BucketVersioningStatus,
    CreateBucketConfiguration, ExpirationStatus, LifecycleRule, LifecycleRuleFilter,
    NoncurrentVersionExpiration, PublicAccessBlockConfiguration, ServerSideEncryption,
    ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration, ServerSideEncryptionRule, Tag, Tagging,
    VersioningConfiguration,
};
use aws_smithy_runtime_api::http::Response;
use provision_store::{Deed, Fault, Founder, Founding, OURS, SHARED, Sent, patiently};
use serde_json::{Value, json};

use super::fault::{fault, status};
use super::{identity, s3};

/// The name of our statement in the bucket's policy.
const TLS_ONLY: &str = "ProvisionTlsOnly";
/// A heartbeat makes a version: what came before is kept for as long as anybody will look for it.
const KEEP_DAYS: i32 = 90;

pub struct Bucket {
    configuration: SdkConfig,
    name: String,
}

impl Bucket {
    pub fn new(configuration: SdkConfig, name: &str) -> Self {
        Bucket { configuration, name: name.to_owned() }
    }
}

impl Founder for Bucket {
    fn found<'a>(&'a self, plan: &'a Founding) -> Sent<'a, Result<Vec<Deed>, Fault>> {
        Box::pin(async move {
            let account = identity(&self.configuration).await?.account;
            let work = Work {
                client: s3(&self.configuration, Some(plan.region.clone())),
                name: self.name.clone(),
                account,
                region: plan.region.clone(),
            };
            // Each step looks before it acts, so all of it may be done again.
            patiently(move || {
                let work = work.clone();
                Box::pin(async move { work.all().await })
            })
            .await
        })
    }
}

#[derive(Clone)]
struct Work {
    client: Client,
    name: String,
    account: String,
    region: String,
}

impl Work {
    async fn all(&self) -> Result<Vec<Deed>, Fault> {
        let mut deeds = vec![self.made().await?];
        deeds.push(self.tagged(deeds[0].is_new).await?);
        deeds.push(self.private().await?);
        deeds.push(self.encrypted().await?);
        deeds.push(self.versioned().await?);
        deeds.push(self.tidied().await?);
        deeds.push(self.over_tls_only().await?);
        Ok(deeds)
    }

    fn foreign(&self, why: &str) -> Fault {
        Fault::Failed(format!("the bucket `{}` is not ours: {why}; nothing was changed", self.name))
    }

    /// Looks first: in us-east-1 making a bucket once more is answered like the first time.
    async fn made(&self) -> Result<Deed, Fault> {
        let looked =
            self.client.head_bucket().bucket(&self.name).expected_bucket_owner(&self.account).send().await;
        match looked {
            Ok(_) => return Ok(Deed::found(format!("the bucket `{}` is there", self.name))),
            Err(error) if status(&error) == Some(404) => {}
            Err(error) if status(&error) == Some(403) => {
                let why = "it belongs to another account, or the permission `s3:ListBucket` is missing";
                return Err(self.foreign(why));
            }
            Err(error) if status(&error) == Some(301) => {
                return Err(Fault::Failed(format!("the bucket `{}` exists in another region", self.name)));
            }
            Err(error) => return Err(fault(&format!("`{}` can't be looked for", self.name), &error)),
        }
        let mut settings = CreateBucketConfiguration::builder().tags(mark()?);
        if self.region != "us-east-1" {
            settings = settings.location_constraint(BucketLocationConstraint::from(self.region.as_str()));
        }
        match self
            .client
            .create_bucket()
            .bucket(&self.name)
            .create_bucket_configuration(settings.build())
            .send()
            .await
        {
            Ok(_) => Ok(Deed::done(format!("made the bucket `{}` in {}", self.name, self.region))),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(CreateBucketError::is_bucket_already_owned_by_you) =>
            {
                Ok(Deed::found(format!("the bucket `{}` is there", self.name)))
            }
            Err(error)
                if error.as_service_error().is_some_and(CreateBucketError::is_bucket_already_exists) =>
            {
                Err(self.foreign("the name is taken by somebody else"))
            }
            Err(error) => Err(fault(&format!("`{}` can't be made", self.name), &error)),
        }
    }

    /// The mark tells a bucket of ours. One that we did not make and that has none is somebody's for something else.
    async fn tagged(&self, is_new: bool) -> Result<Deed, Fault> {
        let tags = match self.client.get_bucket_tagging().bucket(&self.name).send().await {
            Ok(found) => found.tag_set().to_vec(),
            Err(error)
                if error.as_service_error().and_then(ProvideErrorMetadata::code) == Some("NoSuchTagSet") =>
            {
                Vec::new()
            }
            Err(error) => return Err(fault("its tags can't be read", &error)),
        };
        if tags.iter().any(|tag| tag.key() == OURS && tag.value() == SHARED) {
            return Ok(Deed::found("it is tagged as ours"));
        }
        if !is_new || !tags.is_empty() {
            return Err(self.foreign(&format!(
                "it has no tag `{OURS}={SHARED}`. If it was made for this, give it that tag and try again"
            )));
        }
        let tagging = Tagging::builder().tag_set(mark()?).build().map_err(|error| built(&error))?;
        let put = self.client.put_bucket_tagging().bucket(&self.name).tagging(tagging).send().await;
        put.map_err(|error| fault("it can't be tagged", &error))?;
        Ok(Deed::done(format!("tagged it `{OURS}={SHARED}`")))
    }

    async fn private(&self) -> Result<Deed, Fault> {
        let asked = self.client.get_public_access_block().bucket(&self.name).send().await;
        let found =
            unless("NoSuchPublicAccessBlockConfiguration", "public access can't be looked at", asked)?;
        if let Some(block) = found.and_then(|found| found.public_access_block_configuration)
            && [
                block.block_public_acls(),
                block.ignore_public_acls(),
                block.block_public_policy(),
                block.restrict_public_buckets(),
            ] == [Some(true); 4]
        {
            return Ok(Deed::found("public access is blocked"));
        }
        let block = PublicAccessBlockConfiguration::builder()
            .block_public_acls(true)
            .ignore_public_acls(true)
            .block_public_policy(true)
            .restrict_public_buckets(true)
            .build();
        let put = self.client.put_public_access_block().bucket(&self.name);
        let put = put.public_access_block_configuration(block).send().await;
        put.map_err(|error| fault("public access can't be blocked", &error))?;
        Ok(Deed::done("blocked public access"))
    }

    async fn encrypted(&self) -> Result<Deed, Fault> {
        let asked = self.client.get_bucket_encryption().bucket(&self.name).send().await;
        let none = "ServerSideEncryptionConfigurationNotFoundError";
        let found = unless(none, "its encryption can't be looked at", asked)?;
        let found = found.and_then(|found| found.server_side_encryption_configuration);
        if found.is_some_and(|found| !found.rules().is_empty()) {
            return Ok(Deed::found("it is encrypted"));
        }
        let by_default = ServerSideEncryptionByDefault::builder().sse_algorithm(ServerSideEncryption::Aes256);
        let by_default = by_default.build().map_err(|error| built(&error))?;
        let rule = ServerSideEncryptionRule::builder().apply_server_side_encryption_by_default(by_default);
        let settings = ServerSideEncryptionConfiguration::builder().rules(rule.build()).build();
        let settings = settings.map_err(|error| built(&error))?;
        let put = self.client.put_bucket_encryption().bucket(&self.name);
        let put = put.server_side_encryption_configuration(settings).send().await;
        put.map_err(|error| fault("it can't be encrypted", &error))?;
        Ok(Deed::done("switched encryption on"))
    }

    async fn versioned(&self) -> Result<Deed, Fault> {
        let found = self.client.get_bucket_versioning().bucket(&self.name).send().await;
        let found = found.map_err(|error| fault("whether it keeps versions can't be asked", &error))?;
        if found.status() == Some(&BucketVersioningStatus::Enabled) {
            return Ok(Deed::found("it keeps versions"));
        }
        let settings = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
        let put = self.client.put_bucket_versioning().bucket(&self.name);
        let put = put.versioning_configuration(settings).send().await;
        put.map_err(|error| fault("versions can't be kept", &error))?;
        Ok(Deed::done("switched versions on"))
    }

    /// Rules that somebody made are left alone.
    async fn tidied(&self) -> Result<Deed, Fault> {
        let asked = self.client.get_bucket_lifecycle_configuration().bucket(&self.name).send().await;
        let none = "NoSuchLifecycleConfiguration";
        let found = unless(none, "its rules for old versions can't be looked at", asked)?;
        if found.is_some_and(|found| !found.rules().is_empty()) {
            return Ok(Deed::found("it has rules for old versions"));
        }
        let rule = LifecycleRule::builder()
            .id("provision-old-versions")
            .status(ExpirationStatus::Enabled)
            .filter(LifecycleRuleFilter::builder().prefix("").build())
            .noncurrent_version_expiration(
                NoncurrentVersionExpiration::builder().noncurrent_days(KEEP_DAYS).build(),
            )
            .build()
            .map_err(|error| built(&error))?;
        let settings = BucketLifecycleConfiguration::builder().rules(rule).build();
        let settings = settings.map_err(|error| built(&error))?;
        let put = self.client.put_bucket_lifecycle_configuration().bucket(&self.name);
        let put = put.lifecycle_configuration(settings).send().await;
        put.map_err(|error| fault("old versions can't be cleared away", &error))?;
        Ok(Deed::done(format!("old versions go after {KEEP_DAYS} days")))
    }

    /// One more statement: what a policy says otherwise stays.
    async fn over_tls_only(&self) -> Result<Deed, Fault> {
        let policy = match self.client.get_bucket_policy().bucket(&self.name).send().await {
            Ok(found) => found.policy().unwrap_or_default().to_owned(),
            Err(error) if status(&error) == Some(404) => String::new(),
            Err(error) => return Err(fault("its policy can't be read", &error)),
        };
        let Some(policy) = with_tls_only(&policy, &self.arn())? else {
            return Ok(Deed::found("it answers over TLS only"));
        };
        let put = self.client.put_bucket_policy().bucket(&self.name).policy(policy).send().await;
        put.map_err(|error| fault("its policy can't be set", &error))?;
        Ok(Deed::done("lets it answer over TLS only"))
    }

    /// In China and GovCloud ARNs begin otherwise.
    fn arn(&self) -> String {
        let partition = match self.region.as_str() {
            region if region.starts_with("cn-") => "aws-cn",
            region if region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        };
        format!("arn:{partition}:s3:::{}", self.name)
    }
}

/// That there is none of it is an answer. What can't be looked at is not set anew: it may be somebody's.
fn unless<T, E>(none: &str, what: &str, asked: Result<T, SdkError<E, Response>>) -> Result<Option<T>, Fault>
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    match asked {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.as_service_error().and_then(ProvideErrorMetadata::code) == Some(none) => Ok(None),
        Err(error) => Err(fault(what, &error)),
    }
}

/// The policy with our statement; none when it has it already.
fn with_tls_only(policy: &str, bucket: &str) -> Result<Option<String>, Fault> {
    let mut policy: Value = if policy.is_empty() {
        json!({ "Version": "2012-10-17", "Statement": [] })
    } else {
        serde_json::from_str(policy)
            .map_err(|error| Fault::Failed(format!("its policy is no JSON: {error}")))?
    };
    let ours = json!({
        "Sid": TLS_ONLY,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [bucket, format!("{bucket}/*")],
        "Condition": { "Bool": { "aws:SecureTransport": "false" } },
    });
    let unreadable = || Fault::Failed("its policy has no list of statements".to_owned());
    let statements = policy.get_mut("Statement").and_then(Value::as_array_mut).ok_or_else(unreadable)?;
    if statements.contains(&ours) {
        return Ok(None);
    }
    statements.retain(|statement| statement["Sid"] != TLS_ONLY);
    statements.push(ours);
    Ok(Some(policy.to_string()))
}

fn mark() -> Result<Tag, Fault> {
    Tag::builder().key(OURS).value(SHARED).build().map_err(|error| built(&error))
}

fn built(error: &dyn std::error::Error) -> Fault {
    Fault::Failed(format!("a call can't be built: {error}"))
}
